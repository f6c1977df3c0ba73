# SPDX-License-Identifier: LGPL-2.1-or-later
"""Who may use the interface of administrators: root, and the person whom the host belongs to."""

import collections
import json
import pwd
import subprocess
import xml.etree.ElementTree as xml
from concurrent import futures

import pytest

from host import paths
from system.bus_caller import ADMIN, LOGIN, NAME, OBJECT, Caller
from system.frozen_thread import frozen
from system.person import Person, as_user
from system.test_tokens import wait_until
from system.traces import pending_logins

INTROSPECTION = paths.TREE / "etc" / "org.badged.Badged1.xml"
ROOTS = {"AcceptStore", "Rekey"}     # what concerns the host, not its people
EXAMPLES = {"s": ["x"], "as": ["1", "x"], "b": ["true"], "t": ["0"], "u": ["0"], "a{sv}": ["0"]}


def admin_methods():
    """{name: (types, values)} of every method, as it is described."""
    methods = {}
    for interface in xml.parse(INTROSPECTION).iter("interface"):
        if interface.get("name") == ADMIN:
            for method in interface.findall("method"):
                types = [argument.get("type") for argument in method.findall("arg")
                         if argument.get("direction") == "in"]
                methods[method.get("name")] = (types, [word for one in types for word in EXAMPLES[one]])
    return methods


def call(user, method):
    types, values = admin_methods()[method]
    signature = ["".join(types), *values] if types else []
    return subprocess.run([*as_user(user), "busctl", "--timeout=20", "call", NAME, OBJECT, ADMIN, method,
                           *signature], capture_output=True, text=True, check=False, timeout=30)


def badgectl(user, *arguments):
    return subprocess.run([*as_user(user), "badgectl", *arguments], capture_output=True, text=True,
                          check=False, timeout=30)


def sign_in(glewlwyd, account):
    with Person("su", account) as person:
        challenge = person.see_challenge()
        glewlwyd.approve(challenge.user_code, account)
        person.press_enter()
        person.see_shell()


def test_every_call_is_for_administrators(glewlwyd, serve, journal):
    """Nobody else gets as far as an argument; each attempt is in the journal."""
    serve(glewlwyd, badged="owner = first")
    methods = admin_methods()
    assert len(methods) > 10
    for method in methods:
        done = call("mallory", method)
        sentence = "Only root may" if method in ROOTS else "Only root and the owner may"
        assert done.returncode != 0 and f"{sentence} ask for this." in done.stderr, (method, done)
        entry = journal.wait_for(SYSLOG_IDENTIFIER="badged", SERVICE=method)
        assert (entry["OUTCOME"], entry["MESSAGE"].startswith("call not allowed")) == ("refused", True)


def test_without_an_owner_only_root_is_one(glewlwyd, serve):
    serve(glewlwyd)
    for method in ("GetStatus", "ListAccounts", "ListSessions"):
        assert "Only root may ask for this." in call("alice", method).stderr
        assert call("root", method).returncode == 0


def test_the_bus_lets_no_stranger_ask(glewlwyd, serve):
    """Who is not in group badged-users does not reach badged at all."""
    serve(glewlwyd, badged="owner = first")
    done = call("bob", "ListAccounts")
    assert done.returncode != 0 and "Access denied" in done.stderr, done.stderr


def test_the_first_to_sign_in_administers(glewlwyd, serve):
    """And nobody who comes later."""
    serve(glewlwyd, badged="owner = first")
    assert badgectl("alice", "account", "list").returncode == 1
    sign_in(glewlwyd, "alice")
    listed = badgectl("alice", "account", "list", "--json")
    assert listed.returncode == 0, listed.stderr
    assert [account["account"] for account in json.loads(listed.stdout)["accounts"]] == ["alice"]
    assert call("alice", "ListSessions").returncode == 0
    assert "Only root may" in call("alice", "Rekey").stderr
    done = badgectl("mallory", "account", "list")
    assert done.returncode == 1 and "Only root and the owner may ask for this." in done.stderr


