# SPDX-License-Identifier: LGPL-2.1-or-later
"""The scripted provider beyond the plain device grant, before anything is built on it: every grant, and
what happens to tokens later. By hand, over HTTP."""

import http.client
import time

import pytest

from host.oauth_client import OauthClient, challenge_of, redirect_parameters
from host.providers import WrongUserCode
from host.scripted import SCENARIOS


# ---- device grant with more ----

def test_pkce_in_the_device_grant(client):
    one = client("pkce")
    assert one.ask_device_code().json()["error"] == "invalid_request"
    verifier = "v" * 43
    challenge = one.ask_device_code(code_challenge=challenge_of(verifier),
                                    code_challenge_method="S256").json()
    assert one.poll_device_code(challenge) == "invalid_grant"
    assert one.poll_device_code(challenge, code_verifier="w" * 43) == "invalid_grant"
    assert one.poll_device_code(challenge, code_verifier=verifier) == "authorization_pending"
    assert one.poll_device_code(challenge, code_verifier=verifier) == "granted"


def test_parameters_and_headers_that_are_demanded(client):
    one = client("demanded-parameter")
    assert one.ask_device_code().status == 400
    assert one.ask_device_code(**one.provider.row["demands"]["device"]).status == 200
    other = client("demanded-header")
    assert other.ask_device_code().status == 400
    members, headers = other.credentials()
    other.credentials = lambda: (members, {**headers, "X-Tenant": "blue"})
    assert other.ask_device_code().status == 200


# ---- CIBA ----

def test_ciba(client):
    one = client("ciba-by-control")
    challenge = one.ask_backchannel("alice", "shellhost sshd 42").json()
    assert challenge["interval"] == 1 and challenge["expires_in"] == 600
    assert one.poll_backchannel(challenge) == "authorization_pending"
    waiting, = one.provider.waiting()
    assert (waiting["binding_message"], waiting["login_hint"]) == ("shellhost sshd 42", "alice")
    with pytest.raises(WrongUserCode):
        one.provider.approve_backchannel("shellhost sshd 43", "alice")
    one.provider.approve_backchannel("shellhost sshd 42", "alice")
    assert one.poll_backchannel(challenge) == "granted"
    assert one.id_token_claims()["preferred_username"] == "alice"
    assert one.poll_backchannel(challenge) == "invalid_grant"
    logged, = [request for request in one.provider.requests() if request.endpoint == "backchannel"]
    assert logged.more["binding_message"] == "shellhost sshd 42"


def test_ciba_declined(client):
    one = client("ciba-by-control")
    challenge = one.ask_backchannel("alice@example.com", "x").json()
    one.provider.deny_backchannel("x", "alice")
    assert one.poll_backchannel(challenge) == "access_denied"
    assert one.provider.waiting() == []


@pytest.mark.parametrize("hint, message, more, error", [
    ("mallory", "x", {}, "unknown_user_id"), ("alice", "\u00e4", {}, "invalid_binding_message"),
    ("alice", "x" * 101, {}, "invalid_binding_message"),
    ("alice", "x", {"scope": "profile"}, "invalid_scope"),
    ("alice", "x", {"id_token_hint": "y"}, "invalid_request")])
def test_ciba_requests_that_are_refused(client, hint, message, more, error):
    assert client("ciba").ask_backchannel(hint, message, **more).json()["error"] == error


def test_ciba_by_somebody_else(client):
    one = client("ciba-bob-approves")
    challenge = one.ask_backchannel("alice", "x").json()
    one.poll_backchannel(challenge)
    assert one.poll_backchannel(challenge) == "granted"
    assert one.id_token_claims()["preferred_username"] == "bob"


def test_device_code_is_no_request_id(client, server):
    one = OauthClient(server.scenario("grants"))
    device = one.ask_device_code().json()["device_code"]
    assert one.poll_backchannel({"auth_req_id": device}) == "invalid_grant"


# ---- authorization code ----

def visit(one, **more):
    return redirect_parameters(one.browser.get(one.authorization_url(**more)))


def test_code_with_state_issuer_nonce_and_pkce(client):
    one = client("code")
    came = visit(one, nonce="n-1")
    assert came["state"] == ["state-of-the-test"] and came["iss"] == [one.provider.issuer]
    assert one.redeem(came["code"][0], code_verifier="w" * 43) == "invalid_grant"
    assert one.redeem(came["code"][0], redirect_uri="http://127.0.0.1:1/") == "invalid_grant"
    assert one.redeem(came["code"][0]) == "granted"
    assert one.id_token_claims()["nonce"] == "n-1"
    assert one.redeem(came["code"][0]) == "invalid_grant"


@pytest.mark.parametrize("change", [
    {"redirect_uri": "http://localhost:1/"}, {"redirect_uri": "https://elsewhere.example/"},
    {"code_challenge_method": "plain"}, {"code_challenge": "short"}, {"state": ""},
    {"response_type": "token"}, {"client_id": "nobody"}])
def test_authorization_requests_that_are_refused(client, change):
    one = client("code")
    assert one.browser.get(one.authorization_url(**change)).status == 400


@pytest.mark.parametrize("name, parameter, value", [
    ("code-other-state", "state", ["AAAAAAAAAAAAAAAAAAAAAA"]), ("code-no-state", "state", None),
    ("code-other-issuer", "iss", ["https://issuer.example"]), ("code-issuer-left-out", "iss", None),
    ("code-refused", "error", ["access_denied"])])
def test_redirect_is_odd_as_its_name_says(client, name, parameter, value):
    assert visit(client(name)).get(parameter) == value


def test_code_stands_there_twice(client):
    assert len(visit(client("code-twice"))["code"]) == 2


# ---- refresh ----

