# SPDX-License-Identifier: LGPL-2.1-or-later
"""What must never let anybody in. Each case: refusal in the documented time, one sentence for the
person, one line for the administrator, nothing left over, no secret in any log.

What a provider may say wrong is in test_scenarios.py; here is who approves, who asks, what dies, and
what the person does.
"""

import contextlib
import re
import subprocess
import tempfile
import time

import pytest

from host import accounts, machine, pam, paths
from host.daemon import Daemon, settings_for, write_settings
from host.journal import Journal
from host.scripted import SCENARIOS, ScriptedServer
from system.conftest import SERVICES
from system.person import Person, as_user
from system.refusals import assert_logged, assert_told, is_unavailable
from system.rows import wait_for
from system.traces import Traces, assert_no_secrets

BUS_NAME, OBJECT, INTERFACE = "org.badged.Badged1", "/org/badged/Badged1", "org.badged.Badged1"
# How long it may take on a busy machine. What is not noticed by itself takes the bus 25 seconds.
GONE_SEC = POLL_SEC = 20
SSH_TRIES = 3       # by itself, when the module says "unavailable": that must not be PAM_MAXTRIES


@pytest.fixture
def refused(journal, traces, daemon):
    """refused(person, within): the person is refused in time, and everything is as it should be."""

    def check(person, within_sec, account="alice", secrets=()):
        begun = time.monotonic()
        sentence = person.see_refusal(within_sec + 2)
        assert time.monotonic() - begun <= within_sec, f"too late: {sentence}"
        assert_told(journal, account, sentence, SSH_TRIES if is_unavailable(journal) else 1)
        traces.assert_none_left(daemon)
        assert_no_secrets(*secrets)
        return sentence

    return check


# ---- who approves ----

def test_bob_approves_alices_code(service, provider, serve, refused):
    """Test number one of the project."""
    serve(provider)
    with Person(service, "alice") as person:
        challenge = person.see_challenge()
        provider.approve(challenge.user_code, "bob")
        if challenge.has_prompt:
            person.press_enter()
        refused(person, POLL_SEC, secrets=[provider.client_secret])


def test_person_denies(service, provider, serve, refused):
    serve(provider)
    with Person(service, "alice") as person:
        challenge = person.see_challenge()
        provider.deny(challenge.user_code, "alice")
        if challenge.has_prompt:
            person.press_enter()
        assert "declined" in refused(person, POLL_SEC)


def test_identity_without_mapped_claim(provider, serve, refused):
    serve(provider, username_claim="no_such_claim")
    with Person("sshd", "alice") as person:
        challenge = person.see_challenge()
        provider.approve(challenge.user_code, "alice")
        person.press_enter()
        refused(person, POLL_SEC)


def test_unverified_email(provider, serve, refused):
    """carol is who she says, but nobody checked her address."""
    serve(provider, username_claim="email", accounts="strip_suffix = @example.org")
    with Person("sshd", "carol") as person:
        challenge = person.see_challenge()
        provider.approve(challenge.user_code, "carol")
        person.press_enter()
        refused(person, POLL_SEC, account="carol")


def test_group_claim_missing(provider, serve, refused):
    """bob is in staff, not in wheel."""
    serve(provider, accounts="account_groups = ops:wheel")
    with Person("sshd", "ops") as person:
        challenge = person.see_challenge()
        provider.approve(challenge.user_code, "bob")
        person.press_enter()
        refused(person, POLL_SEC, account="ops")


def two_providers(default, other, accounts_lines="", files=None):
    """The default provider names accounts by its claim; the other one's section says nothing."""
    text, own_files = settings_for(default, accounts=accounts_lines)
    other_text, other_files = settings_for(other, name="other")
    section = other_text[other_text.index("[provider other]"):other_text.index("[accounts]")]
    write_settings(f"{text}\n{section}", own_files | other_files | (files or {}))


def test_same_name_from_another_issuer(glewlwyd, scripted, daemon, refused):
    """Only the default provider names accounts by claim: the other one is not even asked."""
    other = scripted.scenario("granted-at-once")
    two_providers(glewlwyd, other)
    daemon.start()
    pam.write_service("sshd", "provider=other")
    with Person("sshd", "alice") as person:
        refused(person, POLL_SEC)
    assert other.count("device") == 0


def test_namesake_is_not_the_mapped_identity(glewlwyd, scripted, daemon, refused):
    """The map lets one identity of the other provider be alice; somebody there who is called alice,
    too, is another."""
    other = scripted.scenario("granted-at-once")
    two_providers(glewlwyd, other, "map_file = accounts.map",
                  {"accounts.map": f"alice = {other.issuer} subject-of-carol\n"})
    daemon.start()
    pam.write_service("sshd", "provider=other")
    with Person("sshd", "alice") as person:
        person.see_challenge()
        person.press_enter()
        refused(person, POLL_SEC)


