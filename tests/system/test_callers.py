# SPDX-License-Identifier: LGPL-2.1-or-later
"""What badged answers to those who talk to it on the bus, beyond what pam_badge.so would ever say:
contexts that are too long, too many or of the wrong type, limits, logins and sessions of others, and
the administrator's questions. After each of it the daemon serves as before."""

import subprocess
import time

import pytest

from host import accounts
from host.daemon import settings_for, unit_path, write_settings
from host.sandbox import Unit
from system.bus_caller import ADMIN, INTERFACE, LOGIN, NAME, OBJECT, Caller
from system.person import as_user
from system.traces import pending_logins, status

INVALID = "org.freedesktop.DBus.Error.InvalidArgs"
LIMITS = "org.freedesktop.DBus.Error.LimitsExceeded"
NOT_AUTHORIZED = f"{INTERFACE}.Error.NotAuthorized"
NO_SUCH_LOGIN = f"{INTERFACE}.Error.NoSuchLogin"
NO_SUCH_SESSION = f"{INTERFACE}.Error.NoSuchSession"
WAIT_SEC = 30


@pytest.fixture
def caller():
    with Caller() as one:
        yield one


@pytest.fixture
def pending(scripted, serve):
    """A provider whose logins stay pending, and badged with it."""
    provider = scripted.scenario("granted-by-control")
    serve(provider)
    return provider


def wait_until(condition, what):
    deadline = time.monotonic() + WAIT_SEC
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


def busctl(user, *arguments):
    return subprocess.run([*as_user(user), "busctl", "--timeout=20", *arguments],
                          capture_output=True, text=True, check=False, timeout=30)


# ---- the context of a call ----

def repeated(key, n):
    return [str(n), *(word for number in range(n) for word in (f"{key}{number}", "s", "x"))]


CONTEXTS = {
    "empty": (["0"], ""),
    "unknown-key": (["1", "phase_of_the_moon", "u", "3"], ""),
    "all-keys": (["8", "remote_host", "s", "192.0.2.1", "terminal", "s", "ssh", "requesting_user",
                  "s", "bob", "provider", "s", "corp", "prior_factors", "as", "2", "publickey",
                  "hostbased", "qr", "s", "ascii", "columns", "u", "80", "lines", "u", "24"], ""),
    "longest-text": (["1", "remote_host", "s", "h" * 255], ""),
    "too-long-text": (["1", "remote_host", "s", "h" * 256], "remote_host is too long"),
    "line-break": (["1", "terminal", "s", "tty\n1"], "terminal is too long or not printable"),
    "escape": (["1", "requesting_user", "s", "\033[2J"], "requesting_user is too long or not"),
    "text-as-number": (["1", "remote_host", "u", "1"], "remote_host"),
    "number-as-text": (["1", "columns", "s", "80"], "columns"),
    "flag-as-text": (["1", "knows_granted", "s", "yes"], "knows_granted"),
    "qr-as-number": (["1", "qr", "u", "1"], "qr"),
    "unknown-qr": (["1", "qr", "s", "gif"], "qr is none of"),
    "prior-as-text": (["1", "prior_factors", "s", "publickey"], "prior_factors"),
    "prior-as-numbers": (["1", "prior_factors", "au", "1", "1"], "prior_factors"),
    "prior-twice": (["2", "prior_factors", "as", "1", "a", "prior_factors", "as", "1", "b"],
                    "prior_factors came twice"),
    "most-prior": (["1", "prior_factors", "as", "8", *"abcdefgh"], ""),
    "too-many-prior": (["1", "prior_factors", "as", "9", *"abcdefghi"], "too many prior_factors"),
    "prior-not-printable": (["1", "prior_factors", "as", "1", "a\tb"], "prior_factors is too long"),
    "most-keys": (repeated("key", 32), ""),
    "too-many-keys": (repeated("key", 33), "too many keys"),
}


@pytest.mark.parametrize("name", CONTEXTS)
def test_context(name, pending):
    """Good ones are answered, others are refused in words; for whoever starts a login as for whoever
    asks about an account."""
    words, complaint = CONTEXTS[name]
    for method in ("CheckAccount", "StartLogin"):
        done = busctl("root", "call", NAME, OBJECT, INTERFACE, method, "ssa{sv}", "alice", "su",
                      *words)
        if not complaint:
            assert done.returncode == 0, done.stderr
            continue
        assert done.returncode != 0, done.stdout
        if "-as-" not in name:      # of a wrong type sd-bus complains itself
            assert complaint in done.stderr
    assert pending.count("device") == (0 if complaint else 1)


