# SPDX-License-Identifier: LGPL-2.1-or-later
"""A person signs in by ssh to a booted system: the bus starts badged, journald and logind know, and
nothing secret is written."""

import pytest

from container import inside
from container.booted import UNIT_NAME, Journal, logind_sessions, wait_until
from container.visitor import Visitor, sign_in
from host.providers import PEOPLE
from system.traces import SECRETS

# What log.c promises to keep (journalctl MESSAGE_ID=…).
LOGIN, OPENED, CLOSED = (f"6f4d0c1b6a5e4bb09a0f0a6c2c5d7e1{number}" for number in (1, 3, 4))


def test_first_login_starts_badged(container, badged, glewlwyd, journal):
    badged(glewlwyd)
    assert container.property("UnitFileState") == "disabled"
    assert not container.is_active()
    with sign_in(glewlwyd) as person:
        assert container.is_active()
        said = [entry["MESSAGE"] for entry in journal.entries(_COMM="dbus-daemon",
                                                              SYSLOG_IDENTIFIER="dbus-daemon")]
        assert any("Activating via systemd" in text and UNIT_NAME in text for text in said), said
        person.leave()


@pytest.mark.parametrize("name", ["glewlwyd", "scripted"])
def test_granted_in_the_journal(name, container, badged, request, journal):
    """Every field, as journald hands it out; those with _ are its own word for who wrote."""
    provider = request.getfixturevalue(name)
    if name == "scripted":
        provider = provider.scenario("granted-by-control")
    badged(provider)
    with sign_in(provider) as person:
        person.leave()
    uid, gid = container.ids("badged")
    entry = journal.wait_for(MESSAGE_ID=LOGIN)
    assert entry["OUTCOME"] == "granted"
    assert entry["ACCOUNT"] == "alice"
    assert entry["SERVICE"] == "sshd"
    assert entry["ORIGIN"] == inside.OUTSIDE
    assert entry["PROVIDER"] == "corp"
    issuer, subject = entry["IDENTITY"].split()
    assert issuer == provider.issuer and subject
    assert entry["RULE"] == "claim"
    assert entry["STRENGTH"] and entry["REASON"] and entry["LOGIN"]
    assert entry["PRIORITY"] == "5" and entry["SYSLOG_FACILITY"] == "10"
    assert (entry["_UID"], entry["_GID"]) == (str(uid), str(gid))
    assert entry["_SYSTEMD_UNIT"] == UNIT_NAME
    assert int(entry["_CAP_EFFECTIVE"], 16) == 0
    assert entry["_EXE"] == "/usr/sbin/badged"
    opened, closed = journal.wait_for(MESSAGE_ID=OPENED), journal.wait_for(MESSAGE_ID=CLOSED)
    assert opened["LOGIN"] == closed["LOGIN"] == entry["LOGIN"]
    assert opened["SESSION"] and opened["SESSION"] == closed["SESSION"]
    assert opened["IDENTITY"] == closed["IDENTITY"] == entry["IDENTITY"]
    assert len(journal.entries(MESSAGE_ID=LOGIN)) == 1


def test_refused_in_the_journal(container, badged, glewlwyd, journal):
    """Bob approves Alice's code: the entry names both, and nobody gets in."""
    badged(glewlwyd)
    with Visitor() as person:
        challenge = person.see_challenge()
        glewlwyd.approve(challenge.user_code, "bob")
        person.press_enter()
        sentence = person.see_refusal()
    entry = journal.wait_for(MESSAGE_ID=LOGIN)
    assert entry["OUTCOME"] == "refused"
    assert entry["ACCOUNT"] == "alice"
    assert entry["IDENTITY"].startswith(f"{glewlwyd.issuer} ")
    assert entry["REASON"] and entry["PRIORITY"] == "4"
    assert sentence.endswith(".")
    assert not journal.entries(OUTCOME="granted")
    assert not logind_sessions(container)


@pytest.mark.parametrize("end", ["exit", "terminated", "hung up"])
def test_session_of_logind(end, container, badged, glewlwyd, journal):
    """It is the person's, and with it ends the session that badged keeps."""
    badged(glewlwyd)
    with sign_in(glewlwyd) as person:
        sessions = logind_sessions(container)
        assert len(sessions) == 1
        number, properties = sessions.popitem()
        assert properties["Name"] == "alice" and properties["Class"] == "user"
        assert properties["RemoteHost"] == inside.OUTSIDE and properties["Remote"] == "yes"
        assert properties["State"] == "active"
        assert container.status()["open_sessions"] == 1
        if end == "exit":
            person.leave()
        elif end == "terminated":
            container.run("loginctl", "terminate-session", number)
        else:
            person.close_terminal()
        wait_until(lambda: not logind_sessions(container), "the end of the session")
        wait_until(lambda: container.status()["open_sessions"] == 0, "the end in badged")
    opened, _ = journal.wait_for(MESSAGE_ID=OPENED), journal.wait_for(MESSAGE_ID=CLOSED)
    assert [entry["SESSION"] for entry in journal.entries(MESSAGE_ID=CLOSED)] == [opened["SESSION"]]


def test_sudo_in_the_session(container, badged, glewlwyd, journal):
    """alice, once she is in, becomes root by approving again."""
    badged(glewlwyd)
    with sign_in(glewlwyd) as person:
        person.become_root(glewlwyd)
        person.leave_root()
        person.leave()
    entry = journal.wait_for(MESSAGE_ID=LOGIN, SERVICE="sudo")
    assert entry["OUTCOME"] == "granted" and entry["ACCOUNT"] == "alice"


def test_secret_as_a_credential(container, badged, drop_in, glewlwyd):
    """LoadCredential= as the unit shows it: the daemon need not be able to read the file at all."""
    badged(glewlwyd)
    settings = inside.ROOT / "etc/badged/badged.conf"
    settings.write_text(settings.read_text().replace("= corp.secret", "= credential:corp"))
    secret = inside.ROOT / "etc/badged/corp.secret"
    secret.chmod(0o600)
    drop_in("LoadCredential=corp:/etc/badged/corp.secret")
    with sign_in(glewlwyd) as person:
        person.leave()


@pytest.mark.last
def test_no_secret_in_the_whole_journal(container, badged, glewlwyd, scripted):
    """All boots, all programs, all fields: no secret, no token, no password, and no code."""
    badged(glewlwyd)
    with sign_in(glewlwyd) as person:
        person.leave()
    entries = Journal(container, everything=True).entries()
    texts = [value for entry in entries for value in entry.values()]
    assert sum(entry.get("MESSAGE_ID") == LOGIN for entry in entries) >= 1
    assert len({entry["_BOOT_ID"] for entry in entries}) == container.boots
    known = {glewlwyd.client_secret, scripted.client_secret, *Visitor.codes,
             *(person.password for person in PEOPLE.values())}
    assert Visitor.codes
    for text in texts:
        found = SECRETS.search(text)
        assert not found, f"{found[0][:40]!r}…"
        assert not [secret for secret in known if secret in text], "a secret or a code"