# ---- whose account ----

@pytest.mark.parametrize("account", ["nobody-of-that-name", "root", accounts.SERVICE,
                                     accounts.LOCKED_SHELL])
def test_account_that_nobody_may_have(account, scripted, serve, traces, journal):
    """Refused before the provider is asked anything, whoever would approve. What sshd shows to those
    whom it does not know itself is its own business."""
    provider = scripted.scenario("granted-at-once")
    serve(provider, badged="max_logins_per_origin = 1000",
          accounts="map_file = accounts.map",
          files={"accounts.map": "".join(f"{name} = corp:preferred_username=alice\n" for name in
                                         ("root", accounts.SERVICE, accounts.LOCKED_SHELL))})
    with Person("sshd", account) as person:
        person.see_refusal(POLL_SEC)
        assert "Code:" not in person.screen
    assert provider.count("device") == 0
    assert_logged(journal, account)
    traces.assert_none_left()


@pytest.mark.parametrize("account", [accounts.SERVICE, accounts.LOCKED_SHELL])
def test_account_that_nobody_may_have_by_su(account, scripted, serve, refused):
    provider = scripted.scenario("granted-at-once")
    serve(provider)
    with Person("su", account) as person:
        refused(person, POLL_SEC, account=account)
    assert provider.count("device") == 0


# ---- what dies ----

def kill_daemon(daemon):
    daemon.kill()


def kill_bus(_daemon):
    machine.stop_bus()


KILLS = {"daemon-killed": kill_daemon, "bus-gone": kill_bus}


@pytest.mark.parametrize("kill", KILLS)
def test_gone_before_the_code(kill, service, glewlwyd, serve, refused):
    KILLS[kill](serve(glewlwyd))
    with Person(service, "alice") as person:
        refused(person, GONE_SEC)


@pytest.mark.parametrize("kill", KILLS)
def test_gone_while_showing(kill, service, glewlwyd, serve, refused):
    """In a prompt the person finds out with Enter; hands-free at once."""
    daemon = serve(glewlwyd)
    with Person(service, "alice") as person:
        challenge = person.see_challenge()
        glewlwyd.approve(challenge.user_code, "alice")
        KILLS[kill](daemon)
        if challenge.has_prompt:
            person.press_enter()
        refused(person, GONE_SEC)


@pytest.mark.parametrize("kill", KILLS)
def test_gone_while_polling(kill, service, scripted, serve, refused):
    provider = scripted.scenario("granted-by-control")
    daemon = serve(provider)
    with Person(service, "alice") as person:
        challenge = person.see_challenge()
        if challenge.has_prompt:
            person.press_enter()
        wait_for(lambda: provider.count("token") >= 1)
        KILLS[kill](daemon)
        refused(person, GONE_SEC)


@pytest.mark.parametrize("kill", KILLS)
def test_gone_between_token_and_verdict(kill, service, scripted, serve, refused):
    """The tokens are there, userinfo is on its way: the daemon has everything but said nothing."""
    provider = scripted.scenario("userinfo-hang")
    daemon = serve(provider)
    with Person(service, "alice") as person:
        challenge = person.see_challenge()
        if challenge.has_prompt:
            person.press_enter()
        wait_for(lambda: provider.count("userinfo") >= 1)
        KILLS[kill](daemon)
        refused(person, GONE_SEC)


def test_daemon_comes_back_and_knows_nothing(glewlwyd, serve, refused):
    """A new daemon does not take over what the old one had begun."""
    daemon = serve(glewlwyd)
    with Person("sshd", "alice") as person:
        challenge = person.see_challenge()
        glewlwyd.approve(challenge.user_code, "alice")
        daemon.kill()
        daemon.start()
        person.press_enter()
        refused(person, GONE_SEC)


# ---- the provider and the way to it ----

@pytest.fixture
def server_with(serve):
    """server_with(certificate): a scripted provider whose certificate is not to be trusted."""
    with contextlib.ExitStack() as stack:

        def start(certificate):
            server = stack.enter_context(ScriptedServer(certificate))
            server.start(tempfile.mkdtemp(prefix="server-", dir=paths.STATE))
            return server

        yield start


