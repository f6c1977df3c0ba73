# SPDX-License-Identifier: LGPL-2.1-or-later
"""Each step of a login × each fault (table.py says what must come of it), through real PAM, with a bus
and a badged for each cell, all cells at once. A cell: brought to its step, the fault strikes, and then:
never granted wrongly, ended in the documented time, one sentence and one line in the journal for each
refusal, nothing left over, and the next login is good.
"""

import concurrent.futures
import tempfile

import pytest

from faults.cell import FOLDER, play, usual_descriptors
from faults.table import REASONS, cells, limit_sec
from host import paths
from host.scripted import ScriptedServer

AT_ONCE = 16
PLAYED = {cell: wanted for cell, wanted in cells().items() if wanted not in REASONS}


@pytest.fixture(scope="session")
def ends(request):
    """(step, fault) → End, of the cells that were asked for."""
    FOLDER.mkdir()
    asked = [item.callspec.params["cell"] for item in request.session.items
             if hasattr(item, "callspec")]
    # The slow ones first, so that they do not queue up at the end.
    asked.sort(key=lambda cell: -limit_sec(*cell))
    with ScriptedServer() as server, concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        server.start(tempfile.mkdtemp(prefix="scripted-", dir=paths.STATE))
        usual = usual_descriptors(server)
        futures = {cell: pool.submit(play, *cell, PLAYED[cell], server, usual) for cell in asked}
        ends = {cell: future.result() for cell, future in futures.items()}
    request.config.fault_ends = ends
    return ends


@pytest.mark.parametrize("cell", PLAYED, ids=["+".join(cell) for cell in PLAYED])
def test_cell(cell, ends):
    assert not ends[cell].problems, "\n".join(ends[cell].problems)
