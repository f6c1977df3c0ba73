# SPDX-License-Identifier: LGPL-2.1-or-later
"""The bench programs, and what Linux tells about a process from outside."""

import contextlib
import pathlib
import subprocess
import time

from host import paths

PROGRAM_SEC = 120
CPUCLOCK_SCHED = 2      # clock_getcpuclockid(3): all threads, those that ended included


def program(name: str) -> str:
    path = paths.BUILD / "tests" / "bench" / name
    assert path.exists(), f"{name} was not built"
    return str(path)


def measure(name: str, *arguments: object, text: str = "") -> dict[str, list[float]]:
    """label → nanoseconds of what the program printed, in its order."""
    done = subprocess.run([program(name), *map(str, arguments)], input=text, capture_output=True,
                          text=True, timeout=PROGRAM_SEC, check=False)
    assert done.returncode == 0, f"{name}: {done.stderr}"
    figures: dict[str, list[float]] = {}
    for line in done.stdout.splitlines():
        label, _, nsec = line.partition(" ")
        figures.setdefault(label, []).append(float(nsec))
    return figures


class PendingLogins:
    """Logins whose codes are shown; person_waits() makes the daemon poll for all of them."""

    def __init__(self, process: subprocess.Popen) -> None:
        self._process = process

    def person_waits(self) -> None:
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        self.expect("waiting")

    def expect(self, word: str) -> None:
        line = self._process.stdout.readline().strip()
        assert line == word, f"bench-pending: {self._process.stderr.read()}"


@contextlib.contextmanager
def pending(count: int, account: str, spread_sec: float = 0):
    """count logins that are shown until the end of the block."""
    with subprocess.Popen([program("bench-pending"), str(count), account, str(int(spread_sec * 1e6))],
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True) as process:
        logins = PendingLogins(process)
        logins.expect("started")
        yield logins
        process.stdin.close()
        assert process.wait(PROGRAM_SEC) == 0, process.stderr.read()


def cpu_nsec(pid: int) -> int:
    return time.clock_gettime_ns((~pid << 3) | CPUCLOCK_SCHED)


def memory_bytes(pid: int) -> dict[str, int]:
    """Pss, Private_Dirty, ... of the process (proc(5), smaps_rollup)."""
    lines = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    return {name: int(value.split()[0]) * 1024
            for name, _, value in (line.partition(":") for line in lines)}
