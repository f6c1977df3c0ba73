#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""badgectl's nouns: how they are named, and how what the daemon lists is shown, with accounts for all of
them. TAP on standard output.

Usage: test-badgectl-lists.py BADGECTL FAKE-BADGED
"""

import json
import re

from ctl_host import Host, Terminal, contains, equal, is_plain, lacks, run_cases

SGR = re.compile(r"\033\[[0-9;]*m")


def daemon(word="good"):
    return Host("ok", "granted", "granted", "5", word)


def run(*arguments, word="good", **environment):
    with daemon(word) as host:
        return host.run(*arguments, **environment)


# ---- nouns and verbs ----

def wrong_words_are_told():
    for arguments, words in {
            ("account",): "badgectl account VERB", ("account", "frob"): "no such verb: 'frob'",
            ("account", "fr\033ob"): "no such verb: 'fr?ob'",
            ("account", "--json"): "no such verb: '--json'",
            ("account", "list", "alice"): "too many: 'alice'",
            ("account", "show"): "missing: 'ACCOUNT'",
            ("account", "show", "--frob"): "no option '--frob'",
            ("help", "account", "frob"): "no such verb: 'frob'",
            ("help", "account", "list", "more"): "too many: 'more'"}.items():
        done = run(*arguments)
        equal((arguments, done.returncode, done.stdout), (arguments, 2, ""))
        contains(done.stderr, words)
        is_plain(done.stderr)


def the_word_that_was_meant_is_named():
    for arguments, meant in {
            ("xession",): "badgectl session", ("sessions", "list"): "badgectl session",
            ("lgoin",): "badgectl login", ("help", "axcount"): "badgectl account",
            ("lock", "alice"): "badgectl account lock", ("end",): "badgectl session end",
            ("list",): "badgectl account|identity|factor|session|ticket|throttle list",
            ("account", "lst"): "badgectl account list", ("help", "factor", "enroll"): "badgectl factor enrol",
            ("account", "list", "--jsno"): "--json", ("ticket", "create", "--live-time"): "--lifetime"}.items():
        done = run(*arguments)
        equal((arguments, done.returncode, done.stdout), (arguments, 2, ""))
        contains(done.stderr, f"\nDid you mean '{meant}'?\nTry 'badgectl help")
    for arguments in (("frobnicate",), ("x" * 500,), ("account", "x"), ("account", "list", "--x"), ("",)):
        lacks(run(*arguments).stderr, "Did you mean")


def the_first_help_fits_a_window():
    for arguments in ((), ("help",), ("--help",)):
        done = run(*arguments)
        lines = (done.stdout + done.stderr).splitlines()
        assert len(lines) < 24 and max(map(len, lines)) <= 80, lines
        contains("\n".join(lines), "\n  login     try a login", "\n  session VERB   who is here")


def a_noun_explains_its_verbs():
    for arguments in (("account", "--help"), ("account", "-h"), ("account", "help"), ("help", "account")):
        done = run(*arguments)
        equal((arguments, done.returncode, done.stderr), (arguments, 0, ""))
        contains(done.stdout, "badgectl account VERB", "\n  account list [--json]\n",
                 "\n  account lock ACCOUNT")


def words_after_two_dashes_are_operands():
    with daemon() as host:
        equal(host.run("account", "show", "--", "--json").returncode, 0)
        contains(host.read_log("--json"), "GetAccount account=--json")


# ---- lists ----

def lists_are_tables():
    done = run("account", "list")
    equal((done.returncode, done.stderr), (0, ""))
    lines = done.stdout.splitlines()
    equal(len(lines), 4)
    for line in lines:
        equal(line, line.rstrip())
    equal(lines[0].split()[:3], ["ACCOUNT", "UID", "STATE"])
    for row, *words in ((1, "alice", "1000", "owner", "2", "2023-11-14 22:13:20", "192.0.2.1"),
                        (2, "bob", "1001", "locked", "left the company"), (3, "carol")):
        contains(lines[row], *words)
    for heading, word, row in (("UID", "1001", 2), ("STATE", "locked", 2), ("REASON", "left", 2),
                               ("LAST LOGIN", "2023", 1)):
        equal((heading, lines[row].index(word)), (heading, lines[0].index(heading)))
    equal(lines[3], "carol")
    lacks(done.stdout, "later_key", "root")


def lists_for_programs():
    done = run("account", "list", "--json")
    equal((done.returncode, json.loads(done.stdout)), (0, {"accounts": [
        {"account": "alice", "uid": 1000, "owner": True, "locked": False, "identities": 2,
         "last_login_at": 1700000000, "last_login_from": "192.0.2.1"},
        {"account": "bob", "uid": 1001, "locked": True, "locked_by": "root",
         "locked_at": 1700000001, "lock_reason": "left the company"},
        {"account": "carol"}]}))


def an_empty_list_is_a_sentence_or_no_items():
    equal(run("account", "list", word="none").stdout, "badged knows no accounts yet.\n")
    equal(json.loads(run("account", "list", "--json", word="none").stdout), {"accounts": []})


def one_record_is_lines():
    done = run("account", "show", "bob")
    equal(done.returncode, 0)
    contains(done.stdout, "ACCOUNT         bob\n", "UID             1001\n", "LOCKED          yes\n",
             "LAST LOGIN      2023-11-14 22:13:20\n")
    lacks(done.stdout, "OWNER")
    equal(json.loads(run("account", "show", "bob", "--json").stdout),
          {"account": "bob", "uid": 1001, "locked": True, "last_login_at": 1700000000})


def nonsense_is_shown_to_nobody():
    for word in ("junk", "junk-after", "junk-type", "junk-twice", "junk-many"):
        for arguments in ((), ("--json",)):
            done = run("account", "list", *arguments, word=word)
            equal((word, done.returncode), (word, 5))
            contains(done.stdout + done.stderr, "an answer that makes no sense", "same version")
            lacks(done.stdout, "alice")
    equal(run("account", "show", "bob", word="junk").returncode, 5)


def nothing_listed_steers_the_terminal():
    for arguments in ((), ("--json",)):
        done = run("account", "list", *arguments, word="controls")
        equal(done.returncode, 0)
        is_plain(done.stdout)
        contains(done.stdout, "al?[2Jice", "a?b")


# ---- windows and colours ----

def in_window(*arguments, word="good", columns=80, **environment):
    with daemon(word) as host:
        terminal = Terminal(host, *arguments, columns=columns, **environment)
        equal(terminal.end(), 0)
    return terminal.text.replace("\r", "")


def tables_fit_the_window_and_keep_names_whole():
    lines = in_window("account", "list", NO_COLOR="1").splitlines()
    equal(len(lines), 4)
    assert max(map(len, lines)) <= 80, max(map(len, lines))
    contains(lines[1], "alice")
    assert len(run("account", "list").stdout.splitlines()[2]) > 80, "there was nothing to leave out"
    contains(in_window("account", "list", word="long", columns=60, NO_COLOR="1"),
             "somebody-with-a-long-name-indeed ", "…")


def a_narrow_window_leaves_out_what_is_missed_least():
    """First what is empty, the long form of times, and columns that need not be there."""
    heading, alice, bob, _ = in_window("account", "list", NO_COLOR="1").splitlines()
    equal(heading.split(), "ACCOUNT UID STATE ROLE IDENTITIES LAST LOGIN REASON".split())
    contains(alice, "owner", "2023-11-14")
    lacks(alice, "22:13", "192.0.2.1")
    assert bob.endswith("left the company"), bob
    heading, alice, bob, carol = in_window("account", "list", NO_COLOR="1", columns=40).splitlines()
    equal(heading.split(), "ACCOUNT UID STATE IDENTITIES".split())
    for line in (heading, alice, bob, carol):
        assert len(line) <= 40, line
    equal(in_window("account", "list", NO_COLOR="1", columns=5).splitlines()[0], "ACCOUNT")


def cuts_show_without_unicode_too():
    contains(in_window("account", "list", word="long", columns=60, NO_COLOR="1", LC_ALL="C"), "~")


def colours_are_for_terminals_that_want_them():
    coloured = in_window("account", "list")
    contains(coloured, "\033[31mlocked\033[0m", "\033[1mACCOUNT\033[0m")
    equal(SGR.sub("", coloured), in_window("account", "list", NO_COLOR="1"))
    for environment in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        lacks(in_window("account", "list", **environment), "\033")
    lacks(run("account", "list").stdout, "\033")


# ---- what changes something ----

def a_change_is_a_sentence_or_done():
    with daemon() as host:
        done = host.run("account", "lock", "bob", "left the company")
        contains(host.read_log("LockAccount"), "LockAccount account=bob reason=left the company")
    equal((done.returncode, done.stderr), (0, ""))
    contains(done.stdout, "The account is locked.")
    equal(json.loads(run("account", "lock", "bob", "--json").stdout), {"done": True})


def what_is_not_there_is_exit_code_1():
    for verb in (("list",), ("show", "bob"), ("lock", "bob")):
        done = run("account", *verb, word="error-org.badged.Badged1.Error.NoSuchAccount")
        equal((verb, done.returncode, done.stdout), (verb, 1, ""))
        equal(done.stderr, "badgectl: No? such thing.\n"
                           "Mend: badgectl account list shows those that there are\n")
        done = run("account", *verb, "--json", word="error-org.badged.Badged1.Error.NoSuchAccount")
        equal((done.returncode, json.loads(done.stdout)["error"]), (1, "No? such thing."))


def what_is_out_of_reach_is_exit_code_5():
    for word in ("error-org.badged.Badged1.Error.Unavailable", "error-org.example.Whatever"):
        equal((word, run("account", "list", word=word).returncode), (word, 5))
    with Host(daemon=False) as host:
        done = host.run("account", "list")
    equal(done.returncode, 5)
    contains(done.stderr, "badged is not running.", "Mend: ")


CASES = [
    wrong_words_are_told,
    the_word_that_was_meant_is_named,
    the_first_help_fits_a_window,
    a_noun_explains_its_verbs,
    words_after_two_dashes_are_operands,
    lists_are_tables,
    lists_for_programs,
    an_empty_list_is_a_sentence_or_no_items,
    one_record_is_lines,
    nonsense_is_shown_to_nobody,
    nothing_listed_steers_the_terminal,
    tables_fit_the_window_and_keep_names_whole,
    a_narrow_window_leaves_out_what_is_missed_least,
    cuts_show_without_unicode_too,
    colours_are_for_terminals_that_want_them,
    a_change_is_a_sentence_or_done,
    what_is_not_there_is_exit_code_1,
    what_is_out_of_reach_is_exit_code_5,
]


if __name__ == "__main__":
    run_cases(CASES)
