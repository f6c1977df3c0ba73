# SPDX-License-Identifier: LGPL-2.1-or-later
"""Starts a service the way systemd would, as far as that goes without systemd.

    python3 -m host.sandbox UNIT.service [ARGUMENT…]

Reads the installed unit file and applies: User, Group, ExecStart, Environment, the directories,
LoadCredential, UMask, Limit*, NoNewPrivileges, CapabilityBoundingSet, ProtectSystem, ProtectHome,
PrivateTmp, PrivateDevices, PrivateNetwork, PrivateIPC, ProtectHostname, ProtectProc, ReadOnlyPaths,
ReadWritePaths, InaccessiblePaths, MemoryDenyWriteExecute, RestrictAddressFamilies,
RestrictNamespaces, RestrictRealtime, RestrictSUIDSGID, SystemCallFilter, SystemCallArchitectures,
WatchdogSec. PrivateUsers, cgroups and what else only an init system can do stay with the tests that
boot a real systemd. host.daemon runs it.
"""

import ctypes
import grp
import os
import pathlib
import pwd
import resource
import shlex
import subprocess
import sys

from host import paths, seccomp
from host.seccomp import check, libc

PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS, PR_SET_MDWE = 24, 38, 65
PR_MDWE_REFUSE_EXEC_GAIN = 1
CLONE_NEWNS = 0x20000
NAMESPACES = {"PrivateNetwork": 0x40000000, "PrivateIPC": 0x08000000, "ProtectHostname": 0x04000000}
CAPABILITIES = 64
BUS_ADDRESS = "DBUS_SYSTEM_BUS_ADDRESS"
STATE_BASE = "SANDBOX_STATE_BASE"   # in place of /var/lib, for several of one unit at once

MOUNT_SETATTR, AT_FDCWD, AT_RECURSIVE, MOUNT_ATTR_RDONLY = 442, -100, 0x8000, 1


class Unit:
    """The [Service] section: for each key all its values, in order."""

    def __init__(self, path: pathlib.Path) -> None:
        self._values: dict[str, list[str]] = {}
        section = ""
        for line in path.read_text().replace("\\\n", " ").splitlines():
            line = line.strip()
            if line.startswith("["):
                section = line
            elif section == "[Service]" and "=" in line and line[0] not in "#;":
                key, value = (part.strip() for part in line.split("=", 1))
                self._values.setdefault(key, []).append(value)

    def get(self, key: str, default: str = "") -> str:
        return self._values.get(key, [default])[-1]

    def lines(self, key: str) -> list[list[str]]:
        return [shlex.split(value) for value in self._values.get(key, [])]

    def words(self, key: str) -> list[str]:
        """All words of a list setting; an empty assignment starts it anew, as in systemd."""
        words: list[str] = []
        for line in self.lines(key):
            words = words + line if line else []
        return words

    def is_on(self, key: str) -> bool:
        return self.get(key).lower() in ("yes", "true", "1", "on")

    def has(self, key: str) -> bool:
        return key in self._values


def mount(*arguments: object) -> None:
    subprocess.run(["mount", *map(str, arguments)], check=True)


DIRECTORIES = {"RuntimeDirectory": ("/run", "RUNTIME_DIRECTORY"),
               "StateDirectory": ("/var/lib", "STATE_DIRECTORY"),
               "CacheDirectory": ("/var/cache", "CACHE_DIRECTORY"),
               "LogsDirectory": ("/var/log", "LOGS_DIRECTORY"),
               "ConfigurationDirectory": ("/etc", "CONFIGURATION_DIRECTORY")}


def make_directories(unit: Unit, user: pwd.struct_passwd, group: int) -> tuple[dict, list]:
    """Creates them; returns the environment that names them and the list of the writable ones."""
    environment, writable = {}, []
    for key, (base, variable) in DIRECTORIES.items():
        if key == "StateDirectory":
            base = os.environ.get(STATE_BASE, base)
        folders = [pathlib.Path(base) / name for name in unit.words(key)]
        for path in folders:
            path.mkdir(parents=True, exist_ok=True)
            path.chmod(int(unit.get(key + "Mode", "0755"), 8))
            if key != "ConfigurationDirectory":
                os.chown(path, user.pw_uid, group)
                writable.append(path)
        if folders:
            environment[variable] = ":".join(map(str, folders))
    return environment, writable


