# SPDX-License-Identifier: LGPL-2.1-or-later
"""The frame of the bench: the private host and the fixtures of the system tests, a provider that
always answers in the same time, and the table that is printed at the end."""

import os

import pytest

from bench.report import Report
from host import machine, paths
from system.conftest import daemon, private_host, scripted, serve       # noqa: F401

ACCOUNT = "alice"
MANY = "\n".join(f"{key} = 100000"
                 for key in ("max_logins", "max_logins_per_account", "max_logins_per_origin"))
TURNS = 3       # of whatever is compared, so that no moment of the run decides alone
REPORT = pytest.StashKey[Report]()


def pytest_configure(config):
    config.stash[REPORT] = Report()


@pytest.fixture(scope="session", autouse=True)
def comes_first(request, private_host):                                 # noqa: F811
    """Whatever else the machine has to do waits while badged, the bus, a provider or a yardstick has
    work; who is started from here inherits it. Where that is not allowed, the report says so."""
    bus = int(machine.pid_file("bus").read_text())
    try:
        for pid in (bus, 0):
            os.sched_setscheduler(pid, os.SCHED_RR, os.sched_param(1))
    except OSError:
        request.config.stash[REPORT].comes_first = False


@pytest.fixture(params=range(1, TURNS + 1), ids="turn-{}".format)
def turn(request):
    """For tests that compare: they run in turns, all of the first before any of the second."""
    return request.param


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: item.callspec.params.get("turn", 1) if hasattr(item, "callspec") else 1)


@pytest.fixture
def report(request):
    return request.config.stash[REPORT]


@pytest.fixture
def provider(scripted):                                                 # noqa: F811
    """Codes that nobody approves."""
    return scripted.scenario("granted-by-control")


@pytest.fixture
def serve_many(serve):                                                  # noqa: F811
    """serve_many(provider): a badged without limits, whose client is public, so that bare POSTs need
    no credentials either."""
    return lambda provider: serve(provider, client_auth="none", badged=MANY)


def pytest_terminal_summary(terminalreporter):
    report = terminalreporter.config.stash[REPORT]
    if not report:
        return
    text = report.text()
    (paths.BUILD / "bench-report.txt").write_text(text)
    terminalreporter.section("bench")
    terminalreporter.write(text)
