# SPDX-License-Identifier: LGPL-2.1-or-later
"""badgectl login --browser with a real browser: Chromium opens the address, alice signs in on the
provider's own pages, and the provider sends Chromium back to badgectl. What it shows at the end stays in
build/artefacts/phone."""

import pytest

from phone.camera import Album
from phone.pages import Phone, oidc_provider_sign_in
from system.desk import Desk

BACK = "Go back to the terminal"


@pytest.fixture
def desk_of_alice(request, provider, serve, browser):
    """(desk, phone) with the provider's page open; the phone is a desktop's browser here."""
    serve(provider)
    with Desk() as desk:
        browser.open(desk.challenge()["authorization_url"])
        name = request.node.originalname.removeprefix("test_")
        yield desk, Phone(browser, Album(f"{name}-{provider.name}"))


@pytest.mark.parametrize("provider", ["oidc-provider"], indirect=True)
def test_browser_comes_back(provider, desk_of_alice):
    """Glewlwyd takes no port but the one that was registered; it has its turn in the system tests."""
    desk, phone = desk_of_alice
    oidc_provider_sign_in(phone, provider.users["alice"])
    phone.browser.see_text(BACK)
    phone.keep("back")
    assert desk.end()["outcome"] == "granted"


@pytest.mark.parametrize("provider", ["oidc-provider"], indirect=True)
def test_bob_sits_at_alices_desk(provider, desk_of_alice, journal):
    """The page is the same: who may get in is said in the terminal."""
    desk, phone = desk_of_alice
    oidc_provider_sign_in(phone, provider.users["bob"])
    phone.browser.see_text(BACK)
    phone.keep("back")
    assert desk.end()["outcome"] == "refused"
    assert not journal.entries(OUTCOME="granted")
