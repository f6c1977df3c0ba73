# SPDX-License-Identifier: LGPL-2.1-or-later
"""badgectl login --browser: the authorization code grant with PKCE and a listener on loopback (RFC 8252),
on the real providers and the scripted one; and what the daemon makes of answers that badgectl would
never bring, said to it on the bus."""

import subprocess
import urllib.parse

import dbus
import pytest

from host.glewlwyd import ADMIN, REDIRECTS
from host.providers import CLIENT_IDS
from host.scripted import SCENARIOS
from system.bus_caller import INTERFACE, LOGIN, Caller
from system.desk import Desk, go_to, redirect_uri_of
from system.rows import badged, wait_for
from system.traces import assert_no_secrets, pending_logins

ROWS = {name: row for name, row in SCENARIOS.items() if name.partition("-")[0] == "code"}
LISTENER = "http://127.0.0.1:49152/callback"
INVALID = "org.freedesktop.DBus.Error.InvalidArgs"
UNEXPECTED = f"{INTERFACE}.Error.UnexpectedAnswer"
NOT_AUTHORIZED = f"{INTERFACE}.Error.NotAuthorized"
SENT = "Go back to the terminal"


@pytest.fixture(params=["oidc-provider", "glewlwyd"])
def open_port(request, running_providers, monkeypatch):
    """A provider that lets the client come back to any port. Glewlwyd has to be told each."""
    provider = running_providers(request.param)
    if provider.name == "glewlwyd":
        authorize = provider.authorize

        def register_first(url, user):
            query = urllib.parse.parse_qs(urllib.parse.urlsplit(url).query)
            admin = provider.sign_in(ADMIN)
            client, = [one for one in provider.clients()
                       if one["client_id"] == query["client_id"][0]]
            client["redirect_uri"] = REDIRECTS + query["redirect_uri"]
            provider.call(admin, "PUT", f"/client/{client['client_id']}", client)
            return authorize(url, user)

        monkeypatch.setattr(provider, "authorize", register_first)
    return provider


def came_back(provider, url, user="alice"):
    """Where the provider sends the browser after user approved."""
    return provider.authorize(url, user).headers["Location"]


# ---- it works ----

def test_granted(open_port, serve, journal, traces):
    daemon = serve(open_port)
    with Desk() as desk:
        challenge = desk.challenge()
        assert "user_code" not in challenge
        location = came_back(open_port, challenge["authorization_url"])
        assert location.startswith(redirect_uri_of(challenge))
        status, page = go_to(location)
        verdict = desk.end()
    assert (status, SENT in page) == (200, True)
    assert (verdict["outcome"], verdict["account"]) == ("granted", "alice")
    entry = journal.wait_for(SYSLOG_IDENTIFIER="badged", OUTCOME="granted")
    assert (entry["ACCOUNT"], entry["SERVICE"]) == ("alice", "badgectl")
    traces.assert_none_left(daemon)
    assert_no_secrets(open_port.client_secret)


def test_public_client(open_port, serve):
    """PKCE is all that it has."""
    serve(open_port, client_auth="none")
    with Desk() as desk:
        go_to(came_back(open_port, desk.challenge()["authorization_url"]))
        assert desk.end()["outcome"] == "granted"


def test_bob_approves_alices_login(open_port, serve, journal):
    serve(open_port)
    with Desk() as desk:
        go_to(came_back(open_port, desk.challenge()["authorization_url"], "bob"))
        assert desk.end()["outcome"] == "refused"
    assert not journal.entries(OUTCOME="granted")


def test_what_the_provider_is_asked(scripted, serve):
    provider = scripted.scenario("code")
    serve(provider, client_auth="none")
    with Desk() as desk:
        url = urllib.parse.urlsplit(desk.challenge()["authorization_url"])
    query = urllib.parse.parse_qs(url.query, strict_parsing=True)
    assert {name: len(values) for name, values in query.items()} == dict.fromkeys(query, 1)
    assert (query["response_type"], query["code_challenge_method"]) == (["code"], ["S256"])
    assert query["client_id"] == [CLIENT_IDS["none"]]
    assert len(query["code_challenge"][0]) == 43
    assert len(query["state"][0]) == 32 and len(query["nonce"][0]) == 32
    assert "code_verifier" not in query


