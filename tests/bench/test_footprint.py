# SPDX-License-Identifier: LGPL-2.1-or-later
"""What badged takes up: the daemon's memory, the module in other people's processes, the start."""

import pathlib
import re
import subprocess

import pytest

from bench.conftest import ACCOUNT
from bench.programs import measure, memory_bytes, pending
from host.daemon import Unit, unit_path

LOGINS = 400
STARTS = 10
SSHD = "/usr/sbin/sshd"


def kib(size: float) -> str:
    return f"{size / 1024:.1f} KiB"


def test_memory(provider, serve_many, report):
    daemon = serve_many(provider)
    with pending(1, ACCOUNT):
        pass    # the connection to the provider and the first login's libraries stay
    idle = memory_bytes(daemon.pid)
    after = []
    for _ in range(2):
        with pending(LOGINS, ACCOUNT):
            busy = memory_bytes(daemon.pid)
        after.append(memory_bytes(daemon.pid))
    each = {name: (busy[name] - idle[name]) / LOGINS for name in busy}
    for what, memory, samples in (
            ("idle", idle, ""), ("each pending login", each, f"{LOGINS} logins"),
            ("after them", after[0], ""), ("after as many again", after[1], "")):
        report.add("memory of the daemon, its own", what, kib(memory["Anonymous"]),
                   f"with its share of libraries (Pss) {kib(memory['Pss'])}", "", samples)


def module_path() -> pathlib.Path:
    for folder in (*pathlib.Path("/usr/lib").glob("*/security"), pathlib.Path("/usr/lib/security")):
        if (folder / "pam_badge.so").exists():
            return folder / "pam_badge.so"
    raise AssertionError("pam_badge.so is not installed")


def libraries(program: object) -> set[str]:
    """File names of everything that the loader would bring in."""
    lines = subprocess.run(["ldd", str(program)], capture_output=True, text=True, check=True).stdout
    return {pathlib.Path(word).name for word in re.findall(r"(\S+) \(0x", lines)}


def needed(program: object) -> list[str]:
    lines = subprocess.run(["readelf", "--dynamic", "--wide", str(program)], capture_output=True,
                           text=True, check=True).stdout
    return re.findall(r"\(NEEDED\).*\[(.+)\]", lines)


def test_module(tmp_path, report):
    stripped = tmp_path / "pam_badge.so"
    subprocess.run(["strip", "-o", stripped, module_path()], check=True)
    assert libraries(SSHD), "ldd told nothing of sshd"
    more = libraries(stripped) - libraries(SSHD)
    report.add("pam_badge.so", "stripped", kib(stripped.stat().st_size), "",
               f"needs {', '.join(needed(stripped))}")
    report.add("pam_badge.so", "libraries it adds to sshd", str(len(more)), "",
               ", ".join(sorted(more)) or "none")


@pytest.mark.usefixtures("turn")
def test_start(provider, serve_many, report):
    """The settings are those of the daemon that serve_many() started."""
    serve_many(provider).stop()
    unit = Unit(unit_path())
    figures = measure("bench-ready", STARTS, unit.get("User"), unit.words("ExecStart")[0].lstrip("-@:!"))
    assert len(figures["ready"]) == STARTS
    report.compare("start", "exec to READY=1", figures["ready"], "round trip on the bus",
                   figures["bus"])
