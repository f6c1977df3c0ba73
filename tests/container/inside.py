# SPDX-License-Identifier: LGPL-2.1-or-later
"""The first process of the yard: mounts, cgroups and network, then the command; reaps what is left
over. The yard ends when it ends. container.yard starts it in fresh namespaces.
"""

import os
import pathlib
import subprocess
import sys

from container import yard
from host import inside, paths

STATE = pathlib.Path("/run/yard")
ROOT = STATE / "root"
CGROUPS = yard.CGROUPS

# The two ends of the private network. Addresses are of RFC 5737, the name of RFC 2606.
NETWORK = "shellhost"
OUTSIDE, HOST = "192.0.2.1", "192.0.2.2"
PROVIDER_NAME = "idp.example"
HOSTS = f"127.0.0.1 localhost\n{OUTSIDE} {PROVIDER_NAME}\n{HOST} {NETWORK}\n"


def is_yard() -> bool:
    return ROOT.is_dir()


def mount(*arguments: object) -> None:
    subprocess.run(["mount", *map(str, arguments)], check=True)


def ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True)


def set_up(file: str) -> None:
    make_mounts()
    make_groups()
    make_network()
    subprocess.run(["tar", "--extract", "--preserve-permissions", "--xattrs", "--file", file,
                    "--directory", str(ROOT)], check=True)


def make_mounts() -> None:
    """systemd-nspawn writes below /run and /tmp: here into memory. The tree and the build stay the
    real ones wherever they are."""
    mount("-t", "tmpfs", "-o", "mode=0755", "yard", "/run")
    kept = {STATE / "kept-tree": paths.TREE, STATE / "kept-build": paths.BUILD}
    for place, path in kept.items():
        place.mkdir(parents=True)
        mount("--rbind", path, place)
    mount("-t", "tmpfs", "-o", "mode=1777", "yard", "/tmp")
    for place, path in kept.items():
        path.mkdir(parents=True, exist_ok=True)
        mount("--rbind", place, path)
    ROOT.mkdir()
    (STATE / "hosts").write_text(HOSTS)
    mount("--bind", STATE / "hosts", "/etc/hosts")


def make_groups() -> None:
    """A group of our own below the yard's, so that the yard's is free to pass controllers on."""
    # What container.yard mounted there is the machine's whole tree.
    subprocess.run(["umount", str(CGROUPS)], check=True)
    mount("-t", "cgroup2", "yard", CGROUPS)
    (CGROUPS / "yard").mkdir()
    (CGROUPS / "yard" / "cgroup.procs").write_text("0")


def make_network() -> None:
    ip("link", "set", "lo", "up")
    ip("netns", "add", NETWORK)
    ip("link", "add", "outside", "type", "veth", "peer", "name", "host0", "netns", NETWORK)
    ip("address", "add", f"{OUTSIDE}/24", "dev", "outside")
    ip("link", "set", "outside", "up")
    ip("-n", NETWORK, "link", "set", "lo", "up")
    ip("-n", NETWORK, "address", "add", f"{HOST}/24", "dev", "host0")
    ip("-n", NETWORK, "link", "set", "host0", "up")


def become_yard(file: str) -> None:
    try:
        set_up(file)
    except (OSError, subprocess.SubprocessError) as error:
        print(f"container: {error}", file=sys.stderr)
        sys.stderr.flush()
        os._exit(yard.SETUP_FAILED)


if __name__ == "__main__":
    sys.exit(inside.run_first(lambda: become_yard(sys.argv[1]), sys.argv[2:]))