@pytest.mark.parametrize("service", ["", "s" * 65, "su do", "su;do", "sü"])
def test_service_without_a_proper_name(service, pending, caller, journal):
    caller.refused(caller.start_login, "alice", service)
    assert caller.check_account("alice", service)[0] == "refused"
    assert journal.wait_for(OUTCOME="refused")["REASON"] == "the service has no proper name"
    assert pending.count("device") == 0


def test_provider_that_is_not_there(pending, caller):
    for name in ("elsewhere", "Corp", "corp "):
        assert "not known here" in caller.refused(caller.start_login, provider=name)[1]
    assert pending.count("device") == 0


@pytest.mark.parametrize("account", ["", "no-such-account", "al ice", "a" * 300, "root",
                                     accounts.SERVICE, accounts.LOCKED_SHELL])
def test_account_phase_refuses(account, pending, caller):
    """By the same sentence, whatever the reason is: nobody learns which names exist."""
    outcome, sentence = caller.check_account(account)
    assert outcome == "refused"
    assert sentence == "This account cannot sign in here with an identity provider."


def test_account_phase_of_somebody_whom_no_provider_names(glewlwyd, serve, caller):
    serve(glewlwyd, username_claim="", accounts="map_file = accounts.map",
          files={"accounts.map": "ops = corp:preferred_username=alice\n"})
    assert caller.check_account("ops")[0] == "granted"
    assert caller.check_account("alice")[0] == "refused"
    caller.refused(caller.start_login, "alice")


# ---- limits, beyond what test_limits.py has ----

def test_limit_of_an_account(scripted, serve, caller, journal):
    """From one place so many, from ten places ten times as many; other accounts do not feel it."""
    serve(scripted.scenario("granted-by-control"), badged="max_logins_per_account = 1")
    for number in range(10):
        caller.start_login(remote_host=f"192.0.2.{number}")
    caller.refused(caller.start_login, remote_host="192.0.2.0")
    assert "from there (max_logins_per_account)" in \
        journal.wait_for(OUTCOME="throttled", ORIGIN="192.0.2.0")["REASON"]
    caller.refused(caller.start_login, remote_host="192.0.2.99")
    assert "ten times" in journal.wait_for(OUTCOME="throttled", ORIGIN="192.0.2.99")["REASON"]
    caller.start_login("bob", remote_host="192.0.2.0")


def test_limit_of_a_minute(scripted, daemon, caller, journal):
    text, files = settings_for(scripted.scenario("granted-by-control"))
    write_settings(text.replace("max_logins_per_minute = 100000", "max_logins_per_minute = 2"), files)
    daemon.start()
    for _ in range(2):
        path = caller.start_login(remote_host="192.0.2.7")[0]
        caller.call(path, LOGIN, "Cancel")
    caller.refused(caller.start_login, remote_host="192.0.2.7")
    assert "(max_logins_per_minute)" in journal.wait_for(OUTCOME="throttled")["REASON"]


# ---- a login and its owner ----

def test_properties_of_a_login(pending, caller):
    before = time.time()
    path, challenge = caller.start_login()
    assert caller.property(path, "State") == "showing"
    expires_at = caller.property(path, "ExpiresAt") / 1e6
    assert before < expires_at <= time.time() + float(challenge["expires_in"]) + 1


def test_second_wait_is_refused(pending, caller):
    path, challenge = caller.start_login()
    caller.send(path, LOGIN, "Wait")
    assert caller.refused(caller.call, path, LOGIN, "Wait")[0] == LIMITS
    assert pending_logins() == 1


def test_wait_after_the_end(scripted, serve, caller):
    """Nobody waited when the code ran out: the verdict is kept for the owner, once."""
    serve(scripted.scenario("granted-by-control"), badged="login_timeout = 30s")
    path, _ = caller.start_login()
    other, _ = caller.start_login("bob")
    deadline = time.monotonic() + 30 + WAIT_SEC
    while caller.property(path, "State") != "ended":
        assert time.monotonic() < deadline, "it did not expire"
        time.sleep(0.2)
    assert caller.call(path, LOGIN, "Wait")[0] == "expired"
    caller.refused(caller.call, path, LOGIN, "Wait")
    wait_until(lambda: caller.property(other, "State") == "ended", "the second did not expire")
    caller.call(other, LOGIN, "Cancel")
    caller.refused(caller.property, other, "State")
    assert pending_logins() == 0


def test_login_of_another_caller(pending, caller, journal):
    path, _ = caller.start_login()
    with Caller() as other:
        for method in ("Wait", "Cancel"):
            assert other.refused(other.call, path, LOGIN, method)[0] == NOT_AUTHORIZED
    assert journal.wait_for(OUTCOME="refused")["REASON"] == \
        "This login belongs to another caller."
    assert caller.property(path, "State") == "showing"


