# SPDX-License-Identifier: LGPL-2.1-or-later
"""A Debian (or Ubuntu) like this machine's own, made by debootstrap and kept as a tar file in the
build directory until anything that goes into it changes.

As a program it makes the tree and needs namespaces of its own, because debootstrap mounts and
starts things: `python3 -m container.debian FILE`. container.yard runs that when ensure() says so.
"""

import hashlib
import os
import pathlib
import shutil
import subprocess
import sys

from host import paths

CACHE = paths.BUILD / "container"
LOG = CACHE / "debootstrap.log"
PROGRAMS = ("daemon/badged", "ctl/badgectl", "pam/pam_badge.so")
PACKAGES = ["systemd", "systemd-sysv", "dbus", "libpam-systemd", "libnss-systemd", "openssh-server",
            "sudo", "login", "passwd", "polkitd"]
COMPONENTS = ("main", "universe")
# Nothing that a login needs.
LEFT_OUT = ("var/cache/apt/archives", "var/lib/apt/lists", "usr/share/doc", "usr/share/locale",
            "usr/share/man")


class DebianFailed(Exception):
    """There is no tree to boot; the text says why."""


def output(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def codename() -> str:
    lines = pathlib.Path("/etc/os-release").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)["VERSION_CODENAME"].strip('"')


def mirror() -> tuple[str, str]:
    """(address, components) of the distribution itself, as this machine's apt has them."""
    listing = output("apt-get", "indextargets", "Created-By: Packages", "--format",
                     "$(SITE) $(RELEASE) $(CODENAME) $(COMPONENT)")
    found: dict[str, list[str]] = {}
    for site, release, name, component in (line.split() for line in listing.splitlines()
                                           if len(line.split()) == 4):
        # A release such as bookworm-updates is no distribution of its own.
        if name == codename() and "-" not in release and component in COMPONENTS:
            found.setdefault(site, []).append(component)
    if not found:
        raise DebianFailed(f"apt of this machine has no mirror of {codename()}")
    site, components = next(iter(found.items()))
    return site, ",".join(dict.fromkeys(components))


def libraries() -> list[str]:
    """The packages that what was built is linked with, so that none is ever forgotten here."""
    files = set()
    for line in output("ldd", *(str(paths.BUILD / program) for program in PROGRAMS)).splitlines():
        name, _, rest = line.partition(" => ")
        if rest.startswith("/"):
            files.add(rest.split()[0])
    return packages_of(files)


def packages_of(files: set[str]) -> list[str]:
    """dpkg knows a file by one of its names only, where /lib is a link into /usr."""
    names = {file: (file, f"/usr{file}", file.removeprefix("/usr"), os.path.realpath(file))
             for file in files}
    wanted = {name for some in names.values() for name in some}
    listing = subprocess.run(["dpkg-query", "--search", *wanted], capture_output=True, text=True,
                             check=False).stdout
    owners = {}
    for line in listing.splitlines():
        package, _, path = line.partition(": ")
        owners[path] = package.split(":")[0]
    found = set()
    for file, some in names.items():
        package = next((owners[name] for name in some if name in owners), None)
        if package is None:
            raise DebianFailed(f"{file} is of no package")
        found.add(package)
    return sorted(found)


def recipe() -> str:
    """All that decides how the tree turns out. The versions are this machine's: once it is
    upgraded, so should the tree be."""
    packages = sorted({*PACKAGES, *libraries()})
    versions = subprocess.run(["dpkg-query", "--show", *packages], capture_output=True, text=True,
                              check=False).stdout
    this = pathlib.Path(__file__).read_text()
    return "\n".join([codename(), *mirror(), *packages, versions, this])


def tar_file() -> pathlib.Path:
    return CACHE / f"root-{hashlib.sha256(recipe().encode()).hexdigest()[:16]}.tar"


def ensure(run) -> pathlib.Path:
    """run(command) runs a program in namespaces of its own and returns its exit code."""
    CACHE.mkdir(exist_ok=True)
    file = tar_file()
    if not file.exists():
        print(f"container: making {codename()} from {mirror()[0]}, once", file=sys.stderr,
              flush=True)
        for old in CACHE.glob("root-*"):
            old.unlink()
        code = run([sys.executable, "-m", "container.debian", str(file)])
        if code != 0:
            raise DebianFailed(f"debootstrap ended with {code}:\n{LOG.read_text()[-4000:]}")
    return file


def make(file: pathlib.Path) -> None:
    work = CACHE / "work"
    work.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=0755", "debian", str(work)], check=True)
    root = work / "root"
    site, components = mirror()
    with open(LOG, "wb") as log:
        subprocess.run(["debootstrap", "--variant=minbase", f"--components={components}",
                        f"--include={','.join(sorted({*PACKAGES, *libraries()}))}",
                        codename(), str(root), site],
                       check=True, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                       env=os.environ | proxy())
    for name in LEFT_OUT:
        shutil.rmtree(root / name, ignore_errors=True)
        (root / name).mkdir(exist_ok=True)
    part = file.with_suffix(".part")
    subprocess.run(["tar", "--create", "--one-file-system", "--xattrs", "--file", str(part),
                    "--directory", str(root), "."], check=True)
    part.rename(file)


def proxy() -> dict[str, str]:
    """The way out that apt takes, for debootstrap's wget."""
    lines = output("apt-config", "shell", "PROXY", "Acquire::http::Proxy").strip()
    value = lines.removeprefix("PROXY=").strip("'")
    return {"http_proxy": value} if value and value != "DIRECT" else {}


if __name__ == "__main__":
    try:
        make(pathlib.Path(sys.argv[1]))
    except subprocess.CalledProcessError as failure:
        sys.exit(failure.returncode)