def load_credentials(unit: Unit, name: str, user: pwd.struct_passwd) -> dict:
    """LoadCredential=ID:PATH; a relative PATH is looked up in the credential stores."""
    folder = pathlib.Path("/run/credentials") / name
    loaded = False
    for item in unit.words("LoadCredential"):
        ident, _, source = item.partition(":")
        found = [path for path in (pathlib.Path(source or ident),) if path.is_absolute()] or [
            pathlib.Path(store) / (source or ident)
            for store in ("/etc/credstore", "/run/credstore", "/usr/lib/credstore")]
        for path in found:
            if path.exists():
                folder.mkdir(parents=True, exist_ok=True)
                target = folder / ident
                target.unlink(missing_ok=True)
                target.write_bytes(path.read_bytes())
                os.chown(target, user.pw_uid, 0)
                target.chmod(0o400)
                loaded = True
                break
    if not loaded:
        return {}
    os.chown(folder, user.pw_uid, 0)
    folder.chmod(0o500)
    return {"CREDENTIALS_DIRECTORY": str(folder)}


class MountAttr(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint64)
                for name in ("attr_set", "attr_clr", "propagation", "userns_fd")]


def set_read_only(path: str, is_read_only: bool = True) -> None:
    attr = MountAttr(attr_set=MOUNT_ATTR_RDONLY) if is_read_only else MountAttr(
        attr_clr=MOUNT_ATTR_RDONLY)
    check(libc.syscall(MOUNT_SETATTR, AT_FDCWD, path.encode(), AT_RECURSIVE, ctypes.byref(attr),
                       ctypes.c_size_t(ctypes.sizeof(attr))), f"mount_setattr {path}")


def hide(path: str) -> None:
    if os.path.isdir(path):
        mount("-t", "tmpfs", "-o", "mode=0000,ro", "sandbox", path)


def restrict_mounts(unit: Unit, writable: list[pathlib.Path]) -> None:
    check(libc.unshare(CLONE_NEWNS), "unshare")
    mount("--make-rslave", "/")
    if unit.is_on("PrivateDevices"):
        private_devices()
    if unit.is_on("PrivateTmp"):
        for path in ("/tmp", "/var/tmp"):
            mount("-t", "tmpfs", "-o", "mode=1777,nosuid,nodev", "sandbox", path)
    if unit.get("ProtectProc") in ("invisible", "noaccess", "ptraceable"):
        options = f"hidepid={unit.get('ProtectProc')}" + (
            ",subset=pid" if unit.get("ProcSubset") == "pid" else "")
        mount("-t", "proc", "-o", options, "proc", "/proc")
    protect_system(unit, writable)
    home = unit.get("ProtectHome").lower()
    for path in ("/home", "/root", "/run/user"):
        if home in ("yes", "true", "1", "on", "tmpfs"):
            hide(path)
        elif home == "read-only":
            set_read_only(path)
    for path in unit.words("InaccessiblePaths"):
        hide(path.lstrip("-"))


def private_devices() -> None:
    """The pseudo devices alone, and /dev/log."""
    dev = pathlib.Path("/run/sandbox-dev")
    dev.mkdir(exist_ok=True)
    mount("-t", "tmpfs", "-o", "mode=0755,nosuid", "sandbox", dev)
    for name in ("null", "zero", "full", "random", "urandom", "tty"):
        (dev / name).touch()
        mount("--bind", f"/dev/{name}", dev / name)
    (dev / "log").symlink_to("/run/systemd/journal/dev-log")
    mount("--move", dev, "/dev")


def protect_system(unit: Unit, writable: list[pathlib.Path]) -> None:
    level = unit.get("ProtectSystem").lower()
    read_only = {"strict": ["/"], "full": ["/usr", "/etc"], "true": ["/usr"], "yes": ["/usr"]}
    stays = [path for path in ("/proc", "/sys", "/dev", "/tmp", "/var/tmp")
             if level == "strict" and (path in ("/proc", "/sys", "/dev")
                                       or unit.is_on("PrivateTmp"))]
    open_paths = [*map(str, writable), *unit.words("ReadWritePaths")]
    for path in open_paths:
        if os.path.exists(path.lstrip("-")):
            mount("--bind", path.lstrip("-"), path.lstrip("-"))
    for path in read_only.get(level, []) + unit.words("ReadOnlyPaths"):
        set_read_only(path.lstrip("-"))
    for path in [*stays, *open_paths]:
        if os.path.exists(path.lstrip("-")):
            set_read_only(path.lstrip("-"), False)
    if unit.is_on("ProtectKernelTunables"):
        set_read_only("/sys")


