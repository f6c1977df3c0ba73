# SPDX-License-Identifier: LGPL-2.1-or-later
"""A Debian booted by systemd-nspawn in the yard: its start, its end, commands inside of it, badged
installed as README says, and its journal."""

import json
import os
import pathlib
import shutil
import subprocess
import time

from container import inside
from host import accounts, paths
from host.machine import NAME
from host.pam import COMMON_AUTH

# Only what never comes is to take so long.
BOOT_SEC = 180
STOP_SEC = 120
COMMAND_SEC = 180
PATIENCE_SEC = 60
REBOOT = 133        # what nspawn ends with when the container asks to be started again
CONSOLE = inside.STATE / "console"
SETTINGS = inside.ROOT / "etc/badged"
UNIT = inside.ROOT / "usr/lib/systemd/system/badged.service"
BUS = ("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus")
PEOPLE = {"alice": 2001, "bob": 2002, "mallory": 2003}
SERVICES = ("sshd", "sudo")
PROMPT_FILES = (".bashrc", ".bash_profile")
UNIT_NAME = "badged.service"
ADMIN = ("org.badged.Badged1", "/org/badged/Badged1", "org.badged.Badged1.Admin")


class ContainerFailed(Exception):
    """It did not boot, or did not do what it must."""


class Container:
    """One root, booted as often as it takes."""

    def __init__(self) -> None:
        self.root = inside.ROOT
        self.boots = 0
        self._nspawn: subprocess.Popen | None = None
        self._leader = 0

    # ---- start and end ----

    def prepare(self) -> None:
        """What an installation would have asked for, before the first boot."""
        machine_id = subprocess.run(["dbus-uuidgen"], check=True, capture_output=True, text=True)
        (self.root / "etc/machine-id").write_text(machine_id.stdout)
        (self.root / "etc/hostname").write_text(NAME + "\n")
        (self.root / "etc/hosts").write_text(inside.HOSTS)
        (self.root / "var/log/journal").mkdir(exist_ok=True)    # so that it outlasts a reboot

    def start(self) -> None:
        self.boots += 1
        group = inside.CGROUPS / f"boot-{self.boots}"
        group.mkdir()
        with open(CONSOLE, "ab") as console:
            self._nspawn = subprocess.Popen(
                ["systemd-nspawn", "--quiet", "--register=no", "--keep-unit", "--boot",
                 f"--directory={self.root}", f"--machine={NAME}",
                 f"--network-namespace-path=/run/netns/{inside.NETWORK}",
                 "--resolv-conf=off", "--timezone=off", "--link-journal=no", "--console=read-only"],
                stdin=subprocess.DEVNULL, stdout=console, stderr=console,
                start_new_session=True,     # Ctrl-C is not for it: it is to be stopped in order
                preexec_fn=lambda: (group / "cgroup.procs").write_text("0"))
        self._wait_running()

    def _wait_running(self) -> None:
        deadline = time.monotonic() + BOOT_SEC
        state = "nothing"
        while state != "running":
            if self._nspawn.poll() is not None or time.monotonic() > deadline:
                raise ContainerFailed(f"it does not boot ({state}):\n{console_text()}")
            time.sleep(0.05)
            self._leader = child_of(self._nspawn.pid)
            if self._leader:
                done = self.run("systemctl", "is-system-running", check=False)
                state = done.stdout.strip()
            if state == "degraded":
                raise ContainerFailed(self.run("systemctl", "--failed", "--no-pager").stdout)

    def reboot(self) -> None:
        self.run("systemctl", "reboot", check=False)
        code = self._nspawn.wait(STOP_SEC)
        if code != REBOOT:
            raise ContainerFailed(f"it did not reboot but ended with {code}:\n{console_text()}")
        self.start()

    def stop(self) -> None:
        if self._nspawn and self._nspawn.poll() is None:
            self._nspawn.terminate()    # nspawn shuts the container down in order
            try:
                self._nspawn.wait(STOP_SEC)
            except subprocess.TimeoutExpired:
                self._nspawn.kill()
                self._nspawn.wait()

    # ---- inside ----

    def command(self, *command: str, user: str = "") -> list[str]:
        """The command line that runs a command inside, from the yard."""
        identity = ["setpriv", "--reuid", user, "--regid", user, "--init-groups"] if user else []
        return ["nsenter", f"--target={self._leader}", "--mount", "--uts", "--ipc", "--net",
                "--pid", "env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8",
                *identity, *command]

    def run(self, *command: str, user: str = "", check: bool = True) -> subprocess.CompletedProcess:
        done = subprocess.run(self.command(*command, user=user), stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=COMMAND_SEC, check=False)
        if check and done.returncode != 0:
            said = f"{done.stdout}{done.stderr}"
            raise ContainerFailed(f"{' '.join(command)}: {done.returncode}\n{said}")
        return done

    def bus_socket(self) -> pathlib.Path:
        """The system bus, for whoever is in the yard."""
        return pathlib.Path(f"/proc/{self._leader}/root/run/dbus/system_bus_socket")

    def property(self, name: str, unit: str = UNIT_NAME) -> str:
        return self.run("systemctl", "show", "--value", f"--property={name}", unit).stdout.strip()

    def pid(self, unit: str = UNIT_NAME) -> str:
        """Of the unit's main process, as the container counts; "0" when there is none."""
        return self.property("MainPID", unit)

    def is_active(self, unit: str = UNIT_NAME) -> bool:
        return self.property("ActiveState", unit) == "active"

    def ids(self, user: str) -> tuple[int, int]:
        fields = self.run("getent", "passwd", user).stdout.split(":")
        return int(fields[2]), int(fields[3])

    def status(self) -> dict:
        answer = self.run("busctl", "--json=short", "call", *ADMIN, "GetStatus").stdout
        return {name: value["data"] for name, value in json.loads(answer)["data"][0].items()}

    # ---- as README says ----

    def install(self) -> None:
        """Step 1, and again for an upgrade."""
        subprocess.run(["meson", "install", "-C", str(paths.BUILD), "--no-rebuild", "--quiet",
                        f"--destdir={self.root}"], check=True, stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL)

    def make_ready(self) -> None:
        """Steps 2, 7 and 8."""
        self.run("sh", "-c", "systemd-sysusers && systemctl reload dbus && systemctl daemon-reload"
                 " && journalctl --update-catalog")
        for service in SERVICES:
            file = self.root / "etc/pam.d" / service
            text = file.read_text()
            if COMMON_AUTH not in text:
                raise ContainerFailed(f"{file} of this distribution has no '{COMMON_AUTH}'")
            file.write_text(text.replace(COMMON_AUTH, f"@include badge-{service}"))
        shutil.copy(self.root / "usr/share/badged/sshd_config.d/50-badged.conf",
                    self.root / "etc/ssh/sshd_config.d")
        self.run("sh", "-c", "sshd -t && systemctl reload ssh")

    def add_people(self) -> None:
        for name, uid in PEOPLE.items():
            self.run("useradd", "--create-home", f"--uid={uid}", "--password=*",
                     "--shell=/bin/bash", name)
            home = self.root / "home" / name
            for file in PROMPT_FILES:
                (home / file).write_text(accounts.PROMPT)
            (home / ".hushlogin").touch()
        (self.root / "root/.bashrc").write_text(accounts.PROMPT)
        (self.root / "etc/sudoers.d/alice").write_text("alice ALL=(ALL:ALL) ALL\n")

    def write_settings(self, text: str, files: dict[str, bytes | str | pathlib.Path]) -> None:
        """badged.conf, and files beside it; secrets for root and the daemon's group alone."""
        group = self.ids("badged")[1]
        for name, content in {"badged.conf": text, **files}.items():
            if isinstance(content, pathlib.Path):
                content = content.read_bytes()
            path = SETTINGS / name
            path.write_bytes(content.encode() if isinstance(content, str) else content)
            os.chown(path, 0, group)
            path.chmod(0o640 if path.suffix == ".secret" else 0o644)

    def known_hosts(self) -> pathlib.Path:
        """The host's own key, so that ssh has nothing to ask."""
        file = inside.STATE / "known_hosts"
        keys = sorted((self.root / "etc/ssh").glob("ssh_host_*_key.pub"))
        file.write_text("".join(f"{NAME} {key.read_text()}" for key in keys))
        return file


