# SPDX-License-Identifier: LGPL-2.1-or-later
"""The frame of the fault matrix: it runs on the private host (tests/host/enter), all cells at once,
and prints its table at the end."""

import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

from faults.table import table_text                                     # noqa: E402
from host import paths                                                  # noqa: E402

TABLE = paths.BUILD / "fault-matrix.txt"


@pytest.fixture(scope="session", autouse=True)
def private_host():
    if not paths.is_private_host():
        pytest.exit("run these with tests/run faults, or tests/host/enter -- pytest tests/faults", 2)


def pytest_terminal_summary(config):
    ends = getattr(config, "fault_ends", None)
    if ends:
        text = table_text(ends)
        TABLE.write_text(text)
        print(f"\n{text}\nThis table stays in {TABLE.name} of the build directory.")
