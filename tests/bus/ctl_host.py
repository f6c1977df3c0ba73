# SPDX-License-Identifier: LGPL-2.1-or-later
"""Where the tests of badgectl run it: on a private bus with a scripted daemon, in a window or not. The
first two arguments of each of them are badgectl and fake-badged."""

import fcntl
import os
import pathlib
import pty
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time

BADGECTL, FAKE_BADGED = sys.argv[1:3]
ANYBODY_UID = 65534
PATIENCE_SEC = 60       # what has not come by then does not come

BUS_SETTINGS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><listen>unix:path={folder}/bus</listen><auth>EXTERNAL</auth><policy context="default">
<allow own="*"/><allow user="*"/>
<allow send_destination="*" eavesdrop="true" send_requested_reply="false"/>
<allow receive_sender="*" eavesdrop="true" receive_requested_reply="false"/>
{policy}</policy></busconfig>
"""
DENY_ADMIN = '<deny send_interface="org.badged.Badged1.Admin"/>'


class Host:
    """A private bus, and on it the daemon that does as the words say (none: no daemon)."""

    def __init__(self, *words, daemon=True, policy=""):
        self.words, self.has_daemon, self.policy = words, daemon, policy
        self.daemon = None

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="badge-ctl-")
        os.chmod(self.folder, 0o755)
        settings = os.path.join(self.folder, "bus.conf")
        pathlib.Path(settings).write_text(BUS_SETTINGS.format(folder=self.folder,
                                                              policy=self.policy))
        self.bus = subprocess.Popen(["dbus-daemon", "--nofork", "--nosyslog", "--print-address=1",
                                     "--config-file", settings], stdout=subprocess.PIPE,
                                    stderr=subprocess.DEVNULL, text=True)
        self.bus.stdout.readline()
        self.env = dict(os.environ, DBUS_SYSTEM_BUS_ADDRESS=f"unix:path={self.folder}/bus",
                        LC_ALL="C.UTF-8", TERM="xterm", TZ="UTC")
        self.env.pop("NO_COLOR", None)
        if self.has_daemon:
            self.daemon = subprocess.Popen([FAKE_BADGED, *self.words], env=self.env, bufsize=0,
                                           stdout=subprocess.PIPE)
            self.read_log("ready")
        return self

    def __exit__(self, *problem):
        for process in (self.daemon, self.bus):
            if process:
                process.kill()
                process.wait()
                process.stdout.close()
        shutil.rmtree(self.folder)

    def read_log(self, until, timeout_sec=PATIENCE_SEC):
        """What the daemon saw, up to the text, or all that came in time."""
        log, deadline = "", time.monotonic() + timeout_sec
        while until not in log and time.monotonic() < deadline:
            if select.select([self.daemon.stdout], [], [], 0.1)[0]:
                text = os.read(self.daemon.stdout.fileno(), 65536).decode()
                if not text:
                    break
                log += text
        return log

    def run(self, *arguments, program=None, user=None, **environment):
        return subprocess.run([program or BADGECTL, *arguments], env=self.env | environment,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=PATIENCE_SEC, user=user, check=False)

    def run_as_anybody(self, *arguments):
        """Not as root, whoever runs the tests; from where anybody may."""
        return self.run(*arguments, program=shutil.copy(BADGECTL, self.folder),
                        user=ANYBODY_UID if os.geteuid() == 0 else None)


class Terminal:
    """badgectl in a window of 24 lines."""

    def __init__(self, host, *arguments, columns=80, **environment):
        self.text = ""
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
            os.execve(BADGECTL, [BADGECTL, *arguments], host.env | environment)

    def read(self, until=None, timeout_sec=PATIENCE_SEC):
        deadline = time.monotonic() + timeout_sec
        while until is None or until not in self.text:
            if not select.select([self.fd], [], [], max(0, deadline - time.monotonic()))[0]:
                raise AssertionError(f"{until!r} did not come: {self.text!r}")
            try:
                self.text += os.read(self.fd, 65536).decode()
            except OSError:     # Linux says EIO when the last process left the terminal
                break
        return self.text

    def end(self):
        """Reads all and returns the exit code."""
        self.read()
        os.close(self.fd)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def equal(found, expected):
    assert found == expected, f"{found!r} instead of {expected!r}"


def contains(text, *parts):
    for part in parts:
        assert part in text, f"{part!r} is not in {text!r}"


def lacks(text, *parts):
    for part in parts:
        assert part not in text, f"{part!r} is in {text!r}"


def is_plain(text):
    bad = [character for character in text if ord(character) < 0x20 and character != "\n"
           or 0x7F <= ord(character) < 0xA0]
    equal(bad, [])


def run_cases(cases):
    """TAP on standard output."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))   # meson's timeout: the folders go then, too
    print(f"1..{len(cases)}")
    for number, case in enumerate(cases, 1):
        try:
            case()
        except Exception as problem:  # pylint: disable=broad-except
            print("not ok", number, case.__name__, flush=True)
            print("#", type(problem).__name__, ascii(str(problem)), flush=True)
        else:
            print("ok", number, case.__name__, flush=True)
