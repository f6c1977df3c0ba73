# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the disk costs the loop: how late it is while sessions are written on the queue's thread, beside
a loop that waits for each of them itself. On the disk of the build directory, for elsewhere the private
host writes to memory; and as if that disk took longer."""

import tempfile

import pytest

from bench.programs import measure
from bench.report import percentile
from host import paths


@pytest.mark.usefixtures("turn")
@pytest.mark.parametrize("writes, sync_usec", [(2000, 0), (2000, 2000)])
def test_store(writes, sync_usec, report):
    disk = f"a disk {sync_usec // 1000} ms slower" if sync_usec else "this disk"
    with tempfile.TemporaryDirectory(dir=paths.BUILD) as folder:
        figures = measure("bench-store", folder, writes, sync_usec)
    for percent in (50, 99):
        report.compare("store", f"loop delay p{percent}, {writes:,} writes queued, {disk}",
                       figures["queued"], "waiting for each", figures["waited"],
                       pick=percentile(percent))
    report.compare("store", f"{writes:,} sessions on {disk}", figures["queued-all"],
                   "one by one", figures["waited-all"])
