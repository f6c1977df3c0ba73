# SPDX-License-Identifier: LGPL-2.1-or-later
"""The real providers beyond the plain device grant, before anything is built on them: every grant and
every client authentication that each offers. By hand, over HTTP."""

import time

import pytest

from host.client_keys import KeyPair
from host.oauth_client import OauthClient, redirect_parameters
from host.oidc_provider import OidcProvider
from host.providers import CLIENT_IDS, WrongUserCode


@pytest.fixture(scope="module")
def provider(tmp_path_factory):
    with OidcProvider() as one:
        one.start(tmp_path_factory.mktemp("oidc-provider"))
        yield one


def approved(client, user="alice", **more):
    challenge = client.ask_device_code(**more).json()
    client.provider.approve(challenge["user_code"], user)
    assert client.poll_device_code(challenge) == "granted"
    return client


@pytest.mark.parametrize("client_auth", CLIENT_IDS)
def test_client_authentication_at_every_endpoint(provider, client_auth):
    client = approved(OauthClient(provider, client_auth))
    assert client.ask_backchannel("alice", f"by {client_auth}").status == 200
    assert client.introspect(client.tokens["access_token"]).json()["active"] is True
    assert client.revoke(client.tokens["access_token"], "access_token").status == 200
    assert client.introspect(client.tokens["access_token"]).json() == {"active": False}


@pytest.mark.parametrize("client_auth", [auth for auth in CLIENT_IDS if auth != "none"])
def test_client_without_its_credentials(provider, client_auth):
    client = OauthClient(provider, client_auth)
    client.credentials = lambda: ({"client_id": client.client_id}, {})
    client.browser = OauthClient(provider, "none").browser
    assert client.ask_device_code().json()["error"] == "invalid_client"


def test_key_of_either_kind(provider, tmp_path):
    for key in (provider.keys.key, provider.keys.ec_key):
        assert OauthClient(provider, "private_key_jwt", key).ask_device_code().status == 200
    strange = KeyPair(tmp_path / "strange.key")
    assert OauthClient(provider, "private_key_jwt", strange).ask_device_code().status == 401


def test_backchannel(provider):
    client = OauthClient(provider)
    challenge = client.ask_backchannel("alice@example.com", "shellhost sshd 17").json()
    assert client.poll_backchannel(challenge) == "authorization_pending"
    for message, user in (("shellhost sshd 18", "alice"), ("shellhost sshd 17", "bob")):
        with pytest.raises(WrongUserCode):
            provider.approve_backchannel(message, user)
    provider.approve_backchannel("shellhost sshd 17", "alice")
    assert client.poll_backchannel(challenge) == "granted"
    assert client.userinfo().json()["preferred_username"] == "alice"


def test_backchannel_that_alice_declines(provider):
    client = OauthClient(provider)
    challenge = client.ask_backchannel("alice", "no thanks").json()
    provider.deny_backchannel("no thanks", "alice")
    assert client.poll_backchannel(challenge) == "access_denied"


def test_backchannel_for_nobody(provider):
    assert OauthClient(provider).ask_backchannel("mallory", "x").json()["error"] == "unknown_user_id"


def test_code(provider):
    client = OauthClient(provider, "none")
    came = redirect_parameters(provider.authorize(client.authorization_url(nonce="n-1"), "alice"))
    assert came["state"] == ["state-of-the-test"] and came["iss"] == [provider.issuer]
    assert client.redeem(came["code"][0]) == "granted"
    assert client.id_token_claims()["nonce"] == "n-1"
    assert client.redeem(came["code"][0]) == "invalid_grant"


def test_code_with_the_wrong_verifier(provider):
    client = OauthClient(provider, "none")
    came = redirect_parameters(provider.authorize(client.authorization_url(), "alice"))
    assert client.redeem(came["code"][0], code_verifier="w" * 43) == "invalid_grant"


@pytest.mark.parametrize("client_auth", ["none", "client_secret_basic", "private_key_jwt"])
def test_refresh_rotates_and_a_replay_ends_everything(provider, client_auth):
    client = OauthClient(provider, client_auth, scope=f"{provider.scope} offline_access")
    approved(client, prompt="consent")
    first = client.tokens["refresh_token"]
    subject = client.id_token_claims()["sub"]
    assert client.refresh() == "granted"
    second = client.tokens["refresh_token"]
    assert second != first and client.id_token_claims()["sub"] == subject
    assert client.refresh(first) == "invalid_grant"
    assert client.refresh(second) == "invalid_grant"


def test_revoked_refresh_token(provider):
    client = OauthClient(provider, scope=f"{provider.scope} offline_access")
    approved(client, prompt="consent")
    assert client.revoke(client.tokens["refresh_token"]).status == 200
    assert client.userinfo().status == 401
    assert client.refresh() == "invalid_grant"


@pytest.mark.parametrize("client_auth", [auth for auth in CLIENT_IDS if auth != "none"])
def test_client_for_itself(provider, client_auth):
    client = OauthClient(provider, client_auth)
    assert client.ask_for_itself("directory.read") == "granted"
    assert "id_token" not in client.tokens and "refresh_token" not in client.tokens


def test_proof_of_possession(provider, tmp_path):
    client = OauthClient(provider, "none", dpop=KeyPair(tmp_path / "dpop.key"),
                         scope=f"{provider.scope} offline_access")
    assert client.metadata["dpop_signing_alg_values_supported"]
    approved(client, prompt="consent")
    assert client.tokens["token_type"] == "DPoP"
    assert client.userinfo().status == 200
    thief = OauthClient(provider, "none")
    thief.tokens = client.tokens
    assert thief.userinfo().status == 401
    assert thief.refresh() == "invalid_grant"
    assert client.refresh() == "granted"


def test_proof_with_the_providers_nonce(tmp_path):
    with OidcProvider(dpop_nonce=True) as provider:
        provider.start(tmp_path)
        client = OauthClient(provider, "none", dpop=KeyPair(tmp_path / "dpop.key"))
        approved(client)
        assert client.nonce and provider.count("token") == 2
        assert client.userinfo().status == 200


def test_access_tokens_end(tmp_path):
    with OidcProvider(access_token_sec=2) as provider:
        provider.start(tmp_path)
        client = OauthClient(provider, scope=f"{provider.scope} offline_access")
        approved(client, prompt="consent")
        assert client.tokens["expires_in"] == 2
        time.sleep(3)
        assert client.userinfo().status == 401
        assert client.refresh() == "granted" and client.userinfo().status == 200
