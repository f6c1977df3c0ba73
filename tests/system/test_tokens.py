# SPDX-License-Identifier: LGPL-2.1-or-later
"""Tokens of a session: kept, renewed, given to their owner alone, and revoked with the session. Rows of
the scripted provider say what goes wrong on the way; oidc-provider is a real one that rotates."""

import contextlib
import json
import pathlib
import re
import subprocess
import time

import pytest

from host import paths
from host.oauth_client import OauthClient
from host.oidc_provider import OidcProvider
from host.scripted import SCENARIOS
from system.bus_caller import INTERFACE, OBJECT, Caller
from system.lossy_broker import LossyBroker
from system.person import Person, as_user
from system.rows import badged
from system.traces import assert_no_secrets

LIFETIME_SEC = SCENARIOS["refresh-short"]["token_lifetime"]
PAUSE_SEC = 3           # after a refresh that failed; twice as long after the next
FETCH_AGAIN_SEC = 5     # after keys could not be fetched
SETTLE_SEC = 60
CLAIM_SEC = 120
CALLS_PER_USER = 4
KEPT = "keep_tokens = yes\ntokens_for_people = yes"
CONSENT = "request_parameters = prompt=consent"     # for offline_access


def badgectl(account, *arguments):
    return subprocess.run([*as_user(account), "badgectl", *arguments], capture_output=True,
                          text=True, check=False, timeout=60)


def token(account="alice", min_lifetime="0"):
    """The token, which there must be, with its terms."""
    done = badgectl(account, "token", "--json", "--min-lifetime", min_lifetime)
    assert (done.returncode, done.stderr) == (0, ""), done
    return json.loads(done.stdout)


def refused(account="alice", min_lifetime="0", code=1):
    """The sentence of the refusal that there must be."""
    done = badgectl(account, "token", "--min-lifetime", min_lifetime)
    assert (done.returncode, done.stdout) == (code, ""), done
    assert "\nMend: " in done.stderr
    return done.stderr.splitlines()[0].removeprefix("badgectl: ")


def is_over(one):
    """It was, or badged may have taken it for that: a slow machine."""
    return time.time() >= one["expires_at"] - 1


