# SPDX-License-Identifier: LGPL-2.1-or-later
"""Silent re-checks: sudo in a login session whose approval still counts asks nobody, or the provider by
its tokens, and never the person; what is bound to that login session is of no use elsewhere. The audit
sessions are the kernel's own, begun by pam_loginuid in the distribution's file for sshd."""

import contextlib
import pathlib
import pwd
import re
import shutil
import subprocess
import time

import pexpect
import pytest

from host import machine, paths
from host.daemon import settings_for, write_file, write_settings
from system.bus_caller import INTERFACE, LOGIN, OBJECT, Caller
from system.person import ADDRESS, SHELL, SHELL_SEC, VISITOR, Person, as_user

LOGGED_IN, OPENED, CLOSED = (f"6f4d0c1b6a5e4bb09a0f0a6c2c5d7e1{number}" for number in (1, 3, 4))
KEPT = "keep_tokens = yes"
SETTLE_SEC = 15


@contextlib.contextmanager
def ssh(provider, account="alice"):
    """A shell by an approval, which the row gives by itself."""
    with Person("sshd", account) as person:
        person.see_challenge()
        person.press_enter()
        person.see_shell()
        yield person


def sudo(person):
    """("silent", "code" or "refused", what stood on the screen)"""
    seen = len(person.screen)
    person.terminal.send("sudo id -un\r")
    which = person.terminal.expect([ADDRESS + r"\s", r"\r\nroot\r\n", SHELL, pexpect.EOF],
                                   timeout=SHELL_SEC)
    if which == 0:
        person.give_up()
    if which == 1:
        person.terminal.expect([SHELL], timeout=SHELL_SEC)
    return ("code", "silent", "refused", "refused")[which], person.screen[seen:]


def assert_silent(person):
    how, screen = sudo(person)
    assert how == "silent", screen


def grants(provider, name):
    return [request for request in provider.requests()
            if request.endpoint == "token" and request.more.get("grant") == name]


def open_sessions():
    with Caller() as root:
        status = root.call(OBJECT, f"{INTERFACE}.Admin", "GetStatus")
        return int(status["open_sessions"])


def change_settings(daemon, provider, files=None, **settings):
    """Others, for a daemon that remembers what was."""
    text, own_files = settings_for(provider, **settings)
    daemon.stop()
    write_settings(text, own_files | (files or {}), keep_state=True)
    daemon.start()


def login_session_of(person):
    """As the module has it to tell, of the shell that the person has."""
    person.terminal.send("echo =$(cat /proc/self/sessionid)=\r")
    person.terminal.expect([r"\r\n=(\d+)=\r\n"], timeout=SHELL_SEC)
    number = person.terminal.match.group(1)
    person.terminal.expect([SHELL], timeout=SHELL_SEC)
    boot = pathlib.Path("/proc/sys/kernel/random/boot_id").read_text().strip().replace("-", "")
    return f"{boot}/audit/{number}"


@pytest.fixture
def provider(scripted):
    return scripted.scenario("refresh")


# ---- within max_age ----

def test_sudo_asks_nobody_while_the_approval_counts(provider, serve, journal):
    """Not even the provider; and it is a login and a session like any other to the journal."""
    serve(provider, section=KEPT, services="[service sudo]\nmax_age = 15min")
    with ssh(provider) as person:
        before = len(provider.requests())
        for _ in range(3):
            assert_silent(person)
        assert len(provider.requests()) == before
        entry = journal.wait_for(MESSAGE_ID=LOGGED_IN, SERVICE="sudo")
        assert (entry["OUTCOME"], entry["ACCOUNT"], entry["STRENGTH"]) == ("granted", "alice", "session")
        assert open_sessions() == 1
        person.leave()
    closed = journal.entries(MESSAGE_ID=CLOSED, SERVICE="sudo")
    assert len(closed) == len(journal.entries(MESSAGE_ID=OPENED, SERVICE="sudo")) == 3
    assert all(one["IDENTITY"].endswith(" subject-of-alice") for one in closed)