WITHOUT_IPV4 = ("unshare", "--net", "sh", "-c",
                'ip link set lo up && ip address delete 127.0.0.1/8 dev lo && exec "$@"', "sh")


def test_without_ipv4_the_browser_comes_back_to_ipv6(scripted, serve):
    """badgectl and the browser on a loopback that has ::1 only."""
    provider = scripted.scenario("code")
    serve(provider, client_auth="none")
    with Desk(prefix=WITHOUT_IPV4) as desk:
        location = came_back(provider, desk.challenge()["authorization_url"])
        assert location.startswith("http://[::1]:")
        subprocess.run(["nsenter", "--net", "--target", str(desk.process.pid), "/usr/bin/python3",
                        "-c", "import sys, urllib.request; urllib.request.urlopen(sys.argv[1])",
                        location], check=True, timeout=30)
        assert desk.end()["outcome"] == "granted"


@pytest.mark.parametrize("name", ROWS)
def test_row(name, scripted, journal):
    """The odd ones are odd in the redirect, or in the tokens that come for the code."""
    provider = scripted.scenario(name)
    with badged({name: provider}):
        with Desk() as desk:
            status, _ = go_to(came_back(provider, desk.challenge()["authorization_url"]))
            if ROWS[name]["expect"] == "cancelled":
                assert status == 400
                desk.process.terminate()    # it would wait on
            verdict = desk.end()
    assert verdict["outcome"] == ROWS[name]["expect"]
    counts = {endpoint: provider.count(endpoint) for endpoint in provider.expected_requests}
    assert counts == ROWS[name]["requests"]
    entries = journal.entries(SYSLOG_IDENTIFIER="badged", SERVICE="badgectl", PROVIDER=name)
    assert [entry["OUTCOME"] for entry in entries] == [ROWS[name]["expect"]]
    assert_no_secrets()


# ---- the person, the provider ----

def test_strangers_answer_ends_nothing(scripted, serve):
    """Whatever runs on this machine may come to the listener first."""
    provider = scripted.scenario("code")
    serve(provider, client_auth="none")
    with Desk() as desk:
        challenge = desk.challenge()
        location = came_back(provider, challenge["authorization_url"])
        for change in ({"state": "0" * 32}, {"state": None}, {"state": None, "error": "access_denied"}):
            assert go_to(location, **change)[0] == 400
        assert go_to(location)[0] == 200
        assert desk.end()["outcome"] == "granted"
    assert provider.count("token") == 1


def test_person_declines(scripted, serve):
    provider = scripted.scenario("code")
    serve(provider, client_auth="none")
    with Desk() as desk:
        challenge = desk.challenge()
        state = redirect_state(challenge)
        go_to(redirect_uri_of(challenge), error="access_denied", state=state,
              iss=provider.issuer)
        assert desk.end()["outcome"] == "denied"
    assert provider.count("token") == 0


def test_nobody_comes_back(scripted, serve):
    provider = scripted.scenario("code")
    serve(provider, client_auth="none", badged="login_timeout = 30s")
    with Desk() as desk:
        challenge = desk.challenge()
        assert challenge["expires_in"] <= 30
        desk.process.wait(40)
        assert desk.end()["outcome"] == "expired"
    assert pending_logins() == 0


def test_ctrl_c(scripted, serve, daemon, traces, journal):
    """Approved too late: nothing listens, and the code is not redeemed."""
    provider = scripted.scenario("code")
    serve(provider, client_auth="none")
    with Desk() as desk:
        location = came_back(provider, desk.challenge()["authorization_url"])
        desk.process.terminate()
        assert desk.end()["outcome"] == "cancelled"
    with pytest.raises(ConnectionRefusedError):
        go_to(location)
    traces.assert_none_left(daemon)
    assert provider.count("token") == 0
    assert not journal.entries(OUTCOME="granted")