def logind_sessions(container: Container) -> dict[str, dict[str, str]]:
    """{session: properties} of the people who came by ssh."""
    found = {}
    for line in json.loads(container.run("loginctl", "list-sessions", "--output=json").stdout):
        # One that is on its way out may be gone by now.
        shown = container.run("loginctl", "show-session", line["session"], check=False).stdout
        properties = dict(pair.split("=", 1) for pair in shown.splitlines())
        if properties.get("Service") == "sshd":
            found[line["session"]] = properties
    return found


class Journal:
    """The container's, from now on; with everything=True from its first boot."""

    def __init__(self, container: Container, everything: bool = False) -> None:
        self._container = container
        if not everything:
            self._journalctl("--sync")  # what is still on its way has happened before
        # Not by cursor: with a match behind it, journalctl leaves the first entry out.
        self._after = [] if everything else [f"--since=@{time.time():.6f}"]

    def _journalctl(self, *arguments: str) -> str:
        return self._container.run("journalctl", "--quiet", "--no-pager", *arguments).stdout

    def entries(self, **fields: str) -> list[dict[str, str]]:
        """Those whose fields all have these values, as journald itself finds them."""
        self._journalctl("--sync")
        matches = [f"{name}={value}" for name, value in fields.items()]
        shown = self._journalctl("--output=json", "--all", *self._after, *matches)
        return [{name: text_of(value) for name, value in json.loads(line).items()}
                for line in shown.splitlines()]

    def wait_for(self, timeout_sec: float = PATIENCE_SEC, **fields: str) -> dict[str, str]:
        deadline = time.monotonic() + timeout_sec
        while True:
            found = self.entries(**fields)
            if found:
                return found[0]
            assert time.monotonic() < deadline, f"no entry {fields} in:\n{self.text()}"
            time.sleep(0.05)

    def text(self) -> str:
        return self._journalctl("--output=short", *self._after)


def text_of(value) -> str:
    """journalctl writes a field that is no plain text as a list of bytes, and a repeated one as a
    list of values."""
    if isinstance(value, list) and all(isinstance(byte, int) for byte in value):
        return bytes(value).decode(errors="backslashreplace")
    return "\n".join(map(text_of, value)) if isinstance(value, list) else str(value)


def child_of(pid: int) -> int:
    """nspawn has one child: the first process of the container. 0 as long as there is none."""
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if int((folder / "stat").read_text().rpartition(")")[2].split()[1]) == pid:
                return int(folder.name)
        except OSError:
            continue
    return 0


def wait_until(is_so, what: str, timeout_sec: float = PATIENCE_SEC) -> None:
    deadline = time.monotonic() + timeout_sec
    while not is_so():
        assert time.monotonic() < deadline, f"{what} did not come within {timeout_sec} s"
        time.sleep(0.05)


def console_text() -> str:
    return CONSOLE.read_text(errors="replace")[-4000:] if CONSOLE.exists() else ""