def test_what_was_let_in_silently_answers_for_nobody(provider, serve):
    """When the session that it went by is over, a root shell that is still open is no approval."""
    serve(provider, section=KEPT, services="[service sudo]\nmax_age = 15min")
    with ssh(provider) as person, Caller() as root:
        own = login_session_of(person)
        person.terminal.send("sudo -s\r")
        person.terminal.expect([SHELL], timeout=SHELL_SEC)
        assert person.terminal.match.group(1) == "root"
        sessions = root.call(OBJECT, f"{INTERFACE}.Admin", "ListSessions", "s", "alice")
        assert sorted(one["service"] for one in sessions) == ["sshd", "sudo"]
        ssh_session, = [one for one in sessions if one["service"] == "sshd"]
        root.call(OBJECT, f"{INTERFACE}.Admin", "EndSession", "s", ssh_session["id"])
        assert open_sessions() == 1
        assert start(root, "sudo", own)[1]


def test_map_answers_for_as_long_as_it_says_so(provider, serve):
    """Explicit rules bind nothing; what the map says now is what counts."""
    entry = f"alice = {provider.issuer} "
    daemon = serve(provider, section=KEPT, services="[service sudo]\nmax_age = 15min",
                   accounts="map_file = accounts.map", username_claim="",
                   files={"accounts.map": f"{entry}subject-of-alice\n"})
    with ssh(provider) as person:
        assert_silent(person)
        write_file("accounts.map", f"{entry}subject-of-bob\n")
        daemon.restart()
        assert open_sessions() == 1
        assert sudo(person)[0] == "code"


SHARED = {"accounts": "account_groups = alice:wheel", "username_claim": ""}


def test_group_counts_while_the_approval_does(provider, serve):
    """It was judged by these very rules; by others, the provider tells the groups anew."""
    rules = {"section": KEPT, "services": "[service sudo]\nmax_age = 15min"}
    daemon = serve(provider, **rules, **SHARED)
    with ssh(provider) as person:
        assert_silent(person)
        assert not grants(provider, "refresh")
        daemon.restart()
        outlive_max_age()  # what is said in the second of the start may be of before
        for _ in range(2):
            assert_silent(person)
            assert len(grants(provider, "refresh")) == 1
        change_settings(daemon, provider, **rules, username_claim="",
                        accounts="account_groups = alice:nobodies")
        assert sudo(person)[0] == "code"
        assert open_sessions() == 1


def test_claim_in_the_map_is_judged_anew(provider, serve):
    entry = "alice = corp:email=alice@"
    daemon = serve(provider, section=KEPT, services="[service sudo]\nmax_age = 1s",
                   accounts="map_file = accounts.map", username_claim="",
                   files={"accounts.map": f"{entry}example.com\n"})
    with ssh(provider) as person:
        outlive_max_age()
        assert_silent(person)
        assert len(grants(provider, "refresh")) == 1
        write_file("accounts.map", f"{entry}example.org\n")
        daemon.restart()
        assert sudo(person)[0] == "code"


@pytest.mark.parametrize("row, how", [
    ("refresh", "silent"), ("refresh-owner", "silent"), ("refresh-groups-in-userinfo", "silent"),
    ("refresh-groups-gone", "code"), ("refresh-groups-missing", "code"),
    ("refresh-groups-away", "code"), ("refresh-groups-of-before", "code"),
    ("refresh-no-id-token", "code")])
def test_group_is_what_the_provider_says_anew(row, how, scripted, serve):
    """What it does not say, or said before, is nothing; the person is asked, and the session stays."""
    provider = scripted.scenario(row)
    serve(provider, section=KEPT, services="[service sudo]\nmax_age = 1s", **SHARED)
    with ssh(provider) as person:
        outlive_max_age()
        assert sudo(person)[0] == how
        assert len(grants(provider, "refresh")) == 1
        assert open_sessions() == 1


def test_group_that_is_gone_does_not_come_back_while_the_provider_is_away(scripted, serve):
    """A no is its last word, for all services and both windows; also for who can cut the network."""
    provider = scripted.scenario("refresh-groups-gone-then-503")
    serve(provider, section=KEPT, services=f"{ASKS}\noffline = allow-for 1h\n"
                                           "[service su]\nmax_age = 15min\noffline = allow-for 1h",
          **SHARED)
    with ssh(provider) as person, Caller() as root:
        own = login_session_of(person)
        outlive_max_age()
        assert sudo(person)[0] == "code"
        assert len(grants(provider, "refresh")) == 1
        path, challenge = start(root, "su", own)
        assert challenge
        root.call(path, LOGIN, "Cancel")
        assert sudo(person)[0] == "code"
        assert len(grants(provider, "refresh")) == 2
        assert open_sessions() == 1


