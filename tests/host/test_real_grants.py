# SPDX-License-Identifier: LGPL-2.1-or-later
"""The real providers beyond the plain device grant, before anything is built on them: every grant and
every client authentication that each offers, and what each does its own way. By hand, over HTTP."""

import time

import pytest

from host.client_keys import SigningKey
from host.glewlwyd import Glewlwyd
from host.oauth_client import OauthClient, redirect_parameters
from host.oidc_provider import OidcProvider
from host.providers import CLIENT_IDS, WrongUserCode

PROVIDERS = {"glewlwyd": lambda: Glewlwyd(interval_sec=1), "oidc-provider": OidcProvider}
# Without this scope oidc-provider gives no refresh token; Glewlwyd always does.
OFFLINE = {"glewlwyd": "openid", "oidc-provider": "openid profile email groups offline_access"}
OF_EACH = [(name, auth) for name, auths in (("glewlwyd", Glewlwyd.client_auths),
                                            ("oidc-provider", OidcProvider.client_auths))
           for auth in auths]


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """Each is started once, when the first test asks for it."""
    providers = {}

    def start(name):
        if name not in providers:
            providers[name] = PROVIDERS[name]()
            providers[name].start(tmp_path_factory.mktemp(name))
        return providers[name]

    yield start
    for provider in providers.values():
        provider.stop()


@pytest.fixture(params=list(PROVIDERS))
def provider(request, running):
    return running(request.param)


def approved(client, user="alice"):
    challenge = client.ask_device_code(prompt="consent").json()
    client.provider.approve(challenge["user_code"], user)
    assert client.poll_device_code(challenge) == "granted"
    return client


def offline(provider, client_auth="client_secret_basic", **more):
    return OauthClient(provider, client_auth, scope=OFFLINE[provider.name], **more)


@pytest.mark.parametrize("name, client_auth", OF_EACH)
def test_client_authentication_at_every_endpoint(running, name, client_auth):
    provider = running(name)
    client = approved(OauthClient(provider, client_auth))
    assert client.ask_backchannel(provider.hint_of("alice"), f"by {client_auth}").status == 200
    if (name, client_auth) == ("glewlwyd", "none"):
        assert client.introspect(client.tokens["access_token"]).status == 401
        return
    assert client.introspect(client.tokens["access_token"]).json()["active"] is True
    assert client.revoke(client.tokens["access_token"], "access_token").status == 200
    assert client.introspect(client.tokens["access_token"]).json() == {"active": False}


@pytest.mark.parametrize("name, client_auth", [pair for pair in OF_EACH if pair[1] != "none"])
def test_client_without_its_credentials(running, name, client_auth):
    client = OauthClient(running(name), client_auth)
    client.credentials = lambda: ({"client_id": client.client_id}, {})
    client.browser = OauthClient(client.provider, "none").browser
    answer = client.ask_device_code()
    assert answer.status in (401, 403)
    assert answer.json()["error"] in ("invalid_client", "unauthorized_client")


def test_key_of_either_kind(provider, tmp_path):
    for key in (provider.keys.key, provider.keys.ec_key):
        assert OauthClient(provider, "private_key_jwt", key).ask_device_code().status == 200
    strange = SigningKey(tmp_path / "strange.key")
    assert OauthClient(provider, "private_key_jwt", strange).ask_device_code().status == 401


def test_audience_of_assertions(provider):
    """RFC 7523 leaves it open; Glewlwyd takes nothing but the endpoint."""
    client = OauthClient(provider, "private_key_jwt")
    client.provider = OidcProvider()    # asks as for the issuer
    client.provider.issuer = provider.issuer
    status = client.ask_device_code().status
    assert status == (200 if provider.assertion_audience == "issuer" else 401)


def test_certificate_is_asked_for_and_not_needed(provider):
    """Whoever has none is served as well."""
    assert approved(OauthClient(provider, "none")).userinfo().status == 200
    aliases = OauthClient(provider).metadata["mtls_endpoint_aliases"]
    assert {"token_endpoint", "device_authorization_endpoint", "revocation_endpoint",
            "introspection_endpoint", "backchannel_authentication_endpoint"} <= set(aliases)


@pytest.mark.parametrize("name, client_auth", [
    pair for pair in OF_EACH if pair != ("glewlwyd", "tls_client_auth")])
def test_backchannel(running, name, client_auth):
    provider = running(name)
    client, message = OauthClient(provider, client_auth), f"shellhost {client_auth} 17"
    challenge = client.ask_backchannel(provider.hint_of("alice"), message).json()
    assert client.poll_backchannel(challenge) == "authorization_pending"
    for wrong, user in ((f"{message}8", "alice"), (message, "bob")):
        with pytest.raises(WrongUserCode):
            provider.approve_backchannel(wrong, user)
    provider.approve_backchannel(message, "alice")
    time.sleep(challenge.get("interval", 0) / 4)
    assert client.poll_backchannel(challenge) == "granted"
    assert client.userinfo().json()["preferred_username"] == "alice"


def test_backchannel_that_alice_declines(provider):
    client = OauthClient(provider)
    challenge = client.ask_backchannel(provider.hint_of("alice"), "no thanks").json()
    provider.deny_backchannel("no thanks", "alice")
    assert client.poll_backchannel(challenge) == "access_denied"


