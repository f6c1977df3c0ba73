# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs test suites and adds up their numbers; tests/run calls it after the build.

A suite is what meson lists under its name; those of PYTEST_FOLDERS are pytest files, too, which run
inside the private host; `container` boots a host of its own. The numbers come from JUnit files, so
that each case inside a program counts.
"""

import dataclasses
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from concurrent import futures

from host import coverage, paths

PYTEST_FOLDERS = {"system": ("host", "system"), "faults": ("faults",), "phone": ("phone",),
                  "bench": ("bench",), "container": ("container",), "load": ("load",),
                  "soak": ("soak",), "coverage": ("system",)}
# These run in several private hosts at once, each with a share of the tests: most of them wait for a
# provider's interval, not for the processor. What measures or counts time as a whole is not among them.
SHARED_OUT = ("system", "coverage")
SHARES = min(6, 2 * (os.cpu_count() or 1))
# A suite is skipped where one of its programs, or root, cannot be had.
PROGRAMS = {"container": ("systemd-nspawn", "debootstrap")}
VARIANTS = {"asan": ("-Db_sanitize=address,undefined", "-Db_lundef=false"), "valgrind": (),
            "coverage": ("-Db_coverage=true", "-Dbuildtype=debug", "--prefix=/usr", "--sysconfdir=/etc",
                         "--localstatedir=/var")}
VALGRIND = ("valgrind --quiet --error-exitcode=9 --leak-check=full --errors-for-leak-kinds=definite "
            "--show-leak-kinds=definite")
WATCHED = ("/etc", "/usr/lib/systemd", "/usr/lib/sysusers.d", "/usr/share/dbus-1", "/usr/sbin",
           "/usr/bin", "/home/people", "/var/lib/badged")
WATCHED_LEVELS = 3


@dataclasses.dataclass
class Numbers:
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    skips: list[str] = dataclasses.field(default_factory=list)
    failures: list[str] = dataclasses.field(default_factory=list)

    def __iadd__(self, other: "Numbers") -> "Numbers":
        for field in dataclasses.fields(self):
            setattr(self, field.name, getattr(self, field.name) + getattr(other, field.name))
        return self

    @property
    def total(self) -> int:
        return self.passed + self.failed + self.skipped

    def fail(self, what: str) -> "Numbers":
        self.failed += 1
        self.failures.append(what)
        return self

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def read_junit(path: pathlib.Path) -> Numbers:
    numbers = Numbers()
    # Tests print what they are given; meson copies it, and XML has no escape for a control character.
    text = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "?", path.read_text(errors="replace"))
    for case in ElementTree.fromstring(text).iter("testcase"):
        name = ".".join(part for part in (case.get("classname"), case.get("name")) if part)
        skip = case.find("skipped")
        if case.find("failure") is not None or case.find("error") is not None:
            numbers.fail(name)
        elif skip is not None:
            reason = skip.get("message") or last_line(case) or "no reason given"
            numbers.skipped += 1
            numbers.skips.append(f"{name}: {reason}")
        else:
            numbers.passed += 1
    return numbers


def last_line(case: ElementTree.Element) -> str:
    lines = (case.findtext("system-out") or "").strip().splitlines()
    return lines[-1] if lines else ""


def meson_tests(suite: str, build: pathlib.Path) -> list[dict]:
    listing = subprocess.run(["meson", "introspect", "--tests", str(build)], check=True,
                             capture_output=True, text=True).stdout
    return [test for test in json.loads(listing)
            if suite in (name.rpartition(":")[2] for name in test["suite"])]


def run_meson(suite: str, build: pathlib.Path = paths.BUILD, *more: str) -> Numbers:
    if not meson_tests(suite, build):
        return Numbers()
    logbase = f"testlog-{suite}"
    junit = build / "meson-logs" / f"{logbase}.junit.xml"
    junit.unlink(missing_ok=True)
    done = subprocess.run(["meson", "test", "-C", str(build), "--no-rebuild", "--suite", suite,
                           "--logbase", logbase, "--print-errorlogs", *more],
                          env=os.environ | {"CMOCKA_MESSAGE_OUTPUT": "TAP"},
                          stdin=subprocess.DEVNULL, check=False)
    numbers = read_junit(junit) if junit.exists() else Numbers()
    if done.returncode != 0 and not numbers.failed:
        numbers.fail(f"{suite}: meson test ended with {done.returncode}")
    return numbers


def run_variant(variant: str) -> Numbers:
    """The suites that need no private host, in a build of their own; for coverage,
    most of the system suite too, for nothing else runs the daemon."""
    build = paths.BUILD / variant
    options = [*VARIANTS[variant], str(build), str(paths.TREE)]
    if (build / "build.ninja").exists():
        options.insert(0, "--reconfigure")
    log = paths.BUILD / f"{variant}.log"
    with open(log, "w", encoding="utf-8") as file:
        for command in (["meson", "setup", *options], ["meson", "compile", "-C", str(build)]):
            if subprocess.run(command, stdout=file, stderr=file, stdin=subprocess.DEVNULL,
                              check=False).returncode:
                return Numbers().fail(f"{variant}: the build failed, see {log}")
    numbers = Numbers()
    if variant == "valgrind":
        for suite in ("unit", "io"):
            # Python and its libraries are not what is looked at.
            programs = [test["name"] for test in meson_tests(suite, build)
                        if str(build) in test["cmd"][0]]
            numbers += run_meson(suite, build, "--timeout-multiplier=20", f"--wrapper={VALGRIND}",
                                 *programs)
        return numbers
    if variant == "coverage":
        coverage.forget(build)
    for suite in ("unit", "io", "bus", "fuzz", "torture"):
        numbers += run_meson(suite, build, "--timeout-multiplier=5")
    if variant == "coverage":
        numbers += run_pytest("coverage", build, coverage.COUNT)
        coverage.add_up(build)
        for failure in coverage.report(build):
            numbers.fail(failure)
        numbers.passed += 1
    return numbers


def run_pytest(suite: str, build: pathlib.Path = paths.BUILD,
               first: tuple[str, ...] = ()) -> Numbers:
    """first: a command that runs pytest."""
    folders = [paths.TREE / "tests" / name for name in PYTEST_FOLDERS[suite]]
    folders = [str(folder) for folder in folders
               if not folder.is_dir() or list(folder.glob("test_*.py"))]
    if not folders:
        return Numbers()
    place = "container" if suite == "container" else "host"
    command = [str(paths.TREE / "tests" / place / "enter"), "--", *first,
               "/usr/bin/python3", "-m", "pytest", *folders, "-p", "no:cacheprovider",
               "-o", "junit_family=xunit1", "-v", "--tb=short"]
    if suite in ("bench", "load", "soak"):
        command.append("-s")    # their numbers are their result
    if suite == "coverage":
        command += ["-k", " and ".join(f"not {name}" for name in coverage.LEFT_OUT)]
    shares = SHARES if suite in SHARED_OUT else 1
    with futures.ThreadPoolExecutor(shares) as pool:
        numbers = Numbers()
        for counted in pool.map(lambda number: run_share(suite, build, command, f"{number}/{shares}"),
                                range(1, shares + 1)):
            numbers += counted
    return numbers


def run_share(suite: str, build: pathlib.Path, command: list[str], share: str) -> Numbers:
    """share: which of how many, as 2/3."""
    number, _, of = share.partition("/")
    junit = build / f"pytest-{suite}-{number}.xml"
    junit.unlink(missing_ok=True)
    with subprocess.Popen([*command, f"--junitxml={junit}"], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
                          env=os.environ | {"BADGED_BUILD": str(build), "BADGED_SHARE": share,
                                            "PYTHONUNBUFFERED": "1"}) as run:
        for line in run.stdout:
            sys.stdout.write(line if of == "1" else f"{number}| {line}")
            sys.stdout.flush()
    counted = read_junit(junit) if junit.exists() else Numbers()
    if run.returncode != 0 and not counted.failed:
        counted.fail(f"{suite}: pytest ended with {run.returncode}")
    return counted


def reason_to_skip(suite: str) -> str:
    """Why the suite can say nothing here; empty when it can."""
    programs = PROGRAMS.get(suite, ())
    folders = f"{os.environ['PATH']}:/usr/sbin"
    missing = [name for name in programs if not shutil.which(name, path=folders)]
    if missing:
        return f"{' and '.join(missing)} is not here"
    if programs and os.geteuid() != 0 and subprocess.run(
            ["sudo", "--non-interactive", "true"], stderr=subprocess.DEVNULL, check=False).returncode:
        return "it takes root"
    return ""


def run_suite(suite: str) -> Numbers:
    print(f"== {suite}", flush=True)
    if suite in VARIANTS:
        return run_variant(suite)
    reason = reason_to_skip(suite)
    if reason:
        return Numbers(skipped=1, skips=[f"{suite}: {reason}"])
    numbers = run_meson(suite)
    if suite in PYTEST_FOLDERS:
        before = machine_state()
        numbers += run_pytest(suite)
        numbers += compare_machine(before)
    return numbers if numbers.total else numbers.fail(f"{suite}: there are no tests")


def machine_state() -> str:
    """A digest of names, owners, modes, sizes and times where the private host writes its own."""
    digest = hashlib.sha256()
    for root in map(pathlib.Path, WATCHED):
        for folder, folders, files in os.walk(root):
            if len(pathlib.Path(folder).relative_to(root).parts) >= WATCHED_LEVELS:
                folders.clear()
            folders.sort()
            for name in sorted(files):
                path = os.path.join(folder, name)
                try:
                    found = os.lstat(path)
                except OSError:
                    continue
                if not os.path.realpath(path).startswith(str(paths.TREE)):
                    digest.update(f"{path} {found.st_uid} {found.st_gid} {found.st_mode} "
                                  f"{found.st_size} {found.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def compare_machine(before: str) -> Numbers:
    name = "the machine outside the private host is as it was"
    if machine_state() == before:
        print(f"PASSED {name}", flush=True)
        return Numbers(passed=1)
    return Numbers().fail(name)


def main(suites: list[str]) -> int:
    numbers = Numbers()
    took = []
    for suite in suites:
        start = time.monotonic()
        numbers += run_suite(suite)
        took.append(f"{suite} {time.monotonic() - start:.0f}")
    print(f"\nseconds: {', '.join(took)}")
    for reason in numbers.skips:
        print(f"skipped: {reason}")
    for failure in numbers.failures:
        print(f"failed: {failure}")
    print(numbers, flush=True)
    return 1 if numbers.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
