#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""badgectl login against a scripted daemon that asks for a ticket or a code. TAP on standard output.

Usage: test-badgectl-secret.py BADGECTL FAKE-BADGED
"""

import json
import os
import signal
import subprocess
import termios

from ctl_host import BADGECTL, PATIENCE_SEC, Host, Terminal, contains, equal, lacks, run_cases

TICKET = "MPB6-QZ3V-LFQK"
OUTAGE = "The identity provider cannot be asked right now."


def in_terminal(host, *arguments):
    return Terminal(host, "login", "alice", *arguments)


def shows_what_is_typed(terminal):
    return bool(termios.tcgetattr(terminal.fd)[3] & termios.ECHO)


def run_with_input(host, text, *arguments):
    return subprocess.run([BADGECTL, "login", "alice", *arguments], env=host.env, input=text,
                          capture_output=True, text=True, timeout=PATIENCE_SEC, check=False)


def a_ticket_is_typed_without_being_shown():
    with Host("secret", "granted") as host:
        terminal = in_terminal(host)
        contains(terminal.read("Ticket: "), "Sign in as alice on ", OUTAGE)
        equal(shows_what_is_typed(terminal), False)
        os.write(terminal.fd, TICKET.encode() + b"\n")
        terminal.read()
        equal(shows_what_is_typed(terminal), True)
        equal(terminal.end(), 0)
        contains(host.read_log("Wait"), f"Present secret={TICKET}\nWait")
    contains(terminal.text, "Because of the fake.")
    lacks(terminal.text, TICKET)


def a_code_that_goes_with_the_approval_is_shown():
    with Host("wants-code", "granted") as host:
        terminal = in_terminal(host)
        terminal.read("type the code of your authenticator app: ")
        equal(shows_what_is_typed(terminal), True)
        os.write(terminal.fd, b"123456\n")
        equal(terminal.end(), 0)
        contains(host.read_log("Wait"), "Present secret=123456\nWait")


def nothing_typed_is_out_of_reach():
    for text in ("", "\n"):
        with Host("secret", "granted") as host:
            run = run_with_input(host, text)
            lacks(host.read_log("Cancel"), "Present", "Wait")
        equal(run.returncode, 5)
        contains(run.stdout, "unavailable: " + OUTAGE)


def ctrl_c_cancels_and_shows_typing_again():
    with Host("secret", "granted") as host:
        terminal = in_terminal(host)
        terminal.read("Ticket: ")
        os.kill(terminal.pid, signal.SIGINT)
        terminal.read()
        equal(shows_what_is_typed(terminal), True)
        equal(terminal.end(), 7)
        contains(host.read_log("Cancel"), "Cancel")


def what_the_daemon_does_not_take_is_refused():
    with Host("secret", "granted", "granted", "5", "good",
              "error-org.badged.Badged1.Error.Refused") as host:
        run = run_with_input(host, TICKET + "\n")
    equal(run.returncode, 1)
    contains(run.stdout, "refused: No secret.")
    with Host("secret", "granted") as host:
        run = run_with_input(host, "no ticket: ☃\n")
        lacks(host.read_log("Cancel"), "Present")
    equal(run.returncode, 1)
    contains(run.stdout, "What was typed is no ticket.")


def programs_are_told_what_to_write():
    for word, key, text in (("secret", "wants_secret", TICKET), ("wants-code", "wants_code", "123456")):
        with Host(word, "granted") as host:
            run = run_with_input(host, text + "\n", "--json")
            contains(host.read_log("Wait"), f"Present secret={text}\n")
        challenge, verdict = map(json.loads, run.stdout.splitlines())
        equal((run.returncode, verdict["outcome"]), (0, "granted"))
        equal({name for name in challenge if name.startswith("wants_")}, {key})


CASES = [
    a_ticket_is_typed_without_being_shown,
    a_code_that_goes_with_the_approval_is_shown,
    nothing_typed_is_out_of_reach,
    ctrl_c_cancels_and_shows_typing_again,
    what_the_daemon_does_not_take_is_refused,
    programs_are_told_what_to_write,
]

run_cases(CASES)
