# SPDX-License-Identifier: LGPL-2.1-or-later
"""badged while memory is short: in each of its answers every allocation fails once. It refuses, or ends
in order for the service manager to start it again; it never crashes, never hangs, and grants nothing
that it would not grant with memory enough. short-of-memory.c is what makes it fail."""

import collections
import secrets
import ctypes
import pathlib
import shutil
import signal
import time

import dbus
import pytest

from host import paths
from host.daemon import settings_for, unit_path, write_settings
from host.sandbox import Unit
from system.bus_caller import ADMIN, LOGIN, OBJECT, Caller
from system.test_callers import close_session, findings, open_session, wait_until
from system.traces import status

PROGRAM = paths.BUILD / "tests" / "system" / "badged-short-of-memory"
UNHARMED_IN_A_ROW = 25      # then the call is over before its turn comes
MOST, NEVER = 4000, 1 << 30
END_SEC = 60
LOGINS_AT_ONCE = 25
NO_REPLY = "org.freedesktop.DBus.Error.NoReply"
SESSION_ALLOCATIONS = 75
INTERVAL_SEC = 1.1          # the provider's, and a little

libc = ctypes.CDLL(None, use_errno=True)


class Starved:
    """A badged that can be told which allocation fails; started again whenever it ended."""

    def __init__(self, daemon):
        self.daemon = daemon
        self.failures = self.ends = 0

    def arm(self, n: int) -> None:
        assert libc.sigqueue(self.daemon.pid, signal.SIGUSR1, ctypes.c_void_p(n)) == 0

    def try_call(self, n: int, call):
        """What the call returned while the n-th allocation failed; None when it was not answered, or
        with an error."""
        self.arm(n)
        answer = None
        try:
            answer = call()
        except dbus.DBusException as error:
            if error.get_dbus_name() == NO_REPLY:       # it must be because badged ends
                self.daemon.process.wait(END_SEC)
            self.failures += 1
        if self.has_ended():
            self.ends += 1
            self.start()
        return answer

    def start(self) -> None:
        """Once with memory enough, because libraries that fail to set themselves up stay broken: glibc's
        NSS crashes, and OpenSSL has no random numbers any more."""
        self.daemon.start()
        wait_until(lambda: status()["providers"][0][3], "the provider's keys did not come")
        with Caller() as caller:
            caller.start_login(qr="utf8")

    def has_ended(self) -> bool:
        """Only in order: the exit code says that it was an error, not a crash."""
        if not self.daemon.is_running():
            assert self.daemon.process.returncode == 1, self.daemon.output()
            return True
        return False


@pytest.fixture
def starved(daemon):
    """starved(provider, …): as serve(), with the program that can be starved."""
    if not PROGRAM.exists():
        pytest.skip("the build has sanitizers or libFuzzer in it, which bring a malloc() of their own")
    program = pathlib.Path(Unit(unit_path()).words("ExecStart")[0].lstrip("-@:!"))
    kept = paths.STATE / "badged-as-installed"
    shutil.copy2(program, kept)

    def install(source):
        program.unlink()
        shutil.copy2(source, program)

    def start(provider):
        install(PROGRAM)
        write_settings(*settings_for(provider, badged="\n".join(
            f"max_logins_per_{what} = 1000" for what in ("account", "origin"))))
        one = Starved(daemon)
        one.start()
        return one

    yield start
    install(kept)


def for_each_allocation(starved, call, is_as_usual):
    """Until the call ends before the turn of the allocation comes, again and again."""
    unharmed = 0
    for n in range(MOST):
        answer = starved.try_call(n, call)
        unharmed = unharmed + 1 if answer is not None and is_as_usual(answer) else 0
        if unharmed == UNHARMED_IN_A_ROW:
            break
    else:
        raise AssertionError(f"{MOST} allocations, and no end")
    assert starved.failures > 0, "nothing failed"
    starved.arm(NEVER)


def start_and_cancel(caller):
    path, challenge = caller.start_login(qr="utf8", columns=dbus.UInt32(80), lines=dbus.UInt32(24))
    caller.call(path, LOGIN, "Cancel")
    return path, challenge


PRIOR = dbus.Array(["publickey", "hostbased"], signature="s", variant_level=1)
QUESTIONS = {
    "status": lambda caller: caller.call(OBJECT, ADMIN, "GetStatus"),
    "account": lambda caller: caller.check_account("alice", prior_factors=PRIOR,
                                                   remote_host="192.0.2.1"),
    "refused-account": lambda caller: caller.check_account("root"),
    "check-provider": findings,
    "start-login": start_and_cancel,
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_questions(question, scripted, starved):
    provider = scripted.scenario("granted-by-control")
    one = starved(provider)
    with Caller() as caller:
        usual = QUESTIONS[question](caller)
        for_each_allocation(one, lambda: QUESTIONS[question](caller),
                            lambda answer: type(answer) is type(usual))
        assert QUESTIONS["account"](caller)[0] == "granted"
        assert QUESTIONS["refused-account"](caller)[0] == "refused"


def verdicts(one, account, expected):
    """The answers of Wait for logins that alice approved already, each with the next allocation
    failing, until UNHARMED_IN_A_ROW ended as expected."""
    unharmed = n = 0
    while unharmed < UNHARMED_IN_A_ROW:
        with Caller() as caller:
            logins = start_logins(caller, account)
            ends = one.ends
            for login in logins:
                answer = one.try_call(n, lambda path=login: caller.call(path, LOGIN, "Wait"))
                yield answer
                unharmed = unharmed + 1 if answer and answer[0] == expected else 0
                n += 1
                if one.ends != ends:    # and the other logins with it
                    break
            one.arm(NEVER)
        assert n < MOST, f"{MOST} allocations, and no end"


def start_logins(caller, account):
    """Paths of some that may be polled at once, each from an origin of its own: most are refused."""
    logins = [caller.start_login(account, remote_host=f"{secrets.token_hex(4)}.example.org")[0]
              for _ in range(LOGINS_AT_ONCE)]
    time.sleep(INTERVAL_SEC)
    return logins


@pytest.mark.parametrize("account, expected", [("alice", "granted"), ("bob", "refused")])
def test_verdict(account, expected, scripted, starved):
    """alice approves: short of memory bob does not get in any more than with memory enough."""
    one = starved(scripted.scenario("granted-with-strength"))
    outcomes = collections.Counter(str(answer[0]) if answer else "no answer"
                                   for answer in verdicts(one, account, expected))
    assert set(outcomes) <= {"no answer", "unavailable", "refused", expected}, outcomes
    assert outcomes["no answer"] and outcomes["unavailable"]


def test_sessions(scripted, starved):
    """At each allocation of opening one and of closing it: nothing is open in the end that its caller
    does not know of."""
    one = starved(scripted.scenario("granted-with-strength"))
    n = 0
    with Caller() as caller:
        while n < SESSION_ALLOCATIONS:
            for login in start_logins(caller, "alice"):
                assert caller.call(login, LOGIN, "Wait")[0] == "granted"
                ends = one.ends
                session = one.try_call(n, lambda path=login: open_session(caller, "alice", path))
                if session is not None:
                    one.try_call(n, lambda name=session: close_session(caller, name))
                n += 1
                one.arm(NEVER)
                if one.ends != ends:
                    break
        assert one.failures > 0
        session = open_session(caller, "alice", sign_in(caller))
        close_session(caller, session)


def sign_in(caller):
    login = start_logins(caller, "alice")[0]
    assert caller.call(login, LOGIN, "Wait")[0] == "granted"
    return login
