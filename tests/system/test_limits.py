# SPDX-License-Identifier: LGPL-2.1-or-later
"""Logins that are pending are counted, by account and by where they come from: one too many is refused,
and there is room again when one of them has gone."""

import contextlib

import pytest

from system.person import Person

THROTTLED = "Too many sign-ins are waiting. Try again in a few minutes."
ROOM = {"max_logins": 100, "max_logins_per_account": 100, "max_logins_per_origin": 100}


@pytest.mark.parametrize("limit, accounts, refused", [
    ("max_logins", ("alice", "bob"), "alice"),
    ("max_logins_per_account", ("alice", "bob", "alice"), "alice"),
    ("max_logins_per_origin", ("alice", "bob"), "alice"),
])
def test_one_too_many(limit, accounts, refused, scripted, serve, journal):
    provider = scripted.scenario("granted-by-control")
    settings = ROOM | {limit: 2}
    serve(provider, badged="\n".join(f"{key} = {value}" for key, value in settings.items()))
    with contextlib.ExitStack() as pending:
        people = [pending.enter_context(Person("su", account)) for account in accounts]
        for person in people:
            person.see_challenge()
        with Person("su", refused) as person:
            assert person.see_refusal() == THROTTLED
        entry = journal.wait_for(SYSLOG_IDENTIFIER="badged", OUTCOME="throttled")
        assert entry["ACCOUNT"] == refused and limit in entry["REASON"]
        assert provider.count("device") == len(accounts)

        people[0].close_terminal()
        journal.wait_for(SYSLOG_IDENTIFIER="badged", OUTCOME="cancelled")
        with Person("su", refused) as person:
            person.see_challenge()
