# SPDX-License-Identifier: LGPL-2.1-or-later
"""The interfaces of large providers as the scripted provider plays them, before anything is built on
it. By hand, over HTTP."""

import copy
import urllib.parse

import pytest

from host.scripted import SCENARIOS


def github(client, name="preset-github", scope="read:org user:email"):
    """It has no discovery; its addresses stand in its manual."""
    one = copy.copy(client("granted", client_auth="none", scope=scope))
    one.provider = one.provider.server.scenario(name)
    one.metadata = {"device_authorization_endpoint": f"{one.provider.root}/device",
                    "token_endpoint": f"{one.provider.root}/token"}
    one.credentials = lambda: ({"client_id": one.client_id}, {"Accept": "application/json"})
    return one


def test_github_answers_as_forms_unless_asked(client):
    one = github(client)
    answer = one.browser.post(f"{one.provider.root}/device", {"client_id": one.client_id})
    assert answer.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert urllib.parse.parse_qs(answer.body.decode())["user_code"]
    challenge = one.ask_device_code().json()
    said = [one.poll_device_code(challenge) for _ in range(3)]
    assert said == ["authorization_pending", "slow_down", "granted"]
    assert "id_token" not in one.tokens
    assert one.browser.get(f"{one.provider.root}/.well-known/openid-configuration").status == 404


def pages(one, url):
    """The items of all pages by the Link header, and how many pages there were."""
    items, count = [], 0
    while url:
        answer = one.get(url)
        items += answer.json()
        count += 1
        found = [part for part in answer.headers.get("Link", "").split(", ") if 'rel="next"' in part]
        url = found[0].partition("<")[2].partition(">")[0] if found else None
    return items, count


def test_github_resources(client):
    one = github(client).signed_in()
    root = one.provider.root
    user = one.get(f"{root}/api/user").json()
    assert (user["id"], user["login"], user["email"]) == (1001, "alice", None)
    orgs, count = pages(one, f"{root}/api/user/orgs?per_page=1")
    assert [org["login"] for org in orgs] == ["staff", "wheel"] and count == 2
    teams, _ = pages(one, f"{root}/api/user/teams")
    assert [(team["organization"]["login"], team["slug"]) for team in teams] == [
        ("acme", "staff-team"), ("acme", "wheel-team")]
    emails, _ = pages(one, f"{root}/api/user/emails")
    assert [email["email"] for email in emails if email["primary"]] == ["alice@example.com"]
    assert one.get(f"{root}/api/user", **{"User-Agent": ""}).status == 403


def test_github_wants_a_scope(client):
    one = github(client, scope="user:email").signed_in()
    assert one.get(f"{one.provider.root}/api/user/orgs").status == 403


@pytest.mark.parametrize("name, piece", [
    ("preset-github-next-http", "<http://localhost:"), ("preset-github-next-same", "page=1>")])
def test_next_page_is_odd_as_its_name_says(client, name, piece):
    one = github(client, name).signed_in()
    assert piece in one.get(f"{one.provider.root}/api/user/orgs").headers["Link"]


def test_next_page_elsewhere_is_seen(client):
    one = github(client, "preset-github-next-elsewhere").signed_in()
    pages(one, f"{one.provider.root}/api/user/orgs")
    assert (one.provider.count("github-orgs"), one.provider.count("elsewhere/github-orgs")) == (1, 1)


def test_pages_without_end(client):
    one = github(client, "preset-github-next-endless").signed_in()
    url = f"{one.provider.root}/api/user/orgs?page=777"
    assert "page=778>" in one.get(url).headers["Link"]


def test_graph(client):
    one = client("preset-entra-overage", client_auth="none", scope="openid User.Read")
    one.signed_in()
    assert "groups" not in one.id_token_claims() and one.id_token_claims()["_claim_names"]
    assert one.provider.issuer.endswith("/v2.0")
    url, ids = f"{one.provider.root}/graph/me/transitiveMemberOf?$select=id&$top=999", []
    while url:
        page = one.get(url).json()
        ids += [group["id"] for group in page["value"]]
        url = page.get("@odata.nextLink")
    assert ids == ["00000000-0000-4000-8000-007374616666", "00000000-0000-4000-8000-00776865656c"]


def test_cloud_identity(client):
    one = client("preset-google-groups", client_auth="client_secret_post")
    with_secret = one.credentials
    one.credentials = lambda: ({"client_id": one.client_id}, {})
    challenge = one.ask_device_code().json()
    one.credentials = with_secret
    one.poll_device_code(challenge)
    assert one.poll_device_code(challenge) == "granted"
    url = f"{one.provider.root}/cloud-identity/groups/-/memberships:searchTransitiveGroups"
    assert one.get(url).status == 400
    url += "?query=" + urllib.parse.quote("member_key_id == 'alice@example.com'")
    first = one.get(url).json()
    assert [group["groupKey"]["id"] for group in first["memberships"]] == ["staff@example.com"]
    second = one.get(f"{url}&pageToken={first['nextPageToken']}").json()
    assert "nextPageToken" not in second
    assert second["memberships"][0]["groupKey"]["id"] == "wheel@example.com"


@pytest.mark.parametrize("name", [name for name, row in SCENARIOS.items() if "issuer_path" in row])
def test_issuers_with_a_path_or_a_slash(client, name):
    one = client(name, client_auth="none")
    assert one.metadata["issuer"] == one.provider.issuer
    assert one.provider.issuer.endswith(SCENARIOS[name]["issuer_path"])


def test_every_preset_has_a_row_that_is_granted():
    presets = {row["provider"]["preset"] for row in SCENARIOS.values()
               if row.get("for") == "presets" and row["expect"] == "granted"}
    assert presets == {"github", "google", "entra", "gitlab", "okta", "auth0", "keycloak",
                       "authentik", "authelia", "zitadel", "dex", "hydra", "kanidm", "pocket-id",
                       "oidc", "oauth2"}
