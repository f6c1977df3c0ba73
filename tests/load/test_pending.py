# SPDX-License-Identifier: LGPL-2.1-or-later
"""Many logins pending at once: what they take, whether each is polled in its time, and whether all get
in at the end. Counts are asserted; times are reported."""

import math
import time

import pytest

from bench.programs import cpu_nsec, memory_bytes
from host import paths
from load.conftest import ACCOUNT
from load.people import People
from load.polls import MARGIN, percentiles, polls_of

LEVELS = (1, 100, 1000, 10000) if paths.IS_LONG else (1, 100, 1000)
AT_ONCE = 50            # people who come in the same moment
ROUNDS = 3              # polls of each login in the time that is watched
PROBES = 20
FEW = 100               # below that the growth of memory is an accident of pages
MSEC = 1e6


def memory_of(daemon):
    memory = memory_bytes(daemon.pid)
    return memory["Pss"], memory["Anonymous"]


def warm_up(daemon):
    """The connection to the provider, and what the first logins leave in the allocator."""
    with People(ACCOUNT) as people:
        people.start(5, 5)
    return memory_of(daemon)


def report_memory(growth, logins, before, after):
    pss, own = ((late - early) / logins / 1024 for early, late in zip(before, after))
    growth.add(logins, "memory of the daemon, MiB (PSS)", f"{after[0] / 2**20:.1f}")
    if logins < FEW:
        return
    growth.add(logins, "memory for each login, KiB (PSS)", f"{pss:.1f}")
    growth.add(logins, "of it the daemon's own (anonymous)", f"{own:.1f}")
    growth.draw(logins, "Memory for all logins", "MiB", "badged", (after[0] - before[0]) / 2**20)


def report_polls(growth, logins, polls, window):
    late, very_late = polls.late_ms()
    fewest, most = polls.spread(*window)
    growth.add(logins, "polls seen by the provider", f"{polls.count:,}")
    growth.add(logins, "  too early", str(len(polls.too_early())))
    growth.add(logins, "  late by, ms (p50)", f"{late:.1f}")
    growth.add(logins, "  late by, ms (p99)", f"{very_late:.1f}")
    growth.add(logins, "polls of one login, fewest to most", f"{fewest} to {most}")
    growth.draw(logins, "Polls late by", "ms", "p50", late)
    growth.draw(logins, "Polls late by", "ms", "p99", very_late)


def report_codes(growth, logins, nsecs):
    usual, slow = (figure / MSEC for figure in percentiles(nsecs))
    growth.add(logins, "code on screen for one more, ms (p50)", f"{usual:.1f}")
    growth.add(logins, "code on screen for one more, ms (p99)", f"{slow:.1f}")
    growth.draw(logins, "Code on screen for one more", "ms", "p50", usual)
    growth.draw(logins, "Code on screen for one more", "ms", "p99", slow)


def assert_provider_limits(polls, logins, window):
    assert not polls.too_early(), f"polled before the interval was over: {polls.too_early()[:10]}"
    seconds = (window[1] - window[0]) / 1000
    fewest, most = polls.spread(*window)
    assert most <= math.ceil(seconds * 1000 / polls.interval_ms), "more polls than intervals"
    assert fewest >= 1, "somebody was forgotten"
    assert len(polls.by_login) == polls.successes == logins


@pytest.mark.parametrize("logins", LEVELS)
def test_pending(logins, scripted, serve_many, growth):
    provider = scripted.scenario("granted-as-usual")
    round_sec = provider.row["interval"] * (1 + MARGIN)
    daemon = serve_many(provider)
    before = warm_up(daemon)

    with People(ACCOUNT) as people, People(ACCOUNT) as latecomers:
        begun = time.monotonic()
        codes = people.start(logins, min(logins, AT_ONCE))
        growth.add(logins, f"codes a second, {AT_ONCE} at once",
                   f"{logins / (time.monotonic() - begun):.0f}")
        assert len(codes) == logins
        people.wait(round_sec)

        begun_ms, cpu, polled = time.time() * 1000, cpu_nsec(daemon.pid), provider.count("token")
        time.sleep(ROUNDS * round_sec)
        cpu, polled = cpu_nsec(daemon.pid) - cpu, provider.count("token") - polled
        window = begun_ms, time.time() * 1000
        report_memory(growth, logins, before, memory_of(daemon))
        report_codes(growth, logins, latecomers.start(PROBES))

        provider.approve_all(ACCOUNT)
        granted, other = people.end()
    polls = polls_of(provider)
    growth.add(logins, "CPU of the daemon for a poll, us", f"{cpu / polled / 1000:.0f}")
    growth.add(logins, "CPU of the daemon while they wait",
               f"{cpu / (window[1] - window[0]) / 1e4:.1f} %")
    report_polls(growth, logins, polls, window)
    assert (granted, other) == (logins, 0)
    assert_provider_limits(polls, logins, window)
