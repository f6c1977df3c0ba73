#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""badgectl against a scripted daemon on a private bus. TAP on standard output.

Usage: test-badgectl.py BADGECTL FAKE-BADGED MANUAL
BADGECTL asks tests/fakes/fake-badged-check about the settings.
"""

import json
import os
import pathlib
import pwd
import re
import select
import signal
import subprocess
import sys

from ctl_host import (BADGECTL, DENY_ADMIN, PATIENCE_SEC, Host, Terminal, contains, equal, is_plain, lacks,
                      run_cases)

OWN_NAME = pwd.getpwuid(os.getuid()).pw_name
CODE, ADDRESS = "WDJB-MJHT", "https://id.example/device"
SGR = re.compile(r"\033\[[0-9;]*m")

def json_lines(run):
    """Each line an object, and ASCII."""
    equal((run.stdout.isascii(), run.stderr), (True, ""))
    is_plain(run.stdout)
    objects = [json.loads(line) for line in run.stdout.splitlines()]
    for value in objects:
        KEYS_SEEN.update(value)
        for item in value.get("findings", []) + value.get("providers", []):
            KEYS_SEEN.update(item)
    return objects


# ---- the command line ----

def wrong_arguments_are_told_with_exit_code_2():
    for arguments, words in {
            (): "badgectl VERB",
            ("frobnicate",): "no verb 'frobnicate'",
            ("fr\033[2Job",): "no verb 'fr?[2Job'",
            ("help", "frobnicate"): "no verb 'frobnicate'",
            ("help", "login", "more"): "too many: 'more'",
            ("login", "--frobnicate"): "no option '--frobnicate'",
            ("login", "-x"): "no option '-x'",
            ("login", "alice", "bob"): "too many: 'bob'",
            ("login", "--provider"): "missing after '--provider'",
            ("status", "corp"): "too many: 'corp'",
            ("status", "--provider", "corp"): "no option '--provider'",
            ("check", "--provider", "corp"): "no option '--provider'",
            ("check", "corp", "guests"): "too many: 'guests'"}.items():
        run = subprocess.run([BADGECTL, *arguments], capture_output=True, text=True, check=False)
        equal((run.returncode, run.stdout), (2, ""))
        contains(run.stderr, words)


def help_and_version_go_to_standard_output():
    for arguments, words in {("--help",): "badgectl VERB", ("-h",): "badgectl VERB",
                             ("help",): "badgectl VERB",
                             ("--version",): "badgectl 0.",
                             ("help", "login"): "badgectl login [ACCOUNT]",
                             ("login", "--help"): "badgectl login [ACCOUNT]",
                             ("help", "status"): "badgectl status",
                             ("status", "-h"): "badgectl status",
                             ("check", "--help"): "badgectl check [PROVIDER]"}.items():
        run = subprocess.run([BADGECTL, *arguments], capture_output=True, text=True, check=False)
        equal((run.returncode, run.stderr), (0, ""))
        contains(run.stdout, words)
        assert max(map(len, run.stdout.splitlines())) <= 100, "a line is too long"


def output_that_cannot_be_written_is_a_failure():
    with open("/dev/full", "w", encoding="ascii") as full:
        run = subprocess.run([BADGECTL, "--version"], stdout=full, stderr=subprocess.PIPE,
                             text=True, check=False)
    equal(run.returncode, 1)
    contains(run.stderr, "Failed to write")


def every_verb():
    """The table of badgectl, as it tells programs."""
    run = subprocess.run([BADGECTL, "help", "--json"], capture_output=True, text=True, check=True)
    return json.loads(run.stdout)["verbs"]


def every_verb_explains_itself_and_takes_json():
    verbs = every_verb()
    assert len(verbs) >= 6, f"only {len(verbs)} verbs"
    for verb in verbs:
        words = [verb[key] for key in ("noun", "verb") if key in verb]
        for arguments in ([*words, "--help"], ["help", *words]):
            run = subprocess.run([BADGECTL, *arguments], capture_output=True, text=True, check=False)
            equal((run.returncode, run.stderr), (0, ""))
            contains(run.stdout, " ".join(["badgectl", *words]), "--json", "Exit codes: 0 ")
            assert max(map(len, run.stdout.splitlines())) <= 100, "a line is too long"
            for option in verb["options"]:
                contains(run.stdout, f"--{option['name']}", option["summary"])


# ---- login ----

def login_is_for_the_own_account_and_shows_who_approved():
    with Host("ok", "known-granted") as host:
        run = host.run("login")
        contains(host.read_log("Wait"), f"StartLogin account={OWN_NAME} service=badgectl",
                 f"requesting_user={OWN_NAME}", "qr=none")
    equal((run.returncode, run.stderr), (0, ""))
    contains(run.stdout, f"Sign in as {OWN_NAME} on ", f"Address: {ADDRESS}\nCode:    {CODE}\n",
             "\ngranted: Because of the fake.\n",
             f"\nAccount         {OWN_NAME}\n",
             "\nProvider        corp\nIssuer          https://id.example/\n"
             "Subject         subject-of-bob\nRule            claim (username_claim)\n"
             "Claims          iss = https://id.example/\n"
             "                preferred_username = b?2J?ob\n"
             "                n = [ 1 ]\n"
             "Strength        2\nMethods         pwd\n                mfa\n"
             "Authenticated   2023-11-14 22:13:20 UTC\n")
    is_plain(run.stdout)


def login_names_account_and_provider():
    with Host("ok", "granted") as host:
        equal(host.run("login", "--provider", "guests", "alice").returncode, 0)
        contains(host.read_log("Wait"), "StartLogin account=alice ", "provider=guests")


def only_granted_is_exit_code_0():
    for word, code in {"granted": 0, "refused": 1, "denied": 3, "expired": 4, "unavailable": 5,
                       "throttled": 6, "cancelled": 7, "welcome": 1, "Granted": 1,
                       "forged-grant": 3, "junk-after": 1, "junk-short": 1, "junk-details": 1,
                       "die": 5,
                       "error-org.badged.Badged1.Error.Denied": 3,
                       "error-org.example.Whatever": 5}.items():
        with Host("ok", word) as host:
            run = host.run("login", "alice")
        assert run.returncode == code, f"{word}: {run.returncode} instead of {code}"
        equal("\ngranted: " in run.stdout, code == 0)


def a_refusal_names_nobody_but_the_journal():
    """Whoever was talked into approving must not become known to the one who did the talking."""
    for arguments in ((), ("--json",)):
        with Host("ok", "known-refused") as host:
            run = host.run("login", "alice", *arguments)
        equal(run.returncode, 1)
        contains(run.stdout, "refused", "Because of the fake.")
        lacks(run.stdout, "subject-of-bob", "2J", "https://id.example/\"")
        equal("journalctl -u badged" in run.stdout, os.geteuid() == 0)
    with Host("ok", "known-refused") as host:
        lacks(host.run_as_anybody("login", "alice").stdout, "journalctl")


def a_login_that_does_not_start_has_a_reason():
    with Host("error-org.badged.Badged1.Error.NotAuthorized") as host:
        run = host.run("login", "alice")
    equal(run.returncode, 1)
    contains(run.stdout, "refused: No? for now.")
    lacks(run.stdout, CODE, "Address")
    with Host("code-controls") as host:
        run = host.run("login", "alice")
    equal(run.returncode, 5)
    is_plain(run.stdout)


def an_absent_daemon_comes_with_its_mend():
    with Host(daemon=False) as host:
        for verb in ("login", "status"):
            run = host.run(verb)
            equal(run.returncode, 5)
            contains(run.stdout + run.stderr, "badged is not running.",
                     "Mend: systemctl start badged")
    run = host.run("status")
    equal(run.returncode, 5)
    contains(run.stderr, "The system bus is not available.", "Mend: systemctl start dbus")


def login_for_programs_is_two_lines():
    with Host("ok", "known-granted") as host:
        run = host.run("login", "alice", "--json")
        contains(host.read_log("Wait"), "qr=none")
    equal(run.returncode, 0)
    equal(json_lines(run), [
        {"event": "challenge", "provider": "corp", "user_code": CODE, "verification_uri": ADDRESS,
         "expires_in": 600, "interval": 5},
        {"event": "verdict", "outcome": "granted", "reason": "Because of the fake.",
         "account": "alice", "provider": "corp", "issuer": "https://id.example/",
         "subject": "subject-of-bob", "rule": "claim", "acr": "2", "amr": ["pwd", "mfa"],
         "claims": {"iss": "https://id.example/", "preferred_username": "b\u009b2J\u007fob",
                    "n": [1]},
         "auth_time": 1700000000}])


def login_for_programs_shows_the_code_before_it_waits():
    with Host("ok", "nothing") as host:
        process = subprocess.Popen([BADGECTL, "login", "--json"], env=host.env, bufsize=0,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        host.read_log("Wait")
        is_shown = select.select([process.stdout], [], [], PATIENCE_SEC)[0]
        shown = is_shown and os.read(process.stdout.fileno(), 9999)
        process.send_signal(signal.SIGTERM)
        rest = process.communicate(timeout=PATIENCE_SEC)[0]
        equal(json.loads(shown or "{}").get("user_code"), CODE)
        equal((process.returncode, json.loads(rest)["outcome"]), (7, "cancelled"))
        contains(host.read_log("Cancel"), "Cancel")


def login_for_programs_has_one_line_when_there_is_no_code():
    for words, code, outcome in ((("silent", "granted"), 0, "granted"),
                                 (("granted", "refused"), 0, "granted"),
                                 (("granted-and-code", "granted"), 5, "unavailable"),
                                 (("error-org.badged.Badged1.Error.Throttled",), 6, "throttled")):
        with Host(*words) as host:
            run = host.run("login", "alice", "--json")
        lines = json_lines(run)
        equal((run.returncode, len(lines), lines[0]["event"], lines[0]["outcome"]),
              (code, 1, "verdict", outcome))
    with Host(daemon=False) as host:
        run = host.run("login", "alice", "--json")
    equal((run.returncode, json_lines(run)),
          (5, [{"event": "verdict", "outcome": "unavailable", "reason": "badged is not running.",
                "mend": "systemctl start badged (if it does not start: badgectl check)",
                "account": "alice"}]))


def ctrl_c_cancels():
    with Host("ok", "nothing") as host:
        terminal = Terminal(host, "login")
        terminal.read(CODE)
        contains(host.read_log("Wait"), "qr=utf8 columns=80 lines=24")
        os.write(terminal.fd, b"\x03")
        equal(terminal.end(), 7)
        contains(host.read_log("Cancel"), "Cancel")
    text = SGR.sub("", terminal.text)
    contains(text, "█▀▄", "\r\ncancelled: The sign-in was cancelled.\r\n")


def a_terminal_that_goes_away_cancels():
    with Host("ok", "nothing") as host:
        terminal = Terminal(host, "login")
        terminal.read(CODE)
        host.read_log("Wait")
        os.close(terminal.fd)
        contains(host.read_log("Cancel"), "Cancel")
        equal(os.waitstatus_to_exitcode(os.waitpid(terminal.pid, 0)[1]), 7)


def a_daemon_that_dies_ends_the_wait():
    with Host("ok", "die-later") as host:
        run = host.run("login")
    equal(run.returncode, 5)
    contains(run.stdout, "unavailable: The sign-in service is not running.")


def the_picture_follows_the_locale():
    for locale, word in {"C.UTF-8": "utf8", "C": "ascii"}.items():
        with Host("ok", "granted") as host:
            equal(Terminal(host, "login", LC_ALL=locale).end(), 0)
            contains(host.read_log("Wait"), f"qr={word} ")


def colours_are_for_terminals_that_want_them():
    with Host("ok", "granted") as host:
        for environment, coloured in (({}, True), ({"NO_COLOR": ""}, True),
                                      ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)):
            terminal = Terminal(host, "login", **environment)
            equal(terminal.end(), 0)
            equal("\033[32mgranted\033[0m: " in terminal.text, coloured)
            equal("\033" in terminal.text, coloured)


# ---- status ----

def status_shows_daemon_and_providers():
    with Host() as host:
        run = host.run("status")
    equal((run.returncode, run.stderr), (0, ""))
    equal(run.stdout, """\
