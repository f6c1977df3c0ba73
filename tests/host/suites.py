# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs test suites and adds up their numbers; tests/run calls it after the build.

A suite is what meson lists under its name; those of PYTEST_FOLDERS are pytest files, too, which run
inside the private host; `container` boots a host of its own.
"""

import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import time
from concurrent import futures

from host import coverage, paths
from host.results import Numbers, read_junit

PYTEST_FOLDERS = {"system": ("host", "system"), "faults": ("faults",), "phone": ("phone",),
                  "bench": ("bench",), "container": ("container",), "load": ("load",),
                  "soak": ("soak",), "coverage": ("system",)}
# These run in several private hosts at once, each with a share of the tests: most of them wait for a
# provider's interval, not for the processor. What measures or counts time as a whole is not among them.
SHARED_OUT = ("system", "coverage")
# Of the time that a test of meson's has by its own word, which is meant for an idle machine.
PATIENCE = "--timeout-multiplier=20"
SHARES = min(8, 4 * (os.cpu_count() or 1))
# What runs at the same time where the system suite runs, each lane one suite after the other, for the
# same reason. Those of GENTLE do want the processor, and get what nobody else does.
LANES = (("system", "faults"), ("container", "phone"), ("lint",), ("torture",))
GENTLE = ("lint", "torture")
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
    command = ["meson", "test", "-C", str(build), "--no-rebuild", "--suite", suite,
               "--logbase", logbase, "--print-errorlogs", PATIENCE, *more]
    if suite in GENTLE:
        command = ["nice", "-n", "19", *command]
    code = run_marked(suite, command, {"CMOCKA_MESSAGE_OUTPUT": "TAP"})
    numbers = read_junit(junit) if junit.exists() else Numbers()
    if code != 0 and not numbers.failed:
        numbers.fail(f"{suite}: meson test ended with {code}")
    return numbers


def run_marked(mark: str, command: list[str], environment: dict[str, str]) -> int:
    """Each line with whose it is: several suites and shares of suites may run at once."""
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, errors="replace",
                          env=os.environ | environment) as run:
        for line in run.stdout:
            sys.stdout.write(f"{mark}| {line}")
            sys.stdout.flush()
    return run.returncode


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
            numbers += run_meson(suite, build, f"--wrapper={VALGRIND}", *programs)
        return numbers
    if variant == "coverage":
        coverage.begin(build)
    for suite in ("unit", "io", "bus", "fuzz", "torture"):
        numbers += run_meson(suite, build)
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
    if place == "host":
        # A folder that several hosts share is closed to people by each of them anew.
        command.append(f"--basetemp={paths.STATE / 'tests'}")
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
    code = run_marked(suite if of == "1" else f"{suite} {number}", [*command, f"--junitxml={junit}"],
                      {"BADGED_BUILD": str(build), "BADGED_SHARE": share, "PYTHONUNBUFFERED": "1"})
    counted = read_junit(junit) if junit.exists() else Numbers()
    if code != 0 and not counted.failed:
        counted.fail(f"{suite}: pytest ended with {code}")
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


def run_in_turn(suites: tuple[str, ...]) -> tuple[Numbers, list[str]]:
    """What came out, and how many seconds each took."""
    numbers = Numbers()
    took = []
    for suite in suites:
        start = time.monotonic()
        numbers += run_suite(suite)
        took.append(f"{suite} {time.monotonic() - start:.0f}")
    return numbers, took


def stages(suites: list[str]) -> list[list[tuple[str, ...]]]:
    """The lanes of each stage; the next stage begins when all lanes of the one before have ended."""
    if "system" not in suites:
        return [[(suite,)] for suite in suites]
    lanes = [tuple(suite for suite in lane if suite in suites) for lane in LANES]
    in_lanes = {suite for lane in lanes for suite in lane}
    return [[lane for lane in lanes if lane] if suite == "system" else [(suite,)]
            for suite in suites if suite == "system" or suite not in in_lanes]


def main(suites: list[str]) -> int:
    numbers = Numbers()
    took = []
    start = time.monotonic()
    for lanes in stages(suites):
        with futures.ThreadPoolExecutor(len(lanes)) as pool:
            for counted, seconds in pool.map(run_in_turn, lanes):
                numbers += counted
                took += seconds
    print(f"\nseconds: {', '.join(took)}; {time.monotonic() - start:.0f} in all")
    for reason in numbers.skips:
        print(f"skipped: {reason}")
    for failure in numbers.failures:
        print(f"failed: {failure}")
    print(numbers, flush=True)
    return 1 if numbers.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
