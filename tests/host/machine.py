# SPDX-License-Identifier: LGPL-2.1-or-later
"""What runs on the private host before anybody logs in: install, journal, bus, sshd.

Programs are started in their own session, log to paths.LOGS and leave their pid there, because those
who set the host up and those who test on it are different processes.
"""

import os
import pathlib
import signal
import socket
import subprocess
import sys
import time

from host import accounts, pam, paths

NAME = "shellhost"
READY_SEC = 60

SSHD_CONFIG = """\
# The shipped settings come first: in sshd the first value of a key counts.
Include /etc/ssh/sshd_config.d/*.conf
Port {port}
ListenAddress 127.0.0.1
HostKey {key}
PidFile none
UsePAM yes
# So that nothing but the module keeps root out.
PermitRootLogin yes
PrintMotd no
LogLevel DEBUG1
"""


def set_up() -> None:
    if os.environ.get("BADGED_OWN_NETWORK") != "0":
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    socket.sethostname(NAME)
    append_hosts()
    start_journal()
    subprocess.run(["dbus-uuidgen", "--ensure=/etc/machine-id"], check=True)
    install()
    if accounts.sysusers_files():
        accounts.add_daemon_user()
    pam.set_up()
    start_bus()
    start_sshd()


def append_hosts() -> None:
    with open("/etc/hosts", "a", encoding="utf-8") as file:
        file.write(f"\n127.0.0.1 localhost {NAME}\n")


def install() -> None:
    """Everything goes where a package would put it; the build was configured for that."""
    log = paths.LOGS / "install"
    with open(log, "wb") as out:
        done = subprocess.run(["meson", "install", "-C", str(paths.BUILD), "--no-rebuild"],
                              stdout=out, stderr=subprocess.STDOUT, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"meson install failed:\n{log.read_text()}")
    (paths.SETTINGS).mkdir(exist_ok=True)


def start_journal() -> None:
    start("journal", [sys.executable, "-m", "host.journal"])
    wait_until(lambda: paths.SYSLOG_SOCKET.exists(), "the journal receiver")


def start_bus() -> None:
    paths.BUS_SOCKET.parent.mkdir(exist_ok=True)
    paths.BUS_SOCKET.unlink(missing_ok=True)
    start("bus", ["dbus-daemon", "--system", "--nofork", "--nopidfile"])
    wait_until(lambda: accepts(paths.BUS_SOCKET), "the system bus")


def stop_bus() -> None:
    stop("bus")


def start_sshd() -> None:
    pathlib.Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    key = paths.STATE / "ssh_host_key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", NAME, "-f", key],
                   check=True)
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
    pathlib.Path("/etc/ssh/sshd_config").write_text(SSHD_CONFIG.format(port=port, key=key))
    public = key.with_suffix(".pub").read_text()
    pathlib.Path("/etc/ssh/ssh_known_hosts").write_text(f"[{NAME}]:{port} {public}")
    paths.SSH_PORT_FILE.write_text(str(port))
    start("sshd", ["/usr/sbin/sshd", "-D"])
    wait_until(lambda: answers(port), "sshd")


def start(name: str, command: list[str]) -> None:
    with open(paths.LOGS / name, "ab") as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log,
                                   stderr=subprocess.STDOUT, start_new_session=True)
    pid_file(name).write_text(str(process.pid))


def stop(name: str, signal_number: int = signal.SIGTERM) -> None:
    """Ends a program that start() began, perhaps in another process, and waits until it is gone."""
    pid = int(pid_file(name).read_text())
    os.kill(pid, signal_number)
    wait_until(lambda: not is_alive(pid), f"the end of {name}")


def pid_file(name: str) -> pathlib.Path:
    return paths.STATE / f"{name}.pid"


def is_alive(pid: int) -> bool:
    try:
        os.waitpid(pid, os.WNOHANG)   # when it is our own child
    except ChildProcessError:
        pass
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def accepts(path: pathlib.Path) -> bool:
    with socket.socket(socket.AF_UNIX) as sock:
        return sock.connect_ex(str(path)) == 0


def answers(port: int) -> bool:
    with socket.socket() as sock:
        return sock.connect_ex(("127.0.0.1", port)) == 0


def wait_until(is_ready, what: str, timeout_sec: float = READY_SEC) -> None:
    deadline = time.monotonic() + timeout_sec
    while not is_ready():
        if time.monotonic() > deadline:
            logs = "".join(f"--- {log.name}\n{log.read_text(errors='replace')[-2000:]}"
                           for log in sorted(paths.LOGS.iterdir()))
            raise RuntimeError(f"{what} did not come within {timeout_sec} s\n{logs}")
        time.sleep(0.01)


def ssh_port() -> int:
    return int(paths.SSH_PORT_FILE.read_text())
