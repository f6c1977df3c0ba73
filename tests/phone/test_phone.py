# SPDX-License-Identifier: LGPL-2.1-or-later
"""A phone that is not there: photographs the terminal, opens in Chromium what it read, signs in on
the provider's own pages and approves; then the shell opens in the terminal.

Who asks, and why: the module sees no terminal inside sshd and takes the window for 80x24, so ssh
stands for that size, and once in a larger window, where its text must still be whole. sudo, su and
login hand it their terminal: they stand for 120x40, and su once for a window that it sees is too
small. The ASCII picture takes two columns and a whole line for a module, 66x33 for these addresses:
at 80x24 there is none, so there the address is typed off the screen, and then the code.

The pictures stay in build/artefacts/phone, and README's three in readme below it.
"""

import dataclasses

import pytest

from host import pam
from phone.camera import Album, photograph
from phone.pages import APPROVE, Phone, oidc_provider_decline
from phone.webdriver import Browser
from system.person import Person

CODE_SEC = 60       # nothing is measured here, and the machine may be busy
SHELL_SEC = 90
PICTURE_SIGNS = "█▀▄@"


@dataclasses.dataclass(frozen=True)
class Screen:
    service: str
    qr: str
    columns: int
    lines: int
    has_picture: bool = True

    @property
    def is_light(self) -> bool:
        return self.qr == "utf8-inverse"

    def __str__(self) -> str:
        return f"{self.service}-{self.qr}-{self.columns}x{self.lines}"


SHIPPED = Screen("sshd", "utf8", 80, 24)    # what comes without any setting
SCREENS = [
    SHIPPED,
    Screen("sshd", "utf8-inverse", 80, 24),
    Screen("sshd", "ascii", 80, 24, has_picture=False),
    Screen("su", "ascii", 80, 24, has_picture=False),
    Screen("sshd", "utf8", 120, 40),
    Screen("sudo", "utf8", 120, 40),
    Screen("su", "utf8-inverse", 120, 40),
    Screen("login", "ascii", 120, 40),
]


@dataclasses.dataclass
class Visit:
    """One person who signs in on this screen, with a phone."""

    screen: Screen
    person: Person
    phone: Phone
    album: Album

    def read_code(self) -> tuple[str, bool]:
        """Opens on the phone what the terminal shows; the code, and whether it must be typed."""
        challenge = self.person.see_challenge(CODE_SEC)
        window = self.album.keep_window(self.person, "terminal", self.screen.is_light)
        read = photograph(window, self.album.place("photo"))
        if self.screen.has_picture:
            assert read.startswith(f"{challenge.address}?"), f"the camera read {read!r}"
            assert read.endswith(f"={challenge.user_code}")
        else:
            shown = "\n".join(self.person.window())
            assert not read
            assert not any(sign * 2 in shown for sign in PICTURE_SIGNS), "a piece of a picture"
            assert "Scan the picture" not in shown
        self.phone.browser.open(read or challenge.address)
        return challenge.user_code, not read

    def go_on(self) -> None:
        """In ssh the text stands in a prompt; the others notice by themselves."""
        if self.screen.service == "sshd":
            self.person.press_enter()

    def enter_shell(self) -> None:
        self.person.see_shell(SHELL_SEC)
        self.album.keep_window(self.person, "shell", self.screen.is_light)
        self.person.leave()


@pytest.fixture
def visit(request, provider, serve, browser):
    """visit(screen): the person has just asked to get in as alice."""
    open_terminals = []

    def begin(screen):
        if screen != SHIPPED:
            pam.write_service(screen.service, f"qr={screen.qr}")
        serve(provider)
        person = Person(screen.service, "alice", screen.columns, screen.lines)
        open_terminals.append(person)
        album = Album(f"{request.node.originalname.removeprefix('test_')}-{provider.name}-{screen}")
        return Visit(screen, person, Phone(browser, album), album)

    yield begin
    for person in open_terminals:
        person.close_terminal()


@pytest.mark.parametrize("screen", SCREENS, ids=str)
def test_approved(screen, provider, visit):
    one = visit(screen)
    code, typed = one.read_code()
    APPROVE[provider.name](one.phone, code, typed, provider.users["alice"])
    one.go_on()
    one.enter_shell()
    if screen == SHIPPED and provider.name == "glewlwyd":
        one.album.copy_for_readme()


def test_approved_by_bob(provider, visit, journal):
    """Who photographs somebody else's screen opens it to nobody."""
    one = visit(SHIPPED)
    code, typed = one.read_code()
    APPROVE[provider.name](one.phone, code, typed, provider.users["bob"])
    one.go_on()
    assert one.person.see_refusal(SHELL_SEC)
    assert journal.wait_for(ACCOUNT="alice", OUTCOME="refused")["IDENTITY"]


@pytest.mark.parametrize("provider", ["oidc-provider"], indirect=True)
def test_declined(visit, journal):
    """Glewlwyd's pages have no way to decline."""
    one = visit(SHIPPED)
    code, typed = one.read_code()
    oidc_provider_decline(one.phone, code, typed)
    one.go_on()
    assert one.person.see_refusal(SHELL_SEC)
    assert journal.wait_for(ACCOUNT="alice", OUTCOME="denied")


@pytest.mark.parametrize("provider", ["oidc-provider"], indirect=True)
def test_browser_trusts_no_other_authority(provider, browser):
    """Or the pages could have been anybody's."""
    browser.open(provider.issuer)
    with Browser(None) as stranger:
        stranger.open(provider.issuer)
        stranger.see_text("ERR_CERT_AUTHORITY_INVALID")
