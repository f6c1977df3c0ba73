# SPDX-License-Identifier: LGPL-2.1-or-later
"""The first process of the private host: sets it up, runs the command, reaps what is left over.

tests/host/enter runs it in fresh namespaces; the host ends when it ends.
"""

import os
import signal
import subprocess
import sys

from host import accounts, machine, mounts

SETUP_FAILED = 2


def run_first(become, command: list[str]) -> int:
    """become() sets up what the command shall find; it exits when it cannot."""
    if os.getpid() != 1:
        sys.exit("this is the first process that tests/host/enter or tests/container/enter starts")
    child = os.fork()
    if child == 0:
        # Whoever started us in the background, or by nohup, has these ignored: Ctrl-C and a closed
        # window would then do nothing in here.
        for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        become()
        os.execvp(command[0], command)
    # A terminal sends Ctrl-C to everybody; it is the command's to answer.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        pid, status = os.wait()
        if pid == child:
            code = os.waitstatus_to_exitcode(status)
            return code if code >= 0 else 128 - code


def become_host() -> None:
    try:
        mounts.set_up()
        accounts.set_up()
        machine.set_up()
    except (OSError, subprocess.SubprocessError, RuntimeError) as error:
        print(f"private host: {error}", file=sys.stderr)
        sys.stderr.flush()
        os._exit(SETUP_FAILED)


if __name__ == "__main__":
    sys.exit(run_first(become_host, sys.argv[1:]))
