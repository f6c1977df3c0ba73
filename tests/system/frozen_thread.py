# SPDX-License-Identifier: LGPL-2.1-or-later
"""Holds one thread of a process still, as a disk does that takes its time."""

import contextlib
import ctypes
import os
import pathlib

import pytest

PTRACE_DETACH, PTRACE_SEIZE, PTRACE_INTERRUPT = 17, 0x4206, 0x4207
WALL = 0x40000000

LIBC = ctypes.CDLL(None, use_errno=True)
LIBC.ptrace.argtypes = [ctypes.c_ulong, ctypes.c_ulong, ctypes.c_void_p, ctypes.c_void_p]
LIBC.ptrace.restype = ctypes.c_long


def thread_of(pid: int, name: str) -> int:
    """Its number, of the one thread of that name."""
    tasks = pathlib.Path(f"/proc/{pid}/task")
    (found,) = [int(task.name) for task in tasks.iterdir()
                if (task / "comm").read_text().strip() == name]
    return found


def trace(request: int, thread: int) -> None:
    if LIBC.ptrace(request, thread, None, None) < 0:
        raise OSError(ctypes.get_errno(), "ptrace")


@contextlib.contextmanager
def frozen(pid: int, name: str):
    """The thread does nothing inside of the block, and goes on after it."""
    thread = thread_of(pid, name)
    try:
        trace(PTRACE_SEIZE, thread)
    except PermissionError:
        pytest.skip("this machine lets nobody trace a process")
    try:
        trace(PTRACE_INTERRUPT, thread)
        os.waitpid(thread, WALL)
        yield
    finally:
        trace(PTRACE_DETACH, thread)