def test_who_leaves_takes_all_logins_along(pending):
    with Caller() as leaving, Caller() as staying:
        for account in ("alice", "bob", "carol"):
            leaving.start_login(account)
            staying.start_login(account)
        assert pending_logins() == 6
        leaving.connection.close()
        wait_until(lambda: pending_logins() == 3, "the logins of who left are still there")


def test_owner_leaves_while_the_provider_is_asked(scripted, serve):
    """The code is not there yet; neither is anything left over."""
    serve(scripted.scenario("device-hang"))
    with Caller() as leaving:
        leaving.send(OBJECT, INTERFACE, "StartLogin", "ssa{sv}", "alice", "su", {})
        wait_until(lambda: pending_logins() == 1, "the login did not begin")
    wait_until(lambda: pending_logins() == 0, "the login outlives its owner")


# ---- sessions ----

def sign_in(caller, provider, account="alice"):
    path, challenge = caller.start_login(account)
    provider.approve(challenge["user_code"], account)
    assert caller.call(path, LOGIN, "Wait")[0] == "granted"
    return path


def open_session(caller, account, login):
    return caller.call(OBJECT, INTERFACE, "OpenSession", "soa{sv}", account, login, {})


def close_session(caller, session):
    return caller.call(OBJECT, INTERFACE, "CloseSession", "s", session)


def test_sessions_are_opened_and_closed_once(pending, caller):
    logins = [sign_in(caller, pending) for _ in range(3)]
    sessions = [open_session(caller, "alice", login) for login in logins]
    assert len(set(sessions)) == 3
    assert status()["open_sessions"] == 3
    for session in (sessions[1], sessions[2], sessions[0]):
        close_session(caller, session)
        assert caller.refused(close_session, caller, session)[0] == NO_SUCH_SESSION
    for login in logins:
        assert caller.refused(open_session, caller, "alice", login)[0] == NO_SUCH_LOGIN
    assert status()["open_sessions"] == 0


def test_session_of_a_login_that_was_not_granted(pending, caller):
    for login in ("/org/badged/Badged1/login/0", "/somewhere/else", sign_in(caller, pending)):
        assert caller.refused(open_session, caller, "bob", login)[0] == NO_SUCH_LOGIN
    path, _ = caller.start_login()
    assert caller.refused(open_session, caller, "alice", path)[0] == NO_SUCH_LOGIN
    assert status()["open_sessions"] == 0


def test_details_of_the_verdict(scripted, serve, caller):
    """How the person signed in reaches the module: acr, amr and auth_time of the id_token."""
    provider = scripted.scenario("granted-with-strength")
    serve(provider)
    path, _ = caller.start_login()
    outcome, _, details = caller.call(path, LOGIN, "Wait")
    assert outcome == "granted"
    assert details["acr"] == "urn:example:two-factors"
    assert list(details["amr"]) == ["pwd", "otp"]
    assert details["auth_time"] == 1700000000
    assert details["rule"] == "claim"


# ---- who is not root ----

@pytest.mark.parametrize("call", [
    ["OpenSession", "soa{sv}", "alice", "/org/badged/Badged1/login/0", "0"],
    ["CloseSession", "s", "0"]])
def test_sessions_are_roots(call, pending, journal):
    done = busctl("alice", "call", NAME, OBJECT, INTERFACE, *call)
    assert done.returncode != 0 and "Only root may ask for this." in done.stderr
    assert journal.wait_for(OUTCOME="refused")["REASON"] == "Only root may ask for this."


def test_context_of_others_is_not_believed(pending, journal):
    """Where a login comes from is root's to say: alice cannot lay hers at another's door."""
    done = busctl("alice", "call", NAME, OBJECT, INTERFACE, "StartLogin", "ssa{sv}", "alice", "su",
                  "3", "remote_host", "s", "192.0.2.66", "terminal", "s", "tty66", "prior_factors",
                  "as", "1", "publickey")
    assert done.returncode == 0, done.stderr
    entry = journal.wait_for(SYSLOG_IDENTIFIER="badged", OUTCOME="cancelled")
    assert entry["ORIGIN"].startswith("uid ")
    assert "192.0.2.66" not in journal.text() and "publickey" not in journal.text()


def test_account_phase_for_another(pending):
    done = busctl("mallory", "call", NAME, OBJECT, INTERFACE, "CheckAccount", "ssa{sv}", "alice",
                  "su", "0")
    assert "Only root may ask about another account." in done.stdout


