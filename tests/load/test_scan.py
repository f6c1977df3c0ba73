# SPDX-License-Identifier: LGPL-2.1-or-later
"""Somebody tries invented names, a thousand a second: it costs the provider nothing, and people nothing
but their share of the processors."""

import statistics
import threading
import time

from load.conftest import ACCOUNT
from load.people import People

NAMES_A_SECOND = 1000
NAMES = 5 * NAMES_A_SECOND
LOGINS = 40
PAUSE_SEC = 0.1         # so that the logins are spread over the scan
MSEC = 1e6


def codes_of(people):
    """Nanoseconds to the code of each of a few real logins, one after another."""
    codes = []
    for _ in range(LOGINS):
        codes += people.start(1)
        time.sleep(PAUSE_SEC)
    return codes


def whole_login():
    """Seconds from the first call to the verdict; the provider has approved already."""
    begun = time.monotonic()
    with People(ACCOUNT) as person:
        person.start(1)
        person.wait()
        assert person.end() == (1, 0)
        return time.monotonic() - begun


def test_scan(scripted, serve_many, growth):
    provider = scripted.scenario("granted-at-once")
    serve_many(provider)
    whole_login()
    with People(ACCOUNT) as people, People(ACCOUNT) as scanner:
        quiet, quiet_login = codes_of(people), whole_login()
        requests = len(provider.requests())
        outcome = {}
        scan = threading.Thread(target=lambda: outcome.update(scanner.scan(NAMES, NAMES_A_SECOND)))
        scan.start()
        noisy_login, noisy = whole_login(), codes_of(people)
        scan.join()
        requests = len(provider.requests()) - requests
    assert (outcome["refused"], outcome["other"]) == (NAMES, 0)
    assert requests == len(noisy) + 2, "a device request for each real code, and one poll"

    usual, scanned = statistics.median(quiet) / MSEC, statistics.median(noisy) / MSEC
    rate = NAMES / (outcome["took"] / 1e9)
    growth.note(f"scan: {NAMES:,} invented names, {rate:.0f} a second, 0 requests to the provider; "
                f"a real code meanwhile {scanned:.1f} ms, without {usual:.1f} ms "
                f"(x {scanned / usual:.2f}); a whole login {noisy_login:.2f} s, "
                f"without {quiet_login:.2f} s (x {noisy_login / quiet_login:.2f})")
