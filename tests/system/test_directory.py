# SPDX-License-Identifier: LGPL-2.1-or-later
"""Who approved, and does it still count: groups from an API, the account's standing, claims that are
demanded, userinfo and introspection, plain OAuth 2.0, trusted audiences, errors by other names. Through
real PAM: the rows of the scripted provider's table that are for this, and the real providers where they
offer it.

A row says how its login must end, what the provider may be asked by then, and what the journal gives as
the reason when nobody gets in.
"""

import pytest

from host.journal import Journal
from host.scripted import SCENARIOS
from system.rows import (assert_end, badged, has_default_only, play, play_in_turn, play_together,
                         wanted)
from system.test_granted import sign_in
from system.traces import assert_no_secrets

ROWS = {name: row for name, row in SCENARIOS.items() if row.get("for") == "directory"}


@pytest.fixture(scope="module")
def journal_of_all():
    return Journal()


@pytest.fixture(scope="module")
def ends(request, scripted, journal_of_all):
    """name → End of every row. An account that the map names is opened by nothing else, so those rows
    are apart from the others."""
    usual, mapped, shared = {}, {}, {}
    for name in wanted(request, ROWS):
        row = ROWS[name]
        kind = shared if has_default_only(row) else mapped if "map" in row else usual
        kind[name] = scripted.scenario(name)
    ends = play_together(usual) | play_together(mapped) | play_in_turn(shared)
    assert_no_secrets(scripted.client_secret)
    return ends


@pytest.mark.parametrize("name", ROWS)
def test_row(name, ends, journal_of_all):
    assert_end(name, ROWS[name], ends[name], journal_of_all)
    granted = journal_of_all.entries(SERVICE=f"row-{name}", OUTCOME="granted")
    assert bool(granted) == (ROWS[name]["expect"] == "granted")


def test_every_refusal_says_why():
    """A row that is refused for another reason than its own would prove nothing."""
    assert not [name for name, row in ROWS.items() if row["expect"] != "granted" and "reason" not in row]


def clients_tokens(provider):
    return [request.status for request in provider.requests()
            if request.more.get("grant") == "client_credentials"]


def statuses(provider, endpoint):
    return [request.status for request in provider.requests() if request.endpoint == endpoint]


def test_clients_token_is_kept_and_renewed(scripted):
    """One token serves two logins. When the provider takes it back, the next login gets another one."""
    provider = scripted.scenario("directory-enabled")
    with badged({"kept": provider}):
        assert play("kept", provider).is_granted
        assert play("kept", provider).is_granted
        assert clients_tokens(provider) == [200]
        provider.revoke_all()
        assert play("kept", provider).is_granted
    assert clients_tokens(provider) == [200, 200]
    assert statuses(provider, "directory-user") == [200, 200, 401, 200]


def test_clients_token_is_not_used_to_its_last_second(scripted):
    provider = scripted.scenario("directory-brief-token")
    with badged({"brief": provider}):
        assert play("brief", provider).is_granted
        assert play("brief", provider).is_granted
    assert clients_tokens(provider) == [200, 200]


def test_real_providers_vouch_for_their_tokens(provider, serve, journal):
    serve(provider, section="validate = userinfo, introspection")
    asked = counts(provider)
    sign_in("su", provider)
    assert journal.wait_for(SYSLOG_IDENTIFIER="badged", OUTCOME="granted")["ACCOUNT"] == "alice"
    assert counts(provider) == [count + 1 for count in asked]


def counts(provider):
    """Nothing, where the provider does not count."""
    return [provider.count(name) for name in ("userinfo", "introspection") if provider.request_log]
