# SPDX-License-Identifier: LGPL-2.1-or-later
"""badged is killed while logins are granted, and systemd starts another: whoever was granted can open a
session there, and each session that was opened is listed. 20 rounds, or 1,000 with tests/run --long."""

import random
import shutil

from container.booted import UNIT_NAME
from host import paths
from system.bus_caller import Caller
from system.test_kill import INSTALLED, PRELOADED, SLOW_DISK, Logins, run_until_killed

ROUNDS = 1000 if paths.IS_LONG else 20


def test_what_was_granted_is_there_after_a_kill(container, badged, scripted, drop_in, note):
    badged(scripted.scenario("refresh-soon"))
    shutil.copy(SLOW_DISK, container.root / INSTALLED.lstrip("/"))
    drop_in(f"RestartSec=0\n{PRELOADED}")
    container.run("systemctl", "start", UNIT_NAME)
    bus, chance = container.bus_socket(), random.Random(container.boots)
    logins = Logins(bus)
    for _ in range(ROUNDS):
        pid = container.pid()
        run_until_killed(logins.writers(), logins, chance,
                         lambda: container.run("kill", "-KILL", pid))
        with Caller(bus) as caller:
            logins.check(caller)
    assert container.property("NRestarts") == str(ROUNDS)
    note(f"{ROUNDS} kills: {logins.count} logins granted, {len(logins.opened)} sessions listed")
