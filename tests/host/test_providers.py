# SPDX-License-Identifier: LGPL-2.1-or-later
"""The providers themselves, before anything is built on them: a whole device flow by hand with
each, approved, declined, expired, with a wrong code, and what each does its own way."""

import http.client
import json
import ssl
import subprocess
import time

import pytest

from host.authority import Authority
from host.browser import Browser
from host.device_flow import DEVICE_GRANT, DeviceFlow, part_of, subject_of
from host.glewlwyd import Glewlwyd
from host.oidc_provider import OidcProvider
from host.providers import CLIENT_SECRET, FAKES, WrongUserCode
from host.scripted import SCENARIOS, ScriptedServer

INTERVAL_SEC = 1
EXPIRATION_SEC = 2
GLEWLWYD_EXPIRATION_SEC = 15    # two polls come before it is over
CURL_TIMEOUT = 28
CLIENT_AUTHS = ["client_secret_basic", "client_secret_post", "none"]
PROVIDERS = ["glewlwyd", "oidc-provider", "scripted"]


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    glewlwyd = Glewlwyd(interval_sec=INTERVAL_SEC, count_requests=True)
    oidc_provider = OidcProvider()
    server = ScriptedServer()
    with glewlwyd, oidc_provider, server:
        for provider in (glewlwyd, oidc_provider, server):
            provider.start(tmp_path_factory.mktemp(provider.name))
        yield {"glewlwyd": lambda: glewlwyd, "oidc-provider": lambda: oidc_provider,
               "scripted": lambda: server.scenario("granted-by-control")}


@pytest.fixture(params=PROVIDERS)
def provider(request, running):
    return running[request.param]()


@pytest.fixture
def scenario(running):
    """name → a fresh provider of that row."""
    return running["scripted"]().server.scenario


@pytest.mark.parametrize("client_auth", CLIENT_AUTHS)
def test_flow_that_alice_approves(provider, client_auth):
    flow = DeviceFlow(provider, client_auth)
    challenge = flow.start()
    assert challenge["verification_uri"].startswith("https://localhost:")
    assert flow.poll() == "authorization_pending"

    provider.approve(challenge["user_code"], "alice")
    time.sleep(INTERVAL_SEC)
    assert flow.poll() == "granted"

    header, claims = part_of(flow.tokens["id_token"], 0), flow.id_token_claims()
    assert header["alg"] == "RS256"
    assert claims["iss"] == provider.issuer
    assert claims["aud"] == (flow.form.get("client_id") or provider.client_id)
    assert claims["iat"] <= time.time() + 1 < claims["exp"]
    assert claims["sub"]
    userinfo = flow.userinfo()
    assert userinfo["sub"] == claims["sub"]
    assert userinfo["preferred_username"] == "alice"
    assert userinfo["email"] == "alice@example.com" and userinfo["email_verified"] is True
    assert userinfo["groups"] == ["staff", "wheel"]
    time.sleep(INTERVAL_SEC)
    assert flow.poll() in ("access_denied", "invalid_grant"), "a code counts once"


def test_the_one_who_approves_is_the_one_who_comes_back(provider):
    subjects = set()
    for user in ("alice", "bob", "carol"):
        flow = DeviceFlow(provider, "none")
        provider.approve(flow.start()["user_code"], user)
        assert flow.poll() == "granted"
        userinfo = flow.userinfo()
        assert userinfo["preferred_username"] == user
        assert userinfo["email_verified"] is (user != "carol")
        assert userinfo.get("groups", []) == list(provider.users[user].groups)
        subjects.add(userinfo["sub"])
    assert len(subjects) == 3
    assert subject_of(provider, "alice") in subjects


def test_flow_that_alice_declines(provider):
    flow = DeviceFlow(provider)
    provider.deny(flow.start()["user_code"], "alice")
    assert flow.poll() == "access_denied"
    time.sleep(INTERVAL_SEC)
    assert flow.poll() != "granted"


