# SPDX-License-Identifier: LGPL-2.1-or-later
"""badged is killed while an administrator is told that one lock after the other is in force: the last
one that was told is there, or the next. 20 rounds, or 1,000 with tests/run --long."""

import contextlib
import random
import threading
import time

import dbus

from host import paths
from system.bus_caller import ADMIN, OBJECT, Caller

ROUNDS = 1000 if paths.IS_LONG else 20
LONGEST_SEC = 0.05
WRITERS = ("alice", "bob")


def lock_until_killed(account, number, told):
    """The reason is a number that grows; told[account] is the last that was answered."""
    with Caller() as caller, contextlib.suppress(dbus.DBusException):
        while True:
            number += 1
            caller.call(OBJECT, ADMIN, "LockAccount", "ss", account, str(number))
            told[account] = number


def reasons():
    with Caller() as caller:
        assert caller.call(OBJECT, ADMIN, "GetStore")["objection"] == ""
        accounts = caller.call(OBJECT, ADMIN, "ListAccounts")
    return {str(account["account"]): int(account["lock_reason"]) for account in accounts}


def test_what_was_told_is_there_after_a_kill(glewlwyd, serve):
    daemon = serve(glewlwyd)
    chance = random.Random(daemon.pid)
    found = dict.fromkeys(WRITERS, 0)
    locks = 0
    for _ in range(ROUNDS):
        told = dict(found)
        writers = [threading.Thread(target=lock_until_killed, args=(account, found[account], told))
                   for account in WRITERS]
        for writer in writers:
            writer.start()
        time.sleep(chance.random() * LONGEST_SEC)   # when is the point, not how long
        daemon.kill()
        for writer in writers:
            writer.join()
        daemon.start()
        before, found = found, dict.fromkeys(WRITERS, 0) | reasons()
        for account in WRITERS:
            assert told[account] <= found[account] <= told[account] + 1
            locks += found[account] - before[account]
    assert locks > ROUNDS
