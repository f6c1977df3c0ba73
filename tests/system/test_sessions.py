# SPDX-License-Identifier: LGPL-2.1-or-later
"""Sessions: seen by their owner and by administrators, kept over restarts, ended when somebody says so,
when their time is over, or when the provider has had enough. Their tokens go with them."""

import contextlib
import json
import pathlib
import shutil
import subprocess
import time

import pytest

from host import paths
from host.daemon import settings_for, write_settings
from system.bus_caller import ADMIN, INTERFACE, LOGIN, OBJECT, Caller
from system.person import as_user
from system.test_tokens import KEPT, SETTLE_SEC, badgectl, refused, revoked, shell, token, wait_until

NO_SUCH_LOGIN = f"{INTERFACE}.Error.NoSuchLogin"
NO_SUCH_SESSION = f"{INTERFACE}.Error.NoSuchSession"
NOT_AUTHORIZED = f"{INTERFACE}.Error.NotAuthorized"


def sessions(account="root", *arguments):
    """What badgectl lists."""
    done = badgectl(account, "session", "list", "--json", *arguments)
    assert (done.returncode, done.stderr) == (0, ""), done
    return json.loads(done.stdout)["sessions"]


def sign_in(caller, account="alice"):
    """The path of a granted login that nobody has claimed yet; the row approves by itself."""
    path, _ = caller.start_login(account)
    assert caller.call(path, LOGIN, "Wait")[0] == "granted"
    return path


def open_session(caller, account="alice", path=None):
    return str(caller.call(OBJECT, INTERFACE, "OpenSession", "soa{sv}", account,
                           path or sign_in(caller, account), {}))


def end(account, *arguments):
    return badgectl(account, "session", "end", "--json", *arguments)


@pytest.fixture
def caller():
    with Caller() as one:
        yield one


@pytest.fixture
def kept(scripted, serve):
    """(provider, daemon), with tokens that are kept."""
    provider = scripted.scenario("refresh")
    return provider, serve(provider, section=KEPT)


# ---- seen ----

def test_session_is_listed_with_what_is_known_of_it(kept):
    with shell(kept[0]) as person:
        session, = sessions()
        assert session["account"] == "alice" and session["service"] == "su"
        assert session["provider"] == "corp" and session["subject"] == "subject-of-alice"
        assert session["type"] == "device" and session["has_tokens"]
        assert abs(session["opened_at"] - time.time()) < SETTLE_SEC
        assert session["granted_at"] <= session["opened_at"] == session["used_at"]
        assert [one["id"] for one in sessions("alice")] == [session["id"]]
        person.leave()
    wait_until(lambda: not sessions(), sessions)


def test_own_sessions_are_ones_own(kept, caller):
    """By the uid; root's own are root's, and what is nobody's to see is not there."""
    session = open_session(caller)
    for account, code in (("alice", 0), ("mallory", 1), ("root", 0)):
        done = badgectl(account, "session", "show", session)
        assert done.returncode == code, (account, done)
    assert "no such session" in badgectl("mallory", "session", "show", session).stderr.lower()
    assert not sessions("mallory")
    done = badgectl("mallory", "session", "list", "--all")
    assert done.returncode == 1 and session not in done.stdout
    done = end("mallory", session)
    assert done.returncode == 1 and [one["id"] for one in sessions()] == [session]


def test_current_session_has_a_mark(kept, caller):
    session, other = open_session(caller), open_session(caller)
    done = subprocess.run(["env", f"BADGE_SESSION={session}", *as_user("alice"), "env",
                           f"BADGE_SESSION={session}", "badgectl", "session", "list", "--json"],
                          capture_output=True, text=True, check=True)
    listed = {one["id"]: one.get("current", False) for one in json.loads(done.stdout)["sessions"]}
    assert listed == {session: True, other: False}


# ---- kept ----

def test_session_outlives_the_daemon(kept):
    provider, daemon = kept
    with shell(provider) as person:
        before = sessions()
        first = token()["access_token"]
        daemon.restart()
        assert sessions() == before
        assert token()["access_token"] != first      # the old one was in memory alone
        assert not revoked(provider)
        person.leave()
        wait_until(lambda: len(revoked(provider)) == 2, lambda: revoked(provider))
        assert not sessions()


def test_granted_login_outlives_the_daemon_and_is_claimed_once(kept, caller):
    path = sign_in(caller)
    kept[1].restart()
    with Caller() as other:
        assert other.refused(open_session, other, "bob", path)[0] == NO_SUCH_LOGIN
        session = open_session(other, path=path)
        assert path.endswith(session)
        assert other.refused(open_session, other, "alice", path)[0] == NO_SUCH_LOGIN
        kept[1].restart()
    with Caller() as other:
        assert other.refused(open_session, other, "alice", path)[0] == NO_SUCH_LOGIN
        assert [one["id"] for one in sessions()] == [session]


