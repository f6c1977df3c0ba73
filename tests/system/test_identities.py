# SPDX-License-Identifier: LGPL-2.1-or-later
"""Whose account it is: names at the provider, local names and uids are given to others, and nobody who
comes by one that way is let in. What an administrator then does about it, by badgectl."""

import json
import pathlib
import subprocess
import time

import pexpect
import pytest

from host.daemon import settings_for, write_settings
from system.bus_caller import INTERFACE, LOGIN, OBJECT, Caller
from system.person import Person, as_user
from system.traces import assert_no_secrets

SERVICE = pathlib.Path("/etc/pam.d/identities")
LOGIN_SEC = 60


def badgectl(*arguments, user=None, fails=False):
    """What it prints: a list, an object, or lines."""
    done = subprocess.run([*(as_user(user) if user else []), "badgectl", *arguments, "--json"],
                          capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode != 0) == fails, done.stdout + done.stderr
    return json.loads(done.stdout) if done.stdout.strip() else done.stderr


def identities(account=""):
    return badgectl("identity", "list", *([account] if account else []))["identities"]


@pytest.fixture
def provider(scripted):
    SERVICE.write_text("auth required pam_badge.so dialog=wait qr=none\n"
                       "account required pam_badge.so\n")
    return scripted.scenario("granted-by-control")


