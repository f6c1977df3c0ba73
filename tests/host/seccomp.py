# SPDX-License-Identifier: LGPL-2.1-or-later
"""The system call restrictions of a unit file, through libseccomp, which systemd needs anyway."""

import ctypes
import errno
import functools
import os
import socket
import stat
import subprocess

ALLOW, KILL_PROCESS, ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
EPERM, EAFNOSUPPORT = ERRNO | errno.EPERM, ERRNO | errno.EAFNOSUPPORT
EQUAL, GREATER_OR_EQUAL, MASKED_EQUAL = 4, 5, 7
PROT_WRITE, PROT_EXEC = 2, 4
SCHED_DEADLINE = 6
MODE_ARGUMENT = {"chmod": 1, "fchmod": 1, "fchmodat": 2, "mkdir": 1, "mkdirat": 2, "mknod": 1,
                 "mknodat": 2}
NAMESPACE_FLAGS = 0x7E020080
FAMILIES = 64
RESET = "\033[0m"     # systemd 255 puts it before the groups within groups, even into a pipe
# systemd lets these through whatever the unit says.
ALWAYS_ALLOWED = {"execve", "exit", "exit_group", "rt_sigreturn", "restart_syscall"}

libc = ctypes.CDLL(None, use_errno=True)


def check(result: int, what: str) -> None:
    if result < 0:
        number = ctypes.get_errno() or -result
        raise OSError(number, f"{what}: {os.strerror(number)}")


class Comparison(ctypes.Structure):
    _fields_ = [("arg", ctypes.c_uint), ("op", ctypes.c_int), ("datum_a", ctypes.c_uint64),
                ("datum_b", ctypes.c_uint64)]


class Filter:
    """One filter; several add up. Other architectures' calls kill, as SystemCallArchitectures=native."""

    def __init__(self, default: int) -> None:
        self._library = ctypes.CDLL("libseccomp.so.2", use_errno=True)
        self._library.seccomp_init.restype = ctypes.c_void_p
        self._filter = ctypes.c_void_p(self._library.seccomp_init(ctypes.c_uint32(default)))

    def add(self, action: int, name: str, *comparisons: Comparison) -> None:
        number = self._library.seccomp_syscall_resolve_name(name.encode())
        if number == -1:    # not known to this libseccomp
            return
        array = (Comparison * len(comparisons))(*comparisons)
        check(self._library.seccomp_rule_add_array(
            self._filter, ctypes.c_uint32(action), number, len(comparisons), array),
            f"seccomp rule for {name}")

    def load(self) -> None:
        check(self._library.seccomp_load(self._filter), "seccomp_load")


def plan(unit) -> list[Filter]:
    """All filters of the unit, not loaded yet; the one that may forbid seccomp itself comes last."""
    filters = [argument_filter(unit)]
    if unit.has("SystemCallFilter"):
        filters.append(syscall_filter(unit))
    return filters


def syscall_filter(unit) -> Filter:
    """The first line decides whether the list allows or denies; later lines add to it or take away."""
    refuse = KILL_PROCESS
    if unit.has("SystemCallErrorNumber"):
        refuse = ERRNO | getattr(errno, unit.get("SystemCallErrorNumber"))
    lines = [line for line in unit.lines("SystemCallFilter") if line]
    denies = lines[0][0].startswith("~")
    names: set[str] = set()
    for line in lines:
        some = {name for word in line for name in syscall_names(word.lstrip("~"))}
        names = names | some if line[0].startswith("~") == denies else names - some
    names = names - ALWAYS_ALLOWED if denies else names | ALWAYS_ALLOWED
    filter_ = Filter(ALLOW if denies else refuse)
    for name in sorted(names):
        filter_.add(refuse if denies else ALLOW, name)
    return filter_


@functools.cache
def syscall_groups() -> dict[str, list[str]]:
    """The lines of each @group that systemd knows; some are groups themselves."""
    listing = subprocess.run(["systemd-analyze", "syscall-filter"], check=True, capture_output=True,
                             text=True).stdout
    groups: dict[str, list[str]] = {}
    for line in listing.splitlines():
        word = line.replace(RESET, "").strip()
        if line.startswith("@"):
            lines = groups.setdefault(word, [])
        elif word and line.startswith(" ") and not word.startswith("#"):
            lines.append(word)
    return groups


def syscall_names(word: str) -> list[str]:
    """Names behind a word of SystemCallFilter: itself, or what systemd knows a @group to hold."""
    if not word.startswith("@"):
        return [word.partition(":")[0]]
    return [name for line in syscall_groups()[word] for name in syscall_names(line)]


def argument_filter(unit) -> Filter:
    """What depends on an argument: address families, namespaces, writable and executable memory."""
    filter_ = Filter(ALLOW)
    families = unit.words("RestrictAddressFamilies")
    if families:
        allowed = [] if families == ["none"] else [getattr(socket, name) for name in families]
        for family in set(range(FAMILIES)) - set(map(int, allowed)):
            filter_.add(EAFNOSUPPORT, "socket", Comparison(0, EQUAL, family, 0))
        filter_.add(EAFNOSUPPORT, "socket", Comparison(0, GREATER_OR_EQUAL, FAMILIES, 0))
    if unit.is_on("RestrictNamespaces"):
        for bit in (1 << number for number in range(32) if NAMESPACE_FLAGS >> number & 1):
            for name, argument in (("clone", 0), ("unshare", 0), ("setns", 1)):
                filter_.add(EPERM, name, Comparison(argument, MASKED_EQUAL, bit, bit))
    if unit.is_on("RestrictRealtime"):
        for policy in (os.SCHED_FIFO, os.SCHED_RR, SCHED_DEADLINE):
            filter_.add(EPERM, "sched_setscheduler", Comparison(1, EQUAL, policy, 0))
    if unit.is_on("RestrictSUIDSGID"):
        for bit in (stat.S_ISUID, stat.S_ISGID):
            for name, argument in MODE_ARGUMENT.items():
                filter_.add(EPERM, name, Comparison(argument, MASKED_EQUAL, bit, bit))
    if unit.is_on("MemoryDenyWriteExecute"):
        both = PROT_WRITE | PROT_EXEC
        filter_.add(EPERM, "mmap", Comparison(2, MASKED_EQUAL, both, both))
        for name in ("mprotect", "pkey_mprotect"):
            filter_.add(EPERM, name, Comparison(2, MASKED_EQUAL, PROT_EXEC, PROT_EXEC))
    return filter_
