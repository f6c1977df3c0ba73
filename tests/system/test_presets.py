# SPDX-License-Identifier: LGPL-2.1-or-later
"""Every preset through real PAM against a provider that is as odd as its own: the rows of the scripted
provider's table that are for presets, each with a badged of its own, and with nothing set but what
every administrator must set, and the addresses.
"""

import subprocess

import pytest

from host.daemon import check_settings, write_settings
from host.journal import Journal
from host.scripted import SCENARIOS
from system.rows import assert_end, badged, play, settings
from system.traces import assert_no_secrets

ROWS = {name: row for name, row in SCENARIOS.items() if row.get("for") == "presets"}


@pytest.mark.parametrize("name", ROWS)
def test_preset(name, scripted):
    journal, provider = Journal(), scripted.scenario(name)
    with badged({name: provider}):
        end = play(name, provider)
    assert_end(name, ROWS[name], end, journal)
    assert_no_secrets(scripted.client_secret)


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if "mend" in row])
def test_check_names_the_mend(name, scripted):
    """What is not switched on there: `badgectl check` says what to do."""
    provider = scripted.scenario(name)
    with badged({name: provider}):
        done = subprocess.run(["badgectl", "check"], capture_output=True, text=True, check=False)
    assert done.returncode != 0, done.stdout
    assert ROWS[name]["mend"] in " ".join(done.stdout.split()), done.stdout


@pytest.mark.parametrize("name", ["preset-github", "preset-entra", "preset-auth0", "preset-dex",
                                  "preset-oidc", "preset-oauth2"])
def test_check_is_content(name, scripted):
    provider = scripted.scenario(name)
    with badged({name: provider}):
        done = subprocess.run(["badgectl", "check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("issuer, fault", [
    ("https://login.microsoftonline.com/common/v2.0", "many tenants"),
    ("https://login.microsoftonline.com/organizations/v2.0", "many tenants"),
    ("https://login.microsoftonline.com/consumers/v2.0", "many tenants"),
    ("https://login.microsoftonline.com/00000000-0000-0000-0000-000000000001", "/v2.0")])
def test_entra_wants_one_tenant(issuer, fault, scripted):
    provider = scripted.scenario("preset-entra")
    text, files = settings({"entra": provider})
    write_settings(text.replace(provider.issuer, issuer), files)
    done = check_settings()
    assert done.returncode != 0
    assert fault in done.stdout + done.stderr