def test_wrong_user_code(provider):
    flow = DeviceFlow(provider)
    flow.start()
    for decide in (provider.approve, provider.deny):
        with pytest.raises(WrongUserCode):
            decide("ZZZZ-ZZZZ", "alice")
    assert flow.poll() == "authorization_pending"


def test_wrong_secret(provider):
    flow = DeviceFlow(provider, "client_secret_post")
    answer = flow.browser.post(flow.metadata["device_authorization_endpoint"],
                               {**flow.form, "scope": "openid", "client_secret": "wrong"})
    assert answer.status in (401, 403)
    assert answer.json()["error"] in ("invalid_client", "unauthorized_client")


def test_requests_are_counted(provider):
    before = {name: provider.count(name) for name in ("discovery", "device", "token", "userinfo")}
    begun_ms = time.time() * 1000 - 1000
    flow = DeviceFlow(provider)
    provider.approve(flow.start()["user_code"], "bob")
    assert flow.poll() == "granted"
    flow.userinfo()
    flow.userinfo()
    came = {name: provider.count(name) - count for name, count in before.items()}
    assert came == {"discovery": 1, "device": 1, "token": 1, "userinfo": 2}
    assert [request.status for request in provider.requests()][-1] == 200
    assert begun_ms <= provider.requests()[-1].time_ms <= time.time() * 1000 + 1000


def test_no_log_has_codes_tokens_or_secrets(provider):
    flow = DeviceFlow(provider)
    user_code = flow.start()["user_code"]
    provider.approve(user_code, "alice")
    assert flow.poll() == "granted"
    log = repr(provider.requests())
    for secret in (user_code, flow.challenge["device_code"], flow.tokens["access_token"],
                   flow.tokens["id_token"], provider.client_secret):
        assert secret not in log


def test_certificate_is_of_the_authority_made_for_it(provider, tmp_path):
    with pytest.raises(ssl.SSLCertVerificationError):
        Browser(Authority(tmp_path).ca_file).get(provider.issuer)


def test_stop_ends_the_processes_and_only_those(tmp_path):
    for make in (lambda: Glewlwyd(count_requests=True), OidcProvider, ScriptedServer):
        provider = make()
        other = subprocess.Popen(["sleep", "60"])
        provider.start(tmp_path / provider.name)
        processes = list(provider.processes)
        provider.stop()
        provider.stop()
        assert processes and all(process.returncode is not None for process in processes)
        assert other.poll() is None
        other.kill()
        other.wait()


# ---- Glewlwyd ----

def test_glewlwyd_without_anything_in_front(tmp_path):
    with Glewlwyd(expiration_sec=GLEWLWYD_EXPIRATION_SEC) as glewlwyd:
        glewlwyd.start(tmp_path)
        flow = DeviceFlow(glewlwyd)
        challenge = flow.start()
        assert (challenge["interval"], challenge["expires_in"]) == (5, GLEWLWYD_EXPIRATION_SEC)
        assert [flow.poll(), flow.poll()] == ["authorization_pending", "slow_down"]
        time.sleep(GLEWLWYD_EXPIRATION_SEC + 1.1)
        assert flow.poll() == "expired_token"
        with pytest.raises(WrongUserCode):
            glewlwyd.approve(challenge["user_code"], "alice")


def test_glewlwyd_id_token_has_the_claims_and_at_hash(running):
    provider = running["glewlwyd"]()
    flow = DeviceFlow(provider)
    provider.approve(flow.start()["user_code"], "alice")
    assert flow.poll() == "granted"
    assert flow.tokens["token_type"] == "bearer"
    claims = flow.id_token_claims()
    assert claims["preferred_username"] == "alice" and claims["email_verified"] is True
    assert claims["groups"] == ["staff", "wheel"] and claims["at_hash"]


# ---- oidc-provider ----

