# SPDX-License-Identifier: LGPL-2.1-or-later
"""One cell of the matrix: two logins are brought to a step, a fault strikes, and what becomes of them
is compared with what must. play() never raises: what went wrong stands in the End."""

import contextlib
import dataclasses
import os
import pathlib
import time

from faults.pam_login import PamLogin, journal_of
from faults.steps import STEPS, approve_one
from faults.strikes import FAULTS
from faults.table import LEFT_SESSIONS, LOGIN_TIMEOUT_SEC, limit_sec
from faults.world import Server, World, wait_for
from host import paths
from host.journal import settle
from host.sandbox import BUS_ADDRESS
from system.traces import SECRETS

FOLDER = paths.STATE / "faults"
HEALTHY_SEC = 60
SETTLE_SEC = 30


@dataclasses.dataclass
class End:
    word: str = "?"
    seconds: float = 0
    wrongly: int = 0        # logins that got in, or were granted, though they must not
    healed: bool = False    # the login after the fault was good
    problems: list[str] = dataclasses.field(default_factory=list)


class Cell:
    def __init__(self, step, fault, server):
        self.name = f"{step}.{fault}"     # what a D-Bus address takes unescaped
        self.step, self.fault = STEPS[step], FAULTS[fault]()
        self.limit_sec = limit_sec(step, fault)
        # badged hears nothing of a program that dies before that.
        self.is_before_call = step in ("connect", "start-login")
        self.left_sessions = LEFT_SESSIONS.get((step, fault), 0)
        self.connections_before = 0
        self.logins = []
        self.is_provider_deaf = False
        self._own_server = Server() if self.fault.own_server else None
        if self._own_server:
            self._own_server.start(FOLDER / f"{self.name}.provider")
        self.world = World(FOLDER / self.name, self._own_server or server, self.step.row,
                           LOGIN_TIMEOUT_SEC, self.fault.is_disk)

    def start_logins(self):
        """alice's, and the one that bob will approve."""
        for user in ("alice", "bob"):
            gate = self.step.gate_phase if user == "alice" else ""
            on_code = self.approve_one if self.step.approves_early else None
            self.logins.append(self.login(user, user, self.step.dialog, gate, on_code))

    def approve_one(self, login):
        approve_one(self, login)

    def login(self, name, approver, dialog="wait", gate_phase="", on_code=None):
        return PamLogin(f"{self.name}.{name}", approver, self.world.folder, self.world.bus.address,
                        dialog, gate_phase, on_code)

    def go_on(self):
        if not (self.step.holds_daemon and self.fault.stops_daemon):
            self.step.go_on(self)

    def end(self):
        for login in self.logins:
            login.end()
        self.world.end()
        if self._own_server:
            self._own_server.stop()


def play(step, fault, wanted, server, usual_descriptors):
    end = End()
    cell = None
    try:
        cell = Cell(step, fault, server)
        live(cell, end)
        judge(cell, end, wanted)
        heal(cell, end)
        look_back(cell, end, wanted, usual_descriptors)
    except Exception as error:      # the other cells are not to suffer
        end.problems.append(f"{type(error).__name__}: {error}")
    finally:
        if cell:
            if end.problems:
                end.problems.append(cell_report(cell))
            cell.end()
    return end


def live(cell, end):
    if cell.step.held_before_start:
        cell.world.hold(cell.step.held_before_start)
        cell.world.daemon.start()
    else:
        cell.world.warm_up()
    cell.connections_before = cell.world.bus.connections()
    cell.step.hold(cell)
    begun = time.monotonic()
    cell.fault.strike(cell)
    cell.is_provider_deaf = cell.fault.deafens_provider
    cell.go_on()
    for login in cell.logins:
        if not login.wait(max(begun + cell.limit_sec - time.monotonic(), 0)):
            end.problems.append(f"{login.name} hangs, {cell.limit_sec} s after the fault")
            login.end()
    end.seconds = max(login.ended_at for login in cell.logins) - begun


def judge(cell, end, wanted):
    """Who got in?"""
    alice, bob = cell.logins
    end.word = alice.word
    if alice.word != wanted:
        end.problems.append(f"alice: {alice.word}, not {wanted}")
    if bob.word not in ("no", "gone"):
        end.wrongly += 1
        end.problems.append(f"what bob approved: {bob.word}")
    for login in cell.logins:
        if login.word == "no" and len(login.sentences()) != 1:
            end.problems.append(f"{login.name}: not one sentence for the person")


