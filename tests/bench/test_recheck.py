# SPDX-License-Identifier: LGPL-2.1-or-later
"""sudo in a login session whose approval still counts, beside what it costs to check a password."""

import pathlib
import pwd
import secrets
import subprocess

import pytest

from bench.conftest import ACCOUNT
from bench.programs import measure
from host import machine

ROUNDS = 40
GROUP = "silent re-check"
PAM = pathlib.Path("/etc/pam.d")


@pytest.mark.usefixtures("turn")
def test_recheck(scripted, serve, report):
    provider = scripted.scenario("refresh")
    daemon = serve(provider, section="keep_tokens = yes",
                   services="[service bench-silent]\nmax_age = 1h")
    for service in ("bench-first", "bench-silent"):
        (PAM / service).write_text("auth required pam_badge.so dialog=wait qr=none\n"
                                   "account required pam_permit.so\nsession required pam_badge.so\n")
    (PAM / "bench-unix").write_text("auth required pam_unix.so\naccount required pam_permit.so\n"
                                  "session required pam_permit.so\n")
    password = secrets.token_urlsafe()
    subprocess.run(["chpasswd", "--crypt-method", "YESCRYPT"], input=f"{ACCOUNT}:{password}",
                   text=True, check=True)
    figures = measure("bench-recheck", ROUNDS, "bench-first", "bench-silent", "bench-unix", ACCOUNT,
                      pwd.getpwnam(ACCOUNT).pw_uid, password, daemon.pid,
                      machine.pid_file("bus").read_text())
    # An early poll more or less of the one login; the rounds ask nothing.
    assert provider.count("device") == 1 and provider.count("token") < ROUNDS
    report.compare(GROUP, "sudo, approved before", figures["recheck"], "pam_unix, yescrypt",
                   figures["unix"])
    report.compare(GROUP, "CPU of it: module, badged, bus", figures["recheck-cpu"], "pam_unix, yescrypt",
                   figures["unix-cpu"])
