# SPDX-License-Identifier: LGPL-2.1-or-later
"""The file systems of the private host: this machine's own, with every write kept in memory.

Runs in a new mount namespace, as root, before anything else; host.inside calls it.
"""

import os
import pathlib
import subprocess

from host import paths

OVERLAID = ["/etc", "/usr", "/var", "/home", "/root"]
DEVICES = ["null", "zero", "full", "random", "urandom", "tty"]


def mount(*arguments: object) -> None:
    subprocess.run(["mount", *map(str, arguments)], check=True)


def set_up() -> None:
    name_servers = read_text("/etc/resolv.conf")    # often a link into /run
    mount("-t", "tmpfs", "-o", "mode=0755", "private-host", "/run")
    paths.MEMORY.mkdir(parents=True)
    paths.LOGS.mkdir()

    # The tree and the build stay the real ones wherever they are: they hold the logs.
    kept = {paths.MEMORY / "kept-tree": paths.TREE, paths.MEMORY / "kept-build": paths.BUILD}
    for place, path in kept.items():
        place.mkdir()
        mount("--rbind", path, place)
    for folder in OVERLAID:
        overlay(folder)
    for place, path in kept.items():
        mount("--rbind", place, path)
    pathlib.Path("/etc/resolv.conf").unlink(missing_ok=True)
    pathlib.Path("/etc/resolv.conf").write_text(name_servers)
    private_devices()


def read_text(path: str) -> str:
    try:
        return pathlib.Path(path).read_text()
    except OSError:
        return ""


def overlay(folder: str) -> None:
    name = folder.strip("/").replace("/", "-")
    upper, work = paths.MEMORY / name / "upper", paths.MEMORY / name / "work"
    work.mkdir(parents=True)
    upper.mkdir()
    status = os.stat(folder)
    os.chown(upper, status.st_uid, status.st_gid)
    os.chmod(upper, status.st_mode & 0o7777)
    mount("-t", "overlay", "-o", f"lowerdir={folder},upperdir={upper},workdir={work}",
          "private-host", folder)


def private_devices() -> None:
    """A /dev of our own, because /dev/log and the terminals must not be the machine's."""
    dev = paths.MEMORY / "dev"
    dev.mkdir()
    mount("-t", "tmpfs", "-o", "mode=0755", "private-host", dev)
    for name in DEVICES:
        (dev / name).touch()
        mount("--bind", f"/dev/{name}", dev / name)
    (dev / "pts").mkdir()
    mount("-t", "devpts", "-o", "newinstance,ptmxmode=0666,mode=0620,gid=5", "private-host",
          dev / "pts")
    (dev / "shm").mkdir()
    mount("-t", "tmpfs", "-o", "mode=1777", "private-host", dev / "shm")
    for name, target in {"ptmx": "pts/ptmx", "fd": "/proc/self/fd", "stdin": "/proc/self/fd/0",
                         "stdout": "/proc/self/fd/1", "stderr": "/proc/self/fd/2",
                         "log": str(paths.SYSLOG_SOCKET)}.items():
        pathlib.Path(dev / name).symlink_to(target)
    mount("--rbind", dev, "/dev")