def test_tokens_go_to_no_other_provider_after_a_restart(kept, caller):
    """The settings may name another one by the same name meanwhile."""
    provider, daemon = kept
    session = open_session(caller)
    daemon.stop()
    text, files = settings_for(provider, section=KEPT)
    text = text.replace("client_id = ", "client_id = other-")
    write_settings(text, files, keep_state=True)
    daemon.start()
    asked = len(provider.requests())
    assert "No tokens" in refused() or "Several people" in refused()
    assert end("root", session).returncode == 0
    assert not [request for request in provider.requests()[asked:]
                if request.endpoint in ("token", "revocation")]


# ---- ended ----

@pytest.mark.parametrize("account", ["alice", "root"])
def test_session_that_is_ended_is_over(account, kept, caller, journal):
    provider, _ = kept
    session = open_session(caller)
    done = end(account, session)
    assert done.returncode == 0, done
    assert not sessions() and "no open session" in refused()
    wait_until(lambda: len(revoked(provider)) == 2, lambda: revoked(provider))
    assert provider.live_tokens() == {"access": 0, "refresh": 0}
    assert caller.refused(caller.call, OBJECT, INTERFACE, "CloseSession", "s",
                          session)[0] == NO_SUCH_SESSION
    entry = journal.wait_for(SESSION=session, MESSAGE_ID="6f4d0c1b6a5e4bb09a0f0a6c2c5d7e14")
    assert "ended by" in entry["REASON"]


def test_person_leaves_in_peace_after_the_end(kept):
    """close_session finds that it has ended before: nothing to complain of."""
    provider, _ = kept
    with shell(provider) as person:
        assert end("root", "--all").returncode == 0
        person.prove_shell()
        person.leave()
        assert "No such session" not in person.screen


def test_all_sessions_of_an_account(scripted, serve, caller):
    provider = scripted.scenario("refresh-by-control")
    serve(provider, section=KEPT)
    for account in ("alice", "alice", "bob"):
        path, challenge = caller.start_login(account)
        provider.approve(challenge["user_code"], account)
        assert caller.call(path, LOGIN, "Wait")[0] == "granted"
        open_session(caller, account, path)
    done = end("root", "--account", "alice")
    assert json.loads(done.stdout) == {"ended": 2}
    assert [one["account"] for one in sessions()] == ["bob"]
    assert json.loads(end("root", "--all").stdout) == {"ended": 1}
    assert json.loads(end("root", "--all").stdout) == {"ended": 0}
    assert not sessions()


@pytest.mark.skipif(not paths.IS_LONG, reason="no session is shorter than a minute; tests/run --long")
def test_session_expires(scripted, serve, caller):
    provider = scripted.scenario("refresh")
    daemon = serve(provider, section=KEPT, badged="session_lifetime = 1min")
    first = open_session(caller)
    listed, = sessions()
    assert (listed["id"], listed["expires_at"]) == (first, listed["granted_at"] + 60)
    time.sleep(30)
    second = open_session(caller)
    time.sleep(33)
    assert [one["id"] for one in sessions()] == [second]
    wait_until(lambda: len(revoked(provider)) == 2, lambda: revoked(provider))
    daemon.stop()       # one that was due meanwhile is ended by the next start
    time.sleep(30)
    daemon.start()
    assert not sessions()
    wait_until(lambda: len(revoked(provider)) == 3, lambda: revoked(provider))


def test_revocation_goes_on_after_a_restart(scripted, serve, caller):
    provider = scripted.scenario("revocation-503")
    daemon = serve(provider, section=KEPT)
    session = open_session(caller)
    assert end("root", session).returncode == 0
    wait_until(lambda: revoked(provider), lambda: "nobody was asked")
    daemon.restart()
    assert not sessions()
    wait_until(lambda: ("refresh_token", 200) in revoked(provider), lambda: revoked(provider))


# ---- who may ----

def test_sessions_of_others_are_for_administrators(kept, caller):
    session = open_session(caller)
    for method, signature, argument in (("ListSessions", "s", ""), ("EndSession", "s", session),
                                        ("EndSessions", "s", "")):
        done = subprocess.run([*as_user("alice"), "busctl", "--system", "call", "org.badged.Badged1",
                               OBJECT, ADMIN, method, signature, argument],
                              capture_output=True, text=True, check=False)
        assert done.returncode != 0, (method, done)
    assert [one["id"] for one in sessions()] == [session]


# ---- and the login session ----