LIMITS = {"LimitNOFILE": resource.RLIMIT_NOFILE, "LimitNPROC": resource.RLIMIT_NPROC,
          "LimitCORE": resource.RLIMIT_CORE, "LimitMEMLOCK": resource.RLIMIT_MEMLOCK,
          "LimitAS": resource.RLIMIT_AS, "LimitFSIZE": resource.RLIMIT_FSIZE}
UNITS = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30}


def limit(text: str) -> int:
    if text == "infinity":
        return resource.RLIM_INFINITY
    return int(text[:-1]) * UNITS[text[-1]] if text[-1] in UNITS else int(text)


def set_limits(unit: Unit) -> None:
    for key, which in LIMITS.items():
        if unit.has(key):
            soft, _, hard = unit.get(key).partition(":")
            set_limit(which, limit(soft), limit(hard or soft))


def set_limit(which: int, soft: int, hard: int) -> None:
    """In a container root may lack what raising a limit takes: then as far as it goes."""
    try:
        resource.setrlimit(which, (soft, hard))
    except (ValueError, OSError):
        most = resource.getrlimit(which)[1]
        resource.setrlimit(which, (min(soft, most), most))


def drop_privileges(unit: Unit, user: pwd.struct_passwd, group: int) -> None:
    wanted = {word.lower() for word in unit.words("CapabilityBoundingSet")}
    if unit.has("CapabilityBoundingSet") and not wanted:
        for capability in range(CAPABILITIES):
            libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)   # EINVAL beyond the kernel's last
    elif wanted:
        raise RuntimeError(f"sandbox: CapabilityBoundingSet={wanted}: only an empty one is known")
    os.umask(int(unit.get("UMask", "0022"), 8))
    os.setgroups([grp.getgrnam(name).gr_gid for name in unit.words("SupplementaryGroups")])
    os.setresgid(group, group, group)
    os.setresuid(user.pw_uid, user.pw_uid, user.pw_uid)
    if unit.is_on("NoNewPrivileges") or user.pw_uid != 0:
        check(libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")
    if unit.is_on("MemoryDenyWriteExecute"):
        libc.prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN, 0, 0, 0)   # the filter covers old kernels


def main(unit_path: pathlib.Path, arguments: list[str]) -> None:
    unit = Unit(unit_path)
    user = pwd.getpwnam(unit.get("User", "root"))
    group = grp.getgrnam(unit.get("Group")).gr_gid if unit.get("Group") else user.pw_gid
    command = shlex.split(unit.get("ExecStart").lstrip("-@:!"))

    environment = dict(item.split("=", 1) for item in unit.words("Environment"))
    environment |= {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                    "LANG": "C.UTF-8", "USER": user.pw_name, "LOGNAME": user.pw_name,
                    "HOME": user.pw_dir}
    if BUS_ADDRESS in os.environ:   # a test that has a bus of its own
        environment[BUS_ADDRESS] = os.environ[BUS_ADDRESS]
    if "NOTIFY_SOCKET" in os.environ:
        environment["NOTIFY_SOCKET"] = os.environ["NOTIFY_SOCKET"]
        if unit.has("WatchdogSec"):
            environment["WATCHDOG_USEC"] = str(int(unit.get("WatchdogSec").rstrip("s")) * 1_000_000)
    named, writable = make_directories(unit, user, group)
    environment |= named | load_credentials(unit, unit_path.name, user)

    if paths.COUNTERS.is_dir():
        environment |= {"GCOV_PREFIX": str(paths.COUNTERS),
                        "GCOV_PREFIX_STRIP": str(len(paths.BUILD.parts) - 1)}
        writable.append(paths.COUNTERS)

    filters = seccomp.plan(unit)   # asks systemd-analyze, so before anything is forbidden
    set_limits(unit)
    for key, flag in NAMESPACES.items():
        if unit.is_on(key):
            check(libc.unshare(flag), f"unshare for {key}")
    restrict_mounts(unit, writable)
    os.chdir(unit.get("WorkingDirectory", "/"))
    drop_privileges(unit, user, group)
    for filter_ in filters:
        filter_.load()
    os.execve(command[0], command + arguments, environment)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), sys.argv[2:])