def accounts():
    return json.loads(badgectl("root", "account", "list", "--json").stdout)["accounts"]


def test_who_left_before_the_login_was_written_down_owns_nothing(scripted, serve):
    """The login was as good as granted, but never was."""
    daemon = serve(scripted.scenario("refresh"), badged="owner = first")
    with frozen(daemon.pid, "badged-store"):
        with Caller() as caller:
            path, _ = caller.start_login("alice")
            caller.send(path, LOGIN, "Wait")
            wait_until(lambda: accounts() != [], daemon.output)
        wait_until(lambda: pending_logins() == 0, daemon.output)
    (known,) = accounts()
    assert (known["account"], known["owner"], known["last_login_at"]) == ("alice", False, 0)
    with Caller() as caller:
        path, _ = caller.start_login("alice")
        assert caller.call(path, LOGIN, "Wait")[0] == "granted"
    (known,) = accounts()
    assert known["owner"] and known["last_login_at"] > 0


def test_who_is_ended_before_the_login_was_written_down_is_not_let_in(scripted, serve):
    """And no tokens stay behind of which nobody knows."""
    provider = scripted.scenario("refresh")
    daemon = serve(provider, section="keep_tokens = yes")
    with Caller() as caller, Caller() as root, futures.ThreadPoolExecutor(1) as pool:
        path, _ = caller.start_login("alice")
        with frozen(daemon.pid, "badged-store"):
            verdict = pool.submit(caller.call, path, LOGIN, "Wait")
            wait_until(lambda: accounts() != [], daemon.output)
            root.send(OBJECT, ADMIN, "EndSessions", "s", "")
            root.call(OBJECT, ADMIN, "GetStatus")   # by then the other has been heard
        assert verdict.result()[0] == "refused"
    wait_until(lambda: provider.count("revocation") > 0, daemon.output)


# By one connection, and so much faster than one entry a second.
ASK_AGAIN = """
import sys
sys.path.insert(0, sys.argv[1])
from system.bus_caller import ADMIN, INTERFACE, OBJECT, Caller
with Caller() as caller:
    for number in range(int(sys.argv[2])):
        caller.refused(caller.start_login, f"nobody{number}")
        caller.refused(caller.call, OBJECT, INTERFACE, "GetToken", "t", 0)
        caller.refused(caller.call, OBJECT, ADMIN, "GetStatus")
"""


def test_who_is_refused_again_and_again_does_not_fill_the_journal(scripted, serve, journal):
    """By names that are nobody's, and by calls that are not theirs; root's are all there."""
    daemon = serve(scripted.scenario("granted-by-control"))
    n_rounds, n_calls, most = 100, 3, 60
    subprocess.run([*as_user("mallory"), "/usr/bin/python3", "-c", ASK_AGAIN, paths.TREE / "tests",
                    str(n_rounds)], check=True, timeout=120)
    with Caller() as caller:
        for number in range(2 * most):
            caller.refused(caller.start_login, f"nobody{number}")
    daemon.stop()
    uid = str(pwd.getpwnam("mallory").pw_uid)
    entries = journal.entries(SYSLOG_IDENTIFIER="badged", CALLER_UID=uid)
    sums = [entry for entry in entries if "further refused calls" in entry["REASON"]]
    single = collections.Counter(entry.get("SERVICE", "token") for entry in entries if entry not in sums)
    assert sums[-1]["OUTCOME"] == "refused" and f"of uid {uid} " in sums[-1]["REASON"]
    n_held_back = sum(int(entry["REASON"].split()[0]) for entry in sums)
    assert single.total() + n_held_back == n_rounds * n_calls
    assert len(single) == n_calls and max(single.values()) < n_rounds, single
    assert len(journal.entries(SYSLOG_IDENTIFIER="badged", CALLER_UID="0", OUTCOME="refused")) == 2 * most
