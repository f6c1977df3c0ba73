# SPDX-License-Identifier: LGPL-2.1-or-later
"""The scripted provider, before anything is built on it: clients authenticate in every form, by hand
over HTTP, and prove their keys."""

import base64
import time

import pytest

from host.client_keys import SigningKey, assertion, proof
from host.device_flow import DEVICE_GRANT
from host.oauth_client import ASSERTION_TYPE, OauthClient
from host.providers import CLIENT_IDS, JWT_SECRET
from host.scripted import SCENARIOS

AUTHENTICATING = [name for name, row in SCENARIOS.items()
                  if name.startswith("auth-") and row["expect"] == "granted"]


@pytest.mark.parametrize("name", [name for name in AUTHENTICATING
                                  if name not in ("auth-basic-plain", "auth-none-at-device")])
def test_client_is_authenticated_as_the_row_wants(client, name):
    settings = SCENARIOS[name]["provider"]
    one = client(name)
    if settings.get("client_key_file") == "client-rsa.key":
        one.key = one.provider.keys.key
    one.signed_in()
    asked = [request.more["auth"] for request in one.provider.requests()
             if request.endpoint in ("device", "token")]
    assert asked == [settings["client_auth"]] * 3


def test_secret_without_form_encoding(client, server):
    one = client("auth-basic-plain")
    assert one.ask_device_code().status == 401
    pair = base64.b64encode(f"{one.client_id}:{server.client_secret}".encode()).decode()
    one.credentials = lambda: ({}, {"Authorization": f"Basic {pair}"})
    one.signed_in()


def test_no_secret_for_a_code_and_a_secret_for_tokens(client):
    one = client("auth-none-at-device")
    assert one.ask_device_code().status == 401
    with_secret = one.credentials
    one.credentials = lambda: ({"client_id": one.client_id}, {})
    challenge = one.ask_device_code().json()
    assert one.poll_device_code(challenge) == "invalid_client"
    one.credentials = with_secret
    assert one.poll_device_code(challenge) == "authorization_pending"


# What each endpoint is asked, and whether a client that has no credentials gets an answer.
@pytest.mark.parametrize("endpoint, form, is_public", [
    ("device_authorization_endpoint", {"scope": "openid"}, True),
    ("backchannel_authentication_endpoint", {"scope": "openid", "login_hint": "alice"}, True),
    ("token_endpoint", {"grant_type": "client_credentials"}, False),
    ("introspection_endpoint", {"token": "x"}, False), ("revocation_endpoint", {"token": "x"}, True)])
@pytest.mark.parametrize("client_auth", CLIENT_IDS)
def test_every_endpoint_knows_every_method(server, client_auth, endpoint, form, is_public):
    one = OauthClient(server.scenario("grants"), client_auth)
    assert one.post(endpoint, form).status == (200 if is_public or client_auth != "none" else 401)
    one.credentials = lambda: ({"client_id": one.client_id}, {})
    one.browser = OauthClient(one.provider, "none").browser
    is_answered = is_public and client_auth == "none"
    assert one.post(endpoint, form).status == (200 if is_answered else 401)


def claims_that_are_wrong(issuer, now):
    return {
        "token-endpoint-as-audience": {"aud": f"{issuer}/token"},
        "list-of-audiences": {"aud": [issuer, "https://issuer.example"]},
        "another-issuer": {"aud": "https://issuer.example"},
        "another-client": {"iss": "badged-public"},
        "another-subject": {"sub": "badged-public"},
        "expired": {"exp": now - 1},
        "too-long": {"exp": now + 7200},
        "no-expiry": {"exp": None},
        "no-jti": {"jti": None},
    }


@pytest.mark.parametrize("fault", claims_that_are_wrong("", 0))
@pytest.mark.parametrize("client_auth", ["private_key_jwt", "client_secret_jwt"])
def test_assertion_that_must_not_count(server, client_auth, fault):
    one = OauthClient(server.scenario("grants"), client_auth)
    changes = claims_that_are_wrong(one.provider.issuer, int(time.time()))[fault]
    key = one.key if client_auth == "private_key_jwt" else JWT_SECRET
    assert asked_with(one, assertion(one.client_id, one.provider.issuer, key, **changes)) == 401
    assert asked_with(one, assertion(one.client_id, one.provider.issuer, key)) == 200


