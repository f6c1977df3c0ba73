# SPDX-License-Identifier: LGPL-2.1-or-later
"""Approved, then Enter: how long until granted, through real libpam and the installed module."""

import pathlib

import pytest

from bench.conftest import ACCOUNT
from bench.programs import measure

LOGINS = 40
SERVICE = "bench"
PAM_LINES = """\
auth required pam_badge.so dialog=prompt qr=utf8
account required pam_permit.so
"""


@pytest.mark.usefixtures("turn")
def test_enter(scripted, serve_many, report):
    provider = scripted.scenario("granted-at-once")
    serve_many(provider)
    pathlib.Path("/etc/pam.d", SERVICE).write_text(PAM_LINES)
    figures = measure("bench-enter", LOGINS, SERVICE, ACCOUNT, provider.public_client_id,
                      f"{provider.issuer}/device", f"{provider.issuer}/token", provider.ca_file)
    assert len(figures["enter"]) == LOGINS, "not every login was granted"
    assert provider.count("token") == 2 * LOGINS, "one poll for each login, and the bare POSTs"
    report.compare("approved, then Enter", "Enter to granted", figures["enter"],
                   "POST that gets tokens", figures["token-post"])
    report.compare("code on screen", "pam_authenticate to prompt", figures["prompt"], "warm POST",
                   figures["device-post"])