class Logind:
    """What systemd-logind says of its sessions, by its files; whoever asks it for something is read
    from the bus."""

    FOLDER = pathlib.Path("/run/systemd/sessions")

    def __init__(self) -> None:
        self.FOLDER.mkdir(parents=True, exist_ok=True)

    def add(self, name: str, uid: int, state: str = "active") -> None:
        new = self.FOLDER / f".new-{name}"
        new.write_text(f"UID={uid}\nUSER=somebody\nACTIVE=1\nIS_DISPLAY=0\nSTATE={state}\n"
                       f"REMOTE=0\nTYPE=tty\nCLASS=user\n")
        new.rename(self.FOLDER / name)

    def remove(self, name: str) -> None:
        (self.FOLDER / name).unlink()


@pytest.fixture
def logind():
    one = Logind()
    yield one
    for path in one.FOLDER.iterdir():
        path.unlink()


def open_in(caller, login_session, account="alice"):
    """The id of a session that was opened in that login session."""
    return str(caller.call(OBJECT, INTERFACE, "OpenSession", "soa{sv}", account,
                           sign_in(caller, account), {"login_session": login_session}))


def test_login_session_that_is_told_later_is_watched_too(logind, kept, caller):
    """pam_systemd has begun it by the time that BindSession comes, and logind has no news after that."""
    logind.add("79", 2001)
    session = open_session(caller)
    caller.call(OBJECT, INTERFACE, "BindSession", "sa{sv}", session,
                {"login_session": "0-boot/audit/79"})
    wait_until(lambda: sessions()[0].get("login_session") == "79", sessions)
    logind.remove("79")
    wait_until(lambda: not sessions(), sessions)


def test_session_goes_with_its_login_session(logind, kept, caller):
    provider, daemon = kept
    logind.add("77", 2001)
    early, late = open_in(caller, "0-boot/audit/77"), open_in(caller, "0-boot/logind/c3")
    other = open_in(caller, "0-boot/audit/78")
    logind.add("c3", 2001)      # pam_systemd may come after pam_badge
    logind.add("78", 2002)      # somebody else's
    wait_until(lambda: [one.get("login_session") for one in sessions()] == ["77", "c3", None],
               sessions)
    logind.remove("77")
    wait_until(lambda: [one["id"] for one in sessions()] == [late, other], sessions)
    wait_until(lambda: len(revoked(provider)) == 2, lambda: revoked(provider))
    daemon.stop()
    logind.add("c3", 2001, state="closing")
    logind.remove("78")
    daemon.start()
    wait_until(lambda: [one["id"] for one in sessions()] == [other], sessions)
    assert early not in badgectl("root", "session", "list").stdout


@pytest.mark.parametrize("end_login", ["yes", "no"])
def test_end_of_a_session_ends_the_login_session(end_login, logind, scripted, serve, caller):
    """The private host has no logind: that it was asked is in the log."""
    daemon = serve(scripted.scenario("refresh"), section=KEPT, badged=f"end_login = {end_login}")

    def asked():
        return daemon.log.read_text(errors="replace").count("Failed to end login session")

    logind.add("77", 2001)
    before = asked()
    closed, ended = open_in(caller, "0-boot/audit/77"), open_in(caller, "0-boot/audit/77")
    caller.call(OBJECT, INTERFACE, "CloseSession", "s", closed)
    assert end("alice", ended).returncode == 0
    if end_login == "yes":
        wait_until(lambda: asked() > before, daemon.output)
    assert asked() - before == (end_login == "yes")


# ---- what cannot be written down ----

@pytest.fixture
def small_disk(daemon):
    """fill() and free(): the state is on a disk of its own."""
    folder = pathlib.Path("/var/lib/badged")
    rest = folder / "rest"
    folder.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1M,mode=0700", "tmpfs", folder], check=True)
    shutil.chown(folder, "badged", "badged")

    class Disk:
        def fill(self):
            with contextlib.suppress(OSError), rest.open("wb", buffering=0) as file:
                while True:
                    file.write(bytes(4096))

        def free(self):
            rest.unlink()

    yield Disk()
    daemon.stop()
    subprocess.run(["umount", "-l", folder], check=True)


def test_login_that_cannot_be_written_down_is_not_granted(small_disk, scripted, serve, caller):
    """And its tokens are revoked: nobody would look after them."""
    provider = scripted.scenario("refresh")
    serve(provider, section=KEPT)
    kept = open_session(caller)
    small_disk.fill()
    path, _ = caller.start_login()
    outcome, sentence, _ = caller.call(path, LOGIN, "Wait")
    assert (outcome, sentence) == (
        "unavailable", "This host cannot write the sign-in down right now. Try again later.")
    wait_until(lambda: len(revoked(provider)) == 2, lambda: revoked(provider))
    assert caller.refused(caller.call, OBJECT, INTERFACE, "OpenSession", "soa{sv}", "alice", path,
                          {})[0] == NO_SUCH_LOGIN
    small_disk.free()
    other = open_session(caller)
    assert [one["id"] for one in sessions()] == [kept, other]