def test_oidc_provider_tells_no_interval_and_never_says_slow_down(running):
    flow = DeviceFlow(running["oidc-provider"]())
    assert "interval" not in flow.start()
    assert [flow.poll() for _ in range(3)] == ["authorization_pending"] * 3


def test_oidc_provider_has_only_the_subject_in_the_id_token(running):
    provider = running["oidc-provider"]()
    flow = DeviceFlow(provider)
    provider.approve(flow.start()["user_code"], "alice")
    assert flow.poll() == "granted"
    assert set(flow.id_token_claims()) == {"iss", "sub", "aud", "iat", "exp", "at_hash"}


def test_oidc_provider_lets_codes_expire(tmp_path):
    with OidcProvider(expiration_sec=EXPIRATION_SEC) as provider:
        provider.start(tmp_path)
        flow = DeviceFlow(provider)
        assert flow.start()["expires_in"] == EXPIRATION_SEC
        time.sleep(EXPIRATION_SEC + 1.1)
        assert flow.poll() == "expired_token"


# ---- the scripted provider ----

def test_secret_has_signs_that_basic_must_escape():
    assert set(CLIENT_SECRET) & set(" :+/%&=?")


def test_every_row_says_what_must_come_of_it():
    for name, row in SCENARIOS.items():
        assert row["expect"] in ("granted", "refused", "denied", "expired", "throttled", "cancelled",
                                 "unavailable"), name
        assert row.get("for") in (None, "presets", "grants", "directory"), name
        assert isinstance(row["requests"], dict), name


def ends_with_tokens(row):
    """A plain device flow with the usual client gets tokens."""
    return (row["expect"] in ("granted", "refused")
            and not {"device", "discovery", "jwks", "for"} & set(row) and "*" not in row.get("token", [])
            and not any(isinstance(step, dict) and step.get("answer") == "denied"
                        for step in row.get("token", [])))


def patient(flow, polls=10):
    """Polls on until there is neither pending nor slow_down; all the answers."""
    answers = []
    while len(answers) < polls:
        answers.append(flow.poll())
        if answers[-1] not in ("authorization_pending", "slow_down"):
            break
    return answers


def honest_steps(row):
    return not any("|" in str(step) or ":" in str(step) and isinstance(step, str)
                   for step in row.get("token", []))


@pytest.mark.parametrize("name", [name for name, row in SCENARIOS.items()
                                  if ends_with_tokens(row) and honest_steps(row)
                                  and "token-html-once" != name])
def test_row_yields_tokens_after_as_many_polls_as_it_says(scenario, name):
    provider = scenario(name)
    flow = DeviceFlow(provider)
    flow.start()
    answers = patient(flow)
    assert answers[-1] == "granted"
    assert len(answers) == provider.expected_requests["token"] == provider.count("token")
    assert provider.count("device") == 1


@pytest.mark.parametrize("name, end", [
    ("denied", "access_denied"), ("denied-at-once", "access_denied"),
    ("slow-down-then-denied", "access_denied"), ("entra-declined", "authorization_declined"),
    ("expired", "expired_token"), ("expired-token-expired", "token_expired"),
    ("keycloak-disabled", "invalid_grant"), ("token-unknown-error", "unheard_of")])
def test_row_ends_as_it_says(scenario, name, end):
    provider = scenario(name)
    flow = DeviceFlow(provider)
    flow.start()
    answers = patient(flow)
    assert answers[-1] == end and len(answers) == provider.expected_requests["token"]


def tokens_of(scenario, names):
    """What a second opinion needs to know about the id_token of each row."""
    for name in names:
        provider = scenario(name)
        flow = DeviceFlow(provider)
        flow.start()
        patient(flow)
        yield {
            "token": flow.tokens["id_token"],
            "keys": flow.browser.get(flow.metadata["jwks_uri"]).json(),
            "issuer": provider.issuer,
            "audience": provider.client_id,
            "alg": provider.row.get("alg", "RS256"),
        }


