# SPDX-License-Identifier: LGPL-2.1-or-later
"""Tickets: what they open through real PAM, also while the provider is out of reach, and all that they
must never open."""

import contextlib
import json
import pathlib
import subprocess

import pytest

from system.person import Person
from system.rows import wait_for
from system.traces import assert_no_secrets, pending_logins

SERVICE, OTHER_SERVICE = "ticketed", "another"
LINES = "auth required pam_badge.so dialog=prompt qr=none\naccount required pam_badge.so\n" \
        "session required pam_badge.so\n"
LOGIN_SEC = 40
LOGGED_IN = "6f4d0c1b6a5e4bb09a0f0a6c2c5d7e11"
OUTAGE = "The identity provider cannot be asked right now."
NO_TICKET = "That is no ticket for this account and service."


@pytest.fixture(autouse=True)
def pam_services():
    for service in (SERVICE, OTHER_SERVICE):
        pathlib.Path("/etc/pam.d", service).write_text(LINES)


def badgectl(*arguments, account="root"):
    return subprocess.run(["runuser", "-u", account, "--", "badgectl", *arguments, "--json"],
                          capture_output=True, text=True, check=False, timeout=LOGIN_SEC)


def create(account="alice", services=(SERVICE,), name="night shift", **options):
    """(id, secret) of a new ticket."""
    words = [word for service in services for word in ("--service", service)]
    for key, value in options.items():
        words += [f"--{key}"] if value is True else [f"--{key}", value]
    done = badgectl("ticket", "create", account, "--name", name, *words)
    assert done.returncode == 0, done.stderr + done.stdout
    answer = json.loads(done.stdout)
    return answer["id"], answer["secret"]


def ticket(ticket_id):
    listed = json.loads(badgectl("ticket", "list").stdout)["tickets"]
    return next(row for row in listed if row["id"] == ticket_id)


def knock(typed, account="alice", service=SERVICE, origin="203.0.113.7"):
    """(is in, screen) of somebody who types that at the prompt, and goes on to open a session."""
    done = subprocess.run(["pamtester", f"-Irhost={origin}", service, account, "authenticate",
                           "acct_mgmt", "open_session", "close_session"], input=f"{typed}\n",
                          capture_output=True, text=True, check=False, timeout=LOGIN_SEC)
    return done.returncode == 0, done.stdout + done.stderr


def assert_in(typed, **who):
    is_in, screen = knock(typed, **who)
    assert is_in, screen


def assert_out(typed, sentence=NO_TICKET, **who):
    is_in, screen = knock(typed, **who)
    assert not is_in, screen
    assert sentence in screen, screen


# ---- what they open ----

def test_in_place_of_enter(scripted, serve, journal):
    provider = scripted.scenario("granted-by-control")
    serve(provider)
    ticket_id, secret = create(lifetime="1h")
    is_in, screen = knock(secret)
    assert is_in and "Code:" in screen, screen
    assert_in(secret.lower().replace("-", " "))
    entry = journal.entries(MESSAGE_ID=LOGGED_IN, OUTCOME="granted")[0]
    assert entry["STRENGTH"] == "ticket" and "IDENTITY" not in entry
    assert "'night shift'" in entry["REASON"] and ticket_id in entry["REASON"]
    row = ticket(ticket_id)
    assert (row["uses"], row["used_from"], row["state"]) == (2, "203.0.113.7", "usable")
    assert row["used_at"] >= row["created_at"] > 0 and row["created_by"] == "root"
    assert_no_secrets(secret)
    assert provider.count("token") == 0, "the provider was polled for somebody with a ticket"


def test_ssh_in_place_of_enter(scripted, serve):
    """Where Enter is all that is asked for, what is typed does not stand on the screen either."""
    serve(scripted.scenario("granted-by-control"))
    _, secret = create(services=("sshd",), once=True)
    with Person("sshd", "alice") as person:
        assert person.see_challenge().has_prompt
        person.terminal.send(f"{secret}\r")
        person.see_shell()
        assert secret not in person.screen
        person.leave()


