# SPDX-License-Identifier: LGPL-2.1-or-later
"""What badged keeps, over its end and its start: damage, changed rows, older copies, keys. Nobody gets
in on the ground of a store that is in doubt."""

import contextlib
import json
import os
import pathlib
import pwd
import shutil
import sqlite3
import subprocess

import pytest

from host.daemon import DaemonFailed
from system.bus_caller import Caller
from system.person import Person
from system.test_granted import sign_in

FOLDER = pathlib.Path("/var/lib/badged")
STORE, KEY = FOLDER / "store", FOLDER / "store.key"
DOUBT = "What this host knows of its accounts is in doubt."
SETTINGS_EXIT = 78


def badgectl(*arguments, account="root"):
    return subprocess.run(["runuser", "-u", account, "--", "badgectl", *arguments],
                          capture_output=True, text=True, check=False, timeout=60)


def store():
    done = badgectl("store", "status", "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def assert_shut(journal):
    """Neither a login nor the account phase lets anybody in, and the provider is not asked."""
    with Caller() as caller:
        assert caller.refused(caller.start_login) == (
            "org.badged.Badged1.Error.Unavailable", store_sentence())
        outcome, sentence = caller.check_account("alice")
        assert (outcome, sentence) == ("unavailable", store_sentence())
    entry = journal.wait_for(ACCOUNT="alice", OUTCOME="unavailable")
    assert "badgectl store accept" in entry["REASON"]
    with Person("su", "alice") as person:
        assert DOUBT in person.see_refusal()


def store_sentence():
    return DOUBT + " An administrator has to look at it."


@contextlib.contextmanager
def stopped(daemon):
    daemon.stop()
    yield
    daemon.start()


@pytest.fixture
def known(glewlwyd, serve):
    """A badged that knows alice."""
    daemon = serve(glewlwyd)
    sign_in("su", glewlwyd)
    assert store()["accounts"] == 1
    return daemon


def test_what_is_known_outlives_the_daemon(known):
    before = store()
    assert (before["objection"], before["failing"], before["waiting"]) == ("", False, 0)
    known.restart()
    assert store() == before
    known.kill()
    known.start()
    assert store() == before
    assert (STORE.stat().st_mode & 0o777, KEY.stat().st_mode & 0o777) == (0o600, 0o600)


def test_damaged_store_is_set_aside_until_root_accepts(known, glewlwyd, journal):
    with stopped(known), open(STORE, "r+b") as file:
        file.seek(4096)
        file.write(b"damaged")
    assert_shut(journal)
    assert len(list(FOLDER.glob("store.damaged-*"))) == 1
    known.restart()
    assert_shut(journal)
    assert "set aside" in store()["objection"]
    assert badgectl("store", "accept", account="alice").returncode == 1
    assert_shut(journal)
    assert badgectl("store", "accept").returncode == 0
    assert badgectl("store", "accept").returncode == 1
    sign_in("su", glewlwyd)
    known.restart()
    sign_in("su", glewlwyd)


@pytest.mark.parametrize("change", [
    "UPDATE account SET uid = uid + 1",
    "UPDATE identity SET subject = 'bob'",
    "INSERT INTO account SELECT 'bob', uid, is_owner, locked_at_sec, locked_by, lock_reason,"
    " created_at_sec, last_login_at_sec, last_login_from, proof FROM account",
])
def test_changed_or_copied_row_lets_nobody_in(change, known, journal):
    with stopped(known), contextlib.closing(sqlite3.connect(STORE)) as database:
        database.execute(change)
        database.commit()
        for path in FOLDER.glob("store*"):
            os.chown(path, known.uid(), -1)
    assert_shut(journal)
    assert "not as it was written" in store()["objection"]


def test_restored_older_store_lets_nobody_in(known, glewlwyd, journal):
    known.stop()
    older = FOLDER / "backup"
    shutil.copy2(STORE, older)
    known.start()
    sign_in("su", glewlwyd, account="bob", approver="bob")
    with stopped(known):
        shutil.copyfile(older, STORE)
    assert_shut(journal)
    assert "older" in store()["objection"]
    assert badgectl("store", "accept").returncode == 0
    sign_in("su", glewlwyd)


def test_store_that_is_gone_lets_nobody_in(known, journal):
    with stopped(known):
        STORE.unlink()
    assert_shut(journal)


def test_new_key(known, glewlwyd):
    old = KEY.read_text()
    assert badgectl("rekey", account="alice").returncode == 1
    assert KEY.read_text() == old
    assert badgectl("rekey").returncode == 0
    new = KEY.read_text()
    assert new != old and new.count("\n") == 1
    known.restart()
    assert store()["accounts"] == 1
    sign_in("su", glewlwyd)
    known.stop()
    KEY.write_text(old)
    with pytest.raises(DaemonFailed, match=f"ended with {SETTINGS_EXIT}(.|\n)*another key"):
        known.start()
    KEY.unlink()
    with pytest.raises(DaemonFailed, match=f"ended with {SETTINGS_EXIT}(.|\n)*not its key"):
        known.start()
    assert not KEY.exists()
    assert not list(FOLDER.glob("store.damaged-*"))


def test_roots_try_by_hand_changes_nothing(known):
    """root, who starts the program in a shell, would leave files that the daemon cannot read."""
    known.stop()
    before = sorted((path.name, path.stat().st_uid) for path in FOLDER.iterdir())
    done = subprocess.run(["badged"], capture_output=True, text=True, check=False, timeout=20)
    assert done.returncode == SETTINGS_EXIT, done.stderr
    assert before == sorted((path.name, path.stat().st_uid) for path in FOLDER.iterdir())
    assert {uid for _, uid in before} == {pwd.getpwnam("badged").pw_uid}
