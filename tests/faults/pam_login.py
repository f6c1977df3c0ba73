# SPDX-License-Identifier: LGPL-2.1-or-later
"""One login through real PAM, in a process of its own (pamtester): authentication, session, end of the
session. Its PAM service has its name, so that its lines in the journal can be told apart."""

import contextlib
import json
import os
import pathlib
import re
import signal
import subprocess
import threading
import time

from host import paths
from host.sandbox import BUS_ADDRESS

SHOWN_SEC = 60
CODE = re.compile(r"^Code:\s+(\S+)", re.MULTILINE)
PROMPT = "Press Enter after approving: "
IS_IN = "pamtester: successfully opened a session"

STACK = """\
auth required pam_badge.so dialog={dialog} qr=none
account required pam_permit.so
{gate}session required pam_badge.so
"""
GATE = "session required pam_exec.so quiet type={phase} /bin/cat {path}\n"


class PamLogin:
    """gate_phase: open_session or close_session goes on only when pass_gate() was called. on_code is
    called by a thread of its own."""

    def __init__(self, name, approver, folder, bus_address, dialog="wait", gate_phase="",
                 on_code=None):
        self.name, self.approver = name, approver
        self._on_code = on_code
        self.user_code = ""
        self.ended_at = 0.0
        self.screen = ""
        self._shown = threading.Event()
        self._gate_fd = -1
        self._gate = folder / f"{name}.gate"
        if gate_phase:
            os.mkfifo(self._gate)
        pathlib.Path(f"/etc/pam.d/{name}").write_text(STACK.format(
            dialog=dialog, gate=GATE.format(phase=gate_phase, path=self._gate) if gate_phase else ""))
        self.process = subprocess.Popen(
            ["stdbuf", "-oL", "pamtester", name, "alice", "authenticate", "open_session",
             "close_session"], cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, start_new_session=True,
            env=os.environ | {BUS_ADDRESS: bus_address, "TMPDIR": str(folder), "HOME": str(folder)})
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        """Line by line; a prompt has no end of its own, and comes after the code."""
        for line in self.process.stdout:
            self.screen += line
            code = CODE.match(line)
            if code:
                self.user_code = code[1]
                if self._on_code:
                    self._on_code(self)
                self._shown.set()
        self.ended_at = time.monotonic()
        self._shown.set()

    def see_code(self):
        assert self._shown.wait(SHOWN_SEC), f"no code came:\n{self.screen}"
        return self.user_code

    def press_enter(self):
        with contextlib.suppress(BrokenPipeError):
            os.write(self.process.stdin.fileno(), b"\n")

    def come_to_gate(self, within_sec=SHOWN_SEC):
        """Returns once the session phase is held at its gate."""
        deadline = time.monotonic() + within_sec
        while self._gate_fd < 0:
            try:
                self._gate_fd = os.open(self._gate, os.O_WRONLY | os.O_NONBLOCK)
            except OSError:
                assert time.monotonic() < deadline, f"it did not come to its session:\n{self.screen}"
                time.sleep(0.02)

    def pass_gate(self):
        if self._gate_fd >= 0:
            os.close(self._gate_fd)
            self._gate_fd = -1

    def signal(self, number):
        if self.process.poll() is None:
            self.process.send_signal(number)

    def wait(self, timeout_sec):
        """False when it is still there."""
        try:
            self.process.wait(timeout_sec)
        except subprocess.TimeoutExpired:
            return False
        self._reader.join()
        return True

    def end(self):
        self.signal(signal.SIGKILL)
        self.pass_gate()
        self.process.wait()
        self._reader.join()
        self.process.stdin.close()
        self.process.stdout.close()

    @property
    def word(self):
        """How it went: in, out, no or gone, as table.py has it."""
        if self.process.returncode is not None and self.process.returncode < 0:
            return "gone"
        if IS_IN not in self.screen:
            return "no"
        return "in" if self.process.returncode == 0 else "out"

    def sentences(self):
        """What the person reads after the code."""
        lines = [line.removeprefix(PROMPT) for line in CODE.split(self.screen)[-1].splitlines()]
        return [line for line in lines
                if re.fullmatch(r"[A-Z].*\.", line)]


def journal_of(name):
    """(OUTCOMEs by the daemon, lines of refusal by the module) about one login."""
    daemon, module = [], []
    for line in paths.JOURNAL.read_text().splitlines(keepends=True):
        if name not in line or not line.endswith("\n"):
            continue
        entry = json.loads(line)
        if entry.get("SERVICE") == name and entry.get("SYSLOG_IDENTIFIER") == "badged":
            daemon.append(entry)
        elif f"pam_badge({name}:" in entry["MESSAGE"] and "): refused: " in entry["MESSAGE"]:
            module.append(entry)
    return daemon, module