def test_without_max_age_each_sudo_is_approved(provider, serve):
    serve(provider, section=KEPT)
    with ssh(provider) as person:
        assert sudo(person)[0] == "code"


def test_second_factor_is_never_silent(provider, serve):
    serve(provider, section=KEPT, services="[service sudo]\nmax_age = 15min\nsecond_factor = totp")
    with ssh(provider) as person:
        assert sudo(person)[0] != "silent"


def test_restart_forgets_nothing(provider, serve):
    daemon = serve(provider, section=KEPT, services="[service sudo]\nmax_age = 15min")
    with ssh(provider) as person:
        daemon.restart()
        assert open_sessions() == 1
        assert_silent(person)
        person.leave()


# ---- after max_age ----

def outlive_max_age():
    """One of a second, which is the shortest there is."""
    time.sleep(1.1)


ASKS = "[service sudo]\nmax_age = 1s"


def test_provider_is_asked_when_the_approval_is_old(provider, serve):
    serve(provider, section=KEPT, services=ASKS)
    with ssh(provider) as person:
        for number in (1, 2):
            outlive_max_age()
            assert_silent(person)
            assert len(grants(provider, "refresh")) == number
        assert provider.count("device") == 1


def test_provider_that_refuses_ends_the_session(provider, serve, journal):
    serve(provider, section=KEPT, services=ASKS)
    with ssh(provider) as person:
        provider.revoke_all()
        outlive_max_age()
        how, screen = sudo(person)
        assert how == "refused"
        assert "Your identity provider has ended your session. Sign in again." in screen
        entry = journal.wait_for(MESSAGE_ID=LOGGED_IN, SERVICE="sudo")
        assert entry["OUTCOME"] == "refused" and "does not renew" in entry["REASON"]
        assert open_sessions() == 0
        assert sudo(person)[0] == "code"


def test_person_taken_back_meanwhile_is_not_let_in_by_a_young_approval_for_ever(provider, serve):
    """max_age is how long it takes at most."""
    serve(provider, section=KEPT, services="[service sudo]\nmax_age = 3s")
    with ssh(provider) as person:
        assert_silent(person)
        provider.revoke_all()
        time.sleep(3.1)
        assert sudo(person)[0] == "refused"


@pytest.mark.parametrize("offline, how", [
    ("", "code"), ("offline = allow-for 1h", "silent"), ("offline = allow-for 1s", "code")])
def test_provider_out_of_reach(offline, how, scripted, serve):
    provider = scripted.scenario("refresh-503")
    serve(provider, section=KEPT, services=f"{ASKS}\n{offline}")
    with ssh(provider) as person:
        outlive_max_age()
        assert sudo(person)[0] == how
        assert len(grants(provider, "refresh")) == 1
        assert open_sessions() == 1


def test_session_without_tokens_counts_for_max_age_and_no_longer(scripted, serve):
    provider = scripted.scenario("granted")
    daemon = serve(provider, services="[service sudo]\nmax_age = 15min")
    with ssh(provider) as person:
        assert_silent(person)
        change_settings(daemon, provider, services=ASKS)
        outlive_max_age()
        assert sudo(person)[0] == "code"
        assert open_sessions() == 1


# ---- what it is bound to ----

def start(caller, service, login_session, **more):
    """The challenge that is shown; empty when there is none."""
    path, challenge = caller.start_login("alice", service, login_session=login_session, **more)
    return path, dict(challenge)


def test_bound_to_the_login_session(provider, serve):
    """root's programs tell which; another one, or none, is asked as ever."""
    serve(provider, section=KEPT, services="[service sudo]\nmax_age = 15min\n"
                                           "[service sshd]\nmax_age = 15min\n"
                                           "[service su]\nmax_age = 15min")
    with ssh(provider) as person, Caller() as root:
        own = login_session_of(person)
        path, challenge = start(root, "sudo", own)
        assert challenge == {}
        assert root.call(path, LOGIN, "Wait")[0] == "granted"
        boot, _, number = own.split("/")
        for other in (f"{boot}/audit/{int(number) + 1}", f"{boot}/logind/{number}",
                      f"{boot[:-1]}x/audit/{number}", f"{own}0", own[:-1]):
            path, challenge = start(root, "sudo", other)
            assert challenge, other
            root.call(path, LOGIN, "Cancel")
        # A second login of hers from elsewhere, and another person who becomes her.
        with Person("sshd", "alice") as other:
            other.see_challenge()
        with Person("su", "alice") as other:
            other.see_challenge()