def test_refresh_rotates_and_a_replay_ends_everything(client):
    one = client("refresh").signed_in()
    first, began = one.tokens["refresh_token"], one.id_token_claims()
    assert one.refresh() == "granted"
    second, claims = one.tokens["refresh_token"], one.id_token_claims()
    assert second != first and claims["sub"] == began["sub"]
    assert claims["auth_time"] == began["auth_time"]
    assert one.provider.live_tokens() == {"access": 2, "refresh": 1}
    assert one.refresh(first) == "invalid_grant"
    assert one.provider.live_tokens() == {"access": 0, "refresh": 0}
    assert one.refresh(second) == "invalid_grant"
    assert one.userinfo().status == 401


def test_refresh_that_keeps_the_token(client):
    one = client("refresh-kept").signed_in()
    token = one.tokens["refresh_token"]
    assert one.refresh() == "granted" and "refresh_token" not in one.tokens
    assert one.refresh(token) == "granted"


def test_refresh_answer_that_is_lost_has_used_the_token(client):
    one = client("refresh-answer-lost").signed_in()
    with pytest.raises((OSError, http.client.HTTPException)):
        one.refresh()
    assert one.refresh() == "invalid_grant"
    assert one.provider.live_tokens() == {"access": 0, "refresh": 0}


def test_refresh_while_the_provider_is_away_uses_nothing(client):
    one = client("refresh-503").signed_in()
    answer = one.post("token_endpoint", {"grant_type": "refresh_token",
                                         "refresh_token": one.tokens["refresh_token"]})
    assert answer.status == 503 and answer.headers["Retry-After"] == "2"
    assert one.refresh() == "granted"


@pytest.mark.parametrize("name, claim, value", [
    ("refresh-other-subject", "sub", "subject-of-bob"),
    ("refresh-other-issuer", "iss", "https://issuer.example"),
    ("refresh-other-audience", "aud", "somebody-else"),
    ("refresh-other-auth-time", "auth_time", 1000000000)])
def test_refreshed_id_token_is_odd_as_its_name_says(client, name, claim, value):
    one = client(name).signed_in()
    assert one.id_token_claims()[claim] != value
    assert one.refresh() == "granted" and one.id_token_claims()[claim] == value


def test_scope_may_not_grow(client):
    one = client("refresh").signed_in()
    token = one.tokens["refresh_token"]
    assert one.refresh(token, scope="openid admin") == "invalid_grant"
    assert one.refresh(token, scope="openid") == "granted"


def test_refresh_by_another_client(client):
    one = client("refresh").signed_in()
    other = OauthClient(one.provider, "client_secret_post")
    assert other.refresh(one.tokens["refresh_token"]) == "invalid_grant"


def test_access_tokens_end(client):
    one = client("refresh-short").signed_in()
    time.sleep(SCENARIOS["refresh-short"]["token_lifetime"] + 1)
    assert one.userinfo().status == 401
    # On a slow machine the next one may have ended, too.
    assert any(one.refresh() == "granted" and one.userinfo().status == 200 for _ in range(5))


# ---- afterwards ----

def test_revocation(client):
    one = client("refresh").signed_in()
    assert one.revoke("unknown to anybody").status == 200
    other = OauthClient(one.provider, "client_secret_post")
    other.revoke(one.tokens["refresh_token"])
    assert one.provider.live_tokens() == {"access": 1, "refresh": 1}
    answer = one.revoke(one.tokens["refresh_token"])
    assert (answer.status, answer.body) == (200, b"")
    assert one.provider.live_tokens() == {"access": 0, "refresh": 0}
    assert one.provider.requests()[-1].more["hint"] == "refresh_token"


def test_revocation_that_must_come_again(client):
    one = client("revocation-503").signed_in()
    assert one.revoke(one.tokens["refresh_token"]).headers["Retry-After"] == "2"
    assert one.provider.live_tokens()["refresh"] == 1
    one.revoke(one.tokens["refresh_token"])
    assert one.provider.live_tokens()["refresh"] == 0


def test_introspection(client):
    one = client("refresh").signed_in()
    said = one.introspect(one.tokens["access_token"]).json()
    assert said["active"] is True and said["client_id"] == one.client_id
    assert said["sub"] == one.id_token_claims()["sub"] and said["exp"] > time.time()
    other = OauthClient(one.provider, "client_secret_post")
    assert other.introspect(one.tokens["access_token"]).json() == {"active": False}
    assert one.introspect("unknown").json() == {"active": False}
    assert OauthClient(one.provider, "none").introspect("unknown").status == 401
    one.provider.revoke_all()
    assert one.introspect(one.tokens["access_token"]).json() == {"active": False}


def test_end_of_the_session(client):
    one = client("end-session").signed_in()
    url = one.metadata["end_session_endpoint"]
    assert one.browser.get(f"{url}?id_token_hint=unknown").status == 400
    assert one.browser.get(f"{url}?id_token_hint={one.tokens['id_token']}").status == 200
    assert one.provider.live_tokens() == {"access": 0, "refresh": 0}


# ---- the client for itself, and the directory ----

def test_directory(client):
    one = client("directory-enabled")
    url = f"{one.provider.root}/directory/users/subject-of-alice"
    assert one.ask_for_itself("openid") == "granted"
    assert "refresh_token" not in one.tokens and "id_token" not in one.tokens
    assert one.get(url).status == 403
    assert one.ask_for_itself("directory.read") == "granted"
    assert one.get(url).json()["accountEnabled"] is True
    assert one.get(url.replace("alice", "mallory")).status == 404
    assert one.signed_in().get(url).status == 403


def test_client_without_a_secret_gets_nothing_for_itself(server):
    assert OauthClient(server.scenario("grants"), "none").ask_for_itself("x") == "invalid_client"
