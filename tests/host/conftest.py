# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the tests of the providers share."""

import pytest

from host.client_keys import SigningKey
from host.oauth_client import OauthClient
from host.scripted import ScriptedServer


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The scripted provider."""
    with ScriptedServer() as one:
        one.start(tmp_path_factory.mktemp("scripted"))
        yield one


@pytest.fixture
def client(server, tmp_path):
    """client(ROW, …) → an OauthClient of a fresh provider of that row, in the way that it wants."""

    def make(name, client_auth=None, **more):
        provider = server.scenario(name)
        settings = provider.row.get("provider", {})
        if provider.row.get("dpop") and "dpop" not in more:
            more["dpop"] = SigningKey(tmp_path / "dpop.key")
        return OauthClient(provider, client_auth or settings.get("client_auth", "client_secret_basic"),
                           **more)

    return make