def test_ssh_while_the_provider_is_down(scripted, serve, traces):
    """The prompt is there at once, and what is typed does not stand on the screen."""
    daemon = serve(scripted.scenario("discovery-500"))
    _, secret = create(services=("sshd",), once=True)
    with Person("sshd", "alice") as person:
        person.terminal.expect_exact("Ticket: ")
        assert OUTAGE in person.screen
        person.terminal.send(f"{secret}\r")
        person.see_shell()
        assert secret not in person.screen
        person.leave()
    traces.assert_none_left(daemon)
    assert_no_secrets(secret)


@pytest.mark.parametrize("dialog", ["prompt", "wait", "text"])
def test_every_dialog_asks_for_it_in_an_outage(dialog, scripted, serve):
    serve(scripted.scenario("device-500"))
    pathlib.Path("/etc/pam.d", SERVICE).write_text(LINES.replace("dialog=prompt", f"dialog={dialog}"))
    _, secret = create(once=True)
    assert_in(secret)


def test_badgectl_login_takes_one_in_an_outage(scripted, serve):
    serve(scripted.scenario("device-500"))
    _, secret = create(services=("badgectl",), once=True)
    for typed, code, word in (("MPB6-QZ3V-LFQK", 1, "refused"), (secret, 0, "granted"),
                              (secret, 5, "unavailable")):
        done = subprocess.run(["badgectl", "login", "alice"], input=f"{typed}\n", text=True,
                              capture_output=True, check=False, timeout=LOGIN_SEC)
        assert (done.returncode, f"\n{word}: " in done.stdout) == (code, True), done.stdout
        assert typed not in done.stdout + done.stderr


def test_survives_the_daemon(scripted, serve):
    daemon = serve(scripted.scenario("device-500"))
    _, secret = create(lifetime="30d")
    daemon.kill()
    daemon.start()
    assert_in(secret)


def test_nothing_typed_is_an_outage_as_ever(scripted, serve, journal):
    serve(scripted.scenario("device-500"))
    create(once=True)
    assert_out("", sentence=OUTAGE)
    assert not journal.entries(MESSAGE_ID=LOGGED_IN, OUTCOME="granted")


def test_outage_asks_nobody_without_a_ticket(scripted, serve):
    """Neither whoever has none, nor whoever has one for something else, or one that is over."""
    serve(scripted.scenario("device-500"))
    create(account="bob", once=True)
    create(services=(OTHER_SERVICE,), once=True)
    ticket_id, _ = create(once=True)
    assert badgectl("ticket", "revoke", ticket_id).returncode == 0
    is_in, screen = knock("")
    assert not is_in and "Ticket:" not in screen and OUTAGE in screen


# ---- what they never open ----

@pytest.fixture(params=["granted-by-control", "device-500"])
def served(request, scripted, serve):
    """With the provider there, and out of reach. A ticket that is good keeps the prompt coming."""
    daemon = serve(scripted.scenario(request.param))
    create(name="spare", lifetime="1h")
    return daemon


def test_used_ticket(served):
    ticket_id, secret = create(once=True)
    assert_in(secret)
    assert ticket(ticket_id)["state"] == "used"
    assert_out(secret)
    served.kill()
    served.start()
    assert_out(secret)
    assert ticket(ticket_id)["uses"] == 1


def test_two_at_once_with_a_ticket_for_once(served):
    _, secret = create(once=True)
    words = ["authenticate", "acct_mgmt", "open_session", "close_session"]
    people = [subprocess.Popen(["pamtester", f"-Irhost=198.51.100.{i}", SERVICE, "alice", *words],
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, text=True) for i in range(3)]
    for person in people:
        person.stdin.write(f"{secret}\n")
        person.stdin.flush()
    screens = [person.communicate(timeout=LOGIN_SEC)[0] for person in people]
    assert [person.returncode for person in people].count(0) == 1, screens


