# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a login leaves behind, which must be nothing: processes, descriptors, pending logins, and
secrets in a log."""

import collections
import json
import os
import pathlib
import re
import subprocess
import time

from host import machine, paths
from host.journal import Journal
from host.sandbox import BUS_ADDRESS

SETTLE_SEC = 30
LOGIN_PROGRAMS = ("sshd", "ssh", "sudo", "su", "login", "bash", "badgectl")
# A JWS, and what may carry a token or a device code as a member.
SECRETS = re.compile(r"eyJ[\w-]{10,}\.[\w-]{10,}|\"?(access_token|refresh_token|id_token|device_code)"
                     r"\"?\s*[=:]\s*\"?[\w.~+/-]{12,}")


class Traces:
    """Taken before a login; compared after it."""

    def __init__(self) -> None:
        self._programs = login_programs()

    def assert_none_left(self, daemon=None) -> None:
        deadline = time.monotonic() + SETTLE_SEC
        while True:
            problem = self._problem(daemon)
            if not problem:
                return
            assert time.monotonic() < deadline, problem
            time.sleep(0.05)

    def _problem(self, daemon) -> str:
        more = login_programs() - self._programs
        if more:
            return f"processes left over: {dict(more)}"
        if daemon is None or not daemon.is_running() or not machine.accepts(paths.BUS_SOCKET):
            return ""
        pending = pending_logins()
        return f"{pending} logins left over" if pending else ""


def login_programs() -> collections.Counter:
    names: collections.Counter = collections.Counter()
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            name = (folder / "comm").read_text().strip()
            is_dead = (folder / "stat").read_text().rpartition(")")[2].split()[0] == "Z"
        except OSError:
            continue
        if name in LOGIN_PROGRAMS and not is_dead:
            names[name] += 1
    return names


def status(bus_address: str = "") -> dict:
    """GetStatus of the running daemon, as {name: value}. bus_address: unless on the system bus."""
    answer = subprocess.run(
        ["busctl", "--json=short", "call", "org.badged.Badged1", "/org/badged/Badged1",
         "org.badged.Badged1.Admin", "GetStatus"], capture_output=True, text=True, check=True,
        env=os.environ | ({BUS_ADDRESS: bus_address} if bus_address else {}))
    return {name: value["data"] for name, value in json.loads(answer.stdout)["data"][0].items()}


def pending_logins() -> int:
    return int(status()["pending_logins"])


def descriptors(pid: int) -> collections.Counter:
    """Kinds of open descriptors, the kept-alive connections to the provider left out."""
    kinds: collections.Counter = collections.Counter()
    tcp = tcp_inodes(pid)
    for link in pathlib.Path(f"/proc/{pid}/fd").iterdir():
        try:
            target = os.readlink(link)
        except OSError:
            continue
        if target not in tcp:
            kinds[target.split(":")[0]] += 1
    return kinds


def tcp_inodes(pid: int) -> set[str]:
    inodes = set()
    for table in ("tcp", "tcp6"):
        for line in pathlib.Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            inodes.add(f"socket:[{line.split()[9]}]")
    return inodes


def assert_no_secrets(*known: str) -> None:
    """No log of this host, at any level, has a token, or any of the known secrets."""
    texts = {log.name: log.read_text(errors="replace") for log in paths.LOGS.iterdir()}
    # As it was written, not as JSON escapes it.
    texts["journal"] = "\n".join(value for entry in Journal(0).entries() for value in entry.values())
    for name, text in texts.items():
        found = SECRETS.search(text)
        assert not found, f"{name} has {found[0][:40]!r}…"
        for secret in known:
            assert secret not in text, f"{name} has a secret"
