# SPDX-License-Identifier: LGPL-2.1-or-later
"""Joins the terminal of the person who runs tests/demo with the pty in which ssh runs, and notes when
the code, the first Enter after it, and the shell's prompt went by."""

import fcntl
import os
import re
import select
import struct
import sys
import termios
import time
import tty

from system.person import CODE, SHELL


class Bridge:
    """run() returns when the program in the pty has ended. Times are time.time(), None: never."""

    def __init__(self, person) -> None:
        self._person = person
        self.challenge_at: float | None = None
        self.enter_at: float | None = None
        self.shell_at: float | None = None

    def run(self) -> None:
        before = termios.tcgetattr(sys.stdin)
        self._take_size()
        tty.setraw(sys.stdin)
        try:
            self._join()
        finally:
            termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)

    def _take_size(self) -> None:
        size = fcntl.ioctl(sys.stdin, termios.TIOCGWINSZ, b"\0" * 8)
        lines, columns = struct.unpack("4H", size)[:2]
        if lines and columns:
            self._person.terminal.setwinsize(lines, columns)

    def _join(self) -> None:
        pty = self._person.terminal.child_fd
        while True:
            ready = select.select([pty, sys.stdin.fileno()], [], [])[0]
            if pty in ready:
                try:
                    output = os.read(pty, 4096)
                except OSError:     # EIO: the last program on it has ended
                    output = b""
                if not output:
                    return
                os.write(sys.stdout.fileno(), output)
                self._look_at(output)
            if sys.stdin.fileno() in ready:
                typed = os.read(sys.stdin.fileno(), 4096)
                if b"\r" in typed and self.challenge_at and not self.enter_at:
                    self.enter_at = time.time()
                os.write(pty, typed)

    def _look_at(self, output: bytes) -> None:
        self._person.write(output.decode(errors="replace"))
        screen = self._person.screen
        if self.challenge_at is None and re.search(CODE + r"\s", screen):
            self.challenge_at = time.time()
        if self.challenge_at and self.shell_at is None and re.search(SHELL + "$", screen):
            self.shell_at = time.time()
