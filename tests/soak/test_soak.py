# SPDX-License-Identifier: LGPL-2.1-or-later
"""Thousands of whole visits, from the code to the end of the session: afterwards badged is as large as
it was, and holds nothing open.

    SOAK_MINUTES=60 tests/run --long soak

begins no further step after that time, and judges those that were played.
"""

import concurrent.futures
import os
import pathlib
import statistics
import subprocess
import time

from bench.programs import memory_bytes
from host import paths
from load.conftest import ACCOUNT
from system.traces import descriptors, pending_logins

LOGINS = 100000 if paths.IS_LONG else 2000
WARM_UP = 500           # until the allocator has what it needs
STEPS = 20 if paths.IS_LONG else 6
STEPS_MIN = 4           # fewer say nothing, whatever the bound
MOST_SEC = 60 * float(os.environ.get("SOAK_MINUTES") or "inf")
AT_ONCE = 80            # as many as HTTP/2 takes on one connection to the provider
EVERY = 50              # of the visits comes through PAM
PAM_AT_ONCE = 4
# What a leak does is grow with every step. The daemon also grows once in a while, when more visitors
# than ever before meet in one moment: then libraries and allocator keep what that took.
STEP_GROWTH_MAX_BYTES = 64 * 1024       # in the middle one of the steps
GROWTH_MAX_BYTES = 2 * 1024 * 1024      # in all of them
CONNECTIONS_MAX = 16            # that the daemon may keep open to the provider when idle
STEP_SEC = 1800
SERVICE = "soak"
PAM_LINES = """\
auth required pam_badge.so dialog=wait qr=utf8
account required pam_badge.so
session required pam_badge.so
"""


def visit_by_pam(_):
    done = subprocess.run(["pamtester", SERVICE, ACCOUNT, "authenticate", "acct_mgmt",
                           "open_session", "close_session"], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=STEP_SEC, check=False)
    return done.returncode, done.stdout + done.stderr


def visits(count):
    """So many people come, AT_ONCE at a time; all of them get in, and leave."""
    by_pam = count // EVERY
    with subprocess.Popen([paths.BUILD / "tests" / "soak" / "soak-logins", str(count - by_pam),
                           str(AT_ONCE), ACCOUNT], stdout=subprocess.PIPE, text=True) as others, \
            concurrent.futures.ThreadPoolExecutor(PAM_AT_ONCE) as pool:
        for code, screen in pool.map(visit_by_pam, range(by_pam)):
            assert code == 0, screen
        said, _ = others.communicate(timeout=STEP_SEC)
    assert said.split("\n") == [f"granted {count - by_pam}", ""]


def open_files(daemon):
    return len(list(pathlib.Path(f"/proc/{daemon.pid}/fd").iterdir()))


def step(count, provider):
    """The visits, and what the provider saw of them: one request for each code, one poll each."""
    provider.reset()
    visits(count)
    assert provider.count("device") == provider.count("token") == count


def test_soak(scripted, serve_many):
    provider = scripted.scenario("granted-at-once")
    daemon = serve_many(provider)
    pathlib.Path("/etc/pam.d", SERVICE).write_text(PAM_LINES)
    step(WARM_UP, provider)

    sizes, held = [memory_bytes(daemon.pid)["Anonymous"]], descriptors(daemon.pid)
    files = [open_files(daemon)]
    each = (LOGINS - WARM_UP) // STEPS
    begun = time.monotonic()
    while len(sizes) <= STEPS and (len(sizes) <= STEPS_MIN or time.monotonic() - begun < MOST_SEC):
        step_begun = time.monotonic()
        step(each, provider)
        sizes.append(memory_bytes(daemon.pid)["Anonymous"])
        files.append(open_files(daemon))
        print(f"\n{WARM_UP + (len(sizes) - 1) * each} of {LOGINS} logins, "
              f"{each / (time.monotonic() - step_begun):.0f} a second; own memory "
              f"{sizes[-1] // 1024} KiB, {files[-1]} descriptors", end="", flush=True)
    print(f"\nat the start {sizes[0] // 1024} KiB, {files[0]} descriptors")
    assert pending_logins() == 0
    assert descriptors(daemon.pid) == held
    assert files[-1] - files[0] <= CONNECTIONS_MAX
    steps = [later - earlier for earlier, later in zip(sizes, sizes[1:])]
    assert statistics.median(steps) <= STEP_GROWTH_MAX_BYTES
    assert sizes[-1] - sizes[0] <= GROWTH_MAX_BYTES
