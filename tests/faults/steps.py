# SPDX-License-Identifier: LGPL-2.1-or-later
"""The steps of a login. Each one brings a cell's logins to the step and holds them there; go_on() lets
them continue, as far as what holds them has not died meanwhile.

What holds them: a stopped daemon (the call is in its queue), an endpoint whose answer waits, a stopped
bus, a stopped program, or the person, who has not pressed Enter.
"""

import contextlib
import signal

from faults.pam_login import journal_of
from faults.world import Monitor, wait_for
from host.providers import ProviderFailed, WrongUserCode

ROW = "granted-by-control"
USERINFO_ROW = "granted-userinfo-by-control"


class Step:
    row = ROW
    dialog = "wait"
    gate_phase = ""
    held_before_start = ""      # the endpoint whose answer badged misses from the beginning
    holds_daemon = False
    holds_bus = False
    is_provider_awaited = False     # go_on() lets the provider answer
    approves_early = False          # as soon as the code is shown, which is after the step

    def hold(self, cell):
        """Returns when the logins are at the step."""
        raise NotImplementedError

    def go_on(self, cell):
        raise NotImplementedError


def start_held(cell, endpoint):
    cell.world.hold(endpoint)
    cell.start_logins()
    wait_for(lambda: cell.world.held(endpoint) == len(cell.logins), f"the requests to {endpoint}")


def see_codes(cell):
    for login in cell.logins:
        login.see_code()


def press_enter(cell):
    for login in cell.logins:
        login.press_enter()


def approve(cell):
    for login in cell.logins:
        approve_one(cell, login)


def approve_one(cell, login):
    """If the provider still takes approvals."""
    if not cell.is_provider_deaf:
        with contextlib.suppress(OSError, ProviderFailed, WrongUserCode):
            cell.world.provider.approve(login.user_code, login.approver)


def release(cell, endpoint):
    if cell.is_provider_deaf:
        return
    with contextlib.suppress(OSError, ProviderFailed):
        cell.world.release(endpoint)


class Connect(Step):
    holds_bus = True
    approves_early = True
    def hold(self, cell):
        before = cell.world.bus.connections()
        cell.world.bus.signal(signal.SIGSTOP)
        cell.start_logins()
        wait_for(lambda: cell.world.bus.connections() == before + len(cell.logins), "the connections")

    def go_on(self, cell):
        cell.world.bus.signal(signal.SIGCONT)


class InQueue(Step):
    """The call is in the queue of the stopped daemon."""

    member = ""
    holds_daemon = True
    callers = 2

    def hold(self, cell):
        monitor = Monitor(cell.world.bus.address, self.member)
        try:
            self.come_near(cell)
            cell.world.daemon.process.send_signal(signal.SIGSTOP)
            self.call(cell)
            monitor.wait_for(self.callers)
        finally:
            monitor.end()

    def come_near(self, cell):
        """Until just before the call."""

    def call(self, cell):
        raise NotImplementedError

    def go_on(self, cell):
        cell.world.daemon.process.send_signal(signal.SIGCONT)


class StartLogin(InQueue):
    approves_early = True
    member = "StartLogin"

    def call(self, cell):
        cell.start_logins()


class Wait(InQueue):
    member = "Wait"
    dialog = "prompt"

    def come_near(self, cell):
        cell.start_logins()
        see_codes(cell)
        approve(cell)

    def call(self, cell):
        press_enter(cell)


class SessionOpen(InQueue):
    member = "OpenSession"
    gate_phase = "open_session"
    dialog = "prompt"
    callers = 1     # bob's login has been refused by now

    def come_near(self, cell):
        cell.start_logins()
        see_codes(cell)
        approve(cell)
        press_enter(cell)
        for login in cell.logins:
            wait_for(lambda login=login: journal_of(login.name)[0], "the verdict")
        cell.logins[0].come_to_gate()

    def call(self, cell):
        cell.logins[0].pass_gate()


class Close(SessionOpen):
    member = "CloseSession"
    gate_phase = "close_session"


class Metadata(Step):
    approves_early = True
    is_provider_awaited = True
    held_before_start = "discovery"

    def hold(self, cell):
        cell.start_logins()
        wait_for(lambda: cell.world.status()["pending_logins"] == len(cell.logins), "the logins")

    def go_on(self, cell):
        release(cell, "discovery")


class Device(Step):
    approves_early = True
    is_provider_awaited = True

    def hold(self, cell):
        start_held(cell, "device")

    def go_on(self, cell):
        release(cell, "device")


class Showing(Step):
    dialog = "prompt"

    def hold(self, cell):
        cell.start_logins()
        see_codes(cell)
        approve(cell)

    def go_on(self, cell):
        press_enter(cell)


class FirstPoll(Step):
    is_provider_awaited = True

    def hold(self, cell):
        start_held(cell, "token")
        see_codes(cell)

    def go_on(self, cell):
        approve(cell)
        release(cell, "token")


class LaterPoll(FirstPoll):
    def hold(self, cell):
        cell.start_logins()
        see_codes(cell)
        wait_for(lambda: cell.world.provider.count("token") >= 2 * len(cell.logins), "two polls each")
        cell.world.hold("token")
        wait_for(lambda: cell.world.held("token") == len(cell.logins), "the next polls")


class Token(Step):
    """The answer that brings the tokens."""

    is_provider_awaited = True
    dialog = "prompt"

    def hold(self, cell):
        cell.world.hold("token")
        cell.start_logins()
        see_codes(cell)
        approve(cell)
        press_enter(cell)
        wait_for(lambda: cell.world.held("token") == len(cell.logins), "the polls")

    def go_on(self, cell):
        release(cell, "token")


class Keys(Step):
    """The tokens are there, but not the keys to verify them with."""

    is_provider_awaited = True
    dialog = "prompt"
    held_before_start = "jwks"

    def hold(self, cell):
        cell.start_logins()
        see_codes(cell)
        approve(cell)
        press_enter(cell)
        wait_for(lambda: cell.world.provider.count("token") == len(cell.logins), "the tokens")
        cell.world.status()     # badged has got that far

    def go_on(self, cell):
        release(cell, "jwks")


class Userinfo(Step):
    is_provider_awaited = True
    row = USERINFO_ROW
    dialog = "prompt"

    def hold(self, cell):
        cell.world.hold("userinfo")
        cell.start_logins()
        see_codes(cell)
        approve(cell)
        press_enter(cell)
        wait_for(lambda: cell.world.held("userinfo") == len(cell.logins), "the requests for claims")

    def go_on(self, cell):
        release(cell, "userinfo")


class Verdict(Token):
    """badged has decided, and the stopped programs have not read it."""

    is_provider_awaited = False

    def hold(self, cell):
        super().hold(cell)
        for login in cell.logins:
            login.signal(signal.SIGSTOP)
        cell.world.release("token")
        for login in cell.logins:
            wait_for(lambda login=login: journal_of(login.name)[0], "the verdict")
        cell.world.status()     # it has been sent, too

    def go_on(self, cell):
        for login in cell.logins:
            login.signal(signal.SIGCONT)


STEPS = {
    "connect": Connect(), "start-login": StartLogin(), "metadata": Metadata(), "device": Device(),
    "showing": Showing(), "wait": Wait(), "first-poll": FirstPoll(), "later-poll": LaterPoll(),
    "token": Token(), "jwks": Keys(), "userinfo": Userinfo(), "verdict": Verdict(),
    "session-open": SessionOpen(), "close": Close(),
}