def test_provider_without_an_authorization_endpoint(scripted, serve):
    serve(scripted.scenario("granted-at-once"))
    with Desk() as desk:
        verdict = desk.challenge()
        assert (verdict["event"], verdict["outcome"]) == ("verdict", "unavailable")


def test_without_a_display_there_is_a_code(scripted, serve):
    provider = scripted.scenario("granted-at-once")
    serve(provider)
    run = subprocess.run(["badgectl", "login", "--browser", "alice"], env={"PATH": "/usr/bin"},
                         capture_output=True, text=True, check=False, timeout=30)
    assert run.returncode == 0, run.stdout
    assert run.stderr == "badgectl: There is no display for a browser; here is a code instead.\n"
    assert "Code:" in run.stdout and provider.count("device") == 1


# ---- who talks to the daemon without badgectl ----

@pytest.fixture
def code_provider(scripted, serve):
    provider = scripted.scenario("code")
    serve(provider, client_auth="none", badged="max_logins_per_account = 10")
    return provider


@pytest.fixture
def caller():
    with Caller() as one:
        yield one


def begin(caller):
    """(path of the login, the challenge)"""
    path, challenge = caller.start_login(redirect_uri=LISTENER)
    return path, {str(name): value for name, value in challenge.items()}


def answer(caller, path, query):
    caller.call(path, LOGIN, "Answer", "s", query)


def wait(caller, path):
    return str(caller.call(path, LOGIN, "Wait")[0])


def query_of(provider, challenge):
    """The honest one."""
    return urllib.parse.urlsplit(came_back(provider, challenge["authorization_url"])).query


def redirect_state(challenge):
    query = urllib.parse.urlsplit(challenge["authorization_url"]).query
    return urllib.parse.parse_qs(query)["state"][0]


def test_honest_answer(code_provider, caller):
    """So that the refusals below are about what is wrong there, and nothing else."""
    path, challenge = begin(caller)
    assert "user_code" not in challenge and "binding_message" not in challenge
    answer(caller, path, query_of(code_provider, challenge))
    assert wait(caller, path) == "granted"


@pytest.mark.parametrize("change", [
    {"state": "0" * 32}, {"state": ""}, {"state": None}, {"iss": "https://issuer.example"},
    {"iss": None}, {"code": None}, {"code": ""}, {"error": "server_error"},
    {"state": ["{state}", "{state}"]}])
def test_odd_answer(change, code_provider, caller):
    path, challenge = begin(caller)
    honest = urllib.parse.parse_qs(query_of(code_provider, challenge))
    state = honest["state"][0]
    odd = {name: value for name, value in (honest | change).items() if value is not None}
    odd = urllib.parse.urlencode(odd, doseq=True).replace("%7Bstate%7D", state)
    answer(caller, path, odd)
    assert wait(caller, path) == "refused"
    assert code_provider.count("token") == 0


@pytest.mark.parametrize("query", ["", "&", "?", "=", "code", "%", "code=%zz&state=1", "\u00e4=\u00e4",
                                   "c" * 8192])
def test_answer_that_is_none(query, code_provider, caller):
    path, _ = begin(caller)
    answer(caller, path, query)
    assert wait(caller, path) == "refused"
    assert code_provider.count("token") == 0


def test_wrong_answer_spoils_the_right_one(code_provider, caller):
    """Whoever guessed once does not get a second try; nor does the person."""
    path, challenge = begin(caller)
    query = query_of(code_provider, challenge)
    answer(caller, path, "code=guess&state=guess")
    assert caller.refused(answer, caller, path, query)[0] == UNEXPECTED
    assert wait(caller, path) == "refused"
    assert code_provider.count("token") == 0


def test_second_answer(code_provider, caller):
    path, challenge = begin(caller)
    query = query_of(code_provider, challenge)
    answer(caller, path, query)
    assert caller.refused(answer, caller, path, query)[0] == UNEXPECTED
    assert wait(caller, path) == "granted"
    assert code_provider.count("token") == 1


