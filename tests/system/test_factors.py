# SPDX-License-Identifier: LGPL-2.1-or-later
"""Second factors: set up in a window of 80x24, wanted beside an approval, and never good twice."""

import json
import re
import subprocess

import pexpect
import pytest

from host.terminal import draw, read_stream
from system.authenticator import Authenticator, confirm, enrol, enrol_as_root, list_factors
from system.bus_caller import INTERFACE, LOGIN, NAME, OBJECT, Caller
from system.person import COLUMNS, LINES, Person, as_user
from system.traces import assert_no_secrets

CODE_PROMPT = "type the code of your authenticator app: "
WRONG = "That code is wrong, or was used before."
STEP_UP = "\n[service sudo]\nsecond_factor = totp\n\n[service sshd]\nsecond_factor = totp\n"


@pytest.fixture
def step_up(glewlwyd, serve):
    """sudo and sshd want a code, too."""
    return serve(glewlwyd, badged=STEP_UP)


def read_picture(screen):
    """What a phone reads off a window that shows this."""
    with subprocess.Popen(["zbarimg", "--quiet", "--raw", "-"], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE) as process:
        draw(read_stream(screen.encode(), COLUMNS, LINES)).save(process.stdin, "PNG")
        process.stdin.close()
        return process.stdout.read().decode().strip()


class Enrolment:
    """badgectl factor enrol in a window."""

    def __init__(self, *arguments):
        self.screen = ""
        self.terminal = pexpect.spawn("badgectl", ["factor", "enrol", "totp", *arguments],
                                      dimensions=(LINES, COLUMNS), encoding="utf-8", timeout=60,
                                      env={"PATH": "/usr/bin:/usr/sbin:/bin:/sbin", "LANG": "C.UTF-8",
                                           "TERM": "xterm"})
        self.terminal.logfile_read = self

    def write(self, text):
        self.screen += text

    def flush(self):
        pass

    def answer(self, prompt, code):
        self.terminal.expect_exact(prompt)
        self.terminal.send(f"{code}\r")


def come_in(service, provider, code, account="alice", approver="alice"):
    """Approves, and types the code beside that."""
    person = Person(service, account)
    challenge = person.see_challenge()
    person.terminal.expect_exact(CODE_PROMPT)
    provider.approve(challenge.user_code, approver)
    person.terminal.send(f"{code}\r")
    return person


def kept_out(service, provider, code, **more):
    with come_in(service, provider, code, **more) as person:
        return person.see_refusal()


# ---- setting up ----

def test_picture_is_read_off_a_window_of_80_by_24(step_up):
    enrolment = Enrolment("--account", "alice", "--name", "my phone")
    enrolment.terminal.expect_exact("The code that it shows: ")
    app = Authenticator(read_picture(enrolment.screen))
    letters = re.search(r"Secret: ([A-Z2-7 ]+)", enrolment.screen)[1]
    assert app.secret == Authenticator(f"otpauth://totp/x?issuer=x&secret={letters.replace(' ', '')}").secret
    assert app.label == f"{app.issuer}:alice"
    window = read_stream(enrolment.screen.encode(), COLUMNS, LINES).display
    assert window[-1].startswith("The code that it shows: ") or any(
        line.startswith("The code that it shows: ") for line in window)
    assert list_factors() == []
    first, second = app.codes(-2, -1)
    enrolment.terminal.send(f"{first[:3]} {first[3:]}\r")
    enrolment.answer("The next one, when it comes: ", second)
    enrolment.terminal.expect_exact("The factor of alice is in force.")
    enrolment.terminal.expect(pexpect.EOF)
    factor, = list_factors("alice")
    assert (factor["name"], factor["type"], factor["used_at"]) == ("my phone", "totp", 0)
    assert_no_secrets(letters.replace(" ", ""), app.secret.hex())


def test_wrong_codes_set_nothing_up(step_up):
    enrolment = Enrolment("--account", "alice")
    enrolment.terminal.expect_exact("The code that it shows: ")
    app = Authenticator(read_picture(enrolment.screen))
    first, second, now = app.codes(-2, -1, 0)
    enrolment.terminal.send(f"{now}\r")
    for _ in range(4):
        enrolment.answer("The next one, when it comes: ", now)
        enrolment.terminal.expect_exact("These are not two codes of this factor")
        enrolment.answer("The code that it shows: ", now)
    enrolment.answer("The next one, when it comes: ", now)
    enrolment.answer("The code that it shows: ", first)
    enrolment.answer("The next one, when it comes: ", second)
    enrolment.terminal.expect_exact("No such factor is being set up")
    enrolment.terminal.expect(pexpect.EOF)
    assert list_factors() == []


def test_ctrl_c_sets_nothing_up(step_up):
    enrolment = Enrolment("--account", "alice")
    enrolment.terminal.expect_exact("The code that it shows: ")
    enrolment.terminal.send("\x03")
    enrolment.terminal.expect_exact("Nothing was set up.")
    enrolment.terminal.expect(pexpect.EOF)
    assert list_factors() == []