def most_refreshes(begun):
    """How often tokens can have ended since then."""
    return int((time.time() - begun) // (LIFETIME_SEC - 1))


def assert_renewed(provider):
    """The token that comes counts."""
    one = token()
    assert counts(provider, one["access_token"]) or is_over(one)


def outlive():
    """Until the access token does not count any more."""
    time.sleep(LIFETIME_SEC + 1)


def wait_until(condition, what):
    deadline = time.monotonic() + SETTLE_SEC
    while not condition():
        assert time.monotonic() < deadline, what()
        time.sleep(0.05)


@contextlib.contextmanager
def shell(provider, account="alice", approver="alice"):
    """It stays open. Most rows approve by themselves."""
    with Person("su", account) as person:
        challenge = person.see_challenge()
        if isinstance(provider, OidcProvider) or "*" in provider.row.get("token", []):
            provider.approve(challenge.user_code, approver)
        person.see_shell()
        yield person


@contextlib.contextmanager
def session(provider):
    """badged for one row, and alice's shell."""
    with badged({"corp": provider}), shell(provider) as person:
        yield person


def grants(provider, name):
    return [request for request in provider.requests()
            if request.endpoint == "token" and request.more.get("grant") == name]


def revoked(provider):
    """(hint, status) of each revocation that came, in order."""
    return [(request.more.get("hint"), request.status) for request in provider.requests()
            if request.endpoint == "revocation"]


def counts(provider, access_token):
    """The provider takes the token."""
    return OauthClient(provider).get(f"{provider.root}/userinfo", access_token).status == 200


# ---- renewing ----

@pytest.mark.parametrize("name", ["refresh-short", "refresh-kept", "refresh-no-id-token"])
def test_token_counts_and_is_renewed_when_it_ends(name, scripted):
    provider = scripted.scenario(name)
    begun = time.time()
    with session(provider):
        first = token()
        assert token() == first or is_over(first)
        assert counts(provider, first["access_token"]) or is_over(first)
        assert len(grants(provider, "refresh")) <= most_refreshes(begun)
        assert first["expires_at"] - first["granted_at"] == LIFETIME_SEC
        assert first["subject"] == "subject-of-alice" and first["provider"] == "corp"
        for _ in range(2):
            before = len(grants(provider, "refresh"))
            outlive()
            assert not counts(provider, first["access_token"])
            second = token()
            assert second["access_token"] != first["access_token"]
            assert second["granted_at"] > first["granted_at"]
            assert counts(provider, second["access_token"]) or is_over(second)
            assert len(grants(provider, "refresh")) == before + 1
            first = second
    assert_no_secrets(first["access_token"])


def test_a_lifetime_that_no_token_has_asks_nobody(scripted):
    provider = scripted.scenario("refresh-short")
    with session(provider):
        assert "for so long" in refused(min_lifetime="1h")
        assert len(grants(provider, "refresh")) == 0
        outlive()
        assert "for so long" in refused(min_lifetime="1h")
        assert len(grants(provider, "refresh")) == 0
        token(min_lifetime=str(LIFETIME_SEC))
        assert len(grants(provider, "refresh")) == 1


def crowd():
    """The most that one person may have wait at once, waiting; one more was turned away."""
    asking = [subprocess.Popen([*as_user("alice"), "badgectl", "token", "--min-lifetime", "0"],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
              for _ in range(CALLS_PER_USER + 1)]
    wait_until(lambda: any(process.poll() is not None for process in asking), lambda: "all may ask")
    time.sleep(1)       # the others would have been turned away by now, too
    turned_away, = [process for process in asking if process.poll() is not None]
    assert (turned_away.returncode, turned_away.stdout.read()) == (5, "")
    assert "Too many tokens are asked for" in turned_away.stderr.read()
    return [process for process in asking if process is not turned_away]


def test_one_refresh_for_all_who_wait(scripted):
    provider = scripted.scenario("refresh-short")
    with session(provider):
        outlive()
        provider.control("POST", "hold", {"endpoint": "token"})
        waiting = crowd()
        provider.control("POST", "release", {"endpoint": "token"})
        begun = time.time()
        answers = {process.communicate(timeout=SETTLE_SEC)[0] for process in waiting}
        assert len(answers) == 1
        assert counts(provider, answers.pop().strip()) or most_refreshes(begun)
        assert len(grants(provider, "refresh")) == 1


def test_whoever_leaves_is_not_waited_for(scripted):
    """Their places are free again, and what was renewed for them is not lost."""
    provider = scripted.scenario("refresh-short")
    with session(provider):
        outlive()
        provider.control("POST", "hold", {"endpoint": "token"})
        for _ in range(2):
            for process in crowd():
                process.kill()
                process.communicate()
        provider.control("POST", "release", {"endpoint": "token"})
        begun = time.time()
        assert_renewed(provider)
        assert len(grants(provider, "refresh")) <= 1 + most_refreshes(begun)


# ---- refreshes that go wrong ----

@pytest.mark.parametrize("name", [
    "refresh-refused", "refresh-other-subject", "refresh-other-issuer", "refresh-other-audience",
    "refresh-other-auth-time", "refresh-wider-scope", "refresh-other-owner"])
def test_tokens_are_over(name, scripted):
    """What came does not count, and what there was neither: the session has ended. The shell stays."""
    provider = scripted.scenario(name)
    with session(provider) as person:
        outlive()
        assert "do not count any more" in refused()
        assert "no open session" in refused()
        assert len(grants(provider, "refresh")) == 1
        person.prove_shell()


def test_tokens_that_must_not_count_are_revoked(scripted):
    provider = scripted.scenario("refresh-rejected")
    with session(provider):
        outlive()
        assert "do not count any more" in refused()
        wait_until(lambda: len(revoked(provider)) == 2, lambda: revoked(provider))
        assert provider.live_tokens() == {"access": 0, "refresh": 0}


def test_lost_answer_is_a_doubt_and_then_the_end(scripted):
    """RFC 9700 section 4.14.2: the token is tried once more; to the provider that is a replay."""
    provider = scripted.scenario("refresh-answer-late")
    with session(provider):
        outlive()
        assert "no new token for now" in refused(code=5)
        assert len(grants(provider, "refresh")) == 1
        time.sleep(PAUSE_SEC + 1)
        assert "do not count any more" in refused()
        assert len(grants(provider, "refresh")) == 2
        assert provider.live_tokens() == {"access": 0, "refresh": 0}


def test_refresh_is_sent_once(scripted):
    """Also when the connection ends before a byte of the answer came: what libcurl sends again on its
    own would be a replay before anybody knew of a doubt."""
    provider = scripted.scenario("refresh-answer-lost")
    with session(provider):
        outlive()
        assert "no new token for now" in refused(code=5)
        assert len(grants(provider, "refresh")) == 1


def ask_until_renewed(provider, *pauses_sec):
    """Again and again, whatever is said: so long it was from each refresh to the next, at least."""
    wait_until(lambda: badgectl("alice", "token", "--min-lifetime", "0").returncode == 0,
               lambda: "no token comes")
    times = [request.time_ms / 1000 for request in grants(provider, "refresh")]
    assert len(times) == len(pauses_sec) + 1, "badged does not pause"
    for earlier, later, pause_sec in zip(times, times[1:], pauses_sec):
        assert later - earlier > pause_sec - 1      # they are counted in whole seconds
    assert_renewed(provider)


def test_provider_that_is_away_takes_nothing(scripted):
    provider = scripted.scenario("refresh-503")
    with session(provider):
        outlive()
        assert "no new token for now" in refused(code=5)
        ask_until_renewed(provider, PAUSE_SEC)


def test_pauses_grow(scripted):
    """A refresh token in doubt, too, is not shown again at every request."""
    provider = scripted.scenario("refresh-503-twice")
    with session(provider):
        outlive()
        assert "no new token for now" in refused(code=5)
        ask_until_renewed(provider, PAUSE_SEC, 2 * PAUSE_SEC)


@pytest.mark.parametrize("name", ["refresh-keys-away", "refresh-owner-away"])
def test_what_cannot_be_checked_is_neither_used_nor_the_end(name, scripted):
    """The new refresh token is kept, for the old one was used up."""
    provider = scripted.scenario(name)
    with session(provider):
        outlive()
        assert "no new token for now" in refused(code=5)
        assert len(grants(provider, "refresh")) == 1
        assert not revoked(provider)
        time.sleep(FETCH_AGAIN_SEC + 2)
        assert_renewed(provider)
        assert len(grants(provider, "refresh")) == 2


def test_plain_oauth_is_asked_whose_the_new_token_is(scripted):
    provider = scripted.scenario("refresh-owner")
    with session(provider):
        before = provider.count("userinfo")
        outlive()
        token()
        assert provider.count("userinfo") == before + 1


# ---- who may have one ----

def test_nobody_has_somebody_elses(scripted):
    provider = scripted.scenario("refresh-short")
    with session(provider):
        token("alice")
        assert "no open session" in refused("mallory")
        assert "You may not ask badged" in refused("bob")
        with Caller() as root:
            name, sentence = root.refused(root.call, OBJECT, INTERFACE, "GetToken", "t", 0)
            assert (name, "no open session" in sentence) == (f"{INTERFACE}.Error.Refused", True)
            name, _ = root.refused(root.call, OBJECT, INTERFACE, "GetToken", "t", 86401)
            assert name == "org.freedesktop.DBus.Error.InvalidArgs"
    with badged({"corp": provider}):
        assert "no open session" in refused("alice")


@contextlib.contextmanager
def as_uid(account, uid):
    """The name belongs to another uid for a while."""
    table = pathlib.Path("/etc/passwd")
    before = table.read_text()
    after = re.sub(rf"(?m)^{account}:x:\d+:", f"{account}:x:{uid}:", before)
    assert after != before
    table.write_text(after)
    try:
        yield
    finally:
        table.write_text(before)


def test_name_that_went_to_somebody_else_has_none(scripted):
    """The session is of whoever had the name when it was opened."""
    with session(scripted.scenario("refresh-short")):
        first = token("alice")
        with as_uid("alice", 2999):
            assert "no open session" in refused("alice")
        assert token("alice") == first or is_over(first)


def test_two_names_of_one_uid_have_none_of_two_people(scripted, serve):
    provider = scripted.scenario("refresh-short")
    serve(provider, section=KEPT,
          accounts="account_groups = ops:wheel")
    with shell(provider), as_uid("ops", 2001):
        first = token("alice")
        with Person("su", "ops") as other:
            other.see_challenge()
            other.account = "alice"     # whoami knows no better
            other.see_shell()
            assert "Several people" in refused("alice")
            other.leave()
        assert token("alice") == first or is_over(first)


@pytest.mark.parametrize("name, sentence", [
    ("granted", "No tokens are kept"), ("refresh", "gives out no tokens"),
    ("refresh-dpop", "bound to badged")])
def test_tokens_that_are_not_for_people(name, sentence, scripted, journal):
    provider = scripted.scenario(name)
    with session(provider):
        assert sentence in refused()
    entry = journal.wait_for(SYSLOG_IDENTIFIER="badged", OUTCOME="refused")
    assert entry["MESSAGE"].startswith("token refused: account=alice")
    assert entry["CALLER_UID"] == "2001" and sentence in entry["REASON"]


def test_shared_account_has_none(scripted, serve):
    provider = scripted.scenario("refresh-short")
    subprocess.run(["usermod", "-aG", "badged-users", "ops"], check=True)
    serve(provider, section=KEPT, accounts="account_groups = ops:wheel")
    with shell(provider, "ops"):
        assert "Several people" in refused("ops")


def test_two_identities_on_one_account_have_none(scripted, serve):
    """A claim that names accounts should be one person's; where it is not, nobody knows whose
    processes ask."""
    provider = scripted.scenario("refresh-by-control")
    subprocess.run(["usermod", "-aG", "badged-users", "ops"], check=True)
    serve(provider, section=f"{KEPT}\nusername_claim = team", accounts="map_file = accounts.map",
          files={"accounts.map": "ops = corp:team=blue\n"})
    with shell(provider, "ops"):
        first = token("ops")
        assert first["subject"] == "subject-of-alice"
        with shell(provider, "ops", approver="bob") as other:
            assert "Several people" in refused("ops")
            other.leave()
        assert token("ops") == first


def test_claim_in_the_map_makes_no_account_one_persons(scripted, serve):
    """bob's processes outlive his session; alice's tokens are not theirs."""
    provider = scripted.scenario("refresh-by-control")
    subprocess.run(["usermod", "-aG", "badged-users", "ops"], check=True)
    serve(provider, section=KEPT, accounts="map_file = accounts.map",
          files={"accounts.map": "ops = corp:team=blue\n"})
    with shell(provider, "ops", approver="bob") as other:
        other.leave()
    with shell(provider, "ops"):
        assert "Several people" in refused("ops")


def test_journal_tells_who_got_one(scripted, journal):
    with session(scripted.scenario("refresh-short")):
        token()
    entry = journal.wait_for(MESSAGE_ID="6f4d0c1b6a5e4bb09a0f0a6c2c5d7e16")
    assert (entry["OUTCOME"], entry["ACCOUNT"], entry["CALLER_UID"]) == ("granted", "alice", "2001")
    assert entry["PROVIDER"] == "corp" and entry["IDENTITY"].endswith(" subject-of-alice")
    assert entry["LOGIN"] and entry["SESSION"]


# ---- the end of a session ----

@pytest.mark.parametrize("name, expected", [
    ("refresh", [("refresh_token", 200), ("access_token", 200)]),
    ("refresh-dpop-revoked", [("refresh_token", 200), ("access_token", 200)]),
    ("revocation-503", [("refresh_token", 503), ("refresh_token", 200), ("access_token", 200)]),
    ("revocation-unsupported", [("refresh_token", 400), ("access_token", 400)])])
def test_session_that_closes_has_its_tokens_revoked(name, expected, scripted):
    provider = scripted.scenario(name)
    with badged({"corp": provider}):
        with shell(provider) as person:
            assert not revoked(provider)
            person.leave()
        wait_until(lambda: len(revoked(provider)) >= len(expected), lambda: revoked(provider))
        assert revoked(provider) == expected
        if expected[-1][1] == 200:
            assert provider.live_tokens() == {"access": 0, "refresh": 0}


def test_provider_that_says_nothing_is_asked_again(scripted):
    provider = scripted.scenario("revocation-silent")
    with badged({"corp": provider}):
        with shell(provider) as person:
            person.leave()
        deadline = time.monotonic() + 2 * SETTLE_SEC + 10
        while len(revoked(provider)) < 3 and time.monotonic() < deadline:
            time.sleep(0.2)
        assert [hint for hint, _ in revoked(provider)] == [
            "refresh_token", "refresh_token", "access_token"]
        assert provider.live_tokens() == {"access": 0, "refresh": 0}


def test_badged_that_stops_revokes_nothing(scripted, serve):
    provider = scripted.scenario("refresh")
    daemon = serve(provider, section=KEPT)
    with shell(provider):
        token()
        daemon.stop()
        assert provider.live_tokens() == {"access": 1, "refresh": 1}
        assert not revoked(provider)


@pytest.mark.skipif(not paths.IS_LONG, reason="nobody claims a login for two minutes; tests/run --long")
def test_login_that_nobody_claims_has_its_tokens_revoked(scripted, serve):
    provider = scripted.scenario("refresh")
    serve(provider, section=KEPT)
    done = badgectl("alice", "login", "--json")
    assert done.returncode == 0, done
    assert "no open session" in refused()
    time.sleep(CLAIM_SEC - 20)
    assert not revoked(provider)
    time.sleep(25)
    assert provider.live_tokens() == {"access": 0, "refresh": 0}


# ---- a real provider ----

@pytest.fixture
def short_lived(tmp_path):
    with OidcProvider(access_token_sec=LIFETIME_SEC) as one:
        one.scope = f"{one.scope} offline_access"
        one.start(tmp_path)
        yield one


def oidc_counts(provider, access_token):
    return OauthClient(provider).get(f"{provider.issuer}/me", access_token).status == 200


def test_real_rotation_and_revocation(short_lived, serve):
    serve(short_lived, section=f"{KEPT}\n{CONSENT}")
    with shell(short_lived) as person:
        seen = set()
        for _ in range(3):
            one = token()
            assert oidc_counts(short_lived, one["access_token"]) or is_over(one)
            seen.add(one["access_token"])
            outlive()
        assert len(seen) == 3
        last = token()["access_token"]
        person.leave()
    wait_until(lambda: short_lived.count("revocation") == 2, short_lived.requests)
    assert not oidc_counts(short_lived, last)


def test_real_replay_ends_everything(short_lived, serve, tmp_path):
    """The answer to a refresh is lost; what badged has left was used, and the provider knows it."""
    with LossyBroker(short_lived, tmp_path / "broker") as broker:
        serve(short_lived, section=f"{KEPT}\n{CONSENT}\ntoken_endpoint = {broker.url}",
              files={"corp.pem": broker.trusted()})
        with shell(short_lived):
            token()
            outlive()
            renewed = token()["access_token"]
            outlive()
            broker.loses = True
            badgectl("alice", "token", "--min-lifetime", "0")
            broker.loses = False
            assert not oidc_counts(short_lived, renewed)
            time.sleep(PAUSE_SEC + 1)
            assert refused()
            assert "no open session" in refused()


def test_userinfo_and_api(running_providers, serve):
    provider = running_providers("oidc-provider")
    serve(provider, section=KEPT)
    with shell(provider):
        claims = json.loads(badgectl("alice", "userinfo", "--json").stdout)
        assert claims["preferred_username"] == "alice"
        done = badgectl("alice", "api", "GET", "/me")
        assert (done.returncode, json.loads(done.stdout)) == (0, claims)
        assert badgectl("alice", "api", "GET", "/nothing").returncode == 1
        header = badgectl("alice", "token", "--header").stdout
        used = subprocess.run(["curl", "--silent", "--cacert", provider.ca_file, "-H", "@-",
                               f"{provider.issuer}/me"], input=header, capture_output=True,
                              text=True, check=True)
        assert json.loads(used.stdout) == claims