@pytest.mark.parametrize("certificate", ["expired", "wrong-host", "unknown-authority"])
def test_certificate(certificate, server_with, serve, refused):
    provider = server_with(certificate).scenario("granted-at-once")
    serve(provider)
    with Person("sshd", "alice") as person:
        refused(person, POLL_SEC)
        assert "Code:" not in person.screen
    assert provider.count("device") == 0, "something was asked over an untrusted connection"


@pytest.mark.parametrize("when", ["before", "while-polling"])
def test_provider_gone(when, server_with, serve, refused):
    server = server_with("good")
    provider = server.scenario("granted-by-control")
    serve(provider, badged="login_timeout = 30s")
    if when == "before":
        server.stop()
    with Person("sudo", "alice") as person:
        if when == "while-polling":
            person.see_challenge()
            wait_for(lambda: provider.count("token") >= 1)
            server.stop()
        refused(person, 30 + POLL_SEC)


ROWS_BY_SSHD = ["bob-approves", "no-mapped-claim", "unverified-email", "no-group-claim",
                "id-wrong-audience", "id-expired", "id-from-the-future", "id-none",
                "id-hs256-public-key", "id-unknown-kid", "id-four-parts", "id-re-signed",
                "userinfo-other-subject", "token-huge", "token-redirect", "token-html"]


@pytest.mark.parametrize("row", ROWS_BY_SSHD)
def test_row_by_sshd(row, scripted, serve, refused):
    """The forgeries that matter most, once more with the real program that faces the network."""
    provider = scripted.scenario(row)
    claim = {"username_claim": "preferred_username", **provider.row.get("accounts", {})}
    serve(provider, username_claim=claim.pop("username_claim"),
          accounts="\n".join(f"{key} = {value}" for key, value in claim.items()))
    with Person("sshd", provider.account) as person:
        person.see_challenge()
        person.press_enter()
        refused(person, POLL_SEC, account=provider.account)


# ---- what the person does ----

EXPIRY_SEC = SCENARIOS["expired-by-clock"]["expires_in"] + POLL_SEC


@pytest.fixture(scope="module")
def left_alone(scripted):
    """service → (sentence, seconds, journal) of four people whose codes expire at the same time."""
    daemon, journal, traces = Daemon(), Journal(), Traces()
    write_settings(*settings_for(scripted.scenario("expired-by-clock"),
                                 badged="max_logins_per_account = 10"))
    daemon.start()
    begun, ends = {}, {}
    try:
        with contextlib.ExitStack() as stack:
            people = [stack.enter_context(Person(service, "alice")) for service in SERVICES]
            for person in people:
                if person.see_challenge().has_prompt:
                    person.press_enter()
                begun[person] = time.monotonic()
            for person in people:
                sentence = person.see_refusal(EXPIRY_SEC + 2)
                ends[person.service] = (sentence, time.monotonic() - begun[person], journal)
        traces.assert_none_left(daemon)
        assert_no_secrets()
    finally:
        daemon.kill()
    return ends


def test_person_lets_it_expire(service, left_alone):
    sentence, seconds, journal = left_alone[service]
    assert seconds <= EXPIRY_SEC, f"too late: {sentence}"
    assert_told(journal, "alice", sentence, service=service)


def test_person_presses_enter_without_approving(scripted, serve, refused):
    provider = scripted.scenario("granted-by-control")
    serve(provider, badged="login_timeout = 30s")
    with Person("sshd", "alice") as person:
        person.see_challenge()
        for _ in range(5):
            person.press_enter()
        refused(person, 30 + POLL_SEC)


@pytest.mark.parametrize("program", ["sshd", "sudo", "su"])
def test_person_presses_ctrl_c(program, glewlwyd, serve, daemon, traces, journal):
    """Approved too late: the code must be worth nothing any more."""
    serve(glewlwyd)
    with Person(program, "alice") as person:
        challenge = person.see_challenge()
        person.cancel()
    traces.assert_none_left(daemon)
    with contextlib.suppress(Exception):
        glewlwyd.approve(challenge.user_code, "alice")
    assert not journal.entries(OUTCOME="granted")


def test_person_closes_the_terminal(service, glewlwyd, serve, daemon, traces, journal):
    serve(glewlwyd)
    with Person(service, "alice") as person:
        challenge = person.see_challenge()
        person.close_terminal()
    traces.assert_none_left(daemon)
    with contextlib.suppress(Exception):
        glewlwyd.approve(challenge.user_code, "alice")
    time.sleep(0.5)
    assert not journal.entries(OUTCOME="granted")


def test_nobody_answers_costs_no_poll(scripted, serve, daemon, traces):
    """A scanner that reads the prompt and goes away."""
    provider = scripted.scenario("granted-by-control")
    serve(provider)
    with Person("sshd", "alice") as person:
        person.see_challenge()
        time.sleep(3 * provider.row.get("interval", 1))
        assert provider.count("token") == 0
    traces.assert_none_left(daemon)