def test_answer_of_another_login(code_provider, caller):
    """Two browsers on one desk: state belongs to one login."""
    first, first_challenge = begin(caller)
    second, second_challenge = begin(caller)
    for name in ("state", "nonce", "code_challenge"):
        values = [urllib.parse.parse_qs(urllib.parse.urlsplit(one["authorization_url"]).query)[name]
                  for one in (first_challenge, second_challenge)]
        assert values[0] != values[1], name
    answer(caller, second, query_of(code_provider, first_challenge))
    assert wait(caller, second) == "refused"
    assert code_provider.count("token") == 0
    answer(caller, first, query_of(code_provider, first_challenge))
    assert wait(caller, first) == "granted"


def test_code_of_another_login(code_provider, caller):
    """With the right state, but bound to another verifier (RFC 7636 section 4.6)."""
    _, first_challenge = begin(caller)
    second, second_challenge = begin(caller)
    code = urllib.parse.parse_qs(query_of(code_provider, first_challenge))["code"][0]
    answer(caller, second, urllib.parse.urlencode({
        "code": code, "state": redirect_state(second_challenge), "iss": code_provider.issuer}))
    assert wait(caller, second) == "refused"


def test_answer_by_another_caller(code_provider, caller):
    path, challenge = begin(caller)
    query = query_of(code_provider, challenge)
    with Caller() as other:
        assert other.refused(answer, other, path, query)[0] == NOT_AUTHORIZED
        assert other.refused(answer, other, path, "error=access_denied")[0] == NOT_AUTHORIZED
    assert code_provider.count("token") == 0
    answer(caller, path, query)
    assert wait(caller, path) == "granted"


def test_answer_that_is_too_long(code_provider, caller):
    path, challenge = begin(caller)
    assert caller.refused(answer, caller, path, "c" * 8193)[0] == INVALID
    answer(caller, path, query_of(code_provider, challenge))
    assert wait(caller, path) == "granted"


def test_answer_to_a_login_that_shows_a_code(scripted, serve, caller):
    provider = scripted.scenario("granted-by-control")
    serve(provider)
    path, challenge = caller.start_login()
    assert caller.refused(answer, caller, path, "code=c&state=s")[0] == UNEXPECTED
    provider.approve(str(challenge["user_code"]), "alice")
    assert wait(caller, path) == "granted"


def test_answer_after_cancel(code_provider, caller):
    path, challenge = begin(caller)
    query = query_of(code_provider, challenge)
    caller.call(path, LOGIN, "Cancel")
    with pytest.raises(dbus.DBusException):
        answer(caller, path, query)
    assert code_provider.count("token") == 0


@pytest.mark.parametrize("address", [
    "", "http://localhost:49152/callback", "https://127.0.0.1:49152/callback",
    "http://127.0.0.1/callback", "http://127.0.0.1:80/callback", "http://127.0.0.1:70000/callback",
    "http://127.0.0.2:49152/callback", "http://[::2]:49152/callback", "http://127.1:49152/callback",
    "http://127.0.0.1:49152", "http://127.0.0.1:49152/callback?x=1",
    "http://127.0.0.1:49152/callback#x", "http://evil@127.0.0.1:49152/callback",
    "http://127.0.0.1.evil.example:49152/callback", "http://127.0.0.1:49152@evil.example/callback",
    "http://evil.example:49152/callback", "javascript:alert(1)", "http://127.0.0.1:49152/" + "c" * 128,
    "http://127.0.0.1:49152/a b"])
def test_redirect_to_somewhere_else(address, code_provider, caller):
    name, text = caller.refused(caller.start_login, redirect_uri=address)
    assert name == INVALID and text.startswith("redirect_uri is no address")
    assert code_provider.count("authorization") == 0 and pending_logins() == 0


def test_redirect_of_another_type(code_provider, caller):
    caller.refused(caller.start_login, redirect_uri=dbus.UInt32(49152))
    assert pending_logins() == 0


def test_unused_login_ends_with_its_caller(code_provider):
    with Caller() as one:
        begin(one)
        assert pending_logins() == 1
    wait_for(lambda: pending_logins() == 0)
