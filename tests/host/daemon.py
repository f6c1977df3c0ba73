# SPDX-License-Identifier: LGPL-2.1-or-later
"""badged on the private host: its settings, its start under the unit's restrictions, its end."""

import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time

from host import paths
from host.providers import CLIENT_IDS
from host.sandbox import BUS_ADDRESS, STATE_BASE, Unit

UNIT_FILES = ("/usr/lib/systemd/system/badged.service", "/lib/systemd/system/badged.service")
START_SEC = 60
STOP_SEC = 30


class DaemonFailed(Exception):
    """It did not become ready; the text says what it wrote."""


def unit_path() -> pathlib.Path:
    for name in UNIT_FILES:
        if os.path.exists(name):
            return pathlib.Path(name)
    raise DaemonFailed("badged.service was not installed")


def write_settings(text: str, files: dict[str, bytes | str | pathlib.Path] | None = None,
                   folder: pathlib.Path = paths.SETTINGS, keep_state: bool = False) -> None:
    """Replaces /etc/badged: badged.conf, and files beside it by name (a path is copied). Everything
    belongs to root and the daemon's group; only what is no secret may be read by others. What badged
    knows of before goes as well, unless it is to stay: it is another host."""
    shutil.rmtree(folder, ignore_errors=True)
    if folder == paths.SETTINGS and not keep_state:
        forget_state()
    folder.mkdir(mode=0o755)
    write_file("badged.conf", text, folder)
    for name, content in (files or {}).items():
        if isinstance(content, pathlib.Path):
            content = content.read_bytes()
        write_file(name, content, folder)


def forget_state() -> None:
    """Removes what badged keeps. One that runs goes on with what is not there any more."""
    for name in Unit(unit_path()).words("StateDirectory"):
        shutil.rmtree(pathlib.Path("/var/lib") / name, ignore_errors=True)


def write_file(name: str, content: bytes | str, folder: pathlib.Path = paths.SETTINGS) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    own(path)


def own(path: pathlib.Path) -> None:
    """root, the daemon's group; 0640, or 0644 for settings, certificates and maps."""
    is_public = path.suffix in (".conf", ".pem", ".crt", ".map")
    os.chown(path, 0, pwd.getpwnam(Unit(unit_path()).get("User")).pw_gid)
    path.chmod(0o644 if is_public else 0o640)


def copy_settings(folder: pathlib.Path) -> None:
    """An administrator's own folder, for `tests/demo --conf`."""
    shutil.rmtree(paths.SETTINGS, ignore_errors=True)
    shutil.copytree(folder, paths.SETTINGS)
    for path in [paths.SETTINGS, *paths.SETTINGS.rglob("*")]:
        if path.is_dir():
            os.chown(path, 0, 0)
            path.chmod(0o755)
        else:
            own(path)


def settings_for(provider, name: str = "corp", username_claim: str = "preferred_username",
                 client_auth: str = "", badged: str = "", section: str = "",
                 accounts: str = "", services: str = "") -> tuple[str, dict]:
    """(text, files) that let the provider name accounts by a claim. badged, section and accounts are
    further lines for [badged], the provider's section and [accounts], services whole sections."""
    client_auth = client_auth or provider.client_auth
    lines = ["[badged]", f"default_provider = {name}",
             "max_logins_per_minute = 100000", badged, "",
             f"[provider {name}]",
             f"issuer = {provider.issuer}",
             f"client_id = {CLIENT_IDS[client_auth]}",
             f"client_auth = {client_auth}",
             f"ca_file = {name}.pem",
             f"scope = {provider.scope}",
             section]
    files: dict = {f"{name}.pem": pathlib.Path(provider.ca_file)}
    own_lines, own_files = credentials_for(provider, name, client_auth)
    lines += own_lines
    files |= own_files
    lines += ["", "[accounts]", accounts]
    if username_claim:
        lines.append(f"username_claim = {username_claim}")
    return "\n".join([*lines, services]) + "\n", files


