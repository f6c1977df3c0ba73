# SPDX-License-Identifier: LGPL-2.1-or-later
"""The matrix: what must come of a login at each step when each fault strikes, in how many seconds,
and how the table of the results is written."""

import collections

# What must become of alice's login, which alice approves:
#   in    she gets in, and out again          no   one refusal, with one line in the journal
#   out   she was in; her leaving fails       gone her program was killed; nothing stays
#   a-z   there is no such case: see REASONS
# bob approves a second login of alice's in every cell, at the same step: that one never gets in.
MATRIX = """
step         kill-daemon stop-daemon kill-provider reset black-hole disk-full fd-limit kill-caller restart-bus clock-jump suspend
connect      no          no          no            in    no         no        no       gone        no          no         in
start-login  no          no          no            in    no         no        no       gone        no          no         in
metadata     no          no          no            no    no         no        no       gone        no          no         in
device       no          no          no            in    no         no        no       gone        no          no         in
showing      no          no          no            in    no         no        no       gone        no          no         in
wait         no          no          no            in    no         no        no       gone        no          no         in
first-poll   no          no          no            in    no         no        no       gone        no          no         in
later-poll   no          no          no            in    no         no        no       gone        no          no         in
token        no          no          no            no    no         no        no       gone        no          a          in
jwks         no          no          no            in    no         no        no       gone        no          a          in
userinfo     no          no          no            in    no         no        no       gone        no          a          in
verdict      no          no          in            in    in         no        in       gone        no          a          in
session-open no          no          in            in    in         no        in       gone        no          a          in
close        out         out         in            in    in         out       in       gone        out         a          in
"""

REASONS = {
    "a": "no clock is asked any more: the id_token was made before, and deadlines are CLOCK_BOOTTIME, "
         "which nothing sets",
}

# The record of a session that nobody closed stays, where there is no logind to say that it is gone, until
# an administrator ends it or 10,000 younger ones push it out: a program that has gone cannot say so any
# more, nor can one that gave up on badged.
LEFT_SESSIONS = {("close", fault): 1 for fault in ("kill-daemon", "stop-daemon", "disk-full", "kill-caller",
                                                   "restart-bus")}

# What is documented: badged(8), badged.conf(5), pam_badge(8), and the limits of http-client.h.
LOGIN_TIMEOUT_SEC = 30      # the setting of these tests
EXPIRY_MARGIN_SEC = 10      # then the module gives up on a daemon that does not
CALL_SEC = 22               # StartLogin
SESSION_SEC = 5             # OpenSession, CloseSession
REQUEST_SEC = 15            # one request to the provider
SUSPEND_SEC = 2
POLLS_SEC = 4               # from Enter or the code to the verdict, with an interval of a second
SLACK_SEC = 14              # a busy machine; less than from there to the login's own end

ASKING = ("connect", "start-login", "metadata", "device")
ENDING = ("verdict", "session-open", "close")


def cells():
    """(step, fault) → what must come of it, in the order of the table."""
    head, *rows = [line.split() for line in MATRIX.strip().splitlines()]
    return {(row[0], fault): word for row in rows for fault, word in zip(head[1:], row[1:],
                                                                         strict=True)}


def limit_sec(step, fault):
    """From the fault on."""
    if fault == "stop-daemon":
        limit = (CALL_SEC if step in ASKING else SESSION_SEC if step in ENDING
                 else LOGIN_TIMEOUT_SEC + EXPIRY_MARGIN_SEC)
    elif fault == "black-hole" and step in (*ASKING, "jwks", "userinfo"):
        limit = REQUEST_SEC
    elif fault in ("black-hole", "kill-provider") and step not in ENDING:
        limit = LOGIN_TIMEOUT_SEC
    else:
        limit = POLLS_SEC + (SUSPEND_SEC if fault == "suspend" else 0)
    return limit + SLACK_SEC


def table_text(ends):
    """ends: (step, fault) → End, of those cells that were played."""
    wanted = cells()
    steps = list(dict.fromkeys(step for step, _ in wanted))
    faults = list(dict.fromkeys(fault for _, fault in wanted))
    width = max(map(len, faults)) + 1
    lines = [f"{'':13}" + "".join(f"{fault:>{width}}" for fault in faults)]
    for step in steps:
        row = [cell_text(wanted[step, fault], ends.get((step, fault))) for fault in faults]
        lines.append(f"{step:13}" + "".join(f"{text:>{width}}" for text in row))
    return "\n".join([*lines, "", *legend(ends, wanted)]) + "\n"


def cell_text(wanted, end):
    if wanted in REASONS:
        return f"n/a ({wanted})"
    if end is None:
        return "."
    return f"{end.word} {end.seconds:.1f}" if not end.problems else f"FAILED {end.word}"


def legend(ends, wanted):
    words = collections.Counter(end.word for end in ends.values())
    failed = sum(bool(end.problems) for end in ends.values())
    skipped = sum(word in REASONS for word in wanted.values())
    yield "in: let in and out again; no: refused; out: let in, and the end of the session failed;"
    yield "gone: the program was killed. Seconds from the fault to the end. In every cell a second login"
    yield "was approved by somebody else, and a third one came after the fault."
    yield ("The record of its session stays in badged after " + " and ".join(map("+".join, LEFT_SESSIONS))
           + ".")
    for letter, reason in REASONS.items():
        yield f"({letter}) {reason}"
    yield ""
    yield (f"{len(ends)} cells played: " + ", ".join(f"{words[word]} {word}" for word in sorted(words))
           + f"; {failed} failed; {skipped} not applicable")
    yield (f"granted wrongly: {sum(end.wrongly for end in ends.values())} of {2 * len(ends)} logins "
           f"under a fault; longest {max(end.seconds for end in ends.values()):.1f} s; healthy logins "
           f"afterwards: {sum(end.healed for end in ends.values())} of {len(ends)}")
