# SPDX-License-Identifier: LGPL-2.1-or-later
"""Tokens that are bound to a key (RFC 9449) are renewed with proofs of that key, with the nonce that the
provider wants in them. badged gives such tokens to nobody, so refresh-record.c shows what it does with
them. The tokens come by a client of the test's own."""

import contextlib
import json
import subprocess
import time

import pytest

from host import paths
from host.client_keys import SigningKey
from host.daemon import settings_for, write_settings
from host.oauth_client import OauthClient
from host.oidc_provider import OidcProvider
from system.desk import Desk, go_to
from system.person import Person
from system.rows import wait_for
from system.traces import pending_logins

PROGRAM = paths.BUILD / "tests" / "system" / "refresh-record"
END_SEC = 30


@pytest.fixture
def key(tmp_path):
    return SigningKey(tmp_path / "dpop.key")


def renew(provider, record):
    """(how it ended, the record that came of it)"""
    text, files = settings_for(provider, client_auth="none", section="keep_tokens = yes")
    write_settings(text, files)
    done = subprocess.run([PROGRAM, paths.SETTINGS], input=json.dumps(record), capture_output=True,
                          text=True, check=False, timeout=END_SEC)
    assert done.returncode == 0, done
    end, *rest = done.stdout.splitlines()
    return end, json.loads(rest[0]) if rest else None


def record_of(provider, client, subject):
    """As badged would have kept it."""
    tokens = client.tokens
    assert tokens["token_type"] == "DPoP"
    now = int(time.time())
    return {"provider": "corp", "issuer": provider.issuer, "subject": subject,
            "scope": tokens["scope"], "access_token": tokens["access_token"],
            "refresh_token": tokens["refresh_token"], "dpop_key": client.dpop.path.read_text(),
            "granted_at": now, "expires_at": now + tokens["expires_in"], "refresh_in_doubt": False}


def refreshes(provider):
    return [request for request in provider.requests() if request.more.get("grant") == "refresh"]


@pytest.mark.parametrize("name, statuses", [("refresh-dpop-revoked", [200]),
                                            ("refresh-dpop", [400, 200])])
def test_renewed_with_a_proof(name, statuses, scripted, key):
    """The second row wants a nonce of its own each time: once more, with the one that it named."""
    provider = scripted.scenario(name)
    client = OauthClient(provider, "none", dpop=key).signed_in()
    record = record_of(provider, client, "subject-of-alice")
    for number in (1, 2):
        end, after = renew(provider, record)
        assert end == "done"
        assert after["access_token"] != record["access_token"]
        assert after["refresh_token"] != record["refresh_token"]
        assert after["dpop_key"] == record["dpop_key"] and not after["refresh_in_doubt"]
        asked = refreshes(provider)
        assert [one.status for one in asked] == statuses * number
        assert all(one.more["dpop"] for one in asked)
        assert client.get(client.endpoint("userinfo_endpoint"), after["access_token"]).status == 200
        record = after


def test_another_key_renews_nothing(scripted, key, tmp_path):
    provider = scripted.scenario("refresh-dpop")
    record = record_of(provider, OauthClient(provider, "none", dpop=key).signed_in(),
                       "subject-of-alice")
    stolen = {**record, "dpop_key": SigningKey(tmp_path / "another.key").path.read_text()}
    assert renew(provider, stolen) == ("refused", None)
    assert renew(provider, record)[0] == "done"


def test_tokens_that_come_back_unbound_do_not_count(scripted, key):
    provider = scripted.scenario("refresh-dpop-downgraded")
    record = record_of(provider, OauthClient(provider, "none", dpop=key).signed_in(),
                       "subject-of-alice")
    assert renew(provider, record)[0] == "rejected"


def test_real_provider(key, tmp_path):
    """It wants its nonce in each proof, and rotates."""
    with OidcProvider(dpop_nonce=True) as provider:
        provider.scope = f"{provider.scope} offline_access"
        provider.start(tmp_path)
        client = OauthClient(provider, "none", dpop=key)
        challenge = client.ask_device_code(prompt="consent").json()
        provider.approve(challenge["user_code"], "alice")
        assert client.poll_device_code(challenge) == "granted"
        record = record_of(provider, client, "alice")
        end, after = renew(provider, record)
        assert end == "done" and after["refresh_token"] != record["refresh_token"]
        assert client.get(client.endpoint("userinfo_endpoint"), after["access_token"]).status == 200


# ---- logins that come before the metadata ----

def is_proved(provider):
    """Whether the request for the tokens came with a proof of the key."""
    return bool([one.more["dpop"] for one in provider.requests() if one.endpoint == "token"][-1])


@contextlib.contextmanager
def unknown_yet(provider, serve):
    """badged has just started, and the provider does not answer until release() is called."""
    provider.control("POST", "hold", {"endpoint": "discovery"})
    serve(provider, client_auth="none", section="keep_tokens = yes")

    def release():
        wait_for(lambda: pending_logins() == 1)
        provider.control("POST", "release", {"endpoint": "discovery"})
    yield release
    assert is_proved(provider)


def test_code_on_the_screen(scripted, serve):
    with unknown_yet(scripted.scenario("refresh-dpop-revoked"), serve) as release:
        with Person("su", "alice") as person:
            release()
            person.see_shell()


def come_back(desk, provider):
    go_to(provider.authorize(desk.challenge()["authorization_url"], "alice").headers["Location"])
    assert desk.end()["outcome"] == "granted"


def test_browser(scripted, serve):
    provider = scripted.scenario("code-dpop")
    with unknown_yet(provider, serve) as release, Desk() as desk:
        release()
        come_back(desk, provider)


def test_nothing_is_proved_to_a_provider_that_does_not_bind(scripted, serve):
    provider = scripted.scenario("refresh")
    serve(provider, client_auth="none", section="keep_tokens = yes")
    with Person("su", "alice") as person:
        person.see_challenge()
        person.see_shell()
    assert not is_proved(provider)


def test_nor_by_a_browser(scripted, serve):
    provider = scripted.scenario("code")
    serve(provider, client_auth="none", section="keep_tokens = yes")
    with Desk() as desk:
        come_back(desk, provider)
    assert not is_proved(provider)
