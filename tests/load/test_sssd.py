# SPDX-License-Identifier: LGPL-2.1-or-later
"""Beside SSSD, whose way is a process for each login: oidc_child fetches a code, and while the person
approves another oidc_child polls."""

import contextlib
import os
import subprocess
import time

import pytest

from bench.programs import memory_bytes
from load.test_pending import LEVELS

OIDC_CHILD = "/usr/libexec/sssd/oidc_child"
PROCESSES = 20
POLLING_SEC = 2     # by then each has loaded its libraries and asked once


def arguments(provider):
    return [f"--ca-db={provider.ca_file}", f"--client-id={provider.public_client_id}",
            f"--scope={provider.scope}", f"--device-auth-endpoint={provider.issuer}/device",
            f"--token-endpoint={provider.issuer}/token",
            f"--userinfo-endpoint={provider.issuer}/userinfo",
            f"--jwks-uri={provider.issuer}/jwks"]


def poll(provider):
    """A process that waits for the approval of a code of its own."""
    code = subprocess.run([OIDC_CHILD, "--get-device-code", *arguments(provider)], check=True,
                          capture_output=True, text=True).stdout
    process = subprocess.Popen([OIDC_CHILD, "--get-access-token", *arguments(provider)],
                               stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL, text=True)
    process.stdin.write(code.splitlines()[0])
    process.stdin.close()
    return process


def end(process):
    process.kill()
    process.wait()


@pytest.mark.skipif(not os.access(OIDC_CHILD, os.X_OK), reason="oidc_child (sssd-idp) is not here")
def test_oidc_child(scripted, growth):
    """Its memory grows in proportion, so that a few processes tell of a thousand."""
    provider = scripted.scenario("granted-as-usual")
    with contextlib.ExitStack() as stack:
        processes = [poll(provider) for _ in range(PROCESSES)]
        for process in processes:
            stack.callback(end, process)
        time.sleep(POLLING_SEC)
        assert all(process.poll() is None for process in processes), "an oidc_child gave up"
        assert provider.count("token") >= PROCESSES
        memory = [memory_bytes(process.pid) for process in processes]
    each = sum(one["Pss"] for one in memory) / PROCESSES
    for logins in LEVELS:
        growth.add(logins, "oidc_child, a process each, MiB (PSS)", f"{each * logins / 2**20:,.0f}")
        growth.draw(logins, "Memory for all logins", "MiB", "oidc_child", each * logins / 2**20)
    growth.note(f"oidc_child: {each / 2**20:.1f} MiB (PSS) each, of {PROCESSES} that were measured")
