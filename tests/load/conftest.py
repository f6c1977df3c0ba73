# SPDX-License-Identifier: LGPL-2.1-or-later
"""The frame of the load tests: the private host and the fixtures of the system tests, a badged whose
limits let everybody in, and the report at the end."""

import pytest

from host import paths
from load.growth import Growth
from system.conftest import daemon, private_host, scripted, serve       # noqa: F401

ACCOUNT = "alice"
MANY = "\n".join(f"{key} = 100000"
                 for key in ("max_logins", "max_logins_per_account", "max_logins_per_origin"))
GROWTH = pytest.StashKey[Growth]()


def pytest_configure(config):
    config.stash[GROWTH] = Growth()


@pytest.fixture
def growth(request):
    return request.config.stash[GROWTH]


@pytest.fixture
def serve_many(serve):                                                  # noqa: F811
    """serve_many(provider): a badged that turns nobody away for being one too many."""
    return lambda provider: serve(provider, badged=MANY)


def pytest_terminal_summary(terminalreporter):
    growth = terminalreporter.config.stash[GROWTH]
    if not growth:
        return
    text = growth.text()
    (paths.BUILD / "load-report.txt").write_text(text)
    growth.save_picture(paths.BUILD / "load-report.png")
    terminalreporter.section("load")
    terminalreporter.write(text)