# ---- who else is on the bus ----

def call(user, *arguments, timeout_sec=10):
    """busctl as somebody; the caller's connection ends with it."""
    return subprocess.run([*as_user(user), "busctl", "--json=short", f"--timeout={timeout_sec}",
                           *arguments], capture_output=True, text=True, check=False,
                          timeout=timeout_sec + 30)


def start_login(user, account):
    return call(user, "call", BUS_NAME, OBJECT, INTERFACE, "StartLogin", "ssa{sv}", account, "sudo",
                "0")


def test_non_root_starts_a_login_for_another(scripted, serve, journal):
    provider = scripted.scenario("granted-at-once")
    serve(provider)
    answer = start_login("mallory", "alice")
    assert answer.returncode != 0
    assert provider.count("device") == 0
    entry = journal.wait_for(SYSLOG_IDENTIFIER="badged", OUTCOME="refused")
    assert entry["REASON"]


def test_non_root_starts_a_login_for_the_own_account(scripted, serve):
    """So that the refusal above is about whose account it is, and nothing else."""
    provider = scripted.scenario("granted-by-control")
    serve(provider)
    answer = start_login("alice", "alice")
    assert answer.returncode == 0, answer.stderr
    assert provider.count("device") == 1


@pytest.mark.parametrize("user", ["root", "mallory", "alice"])
@pytest.mark.parametrize("method", ["Wait", "Cancel"])
def test_second_connection(user, method, scripted, serve):
    """The login of a sudo that waits: whoever else asks for it is told that there is none, and it is
    still there afterwards."""
    provider = scripted.scenario("granted-by-control")
    serve(provider)
    with Person("sudo", "alice") as person:
        challenge = person.see_challenge()
        login = login_paths()[0]
        answer = call(user, "call", BUS_NAME, login, f"{INTERFACE}.Login", method, timeout_sec=3)
        assert answer.returncode != 0, answer.stdout
        assert "granted" not in answer.stdout
        provider.approve(challenge.user_code, "alice")
        person.see_shell()
        person.leave()


def login_paths():
    tree = call("root", "tree", "--list", BUS_NAME).stdout.split()
    found = [path for path in tree if re.fullmatch(rf"{OBJECT}/login/\w+", path)]
    assert found, f"no login on the bus: {tree}"
    return found


def test_name_cannot_be_taken(glewlwyd, serve, daemon):
    """Neither beside the daemon nor when it is dead."""
    serve(glewlwyd)
    claim = ["org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "RequestName",
             "su", BUS_NAME, "4"]
    for user in ("mallory", "alice"):
        answer = call(user, "call", *claim)
        assert answer.returncode != 0 and "Access denied" in answer.stderr, answer.stderr
    daemon.kill()
    assert call("mallory", "call", *claim).returncode != 0


@pytest.mark.parametrize("user", ["mallory", "root"])
def test_forged_signal(user, scripted, serve, journal):
    """Nobody's signal says that a login was granted; not even root's ends the wait."""
    provider = scripted.scenario("granted-by-control")
    serve(provider)
    with Person("sudo", "alice") as person:
        person.see_challenge()
        login = login_paths()[0]
        for member in ("Granted", "Done", "Changed"):
            call(user, "emit", login, f"{INTERFACE}.Login", member, "ssa{sv}", "granted", "", "0")
        call(user, "emit", login, "org.freedesktop.DBus.Properties", "PropertiesChanged", "sa{sv}as",
             f"{INTERFACE}.Login", "1", "State", "s", "granted", "0")
        time.sleep(1)
        assert "root@" not in person.screen
        assert not journal.entries(OUTCOME="granted")
        person.cancel()


def test_forged_reply_from_another_name(scripted, serve):
    """A reply that nobody asked that peer for: the bus drops it (send_requested_reply), and the
    module takes only the answer of its own call from the owner of the name."""
    provider = scripted.scenario("granted-by-control")
    serve(provider)
    with Person("sudo", "alice") as person:
        person.see_challenge()
        forged = subprocess.run(
            [*as_user("mallory"), "/usr/bin/python3", str(paths.TREE / "tests" / "system" / "forge_replies.py")],
            capture_output=True, text=True, check=False, timeout=20)
        assert forged.returncode == 0, forged.stderr
        assert int(forged.stdout.split()[0]) > 0, "nothing was forged"
        time.sleep(1)
        assert "root@" not in person.screen
        person.cancel()