def credentials_for(provider, name: str, client_auth: str) -> tuple[list[str], dict]:
    """(lines, files) with what the client authenticates with."""
    if client_auth == "none":
        return [], {}
    if client_auth == "private_key_jwt":
        key = provider.keys.ec_key
        return ([f"client_key_file = {name}.key", f"client_key_id = {key.kid}"],
                {f"{name}.key": key.path})
    if client_auth in provider.keys.certificates:
        key_file, certificate = provider.keys.certificates[client_auth]
        return ([f"client_key_file = {name}.key", f"client_certificate_file = {name}-client.pem"],
                {f"{name}.key": key_file, f"{name}-client.pem": certificate})
    return ([f"client_secret_file = {name}.secret"],
            {f"{name}.secret": provider.secret_of(client_auth) + "\n"})


class Daemon:
    """One running badged. start() returns when it said READY=1. Several at once have each a folder
    (their settings in its etc/, their state, their log) and a bus."""

    def __init__(self, folder: pathlib.Path | None = None, bus_address: str = "") -> None:
        self.process: subprocess.Popen | None = None
        self.ready_after_sec = 0.0
        self.log = (folder or paths.LOGS) / "badged"
        self._arguments = [str(folder / "etc")] if folder else []
        self._environment = {BUS_ADDRESS: bus_address} if bus_address else {}
        if folder:
            self._environment[STATE_BASE] = str(folder / "lib")
        self.notified: list[str] = []       # what it told its service manager, since its start
        self._notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._notify_path = (folder or paths.STATE) / "notify"
        self._notify_path.unlink(missing_ok=True)
        self._notify.bind(str(self._notify_path))
        self._notify_path.chmod(0o666)
        threading.Thread(target=self._read_notifications, daemon=True).start()

    def _read_notifications(self) -> None:
        """All the time: a full queue would stop the daemon."""
        while True:
            self.notified += self._notify.recv(4096).decode().splitlines()

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def start(self) -> None:
        assert not self.is_running()
        self.notified.clear()
        begun = time.monotonic()
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "host.sandbox", str(unit_path()), *self._arguments],
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                env=os.environ | self._environment | {"NOTIFY_SOCKET": str(self._notify_path)},
                start_new_session=True)
        self._wait_ready(begun + START_SEC)
        self.ready_after_sec = time.monotonic() - begun

    def _wait_ready(self, deadline: float) -> None:
        while "READY=1" not in self.notified:
            time.sleep(0.001)
            if self.process.poll() is not None:
                raise DaemonFailed(f"badged ended with {self.process.returncode}:\n{self.output()}")
            if time.monotonic() > deadline:
                self.kill()
                raise DaemonFailed(f"badged was not ready in {START_SEC} s:\n{self.output()}")

    def output(self) -> str:
        return self.log.read_text(errors="replace")[-4000:] if self.log.exists() else ""

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def stop(self) -> None:
        if self.is_running():
            self.process.terminate()
            try:
                self.process.wait(STOP_SEC)
            except subprocess.TimeoutExpired:
                self.kill()
                raise DaemonFailed(f"badged did not end in {STOP_SEC} s") from None

    def kill(self) -> None:
        if self.is_running():
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()

    def restart(self) -> None:
        self.stop()
        self.start()

    def uid(self) -> int:
        return pwd.getpwnam(Unit(unit_path()).get("User")).pw_uid

    def proc_status(self) -> dict[str, str]:
        lines = pathlib.Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return dict((name, value.strip()) for name, _, value in (line.partition(":") for line in lines))


def check_settings() -> subprocess.CompletedProcess:
    """`badged --check` on /etc/badged, as root, as the administrator runs it."""
    command = Unit(unit_path()).words("ExecStart")[0].lstrip("-@:!")
    return subprocess.run([command, "--check"], capture_output=True, text=True, check=False)
