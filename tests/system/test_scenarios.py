# SPDX-License-Identifier: LGPL-2.1-or-later
"""Every row of the scripted provider's table that is for no other test, through real PAM, with one PAM
service for each row. Most rows play all at once: one badged knows each of them as a provider. Rows
about shared accounts have a badged of their own, because groups count for the default provider only.

A row says how its login must end, how often the provider may be asked, and in how many seconds.
"""

import json

import pytest

from host.journal import Journal
from host.scripted import SCENARIOS
from system.rows import assert_end, has_default_only, play_in_turn, play_together, wanted
from system.traces import SECRETS, assert_no_secrets

# The others are played by the tests that they are for.
ROWS = {name: row for name, row in SCENARIOS.items() if "for" not in row}


def breaks_connection(row):
    return any(shape in json.dumps(row) for shape in ("huge", "cut", "drop"))


@pytest.fixture(scope="module")
def journal_of_all():
    return Journal()


@pytest.fixture(scope="module")
def ends(request, scripted, journal_of_all):
    """name → End of every row. Those that take the connection down with them would take others', too,
    for HTTP/2 carries all on one."""
    alone, together = {}, {}
    for name in wanted(request, ROWS):
        is_alone = has_default_only(ROWS[name]) or breaks_connection(ROWS[name])
        (alone if is_alone else together)[name] = scripted.scenario(name)
    ends = play_together(together) | play_in_turn(alone)
    assert_no_secrets(scripted.client_secret)
    return ends


@pytest.mark.parametrize("name", ROWS)
def test_row(name, ends, journal_of_all):
    assert_end(name, ROWS[name], ends[name], journal_of_all)


def test_table_names_what_must_never_be_granted():
    """The rows that the promise rests on are there and say no."""
    for name in ("bob-approves", "no-mapped-claim", "unverified-email", "id-wrong-audience",
                 "id-expired", "id-from-the-future", "id-none", "id-hs256-public-key",
                 "id-unknown-kid", "id-four-parts", "id-re-signed", "userinfo-other-subject",
                 "no-group-claim", "device-500", "device-html", "device-empty", "device-truncated",
                 "device-huge", "device-redirect", "token-html", "token-huge", "token-redirect"):
        assert SCENARIOS[name]["expect"] != "granted", name


def test_logs_are_where_the_grep_looks():
    """A grep that reads nothing, or looks for nothing, would always pass."""
    assert Journal(0).entries()
    for text in ('{"access_token":"abcdefghijklmnopqrst"}', "device_code=abcdefghijklmnopqrst",
                 "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2ln"):
        assert SECRETS.search(text), text
