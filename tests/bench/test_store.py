# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the disk costs the loop: how late it is while sessions are written on the queue's thread, beside
a loop that waits for each of them itself. On the disk of the build directory: elsewhere the private
host writes to memory."""

import statistics
import tempfile

from bench.programs import measure
from bench.report import show
from host import paths

WRITES = 2000


def percentile(values, percent):
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def test_store(report):
    with tempfile.TemporaryDirectory(dir=paths.BUILD) as folder:
        figures = measure("bench-store", folder, WRITES)
    for percent in (50, 99):
        queued, waited = (percentile(figures[name], percent) for name in ("queued", "waited"))
        report.add("store", f"loop delay p{percent}, {WRITES:,} writes queued", show(queued, "ms"),
                   "waiting for each " + show(waited, "ms"), f"x {queued / waited:.3g}",
                   f"{len(figures['queued'])}, {len(figures['waited'])}")
    report.compare("store", f"{WRITES:,} sessions on the disk", figures["queued-all"],
                   "one by one", figures["waited-all"])
