#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""badgectl token, userinfo and api: the token from a scripted daemon, the API a server here. TAP on
standard output.

Usage: test-badgectl-token.py BADGECTL FAKE-BADGED MANUAL
"""

import http.server
import json
import os
import pathlib
import shutil
import ssl
import subprocess
import sys
import tempfile
import threading

from ctl_host import (ANYBODY_UID, PATIENCE_SEC, Host, Terminal, contains, equal, is_plain, lacks,
                      run_cases)

TOKEN = "SlAV32hkKG"
KNOWN = ("ok", "granted", "granted", "5", "good", "good")
DENY_TOKEN = '<deny send_interface="org.badged.Badged1" send_member="GetToken"/>'
TOO_LARGE = 9 * 1024 * 1024
KEYS_SEEN = set()


def daemon(word="good", **more):
    return Host(*KNOWN, word, **more)


class Api(http.server.BaseHTTPRequestHandler):
    """Answers as the path says; what came is in seen."""

    seen: list = []
    claims = b'{"sub":"subject-of-alice","name":"Alice \\u001b[2J","groups":["a","b"]}'

    def answer(self):
        Api.seen.append((self.command, self.path, dict(self.headers)))
        status, body = {"/me": (200, Api.claims), "/teapot": (418, b"short and stout\n"),
                        "/denied": (401, b""), "/scope": (403, b""), "/away": (503, b"later\n"),
                        "/moved": (302, b""), "/nothing": (204, b""),
                        "/huge": (200, b"x" * TOO_LARGE),
                        "/escapes": (200, b"one\x1b[2J\ntwo\xff\n")}.get(self.path, (404, b"no\n"))
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "https://localhost/elsewhere")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = answer

    def log_message(self, *_):
        """Standard output is for TAP."""


def start_api(folder):
    """https://localhost:PORT, whose certificate is its own authority."""
    key, certificate = folder / "key.pem", folder / "ca.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", certificate,
                    "-subj", "/CN=localhost", "-days", "2",
                    "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"], check=True, capture_output=True)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Api)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    server.socket = tls.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    os.environ["FAKE_CA_FILE"] = str(certificate)
    os.environ["FAKE_USERINFO"] = f"https://localhost:{server.server_port}/me"
    return f"https://localhost:{server.server_port}"


def api(*arguments, word="good", **environment):
    """(run, the requests that the API saw)"""
    Api.seen = []
    with daemon(word) as host:
        run = host.run(*arguments, **environment)
    return run, Api.seen


# ---- token ----

def wrong_arguments_are_told_with_exit_code_2():
    for arguments, words in {
            ("token", "alice"): "too many: 'alice'",
            ("token", "--provider", "corp"): "no option '--provider'",
            ("token", "--min-lifetime"): "missing after '--min-lifetime'",
            ("token", "--min-lifetime", "soon"): "no time from 0 to a day",
            ("token", "--min-lifetime", "2d"): "no time from 0 to a day",
            ("token", "--min-lifetime", "25h"): "no time from 0 to a day",
            ("token", "--min-lifetime", "-1"): "no time from 0 to a day",
            ("token", "--header", "--json"): "do not go together",
            ("userinfo", "--header"): "no option '--header'",
            ("api",): "missing: 'METHOD URL|/PATH'",
            ("api", "GET"): "missing: 'METHOD URL|/PATH'",
            ("api", "GET", "/a", "/b"): "too many: '/b'",
            ("api", "get", "/me"): "no such method",
            ("api", "GET\r\nX: y", "/me"): "no such method",
            ("api", "GET", "http://localhost/"): "no address that a token may go to",
            ("api", "GET", "file:///etc/passwd"): "no address that a token may go to",
            ("api", "GET", "https://a@b/"): "no address that a token may go to",
            ("api", "GET", "/a b"): "no address that a token may go to",
            ("api", "GET", "/a\r\nX: y"): "no address that a token may go to",
            ("api", "GET", "me"): "no address that a token may go to"}.items():
        with daemon() as host:
            run = host.run(*arguments)
            lacks(host.read_log("GetToken", 0.05), "GetToken")
        equal((run.returncode, run.stdout), (2, ""))
        contains(run.stderr, words)
        is_plain(run.stderr)


def help_tells_of_each_verb():
    for verb, words in {"token": "--min-lifetime TIME", "userinfo": "userinfo [--json]",
                        "api": "METHOD URL|/PATH"}.items():
        with daemon() as host:
            run = host.run("help", verb)
        equal((run.returncode, run.stderr), (0, ""))
        contains(run.stdout, words)


def token_is_one_line():
    with daemon() as host:
        run = host.run("token")
        contains(host.read_log("\n"), "GetToken min_lifetime=60\n")
    equal((run.returncode, run.stdout, run.stderr), (0, f"{TOKEN}\n", ""))
    with daemon("bare") as host:
        equal(host.run("token", "--header").stdout, f"Authorization: Bearer {TOKEN}\n")


def token_has_to_count_for_as_long_as_was_said():
    for text, seconds in {"0": 0, "90": 90, "90s": 90, "5min": 300, "2h": 7200, "24h": 86400}.items():
        with daemon() as host:
            equal(host.run("token", "--min-lifetime", text).returncode, 0)
            contains(host.read_log("\n"), f"GetToken min_lifetime={seconds}\n")


