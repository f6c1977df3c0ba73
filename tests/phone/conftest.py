# SPDX-License-Identifier: LGPL-2.1-or-later
"""The frame of the phone suite: the private host and the daemon of the system tests, providers
whose addresses are always of the same length, and a browser for each test."""

import tempfile

import pytest

from host import paths
from host.glewlwyd import Glewlwyd
from host.oidc_provider import OidcProvider
from phone.webdriver import Browser, BrowserFailed
from system.conftest import (daemon, journal, private_host,             # noqa: F401
                             pytest_terminal_summary, serve)

# Four digits, as in a real address with a port: whether a picture fits depends on its length.
PROVIDERS = {"glewlwyd": lambda: Glewlwyd(interval_sec=1, port=8443),
             "oidc-provider": lambda: OidcProvider(port=9443)}


@pytest.fixture(scope="session")
def running_providers(private_host):                                    # noqa: F811
    """Both, started once."""
    running = {name: make() for name, make in PROVIDERS.items()}
    for name, provider in running.items():
        provider.start(tempfile.mkdtemp(prefix=f"{name}-", dir=paths.STATE))
    yield running
    for provider in running.values():
        provider.stop()


@pytest.fixture(scope="session")
def browser_starts(private_host):                                       # noqa: F811
    """Why none does, or nothing."""
    try:
        with Browser(None):
            return ""
    except (BrowserFailed, OSError) as failure:
        return f"no browser starts here: {failure}"


@pytest.fixture(params=list(PROVIDERS))
def provider(request, running_providers):
    return running_providers[request.param]


@pytest.fixture
def browser(browser_starts, provider):
    """Never used before, and its person trusts the provider's authority."""
    if browser_starts:
        pytest.skip(browser_starts)
    with Browser(provider.ca_file) as one:
        yield one