def heal(cell, end):
    cell.fault.mend(cell)
    cell.is_provider_deaf = False
    login = cell.login("after", "alice")
    try:
        if login.see_code():
            cell.world.provider.approve(login.user_code, "alice")
        login.wait(HEALTHY_SEC)
        end.healed = login.word == "in"
        if not end.healed:
            end.problems.append(f"the login after the fault: {login.word}\n{login.screen}")
            cell.logins.append(login)   # for the report
    finally:
        login.end()


def look_back(cell, end, wanted, usual_descriptors):
    """What stays, in badged, among the processes and in the journal."""
    wait_for(lambda: not left_over(cell, usual_descriptors),
             f"the end of {left_over(cell, usual_descriptors)}", SETTLE_SEC)
    for login in cell.logins:
        judge_journal(cell, login, end)
    log = cell.world.daemon.log.read_text(errors="replace")
    if ("<3>Failed" in log) != cell.fault.is_disk:      # a full disk is one, and is said
        end.problems.append("badged's log has an error, or has none of its disk")
    if SECRETS.search(log) or cell.world.provider.client_secret in log:
        end.problems.append("badged's log has a secret")


def judge_journal(cell, login, end):
    with contextlib.suppress(AssertionError):   # the journal may write them down a moment later
        wait_for(lambda: is_told_once(cell, login, *lines_of(cell, login)), "the last line", SETTLE_SEC)
    by_daemon, by_module, grants = lines_of(cell, login)
    if not is_told_once(cell, login, by_daemon, by_module, grants):
        end.problems.append(
            f"{login.name}: lines of refusal: {by_daemon} by badged, {by_module} by the module")
    if grants and login is not cell.logins[0]:
        end.wrongly += 1
        end.problems.append(f"{login.name}: granted, says the journal")


def is_told_once(cell, login, by_daemon, by_module, grants):
    """One line for each refusal."""
    if login.word in ("no", "out") and cell.fault.is_disk and grants:
        return by_daemon + by_module <= 1   # the session's end is the error in badged's log
    if login.word in ("no", "out"):
        # When each outlives the other's silence, each says how it ended.
        return ((by_daemon, by_module) in ((1, 0), (0, 1), (1, 1)) if cell.fault.parts_both
                else by_daemon + by_module == 1)
    if login.word == "in" or grants or cell.is_before_call:
        return by_daemon + by_module == 0
    return (by_daemon, by_module) == (1, 0)


def lines_of(cell, login):
    """(of refusal by badged, by the module, of grant). badged writes to its log what the journal does
    not take."""
    settle()
    daemon, module = journal_of(login.name)
    in_log = [line for line in cell.world.daemon.log.read_text(errors="replace").splitlines()
              if f"service={login.name} " in line]
    grants = [entry for entry in daemon if entry["OUTCOME"] == "granted" and "SESSION" not in entry]
    refusals = [entry for entry in daemon if entry["OUTCOME"] != "granted"]
    return (len(refusals) + sum(" granted: " not in line for line in in_log), len(module),
            len(grants) + sum("login granted: " in line for line in in_log))


def left_over(cell, usual_descriptors):
    """Says what, or nothing."""
    status = cell.world.status()
    more = cell.world.descriptors() - usual_descriptors
    found = [f"{status[name]} {name}" for name, left in (("pending_logins", 0),
                                                         ("open_sessions", cell.left_sessions))
             if status[name] != left]
    found += [f"descriptors {dict(more)}"] if more else []
    return ", ".join(found + processes_of(cell))


def processes_of(cell):
    """Those that were told of the cell's bus, but for badged."""
    needle = f"{BUS_ADDRESS}={cell.world.bus.address}".encode()
    found = []
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if (needle in (folder / "environ").read_bytes().split(b"\0")
                    and int(folder.name) != cell.world.daemon.pid):
                found.append(f"process {(folder / 'comm').read_text().strip()}")
        except OSError:
            continue
    return found


def cell_report(cell):
    parts = [f"--- {login.name}: {login.process.returncode}\n{login.screen}" for login in cell.logins]
    entries = [entry["MESSAGE"] for login in cell.logins for part in journal_of(login.name)
               for entry in part]
    return "\n".join([*parts, "--- journal", *entries, "--- badged",
                      cell.world.daemon.output()[-2000:]])


def usual_descriptors(server):
    """What a badged has open that has seen good logins, and nothing else."""
    world = World(FOLDER / "usual", server, STEPS["userinfo"].row, LOGIN_TIMEOUT_SEC)
    try:
        world.warm_up()
        login = PamLogin("usual", "alice", world.folder, world.bus.address)
        try:
            world.provider.approve(login.see_code(), "alice")
            assert login.wait(HEALTHY_SEC) and login.word == "in", login.screen
        finally:
            login.end()
        return world.descriptors()
    finally:
        world.end()
