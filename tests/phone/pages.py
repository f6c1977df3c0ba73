# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a person does on the pages of each provider, by the labels that a person reads there.

Begins on the page that the address led to. `code` is the one on the terminal, `typed` says that it
has to be typed in, because the address came without it."""

from host.providers import Person
from phone.camera import Album
from phone.webdriver import Browser


class Phone:
    """A browser, and the album that its pages go to."""

    def __init__(self, browser: Browser, album: Album) -> None:
        self.browser = browser
        self._album = album

    def keep(self, what: str) -> None:
        self.browser.shoot(self._album.place(what))


def glewlwyd_sign_in(phone: Phone, code: str, typed: bool, who: Person) -> None:
    """It never shows the code of an address that has one, so there is nothing to compare."""
    page = phone.browser
    if typed:
        page.see_text("Please enter the code")
        page.type("X1Y2-A3B4", code)
        phone.keep("code")
        page.press("OK")
    page.see_text("Please enter your login and password")
    page.type("username", who.name)
    page.type("password", who.password)
    phone.keep("sign-in")
    page.press("OK")


def glewlwyd_approve(phone: Phone, code: str, typed: bool, who: Person) -> None:
    glewlwyd_sign_in(phone, code, typed, who)
    page = phone.browser
    page.see_text(f"Hello {who.name.title()}")
    page.see_text("Connection to badged")
    phone.keep("approve")
    page.press("Continue")
    page.see_text("Authorization complete, you may close this window")
    phone.keep("approved")


def oidc_provider_compare(phone: Phone, code: str, typed: bool) -> None:
    page = phone.browser
    if typed:
        page.see_text("Enter the code displayed on your device")
        page.type("user_code", code)
        phone.keep("code")
        page.press("Continue")
    page.see_text("The following code should be displayed on your device")
    page.see_text(code)
    phone.keep("compare")


def oidc_provider_approve(phone: Phone, code: str, typed: bool, who: Person) -> None:
    oidc_provider_compare(phone, code, typed)
    phone.browser.press("Continue")
    oidc_provider_sign_in(phone, who)
    phone.browser.see_text("Sign-in Success")
    phone.keep("approved")


def oidc_provider_sign_in(phone: Phone, who: Person) -> None:
    page = phone.browser
    page.type("login", who.name)
    page.type("password", who.password)
    phone.keep("sign-in")
    page.press("Sign-in")
    page.see_text("Authorize")
    phone.keep("approve")
    page.press("Continue")


def oidc_provider_decline(phone: Phone, code: str, typed: bool) -> None:
    oidc_provider_compare(phone, code, typed)
    phone.browser.press("[ Abort ]")
    phone.browser.see_text("The Sign-in request was interrupted")
    phone.keep("declined")


APPROVE = {"glewlwyd": glewlwyd_approve, "oidc-provider": oidc_provider_approve}
