# SPDX-License-Identifier: LGPL-2.1-or-later
"""A person at a terminal: starts ssh, sudo, su or login in a pty of 80x24, reads the screen, types.

What the person does at the provider is the provider's approve() and deny().
"""

import dataclasses
import os
import re
import signal
import subprocess
import tempfile
import time

import pexpect
import pyte

from host import machine
from host.terminal import draw, read_stream

COLUMNS, LINES = 80, 24
CHALLENGE_SEC = SHELL_SEC = REFUSAL_SEC = 60
MISSED_SEC = 5
GLANCE_SEC = 0.05

VISITOR = "mallory"     # who types ssh and su: an account of no consequence

ADDRESS = r"Address:\s+(\S+)"
CODE = r"Code:\s+(\S+)"
MESSAGE = r"Approve only if it shows\s+(\S+)"
PROMPT = "Press Enter after approving: "
CODE_PROMPT = "After approving, type the code"
SHELL = rf"(\w+)@{machine.NAME}:[^\r\n]*[$#] "
LOGIN_AGAIN = rf"{machine.NAME} login: "

# What ssh, sudo, su and login say themselves when nobody gets in; the sentence is what is left.
BOILERPLATE = re.compile("|".join([
    r"Permission denied", r"Received disconnect", r"Disconnected from", r"Connection (to|closed)",
    r"sudo: \d+ incorrect", r"sudo: a password is required", r"sudo: .*conversation failed",
    r"Sorry, try again", r"su: ", r"Login incorrect", r"\^C", rf"{machine.NAME} login:",
    r"sudo: PAM authentication error", r"sudo: maximum"]))


@dataclasses.dataclass(frozen=True)
class Challenge:
    user_code: str
    address: str
    has_prompt: bool    # the program waits for Enter
    shown_at: float     # time.time() when the code stood on the screen


@dataclasses.dataclass(frozen=True)
class Ring:
    """The phone is asking: nothing is typed there."""

    message: str
    has_prompt: bool


