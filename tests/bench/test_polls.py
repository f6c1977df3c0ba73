# SPDX-License-Identifier: LGPL-2.1-or-later
"""What polling costs the daemon, and how often the provider is asked at all."""

import time

import pytest

from bench.conftest import ACCOUNT
from bench.programs import cpu_nsec, measure, pending
from host.device_flow import DEVICE_GRANT, DeviceFlow
from system.person import Person

ROUNDS = 2
LOGINS = 250
POSTS = 250
INTERVAL_SEC = 1.1      # the shortest interval that a provider can ask for, and the daemon's margin
WINDOW_SEC = 2 * INTERVAL_SEC
PATIENCE_SEC = 60      # until everybody has polled twice on a busy machine


def poll_cost(daemon, provider, spread_sec):
    """(daemon's CPU nanoseconds per poll, polls, provider's share of one processor)."""
    server = provider.server.processes[0].pid
    with pending(LOGINS, ACCOUNT, spread_sec) as logins:
        time.sleep(INTERVAL_SEC)    # from now on the first poll is allowed at once
        polls, ours, theirs, begun = (provider.count("token"), cpu_nsec(daemon.pid),
                                      cpu_nsec(server), time.monotonic())
        logins.person_waits()
        time.sleep(WINDOW_SEC)
        deadline = time.monotonic() + PATIENCE_SEC
        while provider.count("token") - polls < 2 * LOGINS and time.monotonic() < deadline:
            time.sleep(INTERVAL_SEC / 10)
        ours, theirs, took = (cpu_nsec(daemon.pid) - ours, cpu_nsec(server) - theirs,
                              time.monotonic() - begun)
        polls = provider.count("token") - polls
    assert polls >= 2 * LOGINS, f"{polls} polls by {LOGINS} logins: not everybody polled twice"
    return ours / polls, polls, theirs / took / 1e9


def bare_cost(provider, spread_sec):
    """CPU nanoseconds of a bare POST that is told authorization_pending, at the same pace."""
    flow = DeviceFlow(provider, "none")
    form = (f"grant_type={DEVICE_GRANT}&device_code={flow.start()['device_code']}"
            f"&client_id={provider.public_client_id}")
    pause_usec = int(spread_sec * 1e6 / LOGINS)
    return measure("bench-post", POSTS, pause_usec, f"{provider.issuer}/token", provider.ca_file,
                   400, text=form + "\n")["cpu"][0]


@pytest.mark.usefixtures("turn")
@pytest.mark.parametrize("spread_sec, what", [
    (INTERVAL_SEC, f"{LOGINS} logins, evenly spread"),
    (0, f"{LOGINS} logins, all at once"),
], ids=["spread", "at-once"])
def test_cpu(spread_sec, what, provider, serve_many, report):
    daemon = serve_many(provider)
    poll_cost(daemon, provider, spread_sec)     # so that the provider's compiler has done its work
    polls, bare = [], []
    for _ in range(ROUNDS):
        daemon.restart()    # no server likes thousands of requests a minute on one connection
        polls.append(poll_cost(daemon, provider, spread_sec))
        bare.append(bare_cost(provider, spread_sec))
    count = sum(count for _, count, _ in polls)
    report.compare("CPU per poll", what, [cost for cost, _, _ in polls], "bare libcurl", bare,
                   unit="us")
    report.add("CPU per poll", f"the provider, {what}", f"busy {max(busy for *_, busy in polls):.0%}",
               samples=f"{count} polls")


# ---- how often the provider is asked ----

def nobody_answers(person):
    time.sleep(3 * INTERVAL_SEC)


def enter_early(person):
    person.press_enter()
    person.see_shell()


def enter_late(person):
    time.sleep(2 * INTERVAL_SEC)
    person.press_enter()
    person.see_shell()


@pytest.mark.parametrize("behave, scenario, polls", [
    (nobody_answers, "granted-at-once", 0),
    (enter_early, "granted-after-three", 4),
    (enter_late, "granted-at-once", 1),
], ids=["nobody-answers", "enter-early", "enter-late"])
def test_count(behave, scenario, polls, scripted, serve, report):
    """Approved from the start, or at the fourth question: so the count does not hang on the clock."""
    provider = scripted.scenario(scenario)
    serve(provider)
    with Person("sshd", ACCOUNT) as person:
        assert person.see_challenge().has_prompt
        behave(person)
        seen = provider.count("token")
    assert seen == polls
    assert provider.count("device") == 1
    report.add("polls seen by the provider", behave.__name__.replace("_", " "), str(seen),
               f"approval at question {polls or 'none'}", "", "sshd")