# ---- the administrator's questions ----

def findings(caller, provider="corp"):
    """{what: (is_good, detail, mend)}"""
    found = caller.call(OBJECT, ADMIN, "CheckProvider", "s", provider)
    return {str(what): (bool(good), str(detail), str(mend)) for what, good, detail, mend in found}


CHECKS = {
    "granted": ("", ""),
    "device-invalid-client": ("device endpoint", "client_secret_file"),
    "device-500": ("device endpoint", "later"),
    "device-html": ("device endpoint", ""),
    "device-dropped": ("device endpoint", "issuer"),
    "granted-at-once": ("token endpoint", "provider's log"),
    "discovery-404": ("metadata", "issuer"),
    "discovery-other-issuer": ("metadata", "issuer"),
    "keys-500": ("keys", "jwks_uri"),
}


@pytest.mark.parametrize("row", CHECKS)
def test_check_of_a_provider(row, scripted, serve, caller):
    """What is wrong, and what to do about it; nothing else is called bad."""
    bad, mend = CHECKS[row]
    serve(scripted.scenario(row))
    found = findings(caller)
    assert [what for what, (good, _, _) in found.items() if not good] == ([bad] if bad else [])
    if bad:
        assert found[bad][1] and mend in found[bad][2]
    else:
        assert set(found) == {"metadata", "keys", "device endpoint", "verification address",
                              "token endpoint"}


def test_check_of_a_provider_set_by_hand(scripted, serve, caller):
    provider = scripted.scenario("granted")
    endpoints = {"device_authorization_endpoint": "device", "token_endpoint": "token",
                 "userinfo_endpoint": "userinfo", "jwks_uri": "jwks"}
    serve(provider, section="\n".join(
        ["metadata = by-hand", *(f"{key} = {provider.issuer}/{path}" for key, path in
                                 endpoints.items())]))
    found = findings(caller)
    assert found["metadata"] == (True, "endpoints set by hand", "")
    assert all(good for good, _, _ in found.values())
    path, _ = caller.start_login()
    assert caller.call(path, LOGIN, "Wait")[0] == "granted"
    assert provider.count("discovery") == 0


def test_check_of_an_unknown_provider(pending, caller):
    assert caller.refused(findings, caller, "elsewhere")[0] == INVALID


def test_checks_at_once_are_limited(scripted, serve, caller):
    """Eight wait; the ninth is refused; those that wait do not keep the daemon from ending."""
    provider = scripted.scenario("device-hang")
    daemon = serve(provider)
    for _ in range(8):
        caller.send(OBJECT, ADMIN, "CheckProvider", "s", "corp")
    assert caller.refused(findings, caller)[0] == LIMITS
    daemon.stop()
    assert daemon.process.returncode == 0


# ---- the provider in the course of time ----

def test_metadata_are_fetched_again(scripted, serve, caller):
    """The provider is out of order while badged starts; nobody needs to do anything about it."""
    provider = scripted.scenario("discovery-500-once")
    serve(provider)
    wait_until(lambda: status()["providers"][0][3], "metadata and keys were not fetched again")
    assert [one.status for one in provider.requests() if one.endpoint == "discovery"] == [500, 200]
    path, _ = caller.start_login()
    assert caller.call(path, LOGIN, "Wait")[0] == "granted"


# ---- the program ----

def badged(*arguments, **environment):
    program = Unit(unit_path()).words("ExecStart")[0].lstrip("-@:!")
    return subprocess.run([program, *arguments], capture_output=True, text=True, check=False,
                          env=environment, timeout=20)


def test_arguments_of_the_program(pending, daemon):
    assert badged("--help").stdout.startswith("badged [--check]")
    assert badged("--version").stdout.startswith("badged ")
    for wrong in (["--no-such-option"], ["one", "two"]):
        done = badged(*wrong)
        assert done.returncode == 64 and "badged --help" in done.stderr
    done = badged("--check")
    assert done.returncode == 0
    assert done.stdout == "The settings are good: 1 provider, default corp.\n"
    assert badged("--check", "/nowhere").returncode == 78


def test_bus_that_is_not_there(pending):
    done = badged(DBUS_SYSTEM_BUS_ADDRESS="unix:path=/nowhere")
    assert done.returncode == 1
    assert "Failed to open the system bus" in done.stderr


def test_name_that_is_taken(pending, caller):
    """A second daemon ends; the first goes on."""
    done = subprocess.run([*as_user("badged"), Unit(unit_path()).words("ExecStart")[0], "--debug"],
                          capture_output=True, text=True, check=False, timeout=20)
    assert done.returncode == 1, done.stderr
    caller.start_login()
