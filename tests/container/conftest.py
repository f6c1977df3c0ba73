# SPDX-License-Identifier: LGPL-2.1-or-later
"""The frame of the container tests: one Debian, booted by systemd, with badged installed as README
says; providers outside of it. They run in the yard (tests/container/enter), one at a time."""

import pathlib
import sys
import tempfile

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

from container import inside                                            # noqa: E402
from container.booted import (Container, Journal, console_text,         # noqa: E402
                              logind_sessions, wait_until)
from container.visitor import Visitor                                   # noqa: E402
from host import paths                                                  # noqa: E402
from host.daemon import settings_for                                    # noqa: E402
from host.glewlwyd import Glewlwyd                                      # noqa: E402
from host.scripted import ScriptedServer                                # noqa: E402

DROP_IN = inside.ROOT / "etc/systemd/system/badged.service.d/test.conf"
NOTES = pytest.StashKey[list]()
RUNNING = pytest.StashKey[Container]()


def pytest_configure(config):
    config.stash[NOTES] = []
    config.addinivalue_line("markers", "last: looks at what all the others left behind")


def pytest_collection_modifyitems(items):
    """What looks at all that the others left behind comes last."""
    items.sort(key=lambda item: item.get_closest_marker("last") is not None)


@pytest.fixture
def note(request):
    """note(text): a figure that is shown at the end, whatever the outcome."""
    return request.config.stash[NOTES].append


@pytest.fixture(scope="session")
def container(request):
    if not inside.is_yard():
        pytest.exit("run these with tests/run container, or tests/container/enter -- pytest …", 2)
    one = Container()
    try:
        one.prepare()
        one.start()
        request.config.stash[RUNNING] = one
        one.install()
        one.make_ready()
        one.add_people()
        Visitor.known_hosts = one.known_hosts()
        yield one
    finally:
        keep_logs(one)
        one.stop()


def keep_logs(container):
    text = f"{console_text()}\n"
    try:
        text += Journal(container, everything=True).text()
    except Exception as error:      # the first failure is the one to see
        text += f"no journal: {error}\n"
    (paths.BUILD / "container" / "journal.txt").write_text(text)


def start_provider(provider):
    provider.host, provider.listen_address = inside.PROVIDER_NAME, "0.0.0.0"
    provider.start(tempfile.mkdtemp(prefix=f"{provider.name}-", dir=inside.STATE))
    return provider


@pytest.fixture(scope="session")
def glewlwyd():
    with Glewlwyd(interval_sec=1) as provider:
        yield start_provider(provider)


@pytest.fixture(scope="session")
def scripted():
    with ScriptedServer() as server:
        yield start_provider(server)


@pytest.fixture
def badged(container):
    """badged(provider): settings for it are written and whatever runs is stopped, so that the next
    login starts it, which knows nothing. Afterwards no setting of the test is left in the unit."""

    def settle(provider, files=None, **settings):
        text, own_files = settings_for(provider, **settings)
        container.write_settings(text, own_files | (files or {}))
        container.run("systemctl", "stop", "badged")
        container.run("rm", "-rf", "/var/lib/badged")   # what it knew of another provider

    yield settle
    # sshd ends a session when ssh has left already; badged is not to be started for that once more
    wait_until(lambda: not logind_sessions(container), "the end of everybody's session")
    if DROP_IN.exists():
        DROP_IN.unlink()
        container.run("systemctl", "daemon-reload")
    container.run("systemctl", "stop", "badged")
    container.run("systemctl", "reset-failed", "badged", check=False)


@pytest.fixture
def drop_in(container, badged):
    """drop_in(lines): the unit, with these lines of [Service] added until the test ends."""

    def write(lines):
        DROP_IN.parent.mkdir(parents=True, exist_ok=True)
        DROP_IN.write_text(f"[Service]\n{lines}\n")
        container.run("systemctl", "daemon-reload")

    return write


@pytest.fixture
def journal(container):
    """What is written from now on."""
    return Journal(container)


def pytest_terminal_summary(terminalreporter):
    for text in terminalreporter.config.stash[NOTES]:
        terminalreporter.write_line(text)
    if terminalreporter.stats.get("failed") or terminalreporter.stats.get("error"):
        terminalreporter.write_line(f"console and journal: {paths.BUILD}/container/journal.txt")