def token_for_programs():
    with daemon() as host:
        run = host.run("token", "--json")
    equal((run.returncode, run.stderr), (0, ""))
    value = json.loads(run.stdout)
    KEYS_SEEN.update(value)
    equal(value, {"access_token": TOKEN, "token_type": "Bearer", "scope": "openid",
                  "provider": "corp", "issuer": "https://id.example/",
                  "subject": "subject-of-alice", "granted_at": 1700000000,
                  "expires_at": 1700000300, "userinfo_endpoint": os.environ["FAKE_USERINFO"]})
    with daemon("controls") as host:
        run = host.run("token", "--json")
    equal(json.loads(run.stdout)["scope"], "open?[2Jid")


def a_reply_that_is_no_token_is_none():
    for word in ("none", "blank", "bound", "junk", "junk-after", "http"):
        with daemon(word) as host:
            for arguments in (("token",), ("token", "--header"), ("userinfo",), ("api", "GET", "/")):
                run = host.run(*arguments)
                equal((run.returncode, run.stdout), (5, ""))
                contains(run.stderr, "makes no sense", "Mend: install badged and badgectl")


def what_badged_refuses_comes_with_its_mend():
    for word, code, mend in (("Refused", 1, "keep_tokens, tokens_for_people"),
                             ("Unavailable", 5, "try again in a while")):
        with daemon(f"error-org.badged.Badged1.Error.{word}") as host:
            for arguments in (("token",), ("userinfo",), ("api", "GET", "/")):
                run = host.run(*arguments)
                equal((run.returncode, run.stdout), (code, ""))
                contains(run.stderr, "badgectl: No? for now.\nMend: ", mend)
            value = json.loads(host.run("token", "--json").stdout)
            equal(value["error"], "No? for now.")
            contains(value["mend"], mend)


def who_may_not_ask_is_told_whom_to_ask():
    with daemon(policy=DENY_TOKEN) as host:
        run = host.run_as_anybody("token")
    equal((run.returncode, run.stdout), (1, ""))
    contains(run.stderr, "You may not ask badged.", "Mend: have the administrator put you into group")
    with Host(daemon=False) as host:
        run = host.run("token")
    equal(run.returncode, 5)
    contains(run.stderr, "badged is not running.")


# ---- userinfo ----

def userinfo_is_a_table():
    run, seen = api("userinfo")
    equal((run.returncode, run.stderr), (0, ""))
    equal(run.stdout, 'sub             "subject-of-alice"\nname            "Alice \\u001b[2J"\n'
                      'groups          ["a","b"]\n')
    equal([(method, path) for method, path, _ in seen], [("GET", "/me")])
    equal(seen[0][2]["Authorization"], f"Bearer {TOKEN}")


def userinfo_for_programs():
    run, _ = api("userinfo", "--json")
    equal((run.returncode, run.stdout.isascii(), run.stdout.count("\n")), (0, True, 1))
    equal(json.loads(run.stdout), json.loads(Api.claims))


def userinfo_about_somebody_else_is_nobodys():
    honest = Api.claims
    for body, words in ((b'{"sub":"subject-of-bob"}', "about somebody else"),
                        (b'{"sub":["subject-of-alice"]}', "about somebody else"),
                        (b'["subject-of-alice"]', "no JSON object"),
                        (b'{"sub":"subject-of-alice"', "no JSON object"),
                        (b"[" * 99, "no JSON object"), (b"", "no JSON object")):
        Api.claims = body
        run, _ = api("userinfo")
        equal((run.returncode, run.stdout), (5, ""))
        contains(run.stderr, words, "Mend: ")
    Api.claims = b'{"id":17}'
    run, _ = api("userinfo")
    Api.claims = honest
    equal((run.returncode, run.stdout), (0, "id              17\n"))


def userinfo_of_a_provider_without_it():
    run, seen = api("userinfo", word="bare")
    equal((run.returncode, run.stdout, seen), (1, "", []))
    contains(run.stderr, "has no userinfo")


# ---- api ----

def api_sends_the_token_and_prints_the_body():
    for target in ("/me", f"{ORIGIN}/me"):
        run, seen = api("api", "GET", target)
        equal((run.returncode, run.stdout, run.stderr), (0, Api.claims.decode(), ""))
        equal(seen[0][:2], ("GET", "/me"))
        equal(seen[0][2]["Authorization"], f"Bearer {TOKEN}")
        contains(seen[0][2]["User-Agent"], "badgectl/")


def api_knows_methods_without_a_body():
    for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"):
        run, seen = api("api", method, "/nothing")
        equal((run.returncode, run.stdout, seen[0][0]), (0, "", method))
        equal(seen[0][2].get("Content-Type"), None)
        equal(seen[0][2].get("Content-Length"), "0" if method in ("POST", "PUT", "PATCH") else None)