def test_journal_says_who_makes_and_revokes_tickets(served, journal):
    """Without the secret: a ticket is a way into the account."""
    ticket_id, secret = create(once=True)
    entry = journal.wait_for(SYSLOG_IDENTIFIER="badged", REASON="a ticket was made")
    assert (entry["ACCOUNT"], entry["CALLER_UID"], entry["SERVICE"]) == ("alice", "0", "CreateTicket")
    assert badgectl("ticket", "revoke", ticket_id).returncode == 0
    assert journal.wait_for(REASON="a ticket is revoked")["ACCOUNT"] == "alice"
    assert_no_secrets(secret)


def test_revoked_ticket(served, journal):
    ticket_id, secret = create(lifetime="1h")
    assert_in(secret)
    assert badgectl("ticket", "revoke", ticket_id).returncode == 0
    assert_out(secret)
    assert ticket(ticket_id)["state"] == "revoked"
    assert "the ticket was revoked: 'night shift'" in \
        journal.entries(OUTCOME="refused")[-1]["REASON"]


def test_expired_ticket(served):
    ticket_id, secret = create(lifetime="1s")
    wait_for(lambda: ticket(ticket_id)["state"] == "expired")
    assert_out(secret)


def test_ticket_for_another_service(served):
    ticket_id, secret = create(services=(OTHER_SERVICE, "sshd"), once=True)
    assert_out(secret)
    assert ticket(ticket_id)["uses"] == 0
    assert_in(secret, service=OTHER_SERVICE)


def test_ticket_of_another_account(served):
    _, secret = create(account="bob", once=True)
    assert_out(secret)
    assert_in(secret, account="bob")


def test_ticket_of_a_locked_account(served, journal):
    _, secret = create(lifetime="1h")
    assert badgectl("account", "lock", "alice").returncode == 0
    is_in, screen = knock(secret)
    assert not is_in, screen
    assert not journal.entries(OUTCOME="granted", SERVICE=SERVICE)
    assert badgectl("account", "unlock", "alice").returncode == 0
    assert_in(secret)


def test_ticket_of_an_account_that_is_another_now(served, journal):
    """The name was given to somebody else since: it has another uid."""
    _, secret = create(account="bob", lifetime="1h")
    subprocess.run(["usermod", "--uid", "2901", "bob"], check=True, capture_output=True)
    try:
        is_in, screen = knock(secret, account="bob")
        assert not is_in, screen
        entry = journal.wait_for(SYSLOG_IDENTIFIER="badged", ACCOUNT="bob", OUTCOME="refused")
        assert "another uid" in entry["REASON"]
    finally:
        subprocess.run(["usermod", "--uid", "2002", "bob"], check=True, capture_output=True)
    assert_in(secret, account="bob")


def test_ticket_of_an_account_that_is_locked_meanwhile(served, journal):
    """A good ticket that the registration refuses was used all the same: once is once."""
    ticket_id, secret = create(once=True)
    with ticket_shown_at_a_prompt(secret) as show:
        assert badgectl("account", "lock", "alice").returncode == 0
        assert show() != 0
    assert badgectl("account", "unlock", "alice").returncode == 0
    assert not journal.entries(OUTCOME="granted", SERVICE=SERVICE)
    assert_out(secret)
    assert ticket(ticket_id)["state"] == "used"


