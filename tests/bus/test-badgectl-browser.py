#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""badgectl login --browser against a scripted daemon; the test is the browser. TAP on standard output.

Usage: test-badgectl-browser.py BADGECTL FAKE-BADGED
"""

import contextlib
import http.client
import json
import os
import pathlib
import re
import select
import shutil
import signal
import socket
import subprocess
import time
import urllib.parse

from ctl_host import (ANYBODY_UID, BADGECTL, PATIENCE_SEC, Host, Terminal, contains, equal, is_plain,
                      lacks, run_cases)

ADDRESS = "https://id.example/authorize?client_id=badged&state=s"
DESKTOP = {"DISPLAY": ":77"}
QUERY = "code=a%2Bb+c%00&state=s&iss=https%3A%2F%2Fid.example"
BACK = "Go back to the terminal"
ERRORS = "error-org.badged.Badged1.Error."
OPENER = """#!/bin/sh
echo "$#" "$1" >"$OPENED.tmp"
mv "$OPENED.tmp" "$OPENED"
"""


class Login:
    """badgectl login --browser, and the address that a browser is to come back to."""

    def __init__(self, host, *arguments, user=None, program=BADGECTL, **environment):
        self.host = host
        self.process = subprocess.Popen(
            [program, "login", "--browser", "alice", *arguments], user=user,
            env=host.env | DESKTOP | {"PATH": host.folder} | environment, bufsize=0,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        started = host.read_log("redirect_uri=")
        started += host.read_log("\n") if not started.endswith("\n") else ""
        self.redirect_uri = re.search(r"redirect_uri=(\S+)", started)[1]
        self.at = urllib.parse.urlsplit(self.redirect_uri)
        self.shown = ""

    def see(self, text):
        deadline = time.monotonic() + PATIENCE_SEC
        while text not in self.shown and time.monotonic() < deadline:
            if select.select([self.process.stdout], [], [], 0.1)[0]:
                self.shown += os.read(self.process.stdout.fileno(), 65536).decode()
        contains(self.shown, text)

    def visit(self, query, path=None, method="GET"):
        """(status, headers, page)."""
        connection = http.client.HTTPConnection(self.at.hostname, self.at.port, timeout=PATIENCE_SEC)
        with contextlib.closing(connection):
            target = self.at.path if path is None else path
            connection.request(method, target if query is None else f"{target}?{query}")
            response = connection.getresponse()
            return response.status, response.headers, response.read().decode()

    def end(self, code):
        out, problems = self.process.communicate(timeout=PATIENCE_SEC)
        self.shown += out.decode()
        equal((self.process.returncode, problems.decode()), (code, ""))
        return self.shown


def the_browsers_answer_goes_to_the_daemon_as_it_came():
    with Host("browser", "known-granted") as host:
        login = Login(host)
        login.see(f"open this address on this machine:\n\n{ADDRESS}\n")
        status, _, page = login.visit(QUERY)
        equal(status, 200)
        contains(page, BACK)
        shown = login.end(0)
        log = host.read_log("Wait")
    contains(log, f"Answer query={QUERY}\nWait\n")
    contains(shown, "Sign in as alice.\n", "\ngranted: Because of the fake.\n")
    lacks(shown, "Code:", "code=")
    is_plain(shown)


def rfc8252_the_address_is_on_loopback_and_only_its_port_changes():
    with Host("browser", "granted") as host:
        first, second = Login(host), Login(host)
        for login in (first, second):
            equal((login.at.scheme, login.at.hostname), ("http", "127.0.0.1"))
            assert login.at.port >= 1024
            equal(login.at.path, "/callback")
        assert first.at.port != second.at.port
        for login in (first, second):
            login.visit(QUERY)
            login.end(0)


def nothing_listens_elsewhere():
    """All of 127/8 is this machine, and all but one of it somebody else's address."""
    with Host("browser", "granted") as host:
        login = Login(host)
        expect_refusal("127.0.0.2", login.at.port)
        login.visit(QUERY)
        login.end(0)


