# SPDX-License-Identifier: LGPL-2.1-or-later
"""badged is killed while an administrator is told that one lock after the other is in force, and people
that they are granted: the last lock that was told is there, or the next; who was granted can open a
session, and each that was opened is listed. 20 rounds, or 1,000 with tests/run --long. The disk is slow, so
that there is always something that is not written yet (slow-disk.c)."""

import contextlib
import random
import shutil
import threading
import time

import dbus
import pytest

from host import paths
from host.daemon import unit_path
from system.bus_caller import ADMIN, INTERFACE, LOGIN, OBJECT, Caller

ROUNDS = 1000 if paths.IS_LONG else 20
LONGEST_SEC = 0.05
MOST_GRANTED = 3
FIRST_SEC = 60
TICKET_SEC = 86400
LOCKED = ("bob", "mallory")
COMER, COMERS, SERVICE = "alice", 2, "killed"
SLOW_DISK = paths.BUILD / "tests" / "system" / "slow-disk.so"
INSTALLED = "/usr/lib/slow-disk.so"
PRELOADED = f"Environment=LD_PRELOAD={INSTALLED}"


class Locks:
    """told[account] is the last that was answered; the reason is a number that grows."""

    def __init__(self):
        self.told = dict.fromkeys(LOCKED, 0)

    def writers(self):
        return [threading.Thread(target=self._lock_until_killed, args=(account,))
                for account in LOCKED]

    def _lock_until_killed(self, account):
        with Caller() as caller, contextlib.suppress(dbus.DBusException):
            while True:
                number = self.told[account] + 1
                caller.call(OBJECT, ADMIN, "LockAccount", "ss", account, str(number))
                self.told[account] = number

    def check(self, caller):
        accounts = caller.call(OBJECT, ADMIN, "ListAccounts")
        reasons = {str(one["account"]): int(one["lock_reason"] or 0) for one in accounts}
        for account in LOCKED:
            found = reasons.get(account, 0)
            assert self.told[account] <= found <= self.told[account] + 1
            self.told[account] = found


class Logins:
    """Of somebody with a ticket, who need not wait for the provider."""

    def __init__(self, socket=paths.BUS_SOCKET):
        self._socket = socket
        self._granted, self._refused, self.opened = [], [], set()
        self._changed = threading.Condition()
        with Caller(socket) as caller:
            self._secret = caller.call(OBJECT, ADMIN, "CreateTicket", "sasbts", COMER, [SERVICE],
                                       False, TICKET_SEC, "for the rounds")[1]

    def writers(self):
        return [threading.Thread(target=self._sign_in_until_killed) for _ in range(COMERS)]

    def _sign_in_until_killed(self):
        with Caller(self._socket) as caller, contextlib.suppress(dbus.DBusException):
            caller.hold_on()
            while True:
                path, _ = caller.start_login(COMER, SERVICE)
                caller.call(path, LOGIN, "Present", "s", self._secret)
                outcome = caller.call(path, LOGIN, "Wait")[0]
                with self._changed:
                    (self._granted if outcome == "granted" else self._refused).append(path)
                    self._changed.notify_all()
                self.opened.add(open_session(caller, path))

    @property
    def count(self):
        return len(self._granted)

    def wait_for_more(self, number):
        enough = self.count + number
        with self._changed:
            self._changed.wait_for(lambda: self.count >= enough or self._refused, FIRST_SEC)
        assert self.count >= enough and not self._refused

    def check(self, caller):
        """Who was granted and did not get as far as a session gets one now."""
        listed = sessions(caller)
        assert self.opened <= listed and not self._refused
        for path in self._granted:
            if path.rpartition("/")[2] not in listed:
                self.opened.add(open_session(caller, path))
        assert self.opened <= sessions(caller)


def open_session(caller, path):
    return str(caller.call(OBJECT, INTERFACE, "OpenSession", "soa{sv}", COMER, path, {}))


def sessions(caller):
    return {str(one["id"]) for one in caller.call(OBJECT, ADMIN, "ListSessions", "s", "")}


def run_until_killed(writers, logins, chance, kill):
    """Everybody is busy when it happens, and notices."""
    for writer in writers:
        writer.start()
    logins.wait_for_more(chance.randint(0, MOST_GRANTED))
    time.sleep(chance.random() * LONGEST_SEC)   # when is the point, not how long
    kill()
    for writer in writers:
        writer.join()


@pytest.fixture
def slow_disk(daemon):
    text = unit_path().read_text()
    shutil.copy(SLOW_DISK, INSTALLED)
    unit_path().write_text(text.replace("[Service]\n", f"[Service]\n{PRELOADED}\n"))
    yield
    unit_path().write_text(text)


def test_what_was_told_is_there_after_a_kill(slow_disk, glewlwyd, serve):
    daemon = serve(glewlwyd)
    chance = random.Random(daemon.pid)
    locks, logins = Locks(), Logins()
    rounds = 0
    while rounds < ROUNDS or min(sum(locks.told.values()), logins.count) <= ROUNDS:
        rounds += 1
        assert rounds < 5 * ROUNDS, "nobody is told anything"
        run_until_killed(locks.writers() + logins.writers(), logins, chance, daemon.kill)
        daemon.start()
        with Caller() as caller:
            assert caller.call(OBJECT, ADMIN, "GetStore")["objection"] == ""
            locks.check(caller)
            logins.check(caller)
