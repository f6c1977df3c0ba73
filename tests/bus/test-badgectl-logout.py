#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""badgectl logout against a scripted daemon; the test is the browser. TAP on standard output.

Usage: test-badgectl-logout.py BADGECTL FAKE-BADGED
"""

import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import time

from ctl_host import (ANYBODY_UID, BADGECTL, PATIENCE_SEC, Host, contains, equal, is_plain, lacks,
                      run_cases)

KNOWN = ("ok", "granted", "granted", "5", "good", "good")
URL = "https://id.example/logout?client_id=badged"
HINTED = URL + "&id_token_hint=e30.e30.c2ln"
ENDED = "The tokens of your session are ended; the session stays open.\n"
TOO = f"\nTo end the session of a browser at the provider, too, open this address in it:\n\n{URL}\n"
IS_ROOT = os.geteuid() == 0
PERSON = ANYBODY_UID if IS_ROOT else None       # root opens no browser
OPENER = """#!/bin/sh
echo "$#" "$@" >"$OPENED.tmp"
mv "$OPENED.tmp" "$OPENED"
"""
VISIT = """
import http.client, sys, urllib.parse
at = urllib.parse.urlsplit(sys.argv[1])
one = http.client.HTTPConnection(at.hostname, at.port, timeout=60)
one.request(sys.argv[2], at.path)
answer = one.getresponse()
print(answer.status, answer.headers["Location"], answer.headers["Referrer-Policy"])
print(answer.read().decode())
"""


def daemon(word="good", **more):
    return Host(*KNOWN, word, **more)


class Logout:
    """badgectl logout --browser, run by a person at a desktop."""

    def __init__(self, host, *arguments):
        os.chmod(host.folder, 0o777)
        program = shutil.copy(BADGECTL, host.folder)
        opener = pathlib.Path(host.folder, "xdg-open")
        opener.write_text(OPENER, encoding="ascii")
        opener.chmod(0o755)
        self.opened = pathlib.Path(host.folder, "opened")
        self.process = subprocess.Popen(
            [program, "logout", "--browser", *arguments], user=PERSON,
            env=host.env | {"DISPLAY": ":77", "OPENED": str(self.opened),
                            "PATH": f"{host.folder}:/usr/bin:/bin"},
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def address(self):
        """What xdg-open was told, and nothing else."""
        deadline = time.monotonic() + PATIENCE_SEC
        while not self.opened.exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        count, told = self.opened.read_text(encoding="ascii").split()
        equal(count, "1")
        return told

    def end(self, code=0):
        out, problems = self.process.communicate(timeout=PATIENCE_SEC)
        equal(self.process.returncode, code)
        return out, problems


def visit(address, user=PERSON, method="GET"):
    """(status, Location, Referrer-Policy, page)"""
    run = subprocess.run(["/usr/bin/python3", "-c", VISIT, address, method], user=user, cwd="/",
                         capture_output=True, text=True, check=True, timeout=PATIENCE_SEC)
    head, _, page = run.stdout.partition("\n")
    status, location, policy = head.split()
    return int(status), location, policy, page


def the_tokens_are_ended_and_the_rest_is_told():
    with daemon() as host:
        run = host.run("logout")
        contains(host.read_log("EndTokens"), "EndTokens\n")
    equal((run.returncode, run.stdout, run.stderr), (0, ENDED + TOO, ""))


def a_provider_without_such_an_address():
    with daemon("bare") as host:
        run = host.run("logout")
    equal((run.returncode, run.stdout, run.stderr), (0, ENDED, ""))


def for_programs_there_is_one_object():
    with daemon() as host:
        run = host.run("logout", "--json")
    equal((run.returncode, run.stderr), (0, ""))
    equal(json.loads(run.stdout), {"provider": "corp", "issuer": "https://id.example/",
                                   "subject": "subject-of-alice", "end_session_url": URL})
    with daemon("controls") as host:
        is_plain(host.run("logout", "--json").stdout)


def the_hint_is_never_shown():
    with daemon() as host:
        for arguments in ((), ("--json",), ("--browser",), ("--browser", "--json")):
            run = host.run("logout", *arguments, DISPLAY="", WAYLAND_DISPLAY="")
            equal(run.returncode, 0)
            contains(run.stdout, URL)
            lacks(run.stdout + run.stderr, "id_token_hint", "e30")


def without_a_display_there_is_an_address():
    with daemon() as host:
        run = host.run("logout", "--browser", DISPLAY="", WAYLAND_DISPLAY="")
    equal((run.returncode, run.stdout, run.stderr),
          (0, ENDED + TOO, "badgectl: There is no display for a browser.\n"))


def a_browser_is_led_to_the_provider_with_the_hint():
    """Which stands in no argument of any process: xdg-open gets an address of our own."""
    with daemon() as host:
        logout = Logout(host)
        address = logout.address()
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/logout", address), address
        status, location, policy, page = visit(address)
        out, problems = logout.end()
    equal((status, location, policy), (303, HINTED, "no-referrer"))
    lacks(page, "e30")
    equal((out, problems), (ENDED + "Your browser is at the provider now, which ends its session "
                            "there.\n", ""))


def nobody_else_is_led_there():
    """Others of this machine may read the address in the arguments of xdg-open, and come first."""
    with daemon() as host:
        logout = Logout(host)
        address = logout.address()
        for where, method in ((address + "x", "GET"), (address[:-1], "GET"), (address, "POST"),
                              (address, "HEAD"), (address.replace("logout", "callback"), "GET")):
            equal(visit(where, PERSON, method)[:2], (404, "None"))
        if IS_ROOT:
            for stranger in (0, ANYBODY_UID - 1):
                equal(visit(address, stranger)[:2], (404, "None"))
        equal(visit(address)[:2], (303, HINTED))
        logout.end()


def what_has_no_hint_is_opened_as_it_is():
    with daemon("none") as host:
        logout = Logout(host)
        equal(logout.address(), URL)
        out, _ = logout.end()
    equal(out, ENDED + TOO)


def a_browser_that_does_not_come():
    """Ctrl-C ends the waiting; the tokens are ended all the same."""
    with daemon() as host:
        logout = Logout(host)
        logout.address()
        logout.process.send_signal(signal.SIGINT)
        equal(logout.end(), (ENDED + TOO, "badgectl: No browser came.\n"))


def what_badged_refuses_comes_with_its_mend():
    errors = "error-org.badged.Badged1.Error."
    for word, code in ((errors + "Refused", 1), (errors + "Unavailable", 5)):
        with daemon(word) as host:
            run = host.run("logout")
            equal((run.returncode, run.stdout), (code, ""))
            contains(run.stderr, "badgectl: No? for now.\n", "Mend: ")
            run = host.run("logout", "--json")
        equal((run.returncode, run.stderr), (code, ""))
        equal(set(json.loads(run.stdout)), {"error", "mend"})


def a_reply_that_makes_no_sense():
    for word in ("junk", "http", "blank"):
        with daemon(word) as host:
            run = host.run("logout")
        equal((run.returncode, run.stdout), (5, ""))
        lacks(run.stderr, "id.example")


def wrong_arguments_are_told_with_exit_code_2():
    with daemon() as host:
        for arguments in (("now",), ("--provider", "corp"), ("--header",)):
            equal(host.run("logout", *arguments).returncode, 2)
        lacks(host.read_log("EndTokens", 0.2), "EndTokens")


CASES = [
    the_tokens_are_ended_and_the_rest_is_told,
    a_provider_without_such_an_address,
    for_programs_there_is_one_object,
    the_hint_is_never_shown,
    without_a_display_there_is_an_address,
    a_browser_is_led_to_the_provider_with_the_hint,
    nobody_else_is_led_there,
    what_has_no_hint_is_opened_as_it_is,
    a_browser_that_does_not_come,
    what_badged_refuses_comes_with_its_mend,
    a_reply_that_makes_no_sense,
    wrong_arguments_are_told_with_exit_code_2,
]

if __name__ == "__main__":
    run_cases(CASES)
