# SPDX-License-Identifier: LGPL-2.1-or-later
"""badged sleeps when there is nothing to do: the watchdog is all that wakes it."""

import pathlib
import time

from load.conftest import ACCOUNT
from load.people import People

WINDOW_SEC = 20
LOG = pathlib.Path("/var/lib/badged/store-wal")    # empty once the store has been put in order
ORDER_SEC = 60
SETTLE_SEC = 2
CODES_SHOWN = 100       # that nobody waits for: they cost no wake-up either


def wake_ups(pid):
    """How often a thread of the process began to run again, so far."""
    return sum(int(line.split()[1]) for status in pathlib.Path(f"/proc/{pid}/task").glob("*/status")
               for line in status.read_text().splitlines() if line.startswith("voluntary_ctxt"))


def pings(daemon):
    return daemon.notified.count("WATCHDOG=1")


def wait_for_order():
    """What the login had written is put in its place once, when nothing has come for a while."""
    deadline = time.monotonic() + ORDER_SEC
    while LOG.stat().st_size:
        assert time.monotonic() < deadline, "the store does not come to rest"
        time.sleep(0.2)


def watch(daemon):
    """(wake-ups, those that the watchdog needed) over the window."""
    time.sleep(SETTLE_SEC)
    woken, pinged = wake_ups(daemon.pid), pings(daemon)
    time.sleep(WINDOW_SEC)
    return wake_ups(daemon.pid) - woken, pings(daemon) - pinged


def test_idle(scripted, serve_many, growth):
    """After a login, so that there is a connection to the provider that could keep it busy."""
    daemon = serve_many(scripted.scenario("granted-at-once"))
    with People(ACCOUNT) as person:
        person.start(1)
        person.wait()
        assert person.end() == (1, 0)
    wait_for_order()
    woken, needed = watch(daemon)
    assert woken <= needed, f"{woken} wake-ups, {needed} for the watchdog"

    with People(ACCOUNT) as people:
        people.start(CODES_SHOWN, CODES_SHOWN)
        shown, shown_needed = watch(daemon)
    assert shown <= shown_needed, f"{shown} wake-ups, {shown_needed} for the watchdog"
    growth.note(f"idle: {woken} wake-ups in {WINDOW_SEC} s, {needed} of them for the watchdog; "
                f"with {CODES_SHOWN} codes shown that nobody waits for {shown}, {shown_needed} "
                "for the watchdog")
