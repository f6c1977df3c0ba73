# SPDX-License-Identifier: LGPL-2.1-or-later
"""The journal: one entry for each decision, each of which follows from the one before."""

import json
import pathlib
import shutil
import subprocess
import time

import pytest

from host import decision_chain, journal_file
from system.bus_caller import Caller

OWN_FIELDS = {"MESSAGE", "MESSAGE_ID", "PRIORITY", "SYSLOG_IDENTIFIER", "SYSLOG_FACILITY", "ACCOUNT",
              "SERVICE", "OUTCOME", "REASON", "DECIDED_AT", "SEQUENCE", "PREVIOUS", "DIGEST"}


@pytest.fixture
def refuse():
    """Has so many decisions made, each at once and written down before the call is answered."""
    with Caller() as caller:
        def somebody(count=1):
            for _ in range(count):
                assert caller.check_account("no-such-account")[0] == "refused"
        yield somebody


def decisions(journal, count):
    """So many have arrived, and no more."""
    deadline = time.monotonic() + 30
    while len(entries := journal.entries(SYSLOG_IDENTIFIER="badged")) < count:
        assert time.monotonic() < deadline, entries
        time.sleep(0.02)
    assert len(entries) == count
    return entries


def test_entries_follow_one_another(glewlwyd, serve, journal, refuse):
    serve(glewlwyd)
    refuse(3)
    entries = decisions(journal, 3)
    assert OWN_FIELDS <= set(entries[0])
    decision_chain.assert_linked(entries)


def test_the_chain_outlives_the_daemon(glewlwyd, serve, journal, refuse):
    daemon = serve(glewlwyd)
    refuse()
    daemon.restart()
    refuse()
    daemon.restart()
    refuse()
    entries = decisions(journal, 3)
    decision_chain.assert_linked(entries)


def test_after_a_kill_the_chain_goes_on_from_what_was_written(glewlwyd, serve, journal, refuse):
    """The last entries may not have been remembered; nothing but them is passed over."""
    daemon = serve(glewlwyd)
    refuse(3)
    daemon.kill()
    daemon.start()
    refuse(2)
    entries = decisions(journal, 5)
    decision_chain.assert_linked(entries[:3])
    decision_chain.assert_linked(entries[3:])
    before = [entry["DIGEST"] for entry in entries[:3]] + [entries[0]["PREVIOUS"]]
    assert entries[3]["PREVIOUS"] in before


# ---- as badgectl reads them ----

needs_journal_files = pytest.mark.skipif(not journal_file.is_available(),
                                         reason="systemd-journal-remote is not installed")


@pytest.fixture
def prepare(tmp_path):
    """prepare(entries) writes a journal with what journald would have said of each entry; the function
    that it returns makes that the private host's."""
    machine_id = pathlib.Path("/etc/machine-id").read_text().strip()
    path = pathlib.Path("/run/log/journal") / machine_id / "system.journal"

    def write(entries):
        new = tmp_path / "new.journal"
        journal_file.write(new, [entry | {"_SYSTEMD_UNIT": "badged.service"} for entry in entries])

        def put():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.unlink(missing_ok=True)
            shutil.move(new, path)
        return put
    yield write
    path.unlink(missing_ok=True)


@pytest.fixture
def arrive(prepare):
    return lambda entries: prepare(entries)()


def verify():
    run = subprocess.run(["badgectl", "log", "--verify", "--json"], capture_output=True, text=True,
                         check=False, timeout=20)
    assert not run.stderr
    found = json.loads(run.stdout)
    assert run.returncode == (0 if found["good"] else 1)
    return found


@needs_journal_files
def test_badgectl_proves_what_badged_wrote(glewlwyd, serve, journal, refuse, arrive):
    daemon = serve(glewlwyd)
    refuse(2)
    daemon.restart()
    refuse(2)
    arrive(decisions(journal, 4))
    assert verify() == {"good": True, "entries": 4, "last": 4, "findings": []}
    shown = subprocess.run(["badgectl", "log", "--account", "no-such-account"], capture_output=True,
                           text=True, check=True).stdout
    assert shown.count("account check refused  no-such-account") == 4


@needs_journal_files
def test_badgectl_sees_a_cut_end(glewlwyd, serve, journal, refuse, arrive):
    """Only badged knows that there was more."""
    serve(glewlwyd)
    refuse(3)
    entries = decisions(journal, 3)
    for left in (2, 0):
        arrive(entries[:left])
        found = verify()
        assert (found["good"], found["entries"]) == (False, left)
        assert found["findings"] == [{"good": False, "sequence": 3,
                                      "what": "The journal ends before the last entry that badged "
                                              "wrote: entries are missing."}]


@needs_journal_files
def test_badgectl_sees_a_changed_entry(glewlwyd, serve, journal, refuse, arrive):
    serve(glewlwyd)
    refuse(3)
    entries = decisions(journal, 3)
    entries[1]["ACCOUNT"] = "somebody-else"
    arrive(entries)
    assert [finding["what"] for finding in verify()["findings"]] == ["The entry was changed."]


@needs_journal_files
def test_badgectl_waits_for_entries_on_their_way(glewlwyd, serve, journal, refuse, prepare):
    serve(glewlwyd)
    refuse(2)
    entries = decisions(journal, 2)
    prepare(entries[:1])()
    put_all = prepare(entries)
    with subprocess.Popen(["badgectl", "log", "--verify", "--json"], stdout=subprocess.PIPE) as run:
        time.sleep(0.3)     # it has read the first one by then, or else reads both at once
        put_all()
        found = json.loads(run.stdout.read())
    assert found == {"good": True, "entries": 2, "last": 2, "findings": []}


@needs_journal_files
def test_badgectl_goes_on_after_a_kill(glewlwyd, serve, journal, refuse, arrive):
    daemon = serve(glewlwyd)
    refuse(3)
    daemon.kill()
    daemon.start()
    refuse(2)
    arrive(decisions(journal, 5))
    found = verify()
    assert (found["good"], found["entries"]) == (True, 5)
    assert all("goes on from an earlier one" in finding["what"] for finding in found["findings"])


@needs_journal_files
def test_badgectl_says_when_badged_cannot_be_asked(glewlwyd, serve, journal, refuse, arrive):
    daemon = serve(glewlwyd)
    refuse(1)
    arrive(decisions(journal, 1))
    daemon.stop()
    found = verify()
    assert found["good"] and "could not be asked" in found["findings"][0]["what"]
