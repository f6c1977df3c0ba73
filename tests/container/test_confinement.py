# SPDX-License-Identifier: LGPL-2.1-or-later
"""What badged.service as shipped lets a program do, found out by trying: container-probe takes the
daemon's place. Each line of the unit is taken out once, too, to see that it was the one that
held."""

import pytest

from container import inside
from container.booted import UNIT
from host import paths

PROBE = inside.ROOT / "usr/sbin/badged-probe"
PROBE_UNIT = inside.ROOT / "etc/systemd/system/badged-probe.service"
NAME = PROBE_UNIT.name
DONE = "done"

# What is tried, how it ends, and which line of the unit sees to that.
HELD = [
    ("write /", "EROFS", "ProtectSystem"),
    ("write /usr", "EROFS", "ProtectSystem"),
    ("write /etc", "EROFS", "ProtectSystem"),
    ("write /var/lib", "EROFS", "ProtectSystem"),
    ("write /run", "EROFS", "ReadOnlyPaths"),
    ("write /run/lock", "EROFS", "ReadOnlyPaths"),
    ("read /home", "EACCES", "ProtectHome"),
    ("see /tmp/of-others", "ENOENT", "PrivateTmp"),
    ("see /dev/console", "ENOENT", "PrivateDevices"),
    ("see /proc/1/status", "ENOENT", "ProtectProc"),
    ("see /proc/meminfo", "ENOENT", "ProcSubset"),
    ("write and execute memory", "EPERM", "MemoryDenyWriteExecute"),
    ("make memory executable", "EPERM", "MemoryDenyWriteExecute"),
    ("netlink socket", "EAFNOSUPPORT", "RestrictAddressFamilies"),
    ("new user namespace", "EPERM", "RestrictNamespaces"),
    ("set-uid file", "EPERM", "RestrictSUIDSGID"),
    ("personality", "EPERM", "LockPersonality"),
    ("give a file away", "EPERM", "SystemCallFilter"),
    ("choose a processor", "EPERM", "SystemCallFilter"),
    ("be traced", "EPERM", "SystemCallFilter"),
]
# What the daemon needs all the same.
NEEDED = ["write /var/lib/badged", "write /tmp", "read the secret", "know that it is root's",
          "look up alice", "look up root", "internet socket", "bus socket", "start a thread"]


class Probe:
    """ends(): {act: how it ended}, for the unit as shipped or without the lines of one key."""

    def __init__(self, container):
        self._container = container
        self._seen = {}

    def ends(self, without=""):
        if without not in self._seen:
            self._seen[without] = self._run(without)
        return self._seen[without]

    def _run(self, without):
        PROBE_UNIT.write_text(probe_unit(without))
        self._container.run("systemctl", "daemon-reload")
        self._container.run("systemctl", "restart", NAME)
        self._container.run("journalctl", "--sync")
        invocation = self._container.property("InvocationID", NAME)
        shown = self._container.run("journalctl", "--quiet", "--output=cat",
                                    "--identifier=badged-probe",
                                    f"_SYSTEMD_INVOCATION_ID={invocation}").stdout
        return dict(line.removeprefix("probe ").rsplit(": ", 1) for line in shown.splitlines())


def probe_unit(without):
    own = {"ExecStart": "/usr/sbin/badged-probe", "Type": "oneshot", "RemainAfterExit": "yes"}
    dropped = (*own, "BusName", "Restart", "RestartPreventExitStatus", "WatchdogSec", without)
    lines = []
    for line in UNIT.read_text().splitlines():
        if line.split("=")[0] not in dropped:
            lines.append(line)
        if line == "[Service]":
            lines += [f"{key}={value}" for key, value in own.items()]
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def probe(container, module_settings):
    PROBE.write_bytes((paths.BUILD / "tests/container/container-probe").read_bytes())
    PROBE.chmod(0o755)
    container.run("touch", "/tmp/of-others")
    yield Probe(container)
    container.run("systemctl", "stop", NAME, check=False)
    container.run("rm", "/tmp/of-others", check=False)
    PROBE_UNIT.unlink(missing_ok=True)
    PROBE.unlink()
    container.run("systemctl", "daemon-reload")


@pytest.fixture(scope="module")
def module_settings(container):
    """A secret to read, as an administrator would leave it."""
    container.write_settings("", {"corp.secret": "secret\n"})


@pytest.mark.parametrize("act,end,line", HELD, ids=[act for act, _, _ in HELD])
def test_held(act, end, line, probe):
    assert probe.ends()[act] == end
    assert probe.ends(without=line)[act] != end, f"it is not {line} that holds this"


@pytest.mark.parametrize("act", NEEDED)
def test_needed(act, probe):
    assert probe.ends()[act] == DONE