def expect_refusal(host, port):
    try:
        socket.create_connection((host, port), 1).close()
    except ConnectionRefusedError:
        return
    raise AssertionError(f"somebody listens on {host}")


def only_the_first_answer_counts():
    """Several come at once: whoever is late is told so, or finds nobody."""
    with Host("browser", "granted") as host:
        login = Login(host)
        browsers = [socket.create_connection((login.at.hostname, login.at.port)) for _ in range(4)]
        for number, browser in enumerate(browsers):
            browser.sendall(f"GET {login.at.path}?state=s&code={number} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        statuses = []
        for browser in browsers:
            browser.settimeout(PATIENCE_SEC)
            with contextlib.suppress(ConnectionError):
                statuses.append(browser.recv(4096)[:12])
            browser.close()
        login.end(0)
        log = host.read_log("Wait")
    equal(log.count("Answer query=state=s&code="), 1)
    equal(statuses.count(b"HTTP/1.1 200"), 1)
    equal(set(statuses) - {b"HTTP/1.1 200", b"HTTP/1.1 410", b""}, set())


def after_the_answer_nothing_listens():
    """While badgectl waits for the verdict already."""
    with Host("browser", "nothing") as host:
        login = Login(host)
        login.visit(QUERY)
        host.read_log("Wait")
        expect_refusal(login.at.hostname, login.at.port)
        login.process.send_signal(signal.SIGINT)
        login.end(7)


def what_is_no_answer_is_not_passed_on():
    with Host("browser", "granted") as host:
        login = Login(host)
        path = login.at.path
        for query, where, method, status in (
                (None, path, "GET", 404), ("", path, "GET", 404), (QUERY, "/", "GET", 404),
                (QUERY, path + "/", "GET", 404), (QUERY, path[:-1], "GET", 404),
                (QUERY, path + "0", "GET", 404), (QUERY, "//" + path, "GET", 404),
                (QUERY, path.upper(), "GET", 404), (None, "/favicon.ico", "GET", 404),
                (QUERY, path, "POST", 404), (QUERY, path, "HEAD", 404),
                (QUERY, path, "OPTIONS", 404), ("c=" + "x" * 8191, path, "GET", 414),
                ("c=" + "x" * 100000, path, "GET", 414)):
            found, _, page = login.visit(query, where, method)
            assert found == status, f"{method} {where[:40]}?{(query or '')[:20]}: {found}"
            lacks(page, "code=", "xxx")
        equal(login.visit("state=s&c=" + "x" * 8182)[0], 200)
        login.end(0)
        log = host.read_log("Wait")
    equal(log.count("Answer"), 1)
    contains(log, "Answer query=state=s&c=" + "x" * 8182 + "\n")


def rfc6749_10_12_a_strangers_answer_ends_nothing():
    """Anything on this machine may come first; the state is what only the provider was told."""
    with Host("browser", "granted") as host:
        login = Login(host)
        for query in ("code=c", "code=c&state=", "code=c&state=S", "code=c&state=ss", "state", "states=s",
                      "xstate=s", "error=access_denied", "state=s&state=x", "state=x&state=s",
                      "code=c&state=%73", "code=state=s"):
            status, _, page = login.visit(query)
            assert status == 400, f"{query}: {status}"
            contains(page, "not for here")
        equal(login.visit(QUERY)[0], 200)
        login.end(0)
        log = host.read_log("Wait")
    equal(log.count("Answer"), 1)
    contains(log, f"Answer query={QUERY}\n")


def a_browser_that_says_nothing_does_not_stop_another():
    with Host("browser", "granted") as host:
        login = Login(host)
        silent = [socket.create_connection((login.at.hostname, login.at.port)) for _ in range(8)]
        silent[0].sendall(b"GET /")
        silent[1].sendall(b"\x16\x03\x01\x02\x00")
        equal(login.visit(QUERY)[0], 200)
        login.end(0)
        for one in silent:
            one.close()


def the_page_has_no_foreign_text_and_runs_nothing():
    with Host("browser", "denied") as host:
        login = Login(host)
        status, headers, page = login.visit("state=s&error=%3Cscript%3Ealert(1)%3C/script%3E<b>you+are+in</b>")
        login.end(3)
    equal(status, 200)
    lacks(page, "script", "you+are", "you are in", "alert", "error")
    contains(page, BACK)
    contains(headers["Content-Security-Policy"], "default-src 'none'", "frame-ancestors 'none'")
    equal((headers["Referrer-Policy"], headers["Cache-Control"], headers["X-Content-Type-Options"]),
          ("no-referrer", "no-store", "nosniff"))
    equal(headers["Content-Type"], "text/html; charset=utf-8")


def the_daemon_decides_whatever_the_browser_brought():
    for word, code in {"granted": 0, "refused": 1, "denied": 3, "expired": 4, "unavailable": 5,
                       "forged-grant": 3, "Granted": 1, "die": 5}.items():
        with Host("browser", word) as host:
            login = Login(host)
            login.visit(QUERY)
            equal("\ngranted: " in login.end(code), code == 0)


def an_answer_that_the_daemon_does_not_take():
    """Of a login that has ended Wait tells how; everything else ends here."""
    for word, code, waited in ((ERRORS + "UnexpectedAnswer", 3, True),
                               (ERRORS + "NotAuthorized", 1, False),
                               ("error-org.freedesktop.DBus.Error.InvalidArgs", 5, False),
                               ("die", 5, False), ("die-later", 5, False)):
        with Host("browser", "denied", "granted", "5", "good", word) as host:
            login = Login(host)
            login.visit(QUERY)
            login.end(code)
            log = host.read_log("Wait" if waited else "Cancel",
                                1 if word.startswith("die") else PATIENCE_SEC)
        equal("Wait\n" in log, waited)
        if word.startswith("error") and not waited:
            contains(log, "Cancel")


def a_browser_that_does_not_come_back_in_time():
    with Host("browser-short", "expired") as host:
        begun = time.monotonic()
        contains(Login(host).end(4), "\nexpired: ")
        assert time.monotonic() - begun > 0.9
        lacks(host.read_log("Wait"), "Answer")


def ctrl_c_while_the_browser_is_out():
    with Host("browser", "granted") as host:
        terminal = Terminal(host, "login", "--browser", "alice", PATH=host.folder, **DESKTOP)
        terminal.read(ADDRESS)
        os.write(terminal.fd, b"\x03")
        equal(terminal.end(), 7)
        log = host.read_log("Cancel")
    contains(log, "Cancel")
    lacks(log, "Wait")


def without_a_display_there_is_a_code():
    for environment in ({}, {"DISPLAY": "", "WAYLAND_DISPLAY": ""}):
        with Host("ok", "granted") as host:
            host.env.pop("DISPLAY", None)
            host.env.pop("WAYLAND_DISPLAY", None)
            run = host.run("login", "--browser", "alice", **environment)
            lacks(host.read_log("Wait"), "redirect_uri")
        equal((run.returncode, run.stderr),
              (0, "badgectl: There is no display for a browser; here is a code instead.\n"))
        contains(run.stdout, "Code:    WDJB-MJHT\n")


def wayland_is_a_display():
    with Host("browser", "granted") as host:
        login = Login(host, DISPLAY="", WAYLAND_DISPLAY="wayland-0")
        login.visit(QUERY)
        login.end(0)


def without_the_option_there_is_a_code():
    with Host("ok", "granted") as host:
        equal(host.run("login", "alice", **DESKTOP).returncode, 0)
        lacks(host.read_log("Wait"), "redirect_uri")


def an_address_for_a_browser_that_nobody_asked_for_is_nonsense():
    with Host("browser", "granted") as host:
        run = host.run("login", "alice")
        lacks(host.read_log("Wait", 0.3), "Wait")
    equal(run.returncode, 5)
    lacks(run.stdout, "id.example")


def addresses_that_must_not_be_opened_are_not():
    for word in ("browser-http", "browser-shell", "browser-and-code", "ring-and-browser"):
        with Host(word, "granted") as host:
            login = Login(host)
            shown = login.end(5)
            lacks(host.read_log("Wait", 0.3), "Wait")
        lacks(shown, "id.example")


def a_daemon_that_shows_a_code_all_the_same():
    """One that does not know of browsers."""
    with Host("ok", "granted") as host:
        login = Login(host)
        contains(login.end(0), "Code:    WDJB-MJHT\n")


def the_phone_may_ask_in_place_of_a_code():
    with Host("ring", "granted") as host:
        run = host.run("login", "alice")
        equal(run.returncode, 0)
        contains(run.stdout, "\nYour phone is asking. Approve only if it shows\n  42/sshd/web01\n")
        run = host.run("login", "alice", "--json")
    equal(json.loads(run.stdout.splitlines()[0]),
          {"event": "challenge", "provider": "corp", "binding_message": "42/sshd/web01",
           "expires_in": 600})


def for_programs_the_address_is_in_the_challenge():
    with Host("browser", "granted") as host:
        login = Login(host, "--json")
        login.see("\n")
        equal(json.loads(login.shown), {"event": "challenge", "provider": "corp",
                                        "authorization_url": ADDRESS, "expires_in": 600})
        login.visit(QUERY)
        equal(json.loads(login.end(0).splitlines()[1])["outcome"], "granted")


def open_with_xdg_open(user):
    """The opener's arguments, in the words of the OPENER; None when it was not started."""
    with Host("browser", "granted") as host:
        os.chmod(host.folder, 0o777)
        program = shutil.copy(BADGECTL, host.folder)
        opener = pathlib.Path(host.folder, "xdg-open")
        opener.write_text(OPENER, encoding="ascii")
        opener.chmod(0o755)
        opened = pathlib.Path(host.folder, "opened")
        login = Login(host, user=user, program=program, OPENED=str(opened),
                      PATH=f"{host.folder}:/usr/bin:/bin")
        login.see(ADDRESS)
        # root's is never started, which nothing says
        deadline = time.monotonic() + (PATIENCE_SEC if user or os.geteuid() else 2)
        while not opened.exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        login.visit(QUERY)
        login.end(0)
        return opened.read_text(encoding="ascii") if opened.exists() else None


def xdg_open_gets_the_address():
    equal(open_with_xdg_open(ANYBODY_UID if os.geteuid() == 0 else None), f"1 {ADDRESS}\n")


def root_opens_no_browser():
    if os.geteuid() == 0:
        equal(open_with_xdg_open(None), None)


CASES = [
    the_browsers_answer_goes_to_the_daemon_as_it_came,
    rfc8252_the_address_is_on_loopback_and_only_its_port_changes,
    nothing_listens_elsewhere,
    only_the_first_answer_counts,
    after_the_answer_nothing_listens,
    what_is_no_answer_is_not_passed_on,
    rfc6749_10_12_a_strangers_answer_ends_nothing,
    a_browser_that_says_nothing_does_not_stop_another,
    the_page_has_no_foreign_text_and_runs_nothing,
    the_daemon_decides_whatever_the_browser_brought,
    an_answer_that_the_daemon_does_not_take,
    a_browser_that_does_not_come_back_in_time,
    ctrl_c_while_the_browser_is_out,
    without_a_display_there_is_a_code,
    wayland_is_a_display,
    without_the_option_there_is_a_code,
    an_address_for_a_browser_that_nobody_asked_for_is_nonsense,
    addresses_that_must_not_be_opened_are_not,
    a_daemon_that_shows_a_code_all_the_same,
    the_phone_may_ask_in_place_of_a_code,
    for_programs_the_address_is_in_the_challenge,
    xdg_open_gets_the_address,
    root_opens_no_browser,
]

if __name__ == "__main__":
    run_cases(CASES)
