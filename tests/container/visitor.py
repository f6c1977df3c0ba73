# SPDX-License-Identifier: LGPL-2.1-or-later
"""A person who comes to the container by ssh, over the private network."""

import pathlib

import pexpect

from host.machine import NAME
from system.person import SHELL, SHELL_SEC, Person


class Visitor(Person):
    """One ssh from outside."""

    known_hosts: pathlib.Path
    codes: list[str] = []   # all that anybody was ever shown: none of them may be in a log

    def __init__(self, account: str = "alice", tries: int = 3) -> None:
        self.is_root = False
        super().__init__("sshd", account, ssh_options=("-o", f"NumberOfPasswordPrompts={tries}"))

    def _command(self) -> list[str]:
        return ["ssh", "-F", "none", "-o", f"UserKnownHostsFile={self.known_hosts}",
                "-o", "GlobalKnownHostsFile=none", "-o", "StrictHostKeyChecking=yes",
                "-o", "PreferredAuthentications=keyboard-interactive,password",
                *self._ssh_options, f"{self.account}@{NAME}"]

    @property
    def shell_user(self) -> str:
        return "root" if self.is_root else self.account

    def become_root(self, provider) -> None:
        """By sudo, in the shell that is open, approving once more."""
        self.terminal.send("sudo -s\r")
        provider.approve(self.see_challenge().user_code, self.account)
        self.is_root = True
        self.see_shell()

    def become_root_silently(self) -> None:
        """Likewise, with nothing to approve; sudo's own memory does not count."""
        seen = len(self.screen)
        self.terminal.send("sudo -k; sudo -s\r")
        self.is_root = True
        self.see_shell()
        assert "Code:" not in self.screen[seen:], self.screen[seen:]

    def sudo_refused(self) -> str:
        """What stands on the screen when it is, without a code; a second try is given up."""
        seen = len(self.screen)
        self.terminal.send("sudo -k; sudo -s\r")
        self._expect(["Press Enter to try again"], SHELL_SEC)
        self.give_up()
        assert "Code:" not in self.screen[seen:], self.screen[seen:]
        return self.screen[seen:]

    def is_asked_for_sudo(self) -> bool:
        """Whether there is a code for it; it is given up."""
        self.terminal.send("sudo -k; sudo -s\r")
        self.see_challenge()
        self.give_up()
        return True

    def present(self, secret: str) -> None:
        """Types it where Enter or a code would be."""
        self._expect(["Ticket"], SHELL_SEC)
        self.terminal.send(f"{secret}\r")

    def see_end(self) -> None:
        """The connection is closed, and not from here."""
        self._expect(["closed by remote host"], SHELL_SEC)
        self._expect([pexpect.EOF], SHELL_SEC)

    def leave_root(self) -> None:
        self.terminal.send("exit\r")
        self.is_root = False
        self.see_shell()

    def see_challenge(self, *arguments):
        challenge = super().see_challenge(*arguments)
        self.codes.append(challenge.user_code)
        return challenge


def sign_in(provider, account: str = "alice", approver: str = "") -> Visitor:
    """Code, approval, shell. The caller leaves."""
    person = Visitor(account)
    challenge = person.see_challenge()
    provider.approve(challenge.user_code, approver or account)
    person.press_enter()
    person.see_shell()
    return person