def api_tells_a_status_that_is_not_good():
    for path, code, body, words in (
            ("/teapot", 1, "short and stout\n", "status 418"), ("/missing", 1, "no\n", "status 404"),
            ("/denied", 1, "", "the token does not count there"),
            ("/scope", 1, "", "the token lacks a scope"),
            ("/away", 5, "later\n", "status 503"), ("/moved", 1, "", "redirects are not followed")):
        run, seen = api("api", "GET", path)
        equal((run.returncode, run.stdout, len(seen)), (code, body, 1))
        contains(run.stderr, words, "Mend: ")


def api_for_programs():
    for path, code, status, body in (("/me", 0, 200, Api.claims.decode()),
                                     ("/teapot", 1, 418, "short and stout\n"),
                                     ("/away", 5, 503, "later\n")):
        run, _ = api("api", "GET", path, "--json")
        equal((run.returncode, run.stderr, json.loads(run.stdout)),
              (code, "", {"status": status, "body": body}))


def api_takes_no_more_than_fits():
    run, _ = api("api", "GET", "/huge")
    equal((run.returncode, run.stdout), (5, ""))
    contains(run.stderr, "too large")


def a_terminal_gets_nothing_that_steers_it():
    with daemon() as host:
        terminal = Terminal(host, "api", "GET", "/escapes")
        equal((terminal.end(), terminal.text), (0, "one?[2J\r\ntwo?\r\n"))


def the_settings_authority_is_for_the_provider_only():
    """Another origin, be it another name of the same machine, is not the provider."""
    run, seen = api("api", "GET", ORIGIN.replace("localhost", "127.0.0.1") + "/me")
    equal((run.returncode, run.stdout, seen), (5, "", []))
    contains(run.stderr, "Mend: ")
    saved = os.environ.pop("FAKE_CA_FILE")
    run, seen = api("api", "GET", "/me")
    os.environ["FAKE_CA_FILE"] = saved
    equal((run.returncode, seen), (5, []))


def the_environment_names_no_proxy():
    run, _ = api("api", "GET", "/me", https_proxy="http://127.0.0.1:1", ALL_PROXY="http://127.0.0.1:1")
    equal(run.returncode, 0)


def a_path_without_an_api_is_nowhere():
    run, seen = api("api", "GET", "/me", word="bare")
    equal((run.returncode, run.stdout, seen), (1, "", []))
    contains(run.stderr, "not known where", "Mend: name the whole address")


def the_token_is_in_no_argument_environment_or_core():
    """Read while the request hangs."""
    listener = http.server.HTTPServer(("127.0.0.1", 0), Api)    # accepts, and says nothing
    saved = os.environ["FAKE_USERINFO"]
    os.environ["FAKE_USERINFO"] = f"https://localhost:{listener.server_port}/me"
    with daemon() as host:
        program = shutil.copy(sys.argv[1], host.folder)
        process = subprocess.Popen([program, "api", "GET", "/me"], env=host.env,
                                   user=ANYBODY_UID if os.geteuid() == 0 else None,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        host.read_log("GetToken")
        listener.socket.settimeout(PATIENCE_SEC)
        connection = listener.socket.accept()[0]
        folder = pathlib.Path(f"/proc/{process.pid}")
        arguments = (folder / "cmdline").read_bytes()
        # What must not be dumped belongs to root.
        owner = (folder / "environ").stat().st_uid
        environment = (folder / "environ").read_bytes() if os.geteuid() == 0 else b""
        process.kill()
        process.wait()
        connection.close()
    listener.server_close()
    os.environ["FAKE_USERINFO"] = saved
    lacks(arguments + environment, TOKEN.encode())
    equal(owner, 0)


def the_manual_names_the_keys():
    """After all others: of what they saw."""
    text = pathlib.Path(sys.argv[3]).read_text()
    assert len(KEYS_SEEN) > 8, f"only {sorted(KEYS_SEEN)} were seen"
    equal({key for key in KEYS_SEEN if f"*{key}*" not in text}, set())
    contains(text, "*--min-lifetime*", "*--header*", "*userinfo*", "*api* _METHOD_")


CASES = [
    wrong_arguments_are_told_with_exit_code_2,
    help_tells_of_each_verb,
    token_is_one_line,
    token_has_to_count_for_as_long_as_was_said,
    token_for_programs,
    a_reply_that_is_no_token_is_none,
    what_badged_refuses_comes_with_its_mend,
    who_may_not_ask_is_told_whom_to_ask,
    userinfo_is_a_table,
    userinfo_for_programs,
    userinfo_about_somebody_else_is_nobodys,
    userinfo_of_a_provider_without_it,
    api_sends_the_token_and_prints_the_body,
    api_knows_methods_without_a_body,
    api_tells_a_status_that_is_not_good,
    api_for_programs,
    api_takes_no_more_than_fits,
    a_terminal_gets_nothing_that_steers_it,
    the_settings_authority_is_for_the_provider_only,
    the_environment_names_no_proxy,
    a_path_without_an_api_is_nowhere,
    the_token_is_in_no_argument_environment_or_core,
    the_manual_names_the_keys,
]

if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="badge-api-") as place:
        os.chmod(place, 0o755)
        ORIGIN = start_api(pathlib.Path(place))
        run_cases(CASES)