def verdicts(tokens):
    script = FAKES / "oidc-provider" / "verify-token.mjs"
    done = subprocess.run(["node", script], input=json.dumps(list(tokens)) + "\n",
                          capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_honest_id_tokens_are_good_in_every_algorithm(scenario):
    names = ["granted", "key-rotation", "bob-approves", "no-mapped-claim"] + [
        f"granted-{family}{size}" for family in ("rs", "ps", "es") for size in (256, 384, 512)
        if f"{family}{size}" != "rs256"]
    assert verdicts(tokens_of(scenario, names)) == ["good"] * len(names)


# What jose says. It does not look at azp, at_hash, sub or whether claims make sense.
JOSE_SAYS = {
    "wrong-audience": "ERR_JWT_CLAIM_VALIDATION_FAILED",
    "no-audience": "ERR_JWT_CLAIM_VALIDATION_FAILED",
    "audience-by-prefix": "ERR_JWT_CLAIM_VALIDATION_FAILED",
    "wrong-issuer": "ERR_JWT_CLAIM_VALIDATION_FAILED",
    "issuer-with-slash": "ERR_JWT_CLAIM_VALIDATION_FAILED",
    "no-issuer": "ERR_JWT_CLAIM_VALIDATION_FAILED",
    "expired": "ERR_JWT_EXPIRED",
    "expiry-as-text": "ERR_JWT_CLAIM_VALIDATION_FAILED",
    "not-yet-valid": "ERR_JWT_CLAIM_VALIDATION_FAILED",
    "none": "ERR_JOSE_ALG_NOT_ALLOWED",
    "none-in-capitals": "ERR_JOSE_ALG_NOT_ALLOWED",
    "none-with-signature": "ERR_JOSE_ALG_NOT_ALLOWED",
    "no-algorithm": "ERR_JWS_INVALID",
    "hs256-public-key": "ERR_JOSE_ALG_NOT_ALLOWED",
    "hs256-client-secret": "ERR_JOSE_ALG_NOT_ALLOWED",
    "unknown-kid": "ERR_JWKS_NO_MATCHING_KEY",
    "kid-of-encryption-key": "ERR_JWKS_NO_MATCHING_KEY",
    "re-signed": "ERR_JWS_SIGNATURE_VERIFICATION_FAILED",
    "other-algorithm-than-key": "ERR_JOSE_ALG_NOT_ALLOWED",
    "ec-header-rsa-key": "ERR_JOSE_ALG_NOT_ALLOWED",
    "embedded-key": "ERR_JWS_SIGNATURE_VERIFICATION_FAILED",
    "key-address": "ERR_JWS_SIGNATURE_VERIFICATION_FAILED",
    "critical-extension": "ERR_JOSE_NOT_SUPPORTED",
    "unencoded-payload": "ERR_JWT_INVALID",
    "changed-payload": "ERR_JWS_SIGNATURE_VERIFICATION_FAILED",
    "two-parts": "ERR_JWS_INVALID",
    "four-parts": "ERR_JWS_INVALID",
    "five-parts": "ERR_JWS_INVALID",
    "not-a-token": "ERR_JWS_INVALID",
    "payload-not-json": "ERR_JWT_INVALID",
    "payload-array": "ERR_JWT_INVALID",
}


def test_forged_id_tokens_are_forged_as_their_names_say(scenario):
    rows = {row["forgery"]: name for name, row in SCENARIOS.items()
            if row.get("forgery") in JOSE_SAYS and "for" not in row}
    said = verdicts(tokens_of(scenario, rows.values()))
    assert dict(zip(rows, said)) == JOSE_SAYS


@pytest.mark.parametrize("forgery, claim, value", [
    ("wrong-azp", "azp", "somebody-else"), ("wrong-at-hash", "at_hash", "AAAAAAAAAAAAAAAAAAAAAA"),
    ("no-subject", "sub", None), ("empty-subject", "sub", ""), ("long-subject", "sub", "s" * 256),
    ("subject-as-number", "sub", 1001), ("no-expiry", "exp", None),
    ("strange-extra-audience", "aud", ["badged", "somebody-else"])])
def test_forged_claims_are_there(scenario, forgery, claim, value):
    name = next(name for name, row in SCENARIOS.items() if row.get("forgery") == forgery)
    flow = DeviceFlow(scenario(name))
    flow.start()
    patient(flow)
    assert flow.id_token_claims().get(claim) == value


def raw(flow, endpoint, form=None):
    """Whatever comes: (status, body), or the name of what went wrong."""
    url = flow.metadata[endpoint]
    flow.browser.timeout_sec = 1
    try:
        if form is None:
            answer = flow.browser.get(url)
        else:
            answer = flow.browser.post(url, {**form, **flow.form}, flow.headers)
        return answer.status, answer.body
    except (OSError, http.client.HTTPException) as error:
        return type(error).__name__, b""


@pytest.mark.parametrize("name, status, piece", [
    ("device-500", 500, b"<html>"), ("device-html", 200, b"<html>"), ("device-empty", 200, b""),
    ("device-form", 200, b"user_code="), ("device-null", 200, b"null"),
    ("device-nan", 200, b'"extra":NaN'), ("device-nul", 200, b"\\u0000"),
    ("device-bad-utf8", 200, b"\xc3("), ("device-deep", 200, b"[" * 64),
    ("device-duplicate", 200, b'"user_code":"first of two"'), ("device-array", 200, b'[{"'),
    ("device-trailing", 200, b"}{}"), ("device-redirect", 307, b""),
    ("device-escape-in-code", 200, b"\\u001b[2J"), ("numbers-as-text", 200, b'"expires_in":"600"'),
    ("authentik-throttle", 429, b'"slow_down"'), ("google", 200, b'"verification_url"'),
    ("device-cut", "IncompleteRead", b""), ("device-dropped", "RemoteDisconnected", b""),
    ("device-hang", "TimeoutError", b"")])
def test_device_answer_is_odd_as_its_name_says(scenario, name, status, piece):
    provider = scenario(name)
    came, body = raw(DeviceFlow(provider), "device_authorization_endpoint", {"scope": "openid"})
    assert came == status and piece in body
    assert provider.count("device") == 1


def test_trickle_never_ends(scenario):
    flow = DeviceFlow(scenario("device-trickle"), "none")
    done = subprocess.run(["curl", "-s", "-m", "1", "--cacert", flow.provider.ca_file,
                           "-d", f"client_id={flow.provider.public_client_id}",
                           flow.metadata["device_authorization_endpoint"]],
                          capture_output=True, text=True, check=False)
    assert done.returncode == CURL_TIMEOUT and done.stdout and not done.stdout.strip()


@pytest.mark.parametrize("name", ["device-huge", "device-huge-chunked"])
def test_huge_answers_are_ten_megabytes(scenario, name):
    status, body = raw(DeviceFlow(scenario(name)), "device_authorization_endpoint", {"scope": "x"})
    assert status == 200 and len(body) > 10 * 1024 * 1024


def test_redirect_leads_to_an_honest_answer(scenario):
    provider = scenario("token-redirect")
    flow = DeviceFlow(provider)
    code = flow.start()["device_code"]
    form = {"grant_type": DEVICE_GRANT, "device_code": code}
    flow.poll()
    answer = flow.browser.post(flow.metadata["token_endpoint"], {**form, **flow.form}, flow.headers)
    assert answer.status == 307
    followed = flow.browser.post(answer.headers["Location"], {**form, **flow.form}, flow.headers)
    assert followed.status == 200 and followed.json()["access_token"]
    assert provider.count("redirected/token") == 1


def test_slow_answer_is_late(scenario):
    flow = DeviceFlow(scenario("device-slow"))
    before = time.monotonic()
    flow.start()
    assert time.monotonic() - before > 2.9


def test_impatient_polls_earn_slow_down(scenario):
    flow = DeviceFlow(scenario("granted-strict"))
    flow.start()
    assert flow.poll() == "authorization_pending"
    # On a slow machine many of them may be late enough.
    assert any(flow.poll() == "slow_down" for _ in range(100))
    time.sleep(1)
    assert flow.poll() == "authorization_pending"


def test_rotated_key_shows_only_after_the_token_was_signed(scenario):
    flow = DeviceFlow(scenario("key-rotation"))
    flow.start()

    def kids():
        return [key["kid"] for key in flow.browser.get(flow.metadata["jwks_uri"]).json()["keys"]]

    assert "next" not in kids()
    assert patient(flow)[-1] == "granted"
    assert part_of(flow.tokens["id_token"], 0)["kid"] == "next" and "next" in kids()


def test_userinfo_of_somebody_else(scenario):
    flow = DeviceFlow(scenario("userinfo-other-subject"))
    flow.start()
    patient(flow)
    assert flow.userinfo()["sub"] != flow.id_token_claims()["sub"]
    assert "preferred_username" not in flow.id_token_claims()


@pytest.mark.parametrize("change", [
    lambda form: {**form, "client_secret": "wrong"},
    lambda form: {**form, "client_id": "nobody"},
    lambda form: {name: value for name, value in form.items() if name != "client_secret"}])
def test_client_must_be_who_it_says(scenario, change):
    flow = DeviceFlow(scenario("granted"), "client_secret_post")
    flow.form = change(flow.form)
    came, body = raw(flow, "device_authorization_endpoint", {"scope": "openid"})
    assert came == 401 and b"invalid_client" in body


def test_two_methods_of_authentication_are_one_too_many(scenario):
    flow = DeviceFlow(scenario("granted"))
    flow.form = {"client_secret": flow.provider.client_secret}
    came, _ = raw(flow, "device_authorization_endpoint", {"scope": "openid"})
    assert came == 400


@pytest.mark.parametrize("path", ["{0}/.well-known/oauth-authorization-server/{1}",
                                  "{0}/{1}/.well-known/openid-configuration"])
def test_metadata_where_rfc8414_and_oidc_want_it(scenario, path):
    provider = scenario("granted-rfc8414")
    answer = Browser(provider.ca_file).get(path.format(provider.server.issuer, provider.address))
    assert answer.json()["issuer"] == provider.issuer


def test_rows_do_not_disturb_each_other(scenario):
    first, second = (DeviceFlow(scenario("granted-by-control")) for _ in range(2))
    user_code = first.start()["user_code"]
    second.start()
    with pytest.raises(WrongUserCode):
        second.provider.approve(user_code, "alice")
    first.provider.approve(user_code, "alice")
    assert (first.poll(), second.poll()) == ("granted", "authorization_pending")
    assert second.provider.count("token") == 1
    second.provider.reset()
    assert second.provider.requests() == []


def test_http2_is_offered(scenario):
    provider = scenario("granted")
    done = subprocess.run(["curl", "-s", "--http2", "--cacert", provider.ca_file, "-o", "/dev/null",
                           "-w", "%{http_version}", f"{provider.issuer}/jwks"],
                          capture_output=True, text=True, check=False)
    assert done.stdout == "2"
    assert provider.requests()[-1].more["http"] == "2.0"


@pytest.mark.parametrize("certificate, complaint", [
    ("expired", "certificate has expired"), ("wrong-host", "Hostname mismatch"),
    ("unknown-authority", "unable to get local issuer certificate")])
def test_certificates_that_must_not_be_trusted(tmp_path, certificate, complaint):
    with ScriptedServer(certificate) as server:
        server.start(tmp_path)
        provider = server.scenario("granted")
        with pytest.raises(ssl.SSLCertVerificationError, match=complaint):
            Browser(provider.ca_file).get(f"{provider.issuer}/jwks")
        assert provider.requests() == []
