# SPDX-License-Identifier: LGPL-2.1-or-later
"""Many people who sign in at once: load-logins.c, told what to do a line at a time."""

import subprocess

from host import paths

END_SEC = 600


class People:
    """Use as a context manager: whoever has no verdict at its end is hung up on."""

    def __init__(self, account: str) -> None:
        program = paths.BUILD / "tests" / "load" / "load-logins"
        self._process = subprocess.Popen([program, account], stdin=subprocess.PIPE,
                                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def __enter__(self) -> "People":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate(timeout=END_SEC)

    def start(self, count: int, at_once: int = 1) -> list[float]:
        """Nanoseconds until each had a code to show."""
        return self._obey(f"start {count} {at_once}").get("code", [])

    def wait(self, spread_sec: float = 0) -> None:
        """Each waits for the verdict from now on: polling begins."""
        self._obey(f"wait {int(spread_sec * 1e6)}")

    def end(self) -> tuple[int, int]:
        """How many were granted, and how many were not, of those who waited."""
        counts = self._obey("end")
        return int(counts["granted"][0]), int(counts["other"][0])

    def scan(self, count: int, a_second: int) -> dict[str, int]:
        """Invented names: how many were refused, how many not, and nanoseconds in all."""
        counts = self._obey(f"scan {count} {1000000 // a_second}")
        return {label: int(values[0]) for label, values in counts.items()}

    def _obey(self, command: str) -> dict[str, list[float]]:
        self._process.stdin.write(command + "\n")
        self._process.stdin.flush()
        figures: dict[str, list[float]] = {}
        for line in self._process.stdout:
            label, _, figure = line.strip().partition(" ")
            if not figure:
                assert label == command.split()[0]
                return figures
            figures.setdefault(label, []).append(float(figure))
        raise AssertionError(f"load-logins: {command}: {self._process.stderr.read()}")