badged          9.8, running
Waiting logins  2
Open sessions   3
Granted         40
Not granted     5

Provider corp (default)
Issuer          https://id.example/
State           ready
Metadata        fetched
Keys            fetched

Provider guests
Issuer          https://guests.example/
State           not ready
Metadata        fetched
Keys            not fetched yet
""")


def status_for_programs():
    with Host() as host:
        run = host.run("status", "--json")
    equal((run.returncode, json_lines(run)), (0, [{
        "version": "9.8", "default_provider": "corp", "pending_logins": 2, "open_sessions": 3,
        "granted_logins": 40, "refused_logins": 5,
        "providers": [{"name": "corp", "issuer": "https://id.example/", "metadata": True,
                       "keys": True},
                      {"name": "guests", "issuer": "https://guests.example/", "metadata": True,
                       "keys": False}]}]))
    with Host(daemon=False) as host:
        run = host.run("status", "--json")
    equal((run.returncode, json_lines(run)), (5, [{
        "error": "badged is not running.",
        "mend": "systemctl start badged (if it does not start: badgectl check)"}]))


def status_survives_what_the_daemon_says():
    for word, code, words in (("junk", 5, "makes no sense"), ("junk-after", 5, "makes no sense"),
                              ("flood", 5, "makes no sense"),
                              ("die", 5, "is not running"),
                              ("error-org.badged.Badged1.Error.Unavailable", 5, "No? for now."),
                              ("controls", 0, "https://?[2Jid.example/")):
        with Host("ok", "granted", "granted", "5", word) as host:
            run = host.run("status")
        equal(run.returncode, code)
        contains(run.stdout + run.stderr, words)
        is_plain(run.stdout + run.stderr)


def who_is_not_root_is_told_so():
    root = "Mend: install org.badged.Badged1.conf" if os.geteuid() == 0 else "Mend: ask as root"
    refused = Host("ok", "granted", "granted", "5", "error-org.badged.Badged1.Error.NotAuthorized")
    with Host(policy=DENY_ADMIN) as host:
        run = host.run("status")
        equal(run.returncode, 1)
        contains(run.stderr, root)
    for host, sentence in ((refused, "No? for now."),
                           (Host(policy=DENY_ADMIN), "Only root may ask for this.")):
        with host:
            run = host.run_as_anybody("status")
            equal(run.returncode, 1)
            contains(run.stderr, sentence, "Mend: ask as root")


# ---- check ----

def check_is_good_when_nothing_is_wrong():
    with Host() as host:
        run = host.run("check")
        log = host.read_log("provider=guests")
    equal((run.returncode, run.stderr), (0, ""))
    equal(run.stdout, """\
