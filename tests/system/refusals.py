# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a refusal must have said: a sentence to the person, a line to the administrator."""

import re
import time

LOGGED_SEC = 20
PAM_LINE = re.compile(r"pam_badge\((?P<service>[\w-]+):\w+\): refused: account=(?P<account>\S+)")


def refusal_lines(journal, service=None):
    """(from the daemon, from the module) about somebody who was not let in, by that service or any."""
    entries = journal.entries()
    found = [(entry, PAM_LINE.search(entry["MESSAGE"])) for entry in entries]
    return ([entry for entry in entries if entry.get("SYSLOG_IDENTIFIER") == "badged"
             and entry.get("OUTCOME", "granted") != "granted"
             and service in (None, entry.get("SERVICE"))],
            [entry for entry, line in found if line and service in (None, line["service"])])


def is_unavailable(journal):
    """Everybody who wrote about it wrote that provider or daemon were out of reach."""
    daemon_lines, module_lines = refusal_lines(journal)
    return (all(entry["OUTCOME"] == "unavailable" for entry in daemon_lines)
            and all("outcome=unavailable" in entry["MESSAGE"] for entry in module_lines))


def assert_told(journal, account, sentence, tries=1, service=None):
    """One sentence was shown; whoever decided wrote one line; nobody wrote that it was granted."""
    assert re.fullmatch(r"[A-Z].*\.", sentence), f"not a sentence: {sentence!r}"
    assert_logged(journal, account, tries, service)


def assert_logged(journal, account, tries=1, service=None):
    deadline = time.monotonic() + LOGGED_SEC
    while not any(refusal_lines(journal, service)) and time.monotonic() < deadline:
        time.sleep(0.02)
    daemon_lines, module_lines = refusal_lines(journal, service)
    assert len(daemon_lines) <= tries and len(module_lines) <= tries, journal.text()
    assert daemon_lines or module_lines, f"nothing for the administrator:\n{journal.text()}"
    for entry in daemon_lines:
        assert entry["ACCOUNT"] == account
        assert entry["REASON"] and entry["MESSAGE_ID"] and entry["SERVICE"]
    for entry in module_lines:
        assert PAM_LINE.search(entry["MESSAGE"])["account"] == account
    assert not journal.entries(OUTCOME="granted")