@contextlib.contextmanager
def ticket_shown_at_a_prompt(secret):
    """The login has begun and asks; show() types the ticket and says how it ended."""
    with subprocess.Popen(["stdbuf", "-oL", "pamtester", "-Irhost=203.0.113.7", SERVICE, "alice",
                           "authenticate"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True) as process:

        def show():
            process.stdin.write(f"{secret}\n")
            process.stdin.flush()
            process.stdout.read()
            return process.wait()

        wait_for(lambda: pending_logins() > 0)
        yield show


@pytest.mark.parametrize("typed", ["00000-00000-00000-00000-000000", "ZZZZZ-ZZZZZ-ZZZZZ-ZZZZZ-ZZZZZW",
                                   "no such ticket", "123456", "0"])
def test_what_is_no_ticket(typed, served):
    is_code = typed == "123456"     # then the sentence is about codes
    assert_out(typed, sentence="pamtester" if is_code else NO_TICKET)


def test_secret_that_is_almost_right(served):
    _, secret = create(lifetime="1h")
    other = "0" if secret[0] != "0" else "1"
    assert_out(other + secret[1:])
    assert_out(secret[:-1])
    assert_in(secret)


def test_what_is_typed_like_a_password_goes_nowhere(served, journal):
    assert_out("correct horse, battery!", sentence="What was typed is no ticket.")
    assert not journal.entries(SYSLOG_IDENTIFIER="badged", OUTCOME="refused")


def test_hash_is_no_secret(served):
    """Nothing that stands in the store opens anything."""
    _, secret = create(lifetime="1h")
    files = [path.read_bytes() for path in pathlib.Path("/var/lib/badged").iterdir()]
    for form in (secret, secret.replace("-", ""), secret.lower()):
        assert not any(form.encode() in content for content in files)


# ---- who may make them ----

def test_only_an_administrator_makes_lists_and_revokes(scripted, serve):
    serve(scripted.scenario("device-500"))
    ticket_id, secret = create(once=True)
    for words in (("create", "alice", "--service", SERVICE, "--once", "--name", "x"), ("list",),
                  ("revoke", ticket_id)):
        done = badgectl("ticket", *words, account="alice")
        assert done.returncode == 1 and secret not in done.stdout, words
    assert ticket(ticket_id)["state"] == "usable"


@pytest.mark.parametrize("account", ["nobody-of-that-name", "root"])
def test_accounts_that_nobody_may_have_get_none(account, scripted, serve):
    serve(scripted.scenario("device-500"))
    done = badgectl("ticket", "create", account, "--service", SERVICE, "--once", "--name", "x")
    assert done.returncode == 1, done.stdout
    assert json.loads(badgectl("ticket", "list").stdout)["tickets"] == []


@pytest.mark.parametrize("words", [
    ("--service", SERVICE, "--name", "x"), ("--once", "--name", "x"), ("--service", SERVICE, "--once"),
    ("--service", SERVICE, "--lifetime", "0", "--name", "x"),
    ("--service", SERVICE, "--lifetime", "soon", "--name", "x")])
def test_half_a_wish_makes_none(words, scripted, serve):
    serve(scripted.scenario("device-500"))
    assert badgectl("ticket", "create", "alice", *words).returncode == 2
    assert json.loads(badgectl("ticket", "list").stdout)["tickets"] == []


@pytest.mark.parametrize("words", [
    ("--service", "su do", "--once", "--name", "x"), ("--service", SERVICE, "--once", "--name", "x" * 65),
    ("--service", SERVICE, "--once", "--name", "x\x1b[2J")])
def test_what_could_harm_a_terminal_makes_none(words, scripted, serve):
    serve(scripted.scenario("device-500"))
    assert badgectl("ticket", "create", "alice", *words).returncode == 1
    assert json.loads(badgectl("ticket", "list").stdout)["tickets"] == []


def test_there_is_an_end_to_them(scripted, serve):
    serve(scripted.scenario("device-500"))
    made = [create(once=True)[0] for _ in range(32)]
    words = ("ticket", "create", "alice", "--service", SERVICE, "--once", "--name", "x")
    assert badgectl(*words).returncode == 1
    assert badgectl("ticket", "revoke", made[7]).returncode == 0
    assert badgectl(*words).returncode == 0
    assert badgectl("ticket", "revoke", "0" * 16).returncode == 1