class Person:
    """One attempt to get in. Use as a context manager: the terminal is closed at the end."""

    def __init__(self, service: str, account: str, columns: int = COLUMNS, lines: int = LINES,
                 ssh_options: tuple[str, ...] = ()) -> None:
        self.service, self.account = service, account
        self._ssh_options = ssh_options
        self.started_at = time.time()
        command = self._command()
        self.terminal = pexpect.spawn(
            command[0], command[1:], dimensions=(lines, columns), encoding="utf-8",
            codec_errors="replace", timeout=CHALLENGE_SEC,
            env={"PATH": os.environ["PATH"], "TERM": "dumb", "LANG": "C.UTF-8"})
        self.terminal.delaybeforesend = None    # the speed of a login is measured here
        self.screen = ""
        self.shell_at = 0.0
        self._copy_to = None
        self.terminal.logfile_read = self

    def show_on(self, stream) -> None:
        """Whoever watches sees the screen, too."""
        self._copy_to = stream

    def write(self, text: str) -> None:
        """pexpect hands over what came to the screen."""
        self.screen += text
        if self._copy_to:
            self._copy_to.write(text)
            self._copy_to.flush()

    def flush(self) -> None:
        """Part of pexpect's log interface; nothing is held back here."""

    def __enter__(self) -> "Person":
        return self

    def __exit__(self, *_: object) -> None:
        self.close_terminal()

    def _command(self) -> list[str]:
        if self.service == "sshd":
            return [*as_user(VISITOR), "ssh", "-p", str(machine.ssh_port()), "-F", "none",
                    "-o", "PreferredAuthentications=keyboard-interactive,password",
                    *self._ssh_options, f"{self.account}@{machine.NAME}"]
        if self.service == "sudo":
            return [*as_user(self.account), "sudo", "-s"]
        if self.service == "su":
            return [*as_user(VISITOR), "su", self.account]
        if self.service == "login":
            return ["login", self.account]
        raise ValueError(f"no such service: {self.service}")

    @property
    def shell_user(self) -> str:
        """Whose shell it is when the login was granted: sudo's own sign-in opens root's."""
        return "root" if self.service == "sudo" else self.account

    def see_challenge(self, timeout_sec: float = CHALLENGE_SEC) -> Challenge:
        challenge = self.see_challenge_or_end(timeout_sec)
        assert challenge, f"no code came:\n{self.screen}"
        return challenge

    def see_challenge_or_end(self, timeout_sec: float = CHALLENGE_SEC) -> Challenge | None:
        """None when the program gave up without showing a code."""
        if self._expect([ADDRESS + r"\s", SHELL, LOGIN_AGAIN, pexpect.EOF], timeout_sec) > 0:
            return None
        address = self.terminal.match.group(1)
        self._expect([CODE + r"\s"], timeout_sec)
        code, shown_at = self.terminal.match.group(1), time.time()
        return Challenge(code, address, self._has_prompt(), shown_at)

    def see_ring(self, timeout_sec: float = CHALLENGE_SEC) -> Ring:
        self._expect([MESSAGE + r"\s"], timeout_sec)
        message = self.terminal.match.group(1)
        return Ring(message, self._has_prompt())

    def _has_prompt(self) -> bool:
        """sshd's dialog, before there is a shell, ends with a prompt; the others wait for the approval
        alone, or want a code."""
        is_sshd = self.service == "sshd" and not self.shell_at
        return self.terminal.expect([PROMPT, f"(?={CODE_PROMPT})", pexpect.TIMEOUT, pexpect.EOF],
                                    timeout=CHALLENGE_SEC if is_sshd else GLANCE_SEC) == 0

    def press_enter(self) -> None:
        self.terminal.send("\r")

    def press_ctrl_c(self) -> None:
        self.terminal.send("\x03")

    def press_ctrl_c_until(self, pattern) -> None:
        """Not once: sudo misses the one that comes between its prompt and its read."""
        for _ in range(SHELL_SEC // MISSED_SEC):
            try:
                self.press_ctrl_c()
            except OSError:     # the program has gone, and the terminal with it
                pass
            if self.terminal.expect([pattern, pexpect.TIMEOUT], timeout=MISSED_SEC) == 0:
                return
        assert False, f"{pattern} did not come:\n{self.screen}"

    def give_up(self) -> None:
        """Ctrl-C until the shell is back, and has answered: what was pressed too often is behind it."""
        self.press_ctrl_c_until(SHELL)
        self.terminal.send("echo a''nswer\r")
        self._expect(["\r\nanswer\r\n"], SHELL_SEC)
        self._expect([SHELL], SHELL_SEC)

    def cancel(self) -> str:
        """Ctrl-C until the program has ended without a shell; the sentence that the person read."""
        self.press_ctrl_c_until(pexpect.EOF)
        assert not re.search(SHELL, self.screen), f"somebody got in:\n{self.screen}"
        self.close_terminal()
        return self.sentence()

    def close_terminal(self) -> None:
        """The window goes away: everybody on it is hung up on."""
        if not self.terminal.closed:
            try:
                self.terminal.kill(signal.SIGHUP)
            except (OSError, pexpect.ExceptionPexpect):
                pass
            self.terminal.close(force=True)

    def see_shell(self, timeout_sec: float = SHELL_SEC) -> None:
        assert self.see_shell_or_end(timeout_sec), f"no shell came:\n{self.screen}"
        self.prove_shell()

    def see_shell_or_end(self, timeout_sec: float) -> bool:
        """True when a shell's prompt came (shell_at says when), False when the program gave up."""
        if self._expect([SHELL, LOGIN_AGAIN, pexpect.EOF], timeout_sec) != 0:
            return False
        self.shell_at = time.time()
        return True

    def prove_shell(self) -> None:
        """A prompt proves nothing: asks the shell whose it is."""
        self.terminal.send("id -un\r")
        self._expect([r"id -un\r\n(\w+)\r\n"], SHELL_SEC)
        name = self.terminal.match.group(1)
        assert name == self.shell_user, f"the shell is {name}'s, not {self.shell_user}'s"
        self._expect([SHELL], SHELL_SEC)

    def window(self) -> list[str]:
        """The lines that the window shows now."""
        return self.drawn().display

    def drawn(self) -> pyte.Screen:
        """The window, for drawing."""
        lines, columns = self.terminal.getwinsize()
        return read_stream(self.screen.encode(), columns, lines)

    def picture(self) -> str:
        """What a phone reads off the screen now; empty when there is no picture."""
        with tempfile.NamedTemporaryFile(suffix=".png") as file:
            draw(self.drawn()).save(file.name)
            done = subprocess.run(["zbarimg", "--quiet", "--raw", file.name], capture_output=True,
                                  text=True, check=False)
        return done.stdout.strip()

    def leave(self) -> None:
        """Ends the shell in order, so that the session closes."""
        self.terminal.send("exit\r")
        self._expect([pexpect.EOF], SHELL_SEC)
        self.terminal.close()

    def see_refusal(self, timeout_sec: float = REFUSAL_SEC) -> str:
        """Waits until the program gave up; returns the sentence that the person read. A shell is the
        worst that can happen and fails at once."""
        which = self._expect([SHELL, LOGIN_AGAIN, pexpect.EOF], timeout_sec)
        assert which != 0, f"somebody got in:\n{self.screen}"
        self.close_terminal()
        return self.sentence()

    def sentence(self) -> str:
        """The last line on the screen that the program itself did not write."""
        shown = re.split(f"{CODE}|{MESSAGE}|{re.escape(PROMPT)}", self.screen)[-1]
        lines = [line.strip() for line in shown.splitlines()]
        lines = [re.sub(rf"^\({self.account}@{machine.NAME}\) ", "", line) for line in lines]
        lines = [line for line in lines if line and not BOILERPLATE.match(line)
                 and not re.match(rf"\S+@{machine.NAME}: Permission denied", line)]
        return lines[-1] if lines else ""

    def said_before_shell(self) -> str:
        """What stood between the code and the shell's prompt: nothing, when all is well."""
        shown = re.split(SHELL, re.split(f"{CODE}|{MESSAGE}|{re.escape(PROMPT)}", self.screen)[-1])[0]
        return shown.strip()

    def _expect(self, patterns: list, timeout_sec: float) -> int:
        try:
            return self.terminal.expect(patterns, timeout=timeout_sec)
        except (pexpect.TIMEOUT, pexpect.EOF) as error:
            kind = "time ran out" if isinstance(error, pexpect.TIMEOUT) else "the program ended"
            raise AssertionError(
                f"{kind} while waiting for {patterns}; the screen was:\n{self.screen}") from None


def as_user(name: str) -> list[str]:
    return ["setpriv", "--reuid", name, "--regid", name, "--init-groups", "--reset-env", "env",
            "TERM=dumb", "LANG=C.UTF-8"]
