#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""badgectl log on real journal files. TAP on standard output; skips itself where
systemd-journal-remote, which writes them, is not installed.

Usage: test-badgectl-log.py BADGECTL FAKE-BADGED MANUAL
"""

import json
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

from ctl_host import BADGECTL, Host, Terminal, contains, equal, is_plain, lacks, run_cases
from host import journal_file
from host.decision_chain import digest, linked

UNIT = {"_SYSTEMD_UNIT": "badged.service", "_PID": "7"}
ACCOUNTS = ("alice", "bob", "carol", "dave", "erin")


def decision(account, **fields):
    return {"MESSAGE": f"login refused: account={account} service=su origin=tty1: because",
            "MESSAGE_ID": "6f4d0c1b6a5e4bb09a0f0a6c2c5d7e11", "PRIORITY": "4",
            "SYSLOG_IDENTIFIER": "badged", "SYSLOG_FACILITY": "10", "ACCOUNT": account,
            "SERVICE": "su", "ORIGIN": "tty1", "OUTCOME": "refused", "REASON": "because",
            "DECIDED_AT": "1795324684000000"} | fields


def chain(pid="7", **fields):
    """What badged writes of five logins."""
    return [entry | UNIT | {"_PID": pid}
            for entry in linked([decision(account, **fields) for account in ACCOUNTS])]


def resume(after, pid, accounts=("frank", "grace")):
    """What badged writes after a restart, when it knows that entry as its last."""
    entries, previous, number = [], after["DIGEST"], int(after["SEQUENCE"])
    for account in accounts:
        number += 1
        entry = decision(account, SEQUENCE=str(number), PREVIOUS=previous)
        previous = digest(entry)
        entries.append(entry | {"DIGEST": previous, "_PID": pid, "_SYSTEMD_UNIT": "badged.service"})
    return entries


def run_log(entries, *arguments):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "some.journal"
        journal_file.write(path, entries)
        return subprocess.run([BADGECTL, "log", "--file", str(path), *arguments],
                              capture_output=True, text=True, check=False,
                              env={"TZ": "UTC", "LC_ALL": "C.UTF-8"})


def verified(entries):
    """(good, [(sequence, good, sentence)]), which people and programs are told alike."""
    run = run_log(entries, "--verify", "--json")
    found = json.loads(run.stdout)
    equal((run.returncode, run.stderr), (0 if found["good"] else 1, ""))
    KEYS_SEEN.update(found, *found["findings"])
    text = run_log(entries, "--verify").stdout
    contains(text, "none missing or changed" if found["good"] else "the chain is broken")
    for finding in found["findings"]:
        contains(text, finding["what"], "note  " if finding["good"] else "broken  ")
    return found["good"], [(finding.get("sequence"), finding["good"], finding["what"])
                           for finding in found["findings"]]


# ---- the list ----

def decisions_are_a_table():
    run = run_log(chain())
    equal((run.returncode, run.stderr), (0, ""))
    lines = run.stdout.splitlines()
    equal(lines[0].split(), ["TIME", "DECISION", "ACCOUNT", "SERVICE", "ORIGIN", "IDENTITY", "REASON"])
    equal(len(lines), 6)
    contains(lines[1], "2026-11-22 05:18:04  login refused  alice", "tty1", "because")
    contains(lines[5], "2026-11-22 05:18:08", "erin")


def decisions_for_programs():
    run = run_log(chain(), "--lines", "1", "--json")
    equal(run.returncode, 0)
    entry = json.loads(run.stdout)
    KEYS_SEEN.update(entry)
    expected = {name.lower(): value for name, value in chain()[4].items()
                if not name.startswith(("_", "SYSLOG_")) and name != "PRIORITY"}
    equal(entry, expected | {"time": 1795324688})


def filters_and_limits():
    entries = chain()
    entries[1] |= {"OUTCOME": "granted"}
    entries[2] |= {"SERVICE": "sshd"}
    for arguments, accounts in {
            ("--account", "bob"): ["bob"], ("--account", "bo"): [],
            ("--service", "sshd"): ["carol"], ("--outcome", "granted"): ["bob"],
            ("--service", "su", "--outcome", "refused"): ["alice", "dave", "erin"],
            ("--lines", "2"): ["dave", "erin"], ("--lines", "99"): list(ACCOUNTS),
            ("--service", "su", "--lines", "3"): ["bob", "dave", "erin"],
            ("--since", "2026-11-22 05:18:07"): ["dave", "erin"],
            ("--since", "2026-11-22 05:18:07", "--lines", "1"): ["erin"],
            ("--since", "2026-11-22 05:18:07", "--lines", "3"): ["dave", "erin"],
            ("--since", "2026-11-22 05:18"): list(ACCOUNTS),
            ("--since", "2026-11-22"): list(ACCOUNTS), ("--since", "2026-11-23"): [],
            ("--since", "5200w"): list(ACCOUNTS), ("--since", "0"): []}.items():
        run = run_log(entries, *arguments, "--json")
        equal((arguments, run.returncode), (arguments, 0))
        equal((arguments, [json.loads(line)["account"] for line in run.stdout.splitlines()]),
              (arguments, accounts))


def only_badged_itself_is_believed():
    """Anybody may send the journal such fields; nobody but journald says whose unit it was."""
    entries = chain()
    forged = [decision("mallory", OUTCOME="granted"),
              decision("mallory", OUTCOME="granted") | {"_SYSTEMD_UNIT": "user@1000.service"},
              decision("mallory") | UNIT | {"SYSLOG_FACILITY": "3"}]
    lacks(run_log(entries + forged).stdout, "mallory")
    equal(verified(entries + forged), (True, []))


def nothing_in_an_entry_steers_the_terminal():
    for arguments in ((), ("--json",)):
        run = run_log([decision("al\033[2Jice", REASON="a\nb\u202e\x9b") | UNIT], *arguments)
        equal(run.returncode, 0)
        is_plain(run.stdout)
        lacks(run.stdout, "\u202e")


def no_field_stands_for_the_time():
    run = run_log([decision("alice", TIME="never") | UNIT], "--json")
    equal((run.returncode, type(json.loads(run.stdout)["time"])), (0, int))


def narrow_windows_cut_what_can_be_cut():
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "some.journal"
        journal_file.write(path, chain(REASON="語" * 30))
        with Host(daemon=False) as host:
            terminal = Terminal(host, "log", "--file", str(path), NO_COLOR="1")
            equal(terminal.end(), 0)
    lines = terminal.text.replace("\r", "").splitlines()
    equal(len(lines), 6)
    for line in lines[1:]:
        width = sum(2 if character == "語" else 1 for character in line)
        assert 78 <= width <= 80, f"{width} columns: {line!r}"
        contains(line, "2026-11-22 05:18:0", "login refused", "語…")


def wrong_arguments_are_told():
    for arguments, words in {("--since", "yesterday"): "no time", ("--since", "2026-13-01"): "no time",
                             ("--since", "2026-11-22 05:18 "): "no time",
                             ("--lines", "0"): "no number", ("--lines", "x"): "no number",
                             ("--lines", "1000001"): "no number",
                             ("--outcome", "grant"): "granted, denied",
                             ("--verify", "--account", "alice"): "all that is in the journal",
                             ("--verify", "--lines", "3"): "all that is in the journal"}.items():
        run = run_log(chain(), *arguments)
        equal((arguments, run.returncode, run.stdout), (arguments, 2, ""))
        contains(run.stderr, words)


def a_file_that_is_none_is_told():
    for path in (MANUAL, "/nowhere"):
        for more in ((), ("--verify",)):
            run = subprocess.run([BADGECTL, "log", "--file", path, *more, "--json"],
                                 capture_output=True, text=True, check=False)
            equal(run.returncode, 1)
            equal(json.loads(run.stdout)["error"], "The journal cannot be read.")


def no_decisions_are_no_failure():
    run = run_log(chain(), "--account", "nobody")
    equal((run.returncode, run.stdout), (0, "The journal has no such decision that you may read.\n"))


# ---- the chain ----

GONE = "Older entries are not in the journal any more."
RESUMED = "badged ended before it had written down its last entry, and goes on from an earlier one."
MISSING = "Entries before this one are missing."
CHANGED = "The entry was changed."
DISORDER = "The entry does not follow the one before."
REPEATED = "The entry stood there before."
INCOMPLETE = "The entry is no part of the chain."
ANEW = "A new chain begins here: badged did not know of the entries before."


def a_whole_chain_is_good():
    equal(verified(chain()), (True, []))
    equal(verified(chain()[:1]), (True, []))
    equal(verified([]), (True, []))


def entries_that_were_rotated_away_are_a_note():
    equal(verified(chain()[2:]), (True, [(3, True, GONE)]))


def a_part_of_the_journal_is_enough():
    entries = chain()
    entries[0]["ACCOUNT"] = "mallory"
    run = run_log(entries, "--verify", "--since", "2026-11-22 05:18:05", "--json")
    found = json.loads(run.stdout)
    equal((run.returncode, found["good"], found["entries"], len(found["findings"])), (0, True, 4, 1))
    equal(run_log(entries, "--verify", "--since", "2026-11-22 05:18:04").returncode, 1)


def a_change_of_any_field_shows():
    names = [name for name in chain()[2] if not name.startswith("_")]
    assert len(names) > 12, names
    for name in names:
        entries = chain()
        if name == "SYSLOG_FACILITY":
            continue    # without it, it is none of badged's decisions: as if it were missing
        entries[2][name] = ("0" * 64 if name in ("DIGEST", "PREVIOUS") else
                            "9" if name == "SEQUENCE" else entries[2][name] + "x")
        good, findings = verified(entries)
        equal((name, good), (name, False))
        equal((name, findings[0][2]), (name, CHANGED))


def a_field_more_or_less_or_twice_shows():
    for change in ({"RULE": "map"}, {"REASON": None}):
        entries = chain()
        entries[2] = {name: value for name, value in (entries[2] | change).items() if value is not None}
        equal(verified(entries), (False, [(3, False, CHANGED)]))
    entries = chain()
    entries[2] = list(entries[2].items()) + [("ACCOUNT", "mallory")]
    equal(verified(entries), (False, [(3, False, CHANGED)]))
    equal([json.loads(line).get("account") for line in run_log(entries, "--json").stdout.splitlines()],
          ["alice", "bob", None, "dave", "erin"])


def a_number_that_is_left_out_shows():
    """Though each digest is that of the entry before."""
    entries = chain()[:2]
    entries += resume(entries[1] | {"SEQUENCE": "3"}, "7")
    equal(verified(entries), (False, [(4, False, DISORDER)]))


def an_entry_without_its_links_shows():
    for name in ("SEQUENCE", "PREVIOUS", "DIGEST"):
        entries = chain()
        entries[4].pop(name)
        equal(verified(entries), (False, [(None, False, INCOMPLETE)]))
    for name, value in {"SEQUENCE": "0", "PREVIOUS": "0" * 63, "DIGEST": "G" * 64}.items():
        entries = chain()
        entries[4][name] = value
        equal(verified(entries), (False, [(None, False, INCOMPLETE)]))


def an_entry_with_a_digest_made_anew_shows():
    """The next one knows the digest that it had."""
    entries = chain()
    entries[2]["ACCOUNT"] = "mallory"
    entries[2]["DIGEST"] = digest(entries[2])
    equal(verified(entries), (False, [(4, False, DISORDER)]))


def missing_entries_show():
    entries = chain()
    equal(verified(entries[:1] + entries[2:]), (False, [(3, False, MISSING)]))
    equal(verified(entries[:1] + entries[4:]), (False, [(5, False, MISSING)]))


def entries_in_another_order_show():
    entries = chain()
    entries[2], entries[3] = entries[3], entries[2]
    good, findings = verified(entries)
    equal((good, findings[0]), (False, (4, False, MISSING)))


def an_entry_that_comes_again_shows():
    entries = chain()
    again = entries[1] | {"_PID": "8"}
    equal(verified(entries + [again]), (False, [(2, False, REPEATED)]))


def a_chain_that_begins_anew_shows():
    entries = chain()
    other = [entry | {"_PID": "8"} for entry in chain(REASON="other")]
    equal(verified(entries + other), (False, [(1, False, ANEW)]))


def a_run_that_was_killed_is_a_note():
    """Its last entries are there, and the next run goes on from the one that it knew."""
    entries = chain()
    equal(verified(entries + resume(entries[3], "8")), (True, [(5, True, RESUMED)]))
    equal(verified(entries + resume(entries[4], "8")), (True, []))


def only_another_run_may_go_back():
    entries = chain()
    equal(verified(entries + resume(entries[3], "7")), (False, [(5, False, DISORDER)]))


def going_back_hides_nothing():
    """What the next run does not follow has to be there, or it is missing."""
    entries = chain()
    equal(verified(entries[:3] + resume(entries[3], "8")), (False, [(5, False, MISSING)]))
    wrong = resume(entries[1] | {"SEQUENCE": "3"}, "8")
    equal(verified(entries + wrong)[0], False)


def the_manual_names_the_keys():
    """After all others: of what they saw."""
    text = pathlib.Path(MANUAL).read_text()
    assert len(KEYS_SEEN) > 12, f"only {sorted(KEYS_SEEN)} were seen"
    equal({key for key in KEYS_SEEN if f"*{key}*" not in text}, set())


CASES = [
    decisions_are_a_table,
    decisions_for_programs,
    filters_and_limits,
    only_badged_itself_is_believed,
    nothing_in_an_entry_steers_the_terminal,
    no_field_stands_for_the_time,
    narrow_windows_cut_what_can_be_cut,
    wrong_arguments_are_told,
    a_file_that_is_none_is_told,
    no_decisions_are_no_failure,
    a_whole_chain_is_good,
    entries_that_were_rotated_away_are_a_note,
    a_part_of_the_journal_is_enough,
    a_change_of_any_field_shows,
    a_field_more_or_less_or_twice_shows,
    a_number_that_is_left_out_shows,
    an_entry_without_its_links_shows,
    an_entry_with_a_digest_made_anew_shows,
    missing_entries_show,
    entries_in_another_order_show,
    an_entry_that_comes_again_shows,
    a_chain_that_begins_anew_shows,
    a_run_that_was_killed_is_a_note,
    only_another_run_may_go_back,
    going_back_hides_nothing,
    the_manual_names_the_keys,
]


if __name__ == "__main__":
    MANUAL = sys.argv[3]
    KEYS_SEEN = set()
    if journal_file.is_available():
        run_cases(CASES)
    else:
        print("1..0 # SKIP systemd-journal-remote is not installed")