def test_who_knows_the_word_need_not_wait(provider, serve, journal):
    """It comes with the challenge, if there was nothing to approve; then the login is over."""
    serve(provider, section=KEPT, services="[service sudo]\nmax_age = 15min")
    with ssh(provider) as person, Caller() as root:
        own = login_session_of(person)
        path, challenge = start(root, "sudo", own, knows_granted=True)
        assert challenge == {"granted": True}
        assert journal.wait_for(LOGIN=path.rpartition("/")[2])["OUTCOME"] == "granted"
        assert root.refused(root.call, path, LOGIN, "Wait")[0].endswith("UnknownObject")
        path, challenge = start(root, "sudo", f"{own}0", knows_granted=True)
        assert "user_code" in challenge and "granted" not in challenge
        root.call(path, LOGIN, "Cancel")


def test_another_account_in_her_login_session_is_not_her(provider, serve):
    """bob's approval is wanted for bob, in whatever session somebody asks."""
    serve(provider, section=KEPT, services="[service su]\nmax_age = 15min")
    with ssh(provider) as person, Caller() as root:
        _, challenge = root.start_login("bob", "su", login_session=login_session_of(person))
        assert dict(challenge)


def test_login_session_is_believed_of_root_alone(provider, serve):
    serve(provider, section=KEPT, services="[service sudo]\nmax_age = 15min")
    with ssh(provider) as person:
        own = login_session_of(person)
        done = subprocess.run([*as_user("alice"), "busctl", "call", "org.badged.Badged1", OBJECT,
                               INTERFACE, "StartLogin", "ssa{sv}", "alice", "sudo", "1",
                               "login_session", "s", own], capture_output=True, text=True, check=False)
        assert done.returncode == 0 and "user_code" in done.stdout, done


@pytest.mark.parametrize("text", ["x" * 129, "a b", "a\nb", "a.b"])
def test_login_session_is_a_plain_name(text, provider, serve):
    serve(provider)
    with Caller() as root:
        name, sentence = root.refused(start, root, "sudo", text)
        assert name.endswith("InvalidArgs") and "login_session" in sentence


def test_ended_session_answers_for_nobody(provider, serve):
    serve(provider, section=KEPT, services="[service sudo]\nmax_age = 15min")
    with ssh(provider) as person, Caller() as root:
        own = login_session_of(person)
        root.call(OBJECT, f"{INTERFACE}.Admin", "EndSessions", "s", "alice")
        assert start(root, "sudo", own)[1]
        assert sudo(person)[0] == "code"


def test_locked_account_is_not_let_in_silently(provider, serve):
    serve(provider, section=KEPT, services="[service sudo]\nmax_age = 15min")
    with ssh(provider) as person, Caller() as root:
        assert_silent(person)
        root.call(OBJECT, f"{INTERFACE}.Admin", "LockAccount", "ss", "alice", "gone")
        assert sudo(person)[0] == "refused"


def test_account_of_another_uid_is_another_one(provider, serve):
    """The name went to somebody else while the session was open."""
    serve(provider, section=KEPT, services="[service sudo]\nmax_age = 15min")
    table = pathlib.Path("/etc/passwd")
    before = table.read_text()
    with ssh(provider) as person, Caller() as root:
        own = login_session_of(person)
        table.write_text(re.sub(r"(?m)^alice:x:\d+:", "alice:x:2999:", before))
        try:
            name, _ = root.refused(start, root, "sudo", own)
            assert name == f"{INTERFACE}.Error.Refused"
        finally:
            table.write_text(before)


def test_account_that_the_map_gave_to_somebody_else_since_then(provider, serve):
    """Her login session is still open; what she was let in by opens the account to nobody any more."""
    rules = "[service sudo]\nmax_age = 15min"
    daemon = serve(provider, section=KEPT, services=rules)
    with ssh(provider) as person:
        assert_silent(person)
        change_settings(daemon, provider, section=KEPT, services=rules,
                        accounts="map_file = accounts.map",
                        files={"accounts.map": f"alice = {provider.issuer} subject-of-bob\n"})
        assert open_sessions() == 1
        assert sudo(person)[0] == "code"


# ---- the account phase behind a public key ----