def test_person_sets_up_the_own_one_after_a_login(step_up, glewlwyd):
    app = enrol("alice", glewlwyd)
    factor, = list_factors()
    assert factor["account"] == "alice" and factor["proved_at"] > 0
    with come_in("sudo", glewlwyd, app.code()) as person:
        person.see_shell()


def enrol_another(provider, code):
    """(process, what it says after the login) of alice, who approves once more and types the code."""
    process = subprocess.Popen([*as_user("alice"), "badgectl", "factor", "enrol", "totp", "--json"],
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    challenge = json.loads(process.stdout.readline())
    process.stdin.write(f"{code}\n")
    process.stdin.flush()
    provider.approve(challenge["user_code"], "alice")
    return process, json.loads(process.stdout.readline())


def test_further_one_takes_a_code_of_the_first(step_up, glewlwyd):
    """The approval alone would be as good as both, if it were enough to set one up."""
    app = enrol("alice", glewlwyd)
    process, verdict = enrol_another(glewlwyd, app.wrong_code())
    with process:
        assert WRONG in verdict.values(), verdict
    assert len(list_factors("alice")) == 1
    process, enrolment = enrol_another(glewlwyd, app.code())
    with process:
        confirm(process, enrolment["secret_uri"])
    assert len(list_factors("alice")) == 2


def test_login_from_before_the_first_one_sets_up_no_further_one(scripted, serve):
    """Neither one that was granted already, nor one that was only begun."""
    provider = scripted.scenario("granted-by-control")
    serve(provider)

    def grant(path):
        provider.approve_all("alice")
        return caller.call(path, LOGIN, "Wait")

    def begin(path):
        return caller.call(OBJECT, INTERFACE, "EnrolFactor", "ossa{sv}", path, "alice", "phone", {})

    with Caller() as caller:
        first, granted, begun = (caller.start_login("alice", "badgectl-factor")[0] for _ in range(3))
        assert grant(first)[0] == grant(granted)[0] == "granted"
        factor, uri, _ = begin(first)
        app = Authenticator(uri)
        caller.call(OBJECT, INTERFACE, "ConfirmFactor", "sss", factor, *app.codes(-2, -1))
        assert "begins with a login" in caller.refused(begin, granted)[1]
        outcome, sentence, _ = grant(begun)
        assert (outcome, "the code of your authenticator app" in sentence) == ("refused", True), sentence
        assert "begins with a login" in caller.refused(begin, begun)[1]
    assert len(list_factors("alice")) == 1


def as_person(account, *arguments):
    return subprocess.run([*as_user(account), "badgectl", "factor", *arguments, "--json"],
                          capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)


def own_factors(account):
    done = as_person(account, "list")
    assert done.returncode == 0, done
    return json.loads(done.stdout)["factors"]


def test_person_lists_the_own_ones(step_up):
    assert own_factors("alice") == []
    enrol_as_root("alice")
    enrol_as_root("bob")
    assert [factor["account"] for factor in own_factors("alice")] == ["alice"]
    for arguments in (["list", "bob"], ["list", "--all"], ["remove", "--all", list_factors("bob")[0]["id"]]):
        done = as_person("alice", *arguments)
        assert done.returncode == 1 and "Only root may ask" in done.stdout, done
    assert len(list_factors()) == 2


def remove_own(provider, code, factor, account="alice", approver="alice"):
    """What badgectl says in the end to somebody who approves and types the code."""
    with subprocess.Popen([*as_user(account), "badgectl", "factor", "remove", factor, "--json"],
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        challenge = json.loads(process.stdout.readline())
        process.stdin.write(f"{code}\n")
        process.stdin.flush()
        provider.approve(challenge["user_code"], approver)
        return json.loads(process.stdout.readline())


def test_person_removes_the_own_one_with_its_code(step_up, glewlwyd, journal):
    app = enrol_as_root("alice")
    enrol_as_root("bob")
    (factor,) = own_factors("alice")
    assert remove_own(glewlwyd, app.wrong_code(), factor["id"])["error"] == WRONG
    assert "error" in remove_own(glewlwyd, app.code(), factor["id"], approver="bob")
    assert len(list_factors()) == 2
    assert remove_own(glewlwyd, app.code(), factor["id"]) == {"done": True}
    assert [factor["account"] for factor in list_factors()] == ["bob"]
    entry = journal.wait_for(SYSLOG_IDENTIFIER="badged", SERVICE="RemoveOwnFactor")
    assert (entry["ACCOUNT"], entry["CALLER_UID"]) == ("alice", "2001")
    assert "You have no such factor." in as_person("alice", "remove", factor["id"]).stdout


def test_nobody_removes_what_is_anothers_or_without_a_login(scripted, serve):
    """What is another's is none; and a login is good for one change."""
    provider = scripted.scenario("granted-by-control")
    serve(provider)
    enrol_as_root("bob")
    app = enrol_as_root("alice")
    own, = own_factors("alice")
    others, = list_factors("bob")

    def remove(path, factor):
        done = subprocess.run([*as_user("alice"), "busctl", "call", NAME, OBJECT, INTERFACE,
                               "RemoveOwnFactor", "os", path, factor], capture_output=True, text=True,
                              check=False)
        return done.stderr if done.returncode else "removed"

    def granted(service):
        path = caller.start_login("alice", service)[0]
        if service == "badgectl-factor":
            caller.call(path, LOGIN, "Present", "s", app.code())
        provider.approve_all("alice")
        assert caller.call(path, LOGIN, "Wait")[0] == "granted"
        return path

    with Caller() as caller:
        login = granted("badgectl-factor")
        assert "no such factor" in remove(login, others["id"])
        for path in ("/", f"{login}0", granted("sudo")):
            assert "begins with a login" in remove(path, own["id"])
        assert len(list_factors()) == 2
        assert remove(login, own["id"]) == "removed"
        enrol_as_root("alice")
        assert "begins with a login" in remove(login, own_factors("alice")[0]["id"])


@pytest.mark.parametrize("login", ["/", "/org/badged/Badged1/login/0123456789abcdef"])
def test_person_sets_nothing_up_without_a_login(login, step_up):
    for account in ("alice", "bob"):
        done = subprocess.run([*as_user("alice"), "busctl", "call", NAME, OBJECT, INTERFACE, "EnrolFactor",
                               "ossa{sv}", login, account, "phone", "0"], capture_output=True, text=True,
                              check=False)
        assert done.returncode != 0 and done.stdout == "", done
        assert "begins with a login" in done.stderr or "Only root may ask" in done.stderr, done
    assert list_factors() == []


# ---- beside an approval ----

@pytest.mark.parametrize("service", ["sudo", "sshd"])
def test_approval_and_code_open(service, step_up, glewlwyd, journal):
    app = enrol_as_root("alice")
    assert list_factors("alice")[0]["proved_at"] == 0
    with come_in(service, glewlwyd, app.code()) as person:
        person.see_shell()
        person.leave()
    assert journal.wait_for(SYSLOG_IDENTIFIER="badged", ACCOUNT="alice", OUTCOME="granted")
    factor, = list_factors("alice")
    assert factor["used_at"] > 0 and factor["failures"] == 0
    assert factor["proved_at"] > 0, "the provider's yes was not kept"


def test_other_services_want_none(step_up, glewlwyd):
    with Person("su", "alice") as person:
        challenge = person.see_challenge()
        assert CODE_PROMPT not in person.screen
        glewlwyd.approve(challenge.user_code, "alice")
        person.see_shell()


def test_enter_is_asked_once_more(step_up, glewlwyd):
    app = enrol_as_root("alice")
    with come_in("sudo", glewlwyd, "") as person:
        person.terminal.expect_exact("Type the code: ")
        person.terminal.send(f"{app.code()}\r")
        person.see_shell()


# ---- never granted ----

def test_replayed_code(step_up, glewlwyd, journal):
    app = enrol_as_root("alice")
    code = app.code()
    with come_in("sudo", glewlwyd, code) as person:
        person.see_shell()
        person.leave()
    assert kept_out("sudo", glewlwyd, code) == WRONG
    assert journal.wait_for(OUTCOME="refused", REASON="the one-time code was used before")
    step_up.restart()
    assert kept_out("sudo", glewlwyd, code) == WRONG


def test_code_that_confirmed(step_up, glewlwyd):
    app = enrol_as_root("alice")
    assert kept_out("sudo", glewlwyd, *app.codes(-1)) == WRONG


def test_code_of_another_account(step_up, glewlwyd, journal):
    enrol_as_root("alice")
    other = enrol_as_root("bob")
    assert kept_out("sudo", glewlwyd, other.code()) == WRONG
    assert journal.wait_for(OUTCOME="refused", REASON="the one-time code was wrong")


def test_code_without_the_approval(step_up, glewlwyd):
    """Bob approves, alice's code is right: it is not even looked at."""
    app = enrol_as_root("alice")
    code = app.code()
    assert kept_out("sudo", glewlwyd, code, approver="bob") != WRONG
    factor, = list_factors("alice")
    assert (factor["used_at"], factor["failures"]) == (0, 0)


def test_approval_without_a_code(step_up, glewlwyd):
    enrol_as_root("alice")
    with come_in("sudo", glewlwyd, "") as person:
        person.terminal.expect_exact("Type the code: ")
        person.terminal.send("\r")
        assert person.see_refusal() == "This service wants the code of your authenticator app, too."


def test_account_without_a_factor(step_up, glewlwyd):
    sentence = kept_out("sudo", glewlwyd, "123456")
    assert sentence.startswith("This service wants the code of an authenticator app")


def test_factor_that_was_removed(step_up, glewlwyd, journal):
    app = enrol_as_root("alice")
    assert journal.wait_for(ACCOUNT="alice", REASON="a second factor was set up")
    factor, = list_factors("alice")
    subprocess.run(["badgectl", "factor", "remove", factor["id"]], check=True)
    assert journal.wait_for(ACCOUNT="alice", REASON="a second factor is removed")
    assert list_factors() == []
    sentence = kept_out("sudo", glewlwyd, app.code())
    assert sentence.startswith("This service wants the code of an authenticator app")
