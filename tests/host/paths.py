# SPDX-License-Identifier: LGPL-2.1-or-later
"""Where things are: in the tree, and on the private host."""

import os
import pathlib

TREE = pathlib.Path(os.environ.get("BADGED_TREE") or pathlib.Path(__file__).parents[2])
BUILD = pathlib.Path(os.environ.get("BADGED_BUILD") or TREE / "build")

# tests/run --long: tests that have a long form take it.
IS_LONG = os.environ.get("BADGED_LONG") == "1"
# Which share of a suite's tests is run here, and of how many; see host.suites.
SHARE, SHARES = map(int, os.environ.get("BADGED_SHARE", "1/1").split("/"))

# On the private host only; /run is a tmpfs there.
STATE = pathlib.Path("/run/private-host")
MEMORY = STATE / "memory"          # upper layers of the overlays
JOURNAL = STATE / "journal.jsonl"  # what the journal received, one entry a line
LOGS = STATE / "logs"
COUNTERS = STATE / "counters"       # the daemon's, where host.coverage counts lines
SSH_PORT_FILE = STATE / "ssh-port"
HOMES = pathlib.Path("/home/people")

JOURNAL_SOCKET = pathlib.Path("/run/systemd/journal/socket")
SYSLOG_SOCKET = pathlib.Path("/run/systemd/journal/dev-log")
BUS_SOCKET = pathlib.Path("/run/dbus/system_bus_socket")
SETTINGS = pathlib.Path("/etc/badged")


def is_private_host() -> bool:
    """True inside tests/host/enter: only there may anything of the system be written."""
    return MEMORY.is_dir()