def asked_with(one, text):
    one.credentials = lambda: ({"client_id": one.client_id, "client_assertion": text,
                                "client_assertion_type": ASSERTION_TYPE}, {})
    return one.ask_device_code().status


def test_assertion_counts_once_and_only_from_the_right_key(server, tmp_path):
    one = OauthClient(server.scenario("grants"), "private_key_jwt")
    issuer = one.provider.issuer
    again = assertion(one.client_id, issuer, one.key)
    assert (asked_with(one, again), asked_with(one, again)) == (200, 401)
    strange = SigningKey(tmp_path / "strange.key")
    assert asked_with(one, assertion(one.client_id, issuer, strange)) == 401
    assert asked_with(one, assertion(one.client_id, issuer, one.key, kid="rsa-key")) == 401
    assert asked_with(one, assertion(one.client_id, issuer, "s" * 32)) == 401


def test_certificate_of_nobody(server):
    """TLS is happy with any certificate; the client is not."""
    one = OauthClient(server.scenario("auth-self-signed-tls"), "self_signed_tls_client_auth")
    other = OauthClient(one.provider, "tls_client_auth")
    other.client_id = one.client_id
    assert other.ask_device_code().status == 401
    assert one.ask_device_code().status == 200
    assert one.provider.requests()[-1].more["mtls"] is True


# ---- DPoP ----

@pytest.mark.parametrize("name, requests", [("dpop", 2), ("dpop-nonce", 3),
                                            ("dpop-nonce-changes", 3)])
def test_proof_of_possession(client, name, requests):
    one = client(name).signed_in()
    assert one.tokens["token_type"] == "DPoP"
    assert one.provider.count("token") == requests
    assert one.userinfo().status == 200
    thief = OauthClient(one.provider)
    thief.tokens = one.tokens
    assert thief.userinfo().status == 401


def test_proof_that_is_missing_or_never_right(client):
    one = client("dpop", dpop=None)
    assert one.poll_device_code(one.ask_device_code().json()) == "invalid_dpop_proof"
    other = client("dpop-nonce-loop")
    assert other.poll_device_code(other.ask_device_code().json()) == "use_dpop_nonce"
    assert other.provider.count("token") == 2


@pytest.mark.parametrize("change", [
    {"htm": "GET"}, {"htu": "https://elsewhere.example/token"}, {"iat": 1000000000}, {"jti": ""}])
def test_proofs_that_must_not_count(client, change):
    one = client("dpop")
    code = one.ask_device_code().json()["device_code"]
    url = one.endpoint("token_endpoint")
    members, headers = one.credentials()
    text = proof(one.dpop, "POST", url, **change)
    answer = one.browser.post(url, {"grant_type": DEVICE_GRANT, "device_code": code, **members},
                              {**headers, "DPoP": text})
    assert answer.json()["error"] == "invalid_dpop_proof"


def test_proof_at_a_resource_is_for_this_token_and_key(client, tmp_path):
    one = client("dpop").signed_in()
    url, token = one.endpoint("userinfo_endpoint"), one.tokens["access_token"]
    strange = SigningKey(tmp_path / "strange.key")
    for text in (proof(one.dpop, "GET", url), proof(one.dpop, "GET", url, access_token="other"),
                 proof(strange, "GET", url, access_token=token)):
        answer = one.browser.send("GET", url, headers={"Authorization": f"DPoP {token}",
                                                       "DPoP": text})
        assert answer.status == 401
    assert one.userinfo().status == 200


def test_refresh_token_is_bound_to_the_key(client, tmp_path):
    one = client("refresh-dpop").signed_in()
    key, token = one.dpop, one.tokens["refresh_token"]
    one.dpop = SigningKey(tmp_path / "another.key")
    assert one.refresh(token) == "invalid_grant"
    one.dpop = key
    assert one.refresh(token) == "granted"