class Login:
    """One login by pamtester, through the real module."""

    def __init__(self, provider, account):
        self.provider, self.account, self.screen = provider, account, ""
        self.process = subprocess.Popen(
            ["timeout", str(LOGIN_SEC), "stdbuf", "-oL", "pamtester", SERVICE.name, account,
             "authenticate"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True)

    def see_code(self):
        for line in self.process.stdout:
            self.screen += line
            if line.startswith("Code:"):
                return line.split()[1]
        raise AssertionError(f"no code:\n{self.screen}")

    def ends_granted(self):
        self.screen += self.process.stdout.read()
        self.process.stdout.close()
        return self.process.wait() == 0


def sign_in(provider, account, approver):
    """(let in?, the screen)"""
    login = Login(provider, account)
    provider.approve(login.see_code(), approver)
    return login.ends_granted(), login.screen


def is_let_in(provider, account, approver):
    granted, screen = sign_in(provider, account, approver)
    assert granted, screen


def is_refused(provider, journal, account, approver, sentence, reason):
    granted, screen = sign_in(provider, account, approver)
    assert not granted, screen
    assert sentence in screen, screen
    journal.wait_for(SYSLOG_IDENTIFIER="badged", ACCOUNT=account, OUTCOME="refused", REASON=reason)
    assert_no_secrets(provider.client_secret)


def may_use(account):
    """The account phase alone, as after a public key."""
    return subprocess.run(["pamtester", SERVICE.name, account, "acct_mgmt"], capture_output=True,
                          timeout=LOGIN_SEC, check=False).returncode == 0


# ---- what logins bind ----

def test_first_login_binds(provider, serve):
    serve(provider)
    is_let_in(provider, "alice", "alice")
    (bound,) = identities()
    assert (bound["account"], bound["state"], bound["name"]) == ("alice", "bound", "alice")
    assert (bound["issuer"], bound["subject"]) == (provider.issuer, "subject-of-alice")
    assert bound["bound_by"] == "login"
    (account,) = badgectl("account", "list")["accounts"]
    assert account["account"] == "alice" and not account["locked"] and not account["owner"]
    assert account["identities"] == 1
    is_let_in(provider, "alice", "alice")
    assert len(identities()) == 1


def test_explicit_rules_bind_nothing(provider, serve):
    serve(provider, accounts="map_file = accounts.map",
          files={"accounts.map": f"ops = {provider.issuer} subject-of-alice\n"})
    is_let_in(provider, "ops", "alice")
    is_let_in(provider, "alice", "alice")
    is_let_in(provider, "ops", "alice")
    assert [identity["account"] for identity in identities()] == ["alice"]


# ---- never granted ----

def test_name_given_to_another(provider, serve, journal):
    daemon = serve(provider)
    is_let_in(provider, "alice", "alice")
    # Nor after a restart.
    for _ in range(2):
        is_refused(provider, journal, "alice", "another-alice", "belongs to somebody else",
                   "the account belongs to another identity")
        daemon.stop()
        daemon.start()
    refused = [identity for identity in identities("alice") if identity["state"] == "refused"]
    assert [identity["subject"] for identity in refused] == ["subject-of-another-alice"]
    assert badgectl("account", "show", "alice")["waiting"] == 1
    badgectl("identity", "accept", refused[0]["id"])
    is_let_in(provider, "alice", "another-alice")
    is_let_in(provider, "alice", "alice")


def test_identity_has_another_account(provider, serve, journal):
    serve(provider)
    is_let_in(provider, "alice", "alice")
    is_refused(provider, journal, "bob", "alice-named-bob", "has another account",
               "the identity belongs to another account")
    (only,) = identities("bob")
    assert (only["account"], only["asked_account"], only["state"]) == ("alice", "bob", "refused")
    assert only["seen_name"] == "bob"
    badgectl("identity", "accept", only["id"])
    is_let_in(provider, "bob", "alice-named-bob")
    assert [(one["account"], one["state"]) for one in identities()] == [("bob", "bound")]
    # The account is hers now: bob himself is late.
    is_refused(provider, journal, "bob", "bob", "belongs to somebody else",
               "the account belongs to another identity")


def test_renamed_at_the_provider(provider, serve, journal):
    serve(provider)
    is_let_in(provider, "alice", "alice")
    is_refused(provider, journal, "alice", "alice-renamed", "name at the identity provider has changed",
               "the account's identity has another name at the provider now")
    (only,) = identities()
    assert (only["state"], only["name"], only["seen_name"]) == ("renamed", "alice", "alicia")
    badgectl("identity", "accept", only["id"])
    is_let_in(provider, "alice", "alice-renamed")
    assert journal.wait_for(OUTCOME="granted", RULE="link")["ACCOUNT"] == "alice"


def test_what_waits_for_an_administrator_does_not_change(provider, serve, journal):
    """She has two names, one after the other; the first is what is looked at and accepted."""
    serve(provider)
    is_let_in(provider, "alice", "alice")
    is_refused(provider, journal, "alice", "alice-renamed", "name at the identity provider has changed",
               "the account's identity has another name at the provider now")
    before = identities()
    is_refused(provider, journal, "bob", "alice-named-bob", "has another account",
               "the identity belongs to another account")
    (only,) = identities()
    assert (only["account"], only["asked_account"], only["seen_name"]) == ("alice", "", "alicia")
    badgectl("identity", "accept", before[0]["id"])
    assert [(one["account"], one["state"]) for one in identities()] == [("alice", "bound")]


def test_stranger_leaves_no_row(provider, serve):
    """Whoever has some identity at the provider could fill the store."""
    serve(provider)
    assert not sign_in(provider, "alice", "bob")[0]
    assert identities() == []
    assert badgectl("account", "list")["accounts"] == []


def test_account_made_anew(provider, serve, journal):
    serve(provider)
    badgectl("account", "lock", "bob")
    badgectl("account", "unlock", "bob")
    subprocess.run(["usermod", "--uid", "2901", "bob"], check=True, capture_output=True)
    try:
        login = Login(provider, "bob")
        assert not login.ends_granted()
        entry = journal.wait_for(SYSLOG_IDENTIFIER="badged", ACCOUNT="bob", OUTCOME="refused")
        assert "another uid" in entry["REASON"]
        assert provider.count("device") == 0
        assert not may_use("bob")
        assert badgectl("account", "show", "bob")["current_uid"] == 2901
        badgectl("account", "forget", "bob")
        is_let_in(provider, "bob", "bob")
    finally:
        subprocess.run(["usermod", "--uid", "2002", "bob"], check=True, capture_output=True)


def test_account_made_anew_while_the_code_is_out(provider, serve, journal):
    serve(provider)
    is_let_in(provider, "bob", "bob")
    login = Login(provider, "bob")
    code = login.see_code()
    subprocess.run(["usermod", "--uid", "2901", "bob"], check=True, capture_output=True)
    try:
        provider.approve(code, "bob")
        assert not login.ends_granted()
        assert "not the one that it was" in login.screen
    finally:
        subprocess.run(["usermod", "--uid", "2002", "bob"], check=True, capture_output=True)


# ---- locks ----

def test_locked_account(provider, serve, journal):
    serve(provider)
    is_let_in(provider, "alice", "alice")
    asked = provider.count("device")
    assert may_use("alice")
    badgectl("account", "lock", "alice", "gone for good")
    assert not may_use("alice")
    login = Login(provider, "alice")
    assert not login.ends_granted()
    assert "gone for good" not in login.screen
    assert provider.count("device") == asked
    entry = journal.wait_for(SYSLOG_IDENTIFIER="badged", ACCOUNT="alice", OUTCOME="refused")
    assert entry["REASON"] == "the account is locked"
    change = journal.wait_for(SYSLOG_IDENTIFIER="badged", SERVICE="LockAccount")
    assert change["ACCOUNT"] == "alice" and change["CALLER_UID"] == "0"
    assert change["REASON"] == "the account was locked: gone for good"
    badgectl("account", "unlock", "alice")
    assert may_use("alice")
    is_let_in(provider, "alice", "alice")


def test_locked_while_the_code_is_out(provider, serve):
    serve(provider)
    login = Login(provider, "alice")
    code = login.see_code()
    badgectl("account", "lock", "alice")
    provider.approve(code, "alice")
    assert not login.ends_granted()
    assert "locked" in login.screen


def test_lock_stays_over_a_crash(provider, serve):
    """It is on the disk when badgectl says so."""
    daemon = serve(provider)
    badgectl("account", "lock", "alice")
    daemon.kill()
    daemon.start()
    assert not may_use("alice")
    (account,) = badgectl("account", "list")["accounts"]
    assert account["locked"] and account["locked_by"] == "root"


def test_locked_at_every_program(service, glewlwyd, serve):
    serve(glewlwyd)
    badgectl("account", "lock", "alice")
    with Person(service, "alice") as person:
        assert person.see_refusal(LOGIN_SEC)


@pytest.mark.parametrize("section", ["", "keep_tokens = yes"])
def test_forgetting_ends_logins_that_nobody_claimed(section, scripted, serve):
    """One with tokens is over at once too, and gone when the provider has revoked these."""
    SERVICE.write_text("auth required pam_badge.so dialog=wait qr=none\n"
                       "account required pam_badge.so\n")
    provider = scripted.scenario("refresh")
    serve(provider, section=section)
    for _ in range(2):
        assert subprocess.run(["pamtester", SERVICE.name, "alice", "authenticate"], check=False,
                              capture_output=True, timeout=LOGIN_SEC).returncode == 0
    done = subprocess.run(["badgectl", "account", "forget", "alice"], capture_output=True, text=True,
                          timeout=LOGIN_SEC, check=False)
    if section:
        assert done.returncode == 1 and "not revoked" in done.stderr, done
        deadline = time.monotonic() + LOGIN_SEC
        while done.returncode and time.monotonic() < deadline:
            done = subprocess.run(["badgectl", "account", "forget", "alice"], capture_output=True,
                                  text=True, timeout=LOGIN_SEC, check=False)
    else:
        assert done.stdout.endswith("were ended: 2\n")
    assert done.returncode == 0, done
    assert badgectl("account", "list")["accounts"] == []


def open_session(caller, login):
    return caller.call(OBJECT, INTERFACE, "OpenSession", "soa{sv}", "alice", login, {})


def test_open_sessions_keep_an_account(scripted, serve):
    """And the logins beside them are not ended for nothing."""
    provider = scripted.scenario("refresh")
    serve(provider)
    with Caller() as root:
        logins = []
        for _ in range(2):
            logins.append(root.start_login("alice", "sshd")[0])
            assert root.call(logins[-1], LOGIN, "Wait")[0] == "granted"
        opened = open_session(root, logins[0])
        assert "badgectl session end" in str(badgectl("account", "forget", "alice", fails=True))
        root.call(OBJECT, INTERFACE, "CloseSession", "s", opened)
        open_session(root, logins[1])


def test_locked_account_is_not_forgotten(provider, serve):
    serve(provider)
    badgectl("account", "lock", "alice")
    assert "locked" in str(badgectl("account", "forget", "alice", fails=True))
    assert badgectl("account", "show", "alice")["locked"]


# ---- links ----

def test_link_by_an_administrator(provider, serve, journal):
    """A provider that names no accounts opens one all the same, and not a request goes out before."""
    serve(provider, username_claim="", section="username_claim = nothing_has_this")
    badgectl("identity", "link", "ops", provider.issuer, "subject-of-bob")
    is_let_in(provider, "ops", "bob")
    assert journal.wait_for(SERVICE=SERVICE.name, OUTCOME="granted")["RULE"] == "link"
    assert not sign_in(provider, "ops", "alice")[0]
    (only,) = identities("ops")
    assert only["bound_by"] == "administrator"
    badgectl("identity", "unlink", only["id"])
    assert not sign_in(provider, "ops", "bob")[0]


def test_links_alone_let_in(provider, serve):
    """Where the settings open no account, that is a warning: they do not know who is linked."""
    serve(provider, username_claim="")
    assert not Login(provider, "ops").ends_granted()
    badgectl("identity", "link", "ops", provider.issuer, "subject-of-bob")
    is_let_in(provider, "ops", "bob")


@pytest.mark.parametrize("what, arguments", [
    ("no account", ("nobody-there", "{issuer}", "subject-of-bob")),
    ("no provider", ("ops", "https://elsewhere.example", "subject-of-bob")),
    ("no subject", ("ops", "{issuer}", "sübject")),
    ("mapped account", ("carol", "{issuer}", "subject-of-bob")),
])
def test_links_that_are_not_made(provider, serve, what, arguments):
    serve(provider, accounts="map_file = accounts.map",
          files={"accounts.map": f"carol = {provider.issuer} subject-of-carol\n"})
    badgectl("identity", "link", *(one.format(issuer=provider.issuer) for one in arguments), fails=True)
    assert identities() == [], what


def test_an_identity_is_linked_once(provider, serve):
    serve(provider)
    badgectl("identity", "link", "ops", provider.issuer, "subject-of-bob")
    badgectl("identity", "link", "ops", provider.issuer, "subject-of-bob", fails=True)
    badgectl("identity", "link", "bob", provider.issuer, "subject-of-bob", fails=True)
    assert [one["account"] for one in identities()] == ["ops"]


# ---- who may ----

ADMINISTRATION = [("account", "list"), ("account", "lock", "bob"), ("identity", "list"),
                  ("identity", "link", "alice", "{issuer}", "subject-of-mallory"),
                  ("account", "forget", "alice")]


def test_only_root_administers(provider, serve):
    serve(provider)
    is_let_in(provider, "alice", "alice")
    for arguments in ADMINISTRATION:
        badgectl(*(one.format(issuer=provider.issuer) for one in arguments), user="alice", fails=True)
    assert not badgectl("account", "show", "alice")["locked"]
    assert [one["subject"] for one in identities()] == ["subject-of-alice"]


def test_first_person_is_the_owner(provider, serve):
    serve(provider, badged="owner = first")
    badgectl("account", "list", user="alice", fails=True)
    is_let_in(provider, "alice", "alice")
    is_let_in(provider, "bob", "bob")
    owners = {one["account"]: one["owner"] for one in badgectl("account", "list", user="alice")["accounts"]}
    assert owners == {"alice": True, "bob": False}
    badgectl("account", "list", user="bob", fails=True)
    badgectl("account", "lock", "bob", user="alice")
    assert badgectl("account", "show", "bob")["locked_by"] == "alice"
    badgectl("account", "lock", "alice")
    badgectl("account", "unlock", "bob", user="alice", fails=True)


def test_owner_of_before_is_nobody_special(provider, serve):
    daemon = serve(provider, badged="owner = first")
    is_let_in(provider, "alice", "alice")
    daemon.stop()
    text, files = settings_for(provider)
    write_settings(text, files, keep_state=True)
    daemon.start()
    badgectl("account", "list", user="alice", fails=True)


# ---- a further identity, linked by the person ----

class Linking:
    """badgectl link, as alice at a terminal that a program reads: a JSON object for each step."""

    def __init__(self, *arguments):
        self.process = subprocess.Popen([*as_user("alice"), "timeout", str(LOGIN_SEC), "badgectl", "link",
                                         "--json", *arguments], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def see_offer(self):
        offer = json.loads(self.process.stdout.readline())
        assert offer["linked"] is False
        return offer["issuer"], offer["subject"]

    def see_code(self):
        line = self.process.stdout.readline()
        assert "user_code" in line, line + self.process.stderr.read()
        return json.loads(line)["user_code"]

    def end(self):
        out, err = self.process.communicate()
        return self.process.returncode, (json.loads(out.splitlines()[-1]) if out.strip() else err)


@pytest.fixture
def other(scripted):
    """A second provider, which names no accounts."""
    return scripted.scenario("granted-by-control")


@pytest.fixture
def serve_both(serve, provider, other):
    section = f"""
[provider other]
issuer = {other.issuer}
client_id = badged-public
client_auth = none
ca_file = corp.pem
"""
    return serve(provider, badged=section)


def test_linked_by_the_person(serve_both, provider, other, journal):
    is_let_in(provider, "alice", "alice")
    linking = Linking("--provider", "other")
    other.approve(linking.see_code(), "carol")
    assert linking.see_offer() == (other.issuer, "subject-of-carol")
    provider.approve(linking.see_code(), "alice")
    code, end = linking.end()
    assert code == 0, end
    assert (end["issuer"], end["subject"], end["linked"]) == (other.issuer, "subject-of-carol", True)
    first = journal.wait_for(SYSLOG_IDENTIFIER="badged", SERVICE="badgectl-other")
    assert first["OUTCOME"] == "refused"
    linked = [one for one in identities("alice") if one["issuer"] == other.issuer]
    assert [one["bound_by"] for one in linked] == ["self"]
    SERVICE.write_text("auth required pam_badge.so dialog=wait qr=none provider=other\n")
    is_let_in(other, "alice", "carol")
    assert not sign_in(other, "alice", "alice")[0]


def test_no_link_without_the_own_identity(serve_both, provider, other):
    """Nor by somebody who got hold of one of alice's shells and approves with both of his."""
    is_let_in(provider, "alice", "alice")
    linking = Linking("--provider", "other")
    other.approve(linking.see_code(), "carol")
    linking.see_offer()
    provider.approve(linking.see_code(), "bob")
    code, _ = linking.end()
    assert code != 0
    assert len(identities("alice")) == 1


def test_another_program_of_the_person_puts_no_other_identity_in_the_place(serve_both, provider, other):
    """One that runs under the same uid, and offers the identity of somebody else meanwhile."""
    is_let_in(provider, "alice", "alice")
    linking = Linking("--provider", "other")
    other.approve(linking.see_code(), "carol")
    linking.see_offer()
    own_code = linking.see_code()
    intruder = Linking("--provider", "other")
    other.approve(intruder.see_code(), "bob")
    assert intruder.see_offer() == (other.issuer, "subject-of-bob")
    provider.approve(own_code, "alice")
    code, end = linking.end()
    assert (code, end["subject"]) == (0, "subject-of-carol")
    assert [one["subject"] for one in identities("alice") if one["issuer"] == other.issuer] == [
        "subject-of-carol"]
    intruder.process.terminate()
    intruder.end()


@pytest.mark.parametrize("answer", ["", "y", "no", "yes"])
def test_the_person_is_asked_whose_identity_it_is(answer, serve_both, provider, other):
    is_let_in(provider, "alice", "alice")
    terminal = pexpect.spawn("runuser", ["-u", "alice", "--", "badgectl", "link", "--provider", "other"],
                             encoding="utf-8", timeout=LOGIN_SEC, dimensions=(40, 100))
    terminal.expect(r"Code:\s+(\S+)")
    other.approve(terminal.match.group(1), "carol")
    terminal.expect_exact("subject-of-carol")
    terminal.expect_exact("Type yes if that is you: ")
    terminal.send(f"{answer}\r")
    if answer == "yes":
        terminal.expect(r"Code:\s+(\S+)")
        provider.approve(terminal.match.group(1), "alice")
        terminal.expect_exact("Linked.")
    else:
        terminal.expect_exact("Nothing was linked.")
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert (terminal.exitstatus == 0) == (answer == "yes")
    assert len(identities("alice")) == (2 if answer == "yes" else 1)


def test_no_link_by_a_login_that_was_not_made_for_it(serve_both, provider, other, journal):
    linking = Linking("--provider", "other")
    other.approve(linking.see_code(), "carol")
    linking.see_offer()
    linking.see_code()
    linking.process.terminate()
    linking.end()
    login = badgectl_login("alice", provider, journal)
    call = ["busctl", "call", "org.badged.Badged1", "/org/badged/Badged1", "org.badged.Badged1",
            "LinkOfferedIdentity", "o"]
    for path in (f"/org/badged/Badged1/login/{login}", "/org/badged/Badged1/login/0000000000000000"):
        done = subprocess.run([*as_user("alice"), *call, path], capture_output=True, text=True,
                              timeout=LOGIN_SEC, check=False)
        assert "fresh sign-in" in done.stderr, done.stderr
    assert all(one["issuer"] != other.issuer for one in identities())


def badgectl_login(account, provider, journal):
    """The id of a granted login that was not made for a link."""
    with subprocess.Popen([*as_user(account), "timeout", str(LOGIN_SEC), "badgectl", "login", "--json"],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) as process:
        provider.approve(json.loads(process.stdout.readline())["user_code"], account)
        assert json.loads(process.stdout.readline())["outcome"] == "granted"
    return journal.wait_for(SYSLOG_IDENTIFIER="badged", SERVICE="badgectl", OUTCOME="granted")["LOGIN"]


def test_the_offer_lets_nobody_in(serve_both, other, provider):
    """Whatever PAM service has the name of it."""
    service = pathlib.Path("/etc/pam.d/badgectl-other")
    service.write_text("auth required pam_badge.so dialog=wait qr=none\n")
    try:
        process = subprocess.Popen(["timeout", str(LOGIN_SEC), "stdbuf", "-oL", "pamtester", service.name,
                                    "alice", "authenticate"], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, text=True)
        for line in process.stdout:
            if line.startswith("Code:"):
                provider.approve(line.split()[1], "alice")
        assert process.wait() != 0
    finally:
        service.unlink()


def test_an_identity_with_an_account_is_not_linked(serve_both, provider, other):
    is_let_in(provider, "bob", "bob")
    linking = Linking()
    provider.approve(linking.see_code(), "bob")
    linking.see_offer()
    provider.approve(linking.see_code(), "alice")
    code, end = linking.end()
    assert code != 0 and "another account" in str(end)
    assert [one["subject"] for one in identities("bob")] == ["subject-of-bob"]
