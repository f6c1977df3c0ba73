# SPDX-License-Identifier: LGPL-2.1-or-later
"""Client authentication, CIBA, PKCE and DPoP through real PAM: the rows of the scripted provider's table
that are for grants and are one login. What comes after a login, and the browser, have tests of their
own.
"""

import re

import pytest

from host import machine
from host.journal import Journal
from host.scripted import SCENARIOS
from system.rows import assert_end, badged, play
from system.traces import assert_no_secrets

LATER = ("code", "refresh", "revocation", "end-session", "grants")
ROWS = {name: row for name, row in SCENARIOS.items()
        if row.get("for") == "grants" and not name.startswith(LATER)}


@pytest.mark.parametrize("name", ROWS)
def test_row(name, scripted):
    journal, provider = Journal(), scripted.scenario(name)
    with badged({name: provider}):
        end = play(name, provider)
    assert_end(name, ROWS[name], end, journal)
    assert_no_secrets(scripted.client_secret)
    expected = ROWS[name].get("provider", {}).get("client_auth")
    if end.is_granted and expected and name != "auth-none-at-device":
        used = {request.more["auth"] for request in provider.requests()
                if request.endpoint.removeprefix("elsewhere/") in ("device", "token",
                                                                   "backchannel")}
        assert used == {expected}


def test_phone_and_terminal_show_the_same(scripted):
    """The message names the host and the service, and a number that the terminal shows, too."""
    name = "ciba-by-control"
    provider = scripted.scenario(name)
    with badged({name: provider}):
        end = play(name, provider)
    asked, = [request for request in provider.requests() if request.endpoint == "backchannel"]
    message = asked.more["binding_message"]
    assert machine.NAME in message and f"row-{name}" in message
    assert re.match(r"[1-9]\d/", message)
    assert f"  {message}\n" in end.screen
    assert asked.more["login_hint"] == "alice"
