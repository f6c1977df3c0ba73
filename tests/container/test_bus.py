# SPDX-License-Identifier: LGPL-2.1-or-later
"""The bus policy as shipped, on the system bus of a booted host: who may own the name and who may
call what."""

import re

import pytest

from container.booted import ADMIN, BUS
from container.visitor import Visitor, sign_in

NAME, OBJECT, _ = ADMIN
DO_NOT_QUEUE = "4"
REFUSED_SEC = 20     # less than the bus would let people wait
OWNER = "u 1"      # DBUS_REQUEST_NAME_REPLY_PRIMARY_OWNER
DENIED = "Access denied"
STRANGERS = ["mallory", "alice", "root"]


def claim(container, user):
    return container.run("busctl", "call", *BUS, "RequestName", "su", NAME, DO_NOT_QUEUE, user=user,
                         check=False)


@pytest.mark.parametrize("user", STRANGERS)
@pytest.mark.parametrize("state", ["running", "stopped"])
def test_name_belongs_to_badged(user, state, container, badged, glewlwyd):
    badged(glewlwyd)
    if state == "running":
        container.run("systemctl", "start", "badged")
    answer = claim(container, user)
    assert answer.returncode != 0 and DENIED in answer.stderr, answer.stderr


def test_badged_may_have_it(container, badged, glewlwyd):
    """So that the refusals above are about who asks."""
    badged(glewlwyd)
    assert claim(container, "badged").stdout.strip() == OWNER


@pytest.mark.parametrize("method", [("GetStatus",), ("CheckProvider", "s", "corp")],
                         ids=["GetStatus", "CheckProvider"])
@pytest.mark.parametrize("user", ["mallory", "alice", "badged"])
def test_admin_is_for_root(user, method, container, badged, glewlwyd):
    badged(glewlwyd)
    container.run("systemctl", "start", "badged")
    answer = container.run("busctl", "call", *ADMIN, *method, user=user, check=False)
    assert answer.returncode != 0 and not answer.stdout
    assert DENIED in answer.stderr, answer.stderr
    assert container.run("busctl", "call", *ADMIN, *method).stdout


def start_login(container, user, account="alice"):
    return container.run("busctl", "call", NAME, OBJECT, NAME, "StartLogin", "ssa{sv}", account,
                         "lock", "0", user=user, check=False)


@pytest.fixture
def badged_users(container):
    """alice and bob may ask for themselves, as the administrator of a desktop would have it."""
    for name in ("alice", "bob"):
        container.run("gpasswd", "--add", name, "badged-users")
    yield
    for name in ("alice", "bob"):
        container.run("gpasswd", "--delete", name, "badged-users")


def test_nobody_else_may_call(container, badged, scripted, badged_users):
    """The bus itself says no; the daemon is not even started for it."""
    provider = scripted.scenario("granted-by-control")
    badged(provider)
    answer = start_login(container, "mallory")
    assert answer.returncode != 0 and DENIED in answer.stderr
    assert not container.is_active()


def test_login_for_another_is_for_root(container, badged, scripted, badged_users):
    """bob may ask, but not for alice: badged says no before the provider hears of it."""
    provider = scripted.scenario("granted-by-control")
    badged(provider)
    answer = start_login(container, "bob")
    assert answer.returncode != 0 and not answer.stdout
    assert DENIED not in answer.stderr, "it was the bus, not badged"
    assert provider.count("device") == 0
    own = start_login(container, "alice")
    assert own.returncode == 0 and "user_code" in own.stdout, own.stderr
    Visitor.codes.append(re.search(r'"user_code" s "([^"]+)"', own.stdout)[1])


def test_name_without_a_daemon_lets_nobody_in(container, badged, glewlwyd):
    """Masked, as by an administrator who wants it off: a login ends soon. Unmasked it works."""
    badged(glewlwyd)
    container.run("systemctl", "mask", "--runtime", "badged")
    try:
        with Visitor(tries=1) as person:
            assert person.see_refusal(REFUSED_SEC).endswith(".")
    finally:
        container.run("systemctl", "unmask", "--runtime", "badged")
    with sign_in(glewlwyd) as person:
        person.leave()
