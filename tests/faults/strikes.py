# SPDX-License-Identifier: LGPL-2.1-or-later
"""The faults. Each one strikes while a cell's logins are held at their step, and is mended when they
have ended, as a service manager or an administrator would."""

import errno
import os
import pathlib
import re
import signal
import subprocess
import time

from faults.table import SUSPEND_SEC
from faults.world import wait_for

EXIT_SEC = 60
DAEMON_WRITES = ("/tmp", "/var/tmp")     # besides its state, which is in the folder that is filled
CLOCK_AHEAD_SEC = 3600
ENDPOINTS = ("discovery", "jwks", "device", "token", "userinfo")


class Fault:
    own_server = False      # it strikes the whole provider
    is_disk = False
    stops_daemon = False
    deafens_provider = False
    parts_both = False      # badged and the program live on without hearing of each other

    def strike(self, cell):
        raise NotImplementedError

    def mend(self, cell):
        """Afterwards everything works again."""


class KillDaemon(Fault):
    def strike(self, cell):
        cell.world.daemon.kill()

    def mend(self, cell):
        cell.world.daemon.start()


class StopDaemon(Fault):
    stops_daemon = True
    parts_both = True

    def strike(self, cell):
        cell.world.daemon.process.send_signal(signal.SIGSTOP)

    def mend(self, cell):
        cell.world.daemon.process.send_signal(signal.SIGCONT)


class KillProvider(Fault):
    own_server = True

    def strike(self, cell):
        cell.world.server.kill()

    def mend(self, cell):
        cell.world.server.come_back()


class Reset(Fault):
    own_server = True

    def strike(self, cell):
        cell.world.provider.control("POST", "reset-connections")


class BlackHole(Fault):
    """What is sent to the provider gets lost, and nobody says so. Afterwards new connections work."""

    own_server = True
    deafens_provider = True

    def strike(self, cell):
        cell.world.server.lose_packets()

    def mend(self, cell):
        cell.world.server.take_new_connections()
        for endpoint in ENDPOINTS:
            cell.world.release(endpoint)


class DiskFull(Fault):
    """Wherever badged may write, and where its state, its log, the program and its home are."""

    is_disk = True

    def strike(self, cell):
        for path in DAEMON_WRITES:
            subprocess.run(["nsenter", "--mount", "--target", str(cell.world.daemon.pid), "mount", "-t",
                            "tmpfs", "-o", "size=4k,nr_inodes=1,mode=0777", "full", path], check=True)
        with open(cell.world.folder / "filler", "wb", buffering=0) as file:
            try:
                while file.write(bytes(4096)):
                    pass
            except OSError as error:
                assert error.errno == errno.ENOSPC

    def mend(self, cell):
        (cell.world.folder / "filler").unlink()
        for path in DAEMON_WRITES:
            subprocess.run(["nsenter", "--mount", "--target", str(cell.world.daemon.pid), "umount",
                            path], check=True)


class NoDescriptors(Fault):
    """badged can open nothing more."""

    def strike(self, cell):
        pid = cell.world.daemon.pid
        lowest_free = next(number for number in range(1 << 16)
                           if not os.path.lexists(f"/proc/{pid}/fd/{number}"))
        self.limit(cell, lowest_free)

    def mend(self, cell):
        limits = pathlib.Path(f"/proc/{cell.world.daemon.pid}/limits").read_text()
        self.limit(cell, re.search(r"^Max open files +\d+ +(\d+)", limits, re.MULTILINE)[1])

    def limit(self, cell, most):
        """As badged's own user, because root may lack the capability in a container."""
        status = cell.world.daemon.proc_status()
        uid, gid = status["Uid"].split()[0], status["Gid"].split()[0]
        subprocess.run(["setpriv", "--reuid", uid, "--regid", gid, "--clear-groups", "prlimit",
                        "--pid", str(cell.world.daemon.pid), f"--nofile={most}:"], check=True)


class KillCaller(Fault):
    """And the bus knows that it has gone, unless it is what holds the step."""

    def strike(self, cell):
        for login in cell.logins:
            login.signal(signal.SIGKILL)
            login.process.wait()
        if not cell.step.holds_bus:
            wait_for(lambda: cell.world.bus.connections() <= cell.connections_before, "the end")


class RestartBus(Fault):
    """badged ends with its bus, as a failure, so that it is started anew."""

    parts_both = True

    def strike(self, cell):
        cell.world.bus.kill()
        cell.world.bus.start()

    def mend(self, cell):
        process = cell.world.daemon.process
        assert process.wait(EXIT_SEC) > 0, "badged ended without its bus, but not as a failure"
        cell.world.daemon.start()


class ClockJump(Fault):
    """The host's clock goes back by an hour. CLOCK_REALTIME belongs to the whole machine and to no
    namespace, so it is the provider that dates its tokens an hour ahead: the difference is the same."""

    def strike(self, cell):
        self.set(cell, CLOCK_AHEAD_SEC)

    def mend(self, cell):
        self.set(cell, 0)

    def set(self, cell, ahead_sec):
        cell.world.provider.control("POST", "clock", {"ahead_sec": ahead_sec})


class Suspend(Fault):
    """The whole host sleeps longer than the interval; the provider does not, and answers meanwhile."""

    def strike(self, cell):
        signals = (cell.world.daemon.process.send_signal, cell.world.bus.signal,
                   *(login.signal for login in cell.logins))
        for send in signals:
            send(signal.SIGSTOP)
        if cell.step.is_provider_awaited:
            cell.step.go_on(cell)
        time.sleep(SUSPEND_SEC)
        for send in signals:
            send(signal.SIGCONT)


FAULTS = {
    "kill-daemon": KillDaemon, "stop-daemon": StopDaemon, "kill-provider": KillProvider,
    "reset": Reset, "black-hole": BlackHole, "disk-full": DiskFull, "fd-limit": NoDescriptors,
    "kill-caller": KillCaller, "restart-bus": RestartBus, "clock-jump": ClockJump,
    "suspend": Suspend,
}
