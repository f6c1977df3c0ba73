# SPDX-License-Identifier: LGPL-2.1-or-later
"""What stays outside of the yard: makes the Debian root if there is none, then the cgroup and the
namespaces, waits, and removes the cgroup again. tests/container/enter runs it, in a mount namespace
of its own; container.inside goes on in the yard.

Whoever ends this process, or its parent, ends all of the yard.
"""

import ctypes
import os
import pathlib
import signal
import subprocess
import sys
import time

from container import debian

PR_SET_PDEATHSIG = 1
CGROUPS = pathlib.Path("/sys/fs/cgroup")
NAME = "badged-container"
SETUP_FAILED = 2
GONE_SEC = 30
NAMESPACES = ["unshare", "--fork", "--kill-child", "--pid", "--mount-proc", "--mount",
              "--propagation", "private"]
YARD = [*NAMESPACES, "--ipc", "--uts", "--net", "--cgroup"]


def die_with_parent(signal_number: int) -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal_number, 0, 0, 0)


def run_tied(command: list[str], group: pathlib.Path | None = None) -> int:
    """Runs it until it ends; it dies when this process does."""

    def tie() -> None:
        die_with_parent(signal.SIGKILL)
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        if group:
            (group / "cgroup.procs").write_text("0")

    with subprocess.Popen(command, preexec_fn=tie) as process:
        try:
            code = process.wait()
        except BaseException:
            process.kill()
            raise
    return code if code >= 0 else 128 - code


def new_group() -> pathlib.Path:
    """systemd wants one hierarchy; on machines that have several, ours alone sees only this one."""
    subprocess.run(["mount", "-t", "cgroup2", NAME, str(CGROUPS)], check=True)
    for stale in CGROUPS.glob(f"{NAME}-*"):
        remove_group(stale)
    group = CGROUPS / f"{NAME}-{os.getpid()}"
    group.mkdir()
    return group


def remove_group(group: pathlib.Path, patience_sec: float = 0) -> None:
    """What is still in use stays: it is another run's, or the kernel has not buried all yet."""
    deadline = time.monotonic() + patience_sec
    while "populated 1" in (group / "cgroup.events").read_text() and time.monotonic() < deadline:
        time.sleep(0.01)
    for folder in sorted(filter(pathlib.Path.is_dir, group.rglob("*")), reverse=True):
        remove_folder(folder)
    remove_folder(group)


def remove_folder(folder: pathlib.Path) -> None:
    try:
        folder.rmdir()
    except OSError:
        pass


def on_end(signal_number: int, _frame: object) -> None:
    sys.exit(128 + signal_number)


def main(command: list[str]) -> int:
    # A terminal sends Ctrl-C to everybody; it is the command's to answer.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, on_end)
    signal.signal(signal.SIGHUP, on_end)
    die_with_parent(signal.SIGTERM)
    try:
        file = debian.ensure(lambda program: run_tied([*NAMESPACES, *program]))
        group = new_group()
    except (OSError, subprocess.SubprocessError, debian.DebianFailed) as error:
        print(f"container: {error}", file=sys.stderr)
        return SETUP_FAILED
    try:
        return run_tied([*YARD, sys.executable, "-m", "container.inside", str(file), *command],
                        group)
    finally:
        remove_group(group, GONE_SEC)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