settings
  good     The settings are good: 1 provider, default corp.

daemon
  good     badged is running: 9.8

provider corp
  good     metadata: issuer https://id.example/

provider guests
  good     metadata: issuer https://id.example/

Everything is good.
""")
    contains(log, "provider=corp\nCheckProvider provider=guests")


def check_shows_each_bad_finding_with_its_mend():
    with Host("ok", "granted", "granted", "5", "bad") as host:
        run = host.run("check", "corp")
        lacks(host.read_log("provider=guests", 0.3), "provider=guests")
    equal(run.returncode, 1)
    contains(run.stdout, "  good     metadata: issuer https://id.example/\n"
                         "  bad      device endpoint: status 401\n"
                         "           Mend: compare client_id\n\n1 bad finding.\n")


def check_takes_no_nonsense_from_the_daemon():
    for word, words in {"junk": "makes no sense", "empty": "makes no sense",
                        "flood-findings": "makes no sense", "junk-findings": "makes no sense",
                        "controls": "bad      meta?[2Jdata: a?b\n           Mend: c?d\n",
                        "die": "badged is not running.", "none": "knows no provider"}.items():
        with Host("ok", "granted", "granted", "5", word) as host:
            run = host.run("check", "corp")
        equal(run.returncode, 1)
        contains(run.stdout, words)
        is_plain(run.stdout)


def check_tells_whoever_is_not_root():
    with Host() as host:
        contains(host.run_as_anybody("check").stdout, "warning  Only root sees all of it", "Mend: ask as root")
        lacks(host.run("check").stdout, "Only root" if os.geteuid() == 0 else "\033")


def check_of_an_unknown_provider_is_bad():
    with Host() as host:
        run = host.run("check", "nobody")
    equal(run.returncode, 1)
    contains(run.stdout, "provider nobody\n  bad      The running badged knows no provider of this "
                         "name.\n           Mend: compare with badgectl status")


def check_without_a_daemon_still_reads_the_settings():
    with Host(daemon=False) as host:
        run = host.run("check")
    equal(run.returncode, 1)
    contains(run.stdout, "The settings are good", "daemon\n  bad      badged is not running.\n"
                         "           Mend: systemctl start badged")


PROBLEMS = """\
/etc/badged.conf:3: error: [provider corp] issuer: it is not https (write https:// (TLS), or ask)
/etc/badged.conf:9: warning: [badged] colour: no such key (take it out)
settings: error: there is no provider
"""


def check_shows_what_badged_says_about_the_settings():
    with Host() as host:
        run = host.run("check", FAKE_CHECK_OUTPUT=PROBLEMS, FAKE_CHECK_EXIT="78")
    equal(run.returncode, 1)
    contains(run.stdout, """\
settings
  bad      /etc/badged.conf:3: [provider corp] issuer: it is not https
           Mend: write https:// (TLS), or ask
  warning  /etc/badged.conf:9: [badged] colour: no such key
           Mend: take it out
  bad      settings: there is no provider
""", "\n2 bad findings, 1 warning.\n")


def check_passes_with_warnings():
    output = PROBLEMS.splitlines()[1] + "\nThe settings are good: 1 provider, default corp."
    with Host() as host:
        run = host.run("check", FAKE_CHECK_OUTPUT=output)
    equal(run.returncode, 0)
    contains(run.stdout, "\nEverything is good, 1 warning.\n")


def check_ends_what_badged_says_somewhere():
    with Host() as host:
        run = host.run("check", FAKE_CHECK_OUTPUT="f: warning: x\n" * 1001)
    equal((run.returncode, run.stdout.count("warning  f: x\n")), (0, 1000))


def check_believes_the_exit_code_of_badged():
    for output in ("", "Segmentation fault \033[2J", "The settings are good: 1 provider."):
        with Host() as host:
            run = host.run("check", FAKE_CHECK_OUTPUT=output, FAKE_CHECK_EXIT="3")
        equal(run.returncode, 1)
        contains(run.stdout, "fake-badged-check: ended with exit code 3")
        equal("warning  Segmentation" in run.stdout, "Segmentation" in output)
        is_plain(run.stdout)


def check_for_programs():
    with Host("ok", "granted", "granted", "5", "bad") as host:
        run = host.run("check", "corp", "--json", FAKE_CHECK_OUTPUT=PROBLEMS.splitlines()[0],
                       FAKE_CHECK_EXIT="78")
    equal((run.returncode, json_lines(run)), (1, [{"good": False, "findings": [
        {"part": "settings", "state": "bad", "what": "/etc/badged.conf:3",
         "detail": "[provider corp] issuer: it is not https",
         "mend": "write https:// (TLS), or ask"},
        {"part": "daemon", "state": "good", "what": "badged is running", "detail": "9.8",
         "mend": ""},
        {"part": "provider", "provider": "corp", "state": "good", "what": "metadata",
         "detail": "issuer https://id.example/", "mend": ""},
        {"part": "provider", "provider": "corp", "state": "bad", "what": "device endpoint",
         "detail": "status 401", "mend": "compare client_id"}]}]))
    with Host() as host:
        run = host.run("check", "--json")
    equal((run.returncode, json_lines(run)[0]["good"]), (0, True))


def the_manual_names_keys_and_exit_codes():
    """After all others: of what they saw."""
    text = pathlib.Path(MANUAL).read_text()
    assert len(KEYS_SEEN) > 30, f"only {sorted(KEYS_SEEN)} were seen"
    equal({key for key in KEYS_SEEN if f"*{key}*" not in text}, set())
    codes = text.partition("# EXIT STATUS")[2]
    equal(re.findall(r"^\*(\d)\*$", codes, re.MULTILINE), list("01234567"))


CASES = [
    wrong_arguments_are_told_with_exit_code_2,
    help_and_version_go_to_standard_output,
    output_that_cannot_be_written_is_a_failure,
    every_verb_explains_itself_and_takes_json,
    login_is_for_the_own_account_and_shows_who_approved,
    login_names_account_and_provider,
    only_granted_is_exit_code_0,
    a_refusal_names_nobody_but_the_journal,
    a_login_that_does_not_start_has_a_reason,
    an_absent_daemon_comes_with_its_mend,
    login_for_programs_is_two_lines,
    login_for_programs_shows_the_code_before_it_waits,
    login_for_programs_has_one_line_when_there_is_no_code,
    ctrl_c_cancels,
    a_terminal_that_goes_away_cancels,
    a_daemon_that_dies_ends_the_wait,
    the_picture_follows_the_locale,
    colours_are_for_terminals_that_want_them,
    status_shows_daemon_and_providers,
    status_for_programs,
    status_survives_what_the_daemon_says,
    who_is_not_root_is_told_so,
    check_is_good_when_nothing_is_wrong,
    check_shows_each_bad_finding_with_its_mend,
    check_takes_no_nonsense_from_the_daemon,
    check_tells_whoever_is_not_root,
    check_of_an_unknown_provider_is_bad,
    check_without_a_daemon_still_reads_the_settings,
    check_shows_what_badged_says_about_the_settings,
    check_passes_with_warnings,
    check_ends_what_badged_says_somewhere,
    check_believes_the_exit_code_of_badged,
    check_for_programs,
    the_manual_names_keys_and_exit_codes,
]


if __name__ == "__main__":
    MANUAL = sys.argv[3]
    KEYS_SEEN = set()
    run_cases(CASES)
