# SPDX-License-Identifier: LGPL-2.1-or-later
"""The frame of the system tests: they run on the private host (tests/host/enter), one at a time."""

import os
import pathlib
import sys
import tempfile

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

from host import machine, pam, paths                                    # noqa: E402
from host.daemon import Daemon, settings_for, write_settings            # noqa: E402
from host.glewlwyd import Glewlwyd                                      # noqa: E402
from host.journal import Journal                                        # noqa: E402
from host.oidc_provider import OidcProvider                             # noqa: E402
from host.scripted import ScriptedServer                                      # noqa: E402
from system.traces import Traces                                        # noqa: E402

# The shortest interval that Glewlwyd takes; oidc-provider says none, which means five seconds.
PROVIDERS = {"glewlwyd": lambda: Glewlwyd(interval_sec=1), "oidc-provider": OidcProvider}
SERVICES = ("sshd", "sudo", "su", "login")


@pytest.fixture(scope="session", autouse=True)
def private_host():
    if not paths.is_private_host():
        pytest.exit("run these with tests/run system, or tests/host/enter -- pytest tests/system", 2)


@pytest.fixture(scope="session")
def running_providers():
    """Each real provider is started once, when the first test asks for it."""
    running = {}

    def start(name):
        if name not in running:
            running[name] = PROVIDERS[name]()
            running[name].start(tempfile.mkdtemp(prefix=f"{name}-", dir=paths.STATE))
        return running[name]

    yield start
    for provider in running.values():
        provider.stop()


@pytest.fixture(params=list(PROVIDERS))
def provider(request, running_providers):
    return running_providers(request.param)


@pytest.fixture
def glewlwyd(running_providers):
    """For what does not depend on the provider."""
    return running_providers("glewlwyd")


@pytest.fixture(scope="session")
def scripted():
    """scripted.scenario(ROW) is a provider that plays a row of the table."""
    server = ScriptedServer()
    server.start(tempfile.mkdtemp(prefix="scripted-", dir=paths.STATE))
    yield server
    server.stop()


@pytest.fixture
def journal():
    """What is written from now on."""
    return Journal()


@pytest.fixture
def daemon():
    """A badged that is not running yet; afterwards it is ended, and the bus and PAM are as before."""
    one = Daemon()
    yield one
    one.stop()
    if not machine.accepts(paths.BUS_SOCKET):
        machine.start_bus()
    for service in pam.SERVICES:
        pam.write_service(service)


@pytest.fixture
def serve(daemon):
    """serve(provider, **settings): starts badged for that provider, as settings_for() has it."""

    def start(provider, files=None, **settings):
        text, own_files = settings_for(provider, **settings)
        write_settings(text, own_files | (files or {}))
        daemon.start()
        return daemon

    return start


@pytest.fixture
def traces():
    """What runs and is open before the test; traces.assert_none_left(daemon) compares."""
    return Traces()


@pytest.fixture(params=SERVICES)
def service(request):
    return request.param


def pytest_collection_modifyitems(config, items):
    """Neighbours take about as long as each other, so every share gets each so-manieth test."""
    own = set(range(paths.SHARE - 1, len(items), paths.SHARES))
    config.hook.pytest_deselected(items=[item for i, item in enumerate(items) if i not in own])
    items[:] = [item for i, item in enumerate(items) if i in own]


def pytest_terminal_summary(terminalreporter):
    """Logs of the host's own programs, when something failed."""
    if not terminalreporter.stats.get("failed") and not terminalreporter.stats.get("error"):
        return
    for log in sorted(paths.LOGS.iterdir()):
        text = log.read_text(errors="replace")
        if text.strip():
            terminalreporter.section(f"log of {log.name}")
            terminalreporter.write(text[-4000:])
    copy = paths.BUILD / f"journal-system-{paths.SHARE}.jsonl"
    copy.write_bytes(paths.JOURNAL.read_bytes())
    terminalreporter.write_line(f"the whole journal: {os.path.relpath(copy, paths.TREE)}")
