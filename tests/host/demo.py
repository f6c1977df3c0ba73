# SPDX-License-Identifier: LGPL-2.1-or-later
"""One login, shown: tests/demo runs this on the private host and says what its arguments are."""

import contextlib
import dataclasses
import os
import pathlib
import subprocess
import sys
import tempfile
import time

from host import machine, paths
from host.daemon import Daemon, DaemonFailed, copy_settings, settings_for, write_settings
from host.glewlwyd import Glewlwyd
from host.journal import Journal
from host.oidc_provider import OidcProvider
from host.providers import ProviderFailed, WrongUserCode
from host.terminal_bridge import Bridge
from system.person import Person

GRANTED, REFUSED, SETUP_FAILED = 0, 1, 2
PERSON_SEC = 6      # nobody finds the phone sooner, and providers allow the first poll after five
NOTHING_SAID = "The program ended without a word."
WAIT_SEC = 1800     # the longest that a code is ever valid
PROVIDERS = {"glewlwyd": Glewlwyd, "oidc-provider": OidcProvider}


@dataclasses.dataclass
class Options:
    idp: str
    service: str
    account: str
    conf: str       # empty: a provider of our own
    how: str        # as, deny, command, person, nobody
    argument: str


class SetupFailed(Exception):
    """Nothing was decided about anybody."""


def say(text: str = "") -> None:
    print(text, flush=True)


def start_provider(options: Options, stack: contextlib.ExitStack):
    """The provider, or None with --conf; settings are written either way."""
    if options.conf:
        copy_settings(pathlib.Path(options.conf))
        return None
    provider = stack.enter_context(PROVIDERS[options.idp]())
    provider.start(tempfile.mkdtemp(prefix="provider-", dir=paths.STATE))
    write_settings(*settings_for(provider))
    return provider


def start_daemon(stack: contextlib.ExitStack) -> None:
    daemon = Daemon()
    stack.callback(daemon.kill)
    daemon.start()


def explain(options: Options, provider) -> None:
    if options.how == "person" and provider:
        say(f"Approve in a browser on this machine, at the address that will be shown.\n"
            f"User {options.account}, password "
            f"{provider.users[options.account].password if options.account in provider.users else '?'}"
            f". The certificate is made up, so the browser will warn.\n")


def approve(options: Options, provider, person, challenge) -> None:
    if provider:
        time.sleep(max(0.0, challenge.shown_at + PERSON_SEC - time.time()))
    if options.how == "as":
        provider.approve(challenge.user_code, options.argument)
    elif options.how == "deny":
        provider.deny(challenge.user_code, options.account)
    elif options.how == "command":
        # The address with the code in it is only in the picture, for phones.
        picture = person.picture()
        done = subprocess.run(["sh", "-c", options.argument], check=False, env=os.environ | {
            "BADGE_USER_CODE": challenge.user_code,
            "BADGE_VERIFICATION_URI": challenge.address,
            "BADGE_VERIFICATION_URI_COMPLETE": picture if picture != challenge.address else ""})
        if done.returncode != 0:
            raise SetupFailed(f"the command that approves ended with {done.returncode}")


def asked_at(options: Options, person: Person, journal: Journal) -> float:
    """When the program turned to PAM: for sshd, when ssh asked for this kind of authentication."""
    if options.service != "sshd":
        return person.started_at
    wanted = f"userauth-request for user {options.account} "
    for entry in journal.entries(SYSLOG_IDENTIFIER="sshd"):
        if wanted in entry["MESSAGE"] and "method keyboard-interactive" in entry["MESSAGE"]:
            return float(entry["__REALTIME"])
    return person.started_at


def milliseconds(seconds: float) -> str:
    return f"{max(0.0, seconds) * 1000:.0f} ms"


def run_login(options: Options, provider) -> int:
    journal = Journal()
    with Person(options.service, options.account) as person:
        if options.how == "person":
            return run_by_hand(options, person, journal)
        person.show_on(sys.stdout)
        challenge = person.see_challenge_or_end(WAIT_SEC)
        if challenge is None:
            return tell_refusal(person)
        approve(options, provider, person, challenge)
        approved_at = time.time()
        if challenge.has_prompt:
            person.press_enter()
        return tell_end(options, person, journal, challenge, approved_at)


def run_by_hand(options: Options, person: Person, journal: Journal) -> int:
    """The person has the keyboard until the shell is left again; Enter counts as the approval."""
    bridge = Bridge(person)
    bridge.run()
    say()
    if bridge.shell_at is None or bridge.challenge_at is None:
        return tell_refusal(person)
    code_after = bridge.challenge_at - asked_at(options, person, journal)
    tell_granted(options, code_after, bridge.shell_at - (bridge.enter_at or bridge.challenge_at))
    return GRANTED


def tell_end(options, person, journal, challenge, approved_at) -> int:
    if not person.see_shell_or_end(WAIT_SEC):
        return tell_refusal(person)
    shell_at = person.shell_at
    person.prove_shell()
    person.leave()
    say()
    tell_granted(options, challenge.shown_at - asked_at(options, person, journal),
                 shell_at - approved_at)
    return GRANTED


def tell_granted(options: Options, code_after: float, shell_after: float) -> None:
    say(f"granted: {options.account} via {options.service}, code after {milliseconds(code_after)}, "
        f"shell {milliseconds(shell_after)} after approval")


def tell_refusal(person: Person) -> int:
    person.close_terminal()
    say()
    say(f"refused: {person.sentence() or NOTHING_SAID}")
    return REFUSED


def main(options: Options) -> int:
    with contextlib.ExitStack() as stack:
        try:
            provider = start_provider(options, stack)
            start_daemon(stack)
            explain(options, provider)
            return run_login(options, provider)
        except (DaemonFailed, ProviderFailed, SetupFailed, WrongUserCode, AssertionError, KeyError,
                OSError, RuntimeError) as error:
            say(f"tests/demo: {type(error).__name__}: {error}")
            return SETUP_FAILED


if __name__ == "__main__":
    if not paths.is_private_host():
        sys.exit("host.demo runs on the private host only: tests/demo")
    machine.ssh_port()
    sys.exit(main(Options(*sys.argv[1:])))