def test_backchannel_for_nobody(provider):
    answer = OauthClient(provider).ask_backchannel(provider.hint_of("mallory"), "x")
    assert answer.status == 400
    assert answer.json()["error"] in ("unknown_user_id", "invalid_request")


@pytest.mark.parametrize("client_auth", ["none", "client_secret_basic"])
def test_code(provider, client_auth):
    client = OauthClient(provider, client_auth)
    came = redirect_parameters(provider.authorize(client.authorization_url(nonce="n-1"), "alice"))
    assert came["state"] == ["state-of-the-test"] and came["iss"] == [provider.issuer]
    assert client.redeem(came["code"][0]) == "granted"
    assert client.id_token_claims()["nonce"] == "n-1"
    assert client.redeem(came["code"][0]) != "granted"


def test_code_with_the_wrong_verifier(provider):
    client = OauthClient(provider, "none")
    url = client.authorization_url(nonce="n-2")     # Glewlwyd does not do without
    came = redirect_parameters(provider.authorize(url, "alice"))
    assert client.redeem(came["code"][0], code_verifier="w" * 43) in ("invalid_grant",
                                                                      "invalid_code")


@pytest.mark.parametrize("client_auth", ["none", "client_secret_basic", "private_key_jwt"])
def test_refresh_rotates_and_a_replay_ends_everything(provider, client_auth):
    client = approved(offline(provider, client_auth))
    first, subject = client.tokens["refresh_token"], client.id_token_claims()["sub"]
    assert client.refresh() == "granted"
    second = client.tokens["refresh_token"]
    assert second != first
    assert client.userinfo().json()["sub"] == subject
    assert client.refresh(first) in ("invalid_grant", "status 400")
    assert client.refresh(second) in ("invalid_grant", "status 400")


def test_refreshed_id_token(running):
    """One has it, the other does not."""
    for name, is_there in (("oidc-provider", True), ("glewlwyd", False)):
        client = approved(offline(running(name)))
        assert client.refresh() == "granted" and ("id_token" in client.tokens) is is_there


def test_revoked_refresh_token(provider):
    client = approved(offline(provider))
    assert client.revoke(client.tokens["refresh_token"]).status == 200
    assert client.userinfo().status == (401 if provider.name == "oidc-provider" else 200)
    assert client.refresh() in ("invalid_grant", "status 400")


@pytest.mark.parametrize("name, client_auth", [pair for pair in OF_EACH if pair[1] != "none"])
def test_client_for_itself(running, name, client_auth):
    client = OauthClient(running(name), client_auth)
    assert client.ask_for_itself({"glewlwyd": "openid"}.get(name, "directory.read")) == "granted"
    assert "id_token" not in client.tokens and "refresh_token" not in client.tokens


@pytest.mark.parametrize("client_auth", ["none", "client_secret_basic"])
def test_proof_of_possession(provider, client_auth, tmp_path):
    client = offline(provider, client_auth, dpop=SigningKey(tmp_path / "dpop.key"))
    assert "ES256" in client.metadata["dpop_signing_alg_values_supported"]
    approved(client)
    assert client.tokens["token_type"] == "DPoP"
    assert client.userinfo().status == 200
    thief = OauthClient(provider, client_auth)
    thief.tokens = client.tokens
    assert thief.userinfo().status == 401
    if client_auth == "none" or provider.name == "glewlwyd":
        assert thief.refresh() in ("invalid_grant", "invalid_dpop_proof")
    assert client.refresh() == "granted"


# ---- oidc-provider ----

def test_proof_with_the_providers_nonce(tmp_path):
    with OidcProvider(dpop_nonce=True) as provider:
        provider.start(tmp_path)
        client = OauthClient(provider, "none", dpop=SigningKey(tmp_path / "dpop.key"))
        approved(client)
        assert client.nonce and provider.count("token") == 2
        assert client.userinfo().status == 200


def test_access_tokens_end(tmp_path):
    with OidcProvider(access_token_sec=2) as provider:
        provider.start(tmp_path)
        client = approved(offline(provider))
        assert client.tokens["expires_in"] == 2
        time.sleep(3)
        assert client.userinfo().status == 401
        # On a slow machine the next one may have ended, too.
        assert any(client.refresh() == "granted" and client.userinfo().status == 200 for _ in range(5))


# ---- Glewlwyd ----

def test_glewlwyd_loses_a_backchannel_request_under_a_certificate(running):
    provider = running("glewlwyd")
    client = OauthClient(provider, "tls_client_auth")
    challenge = client.ask_backchannel(provider.hint_of("alice"), "under a certificate").json()
    provider.approve_backchannel("under a certificate", "alice")
    assert client.poll_backchannel(challenge) == "unauthorized_client"


def test_glewlwyd_tells_every_client_of_every_token(running):
    """So that whoever validates must compare client_id."""
    client = approved(OauthClient(running("glewlwyd")))
    other = OauthClient(client.provider, "client_secret_post")
    said = other.introspect(client.tokens["access_token"]).json()
    assert said["active"] is True and said["client_id"] == CLIENT_IDS["client_secret_basic"]
    assert "iss" not in said