class KeyHolder(Person):
    """Comes by a public key of alice's, and by nothing else."""

    key: pathlib.Path

    def _command(self):
        return [*as_user(VISITOR), "ssh", "-p", str(machine.ssh_port()), "-F", "none",
                "-o", "PreferredAuthentications=publickey", "-i", str(self.key),
                f"{self.account}@{machine.NAME}"]


@pytest.fixture
def key_holder(tmp_path):
    """KeyHolder, with a key that alice's account takes."""
    folder = paths.STATE / "visitor-key"
    folder.mkdir()
    KeyHolder.key = folder / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", KeyHolder.key], check=True)
    for path in (folder, KeyHolder.key):
        shutil.chown(path, VISITOR)
    alice = pwd.getpwnam("alice")
    home = pathlib.Path(alice.pw_dir) / ".ssh"
    home.mkdir(mode=0o700)
    (home / "authorized_keys").write_text(KeyHolder.key.with_suffix(".pub").read_text())
    for path in (home, home / "authorized_keys"):
        shutil.chown(path, "alice")
    yield KeyHolder
    shutil.rmtree(home)
    shutil.rmtree(folder)


RECHECKS = "[service sshd]\nrecheck = yes"


def test_key_alone_opens_nothing_that_nobody_answers_for(provider, serve, key_holder, journal):
    serve(provider, section=KEPT, services=f"{RECHECKS}\nmax_age = 15min")
    with key_holder("sshd", "alice") as person:
        assert "Sign in with your identity provider first." in person.see_refusal() or \
            "Sign in with your identity provider first." in person.screen
    entry = journal.wait_for(SYSLOG_IDENTIFIER="badged", OUTCOME="refused", SERVICE="sshd")
    assert "no session answers" in entry["REASON"]


def test_login_of_somebody_else_under_way_answers_for_no_key(provider, serve):
    """Until its session is opened, a login that was granted is good for its own transaction alone."""
    serve(provider, section=KEPT, services=RECHECKS)
    with Caller() as root:
        path, _ = root.start_login("alice", "sshd")
        assert root.call(path, LOGIN, "Wait")[0] == "granted"
        own = path.rpartition("/")[2]
        assert root.check_account("alice", "sshd", login=own)[0] == "granted"
        assert root.check_account("alice", "sshd")[0] == "refused"
        assert root.check_account("alice", "sshd", login="0" * 16)[0] == "refused"
        assert root.check_account("bob", "sshd", login=own)[0] == "refused"


def test_key_without_recheck_is_as_ever(provider, serve, key_holder):
    serve(provider, section=KEPT)
    with key_holder("sshd", "alice") as person:
        person.see_shell()
        person.leave()


def test_key_is_good_while_a_session_answers_for_it(provider, serve, key_holder):
    """By its age, or by the provider's word; the login by a code is checked like it, and passes."""
    serve(provider, section=KEPT, services=RECHECKS)
    with ssh(provider):
        for number in (1, 2):
            with key_holder("sshd", "alice") as person:
                person.see_shell()
                person.leave()
            assert len(grants(provider, "refresh")) == number
        provider.revoke_all()
        with key_holder("sshd", "alice") as person:
            person.see_refusal()
            assert "has ended your session" in person.screen
        assert open_sessions() == 0


def test_key_to_an_account_of_a_group_is_answered_for_by_nobody(scripted, serve, key_holder, journal):
    """It could be the key of somebody who is in the group no longer."""
    provider = scripted.scenario("refresh-groups-in-userinfo")
    serve(provider, section=KEPT, services=f"{RECHECKS}\nmax_age = 15min", **SHARED)
    with ssh(provider), key_holder("sshd", "alice") as person:
        person.see_refusal()
        assert "Sign in with your identity provider first." in person.screen
        entry = journal.wait_for(SYSLOG_IDENTIFIER="badged", OUTCOME="refused", SERVICE="sshd")
        assert "no session answers" in entry["REASON"]
    assert grants(provider, "refresh") == []


def test_key_while_the_provider_is_out_of_reach(scripted, serve, key_holder):
    provider = scripted.scenario("refresh-503")
    serve(provider, section=KEPT, services=RECHECKS)
    with ssh(provider), key_holder("sshd", "alice") as person:
        person.see_refusal()
        assert "cannot be asked right now" in person.screen
    assert open_sessions() == 0
