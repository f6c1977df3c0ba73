# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the suites reached of each folder, as a table, and what each must reach.

Two kinds of lines and branches are left out, because nothing can reach them: the return behind a switch
that names every value of an enum (no default, so that the compiler tells of a new value), together with
the branch of that switch to it; and the branch of an assert() that fails.

On the private host

    python3 -m host.coverage COMMAND…

runs what starts the daemon. Root's programs count into the build as they end; the daemon may not write
there, so its counters get a folder of their own (host.sandbox), which add_up() adds when all shares have ended.
"""

import collections
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from host import paths

FOLDERS = ("common", "ctl", "daemon", "pam")
# lines, branches in per cent
HELD = {"daemon/core": (100.0, 95.0)} | dict.fromkeys(
    ("common", "daemon", "daemon/bus", "daemon/io", "pam"), (90.0, 0.0))
UNREACHED_SHOWN = 100
# Of the system suite, what is not worth its time here: it waits for the clock, kills the daemon, which
# then counts nothing, or plays once more with another program what was played before.
LEFT_OUT = ("test_row_by_sshd", "test_gone_before_the_code", "test_gone_while",
            "test_person_lets_it_expire", "test_person_presses_enter_without_approving",
            "test_person_closes_the_terminal", "test_nobody_answers_costs_no_poll",
            "test_bob_approves_alices_code", "test_person_denies",
            "test_second_login_opens_nothing_more", "test_address_and_code_are_the_last_lines",
            "test_picture_can_be_scanned")
COUNT = ("/usr/bin/python3", "-m", "host.coverage")


def begin(build: pathlib.Path) -> None:
    """Forgets what an earlier run counted. A counter that a program makes itself could be written by
    nobody but its user, and people run badgectl; an empty one counts from nothing."""
    for notes in build.rglob("*.gcno"):
        counter = notes.with_suffix(".gcda")
        counter.write_bytes(b"")
        counter.chmod(0o666)


def count(command: list[str]) -> int:
    """Runs the command and keeps what the daemon counted meanwhile beside the build's counters."""
    paths.COUNTERS.mkdir()
    paths.COUNTERS.chmod(0o1777)
    done = subprocess.run(command, check=False)
    kept = paths.BUILD / f"counters-{paths.SHARE}"
    shutil.copytree(paths.COUNTERS, kept, dirs_exist_ok=True)
    give_away(kept)
    return done.returncode


def give_away(counters: pathlib.Path) -> None:
    """To whoever builds, who need not be root."""
    owner = paths.BUILD.stat()
    for path in (counters, *counters.rglob("*")):
        os.chown(path, owner.st_uid, owner.st_gid)
        if path.is_file():
            path.chmod(0o644)


def add_up(build: pathlib.Path) -> None:
    """Adds what the daemons of each share counted, when no program counts any more."""
    for counter in build.rglob("*.gcda"):
        if not counter.stat().st_size:
            counter.unlink()
    for counters in build.glob("counters-*"):
        with tempfile.TemporaryDirectory() as folder:
            both = pathlib.Path(folder) / "both"    # a copy brings the mode of its folder along
            subprocess.run(["gcov-tool", "merge", "-o", both, build, counters], check=True,
                           capture_output=True)
            shutil.copytree(both, build, dirs_exist_ok=True)
        shutil.rmtree(counters)


def read(build: pathlib.Path) -> list[dict]:
    filters = [argument for folder in FOLDERS for argument in ("--filter", f"{paths.TREE}/{folder}/")]
    done = subprocess.run(["gcovr", "--root", str(paths.TREE), "--object-directory", str(build),
                           *filters, "--json", "-", str(build)],
                          check=True, capture_output=True, text=True)
    return json.loads(done.stdout)["files"]


def after_whole_switch(source: list[str], number: int) -> bool:
    """Line number is the return that ends a function right behind the switch of that function."""
    return (source[number - 1].strip().startswith("return ") and number >= 2
            and source[number - 2] == "        }" and source[number].startswith("}"))


def ends_in_such_a_switch(source: list[str], number: int) -> bool:
    if not source[number - 1].startswith("        switch ("):
        return False
    end = next((i for i in range(number, len(source)) if source[i] == "        }"), None)
    return end is not None and after_whole_switch(source, end + 2)


def count_file(file: dict, unreached: list[str]) -> collections.Counter:
    source = (paths.TREE / file["file"]).read_text().split("\n") + [""]
    counts = collections.Counter()
    for line in file["lines"]:
        number = line["line_number"]
        if line.get("gcovr/noncode") or (not line["count"] and after_whole_switch(source, number)):
            continue
        counts["lines"] += 1
        counts["lines reached"] += line["count"] > 0
        if not line["count"]:
            unreached.append(f"{file['file']}:{number}: {source[number - 1].strip()}")
        branches = [branch["count"] > 0 for branch in line["branches"]]
        if False in branches and (ends_in_such_a_switch(source, number)
                                  or re.match(r"\s*assert\(", source[number - 1])):
            branches.remove(False)
        counts["branches"] += len(branches)
        counts["branches reached"] += sum(branches)
    return counts


def share(counts: collections.Counter, what: str) -> float:
    return 100.0 * counts[f"{what} reached"] / counts[what] if counts[what] else 100.0


def report(build: pathlib.Path) -> list[str]:
    """Prints the table; returns what is not as it must be."""
    folders = collections.defaultdict(collections.Counter)
    unreached = collections.defaultdict(list)
    for file in read(build):
        folder = file["file"].rpartition("/")[0]
        folders[folder] += count_file(file, unreached[folder])
    print(f"{'folder':<16}{'lines':>8}{'reached':>9}{'branches':>10}{'reached':>9}")
    failures = []
    for folder, counts in sorted(folders.items()):
        lines, branches = share(counts, "lines"), share(counts, "branches")
        print(f"{folder:<16}{counts['lines']:>8}{lines:>8.1f}%{counts['branches']:>10}{branches:>8.1f}%")
        least_lines, least_branches = HELD.get(folder, (0.0, 0.0))
        if lines < least_lines or branches < least_branches:
            failures.append(f"coverage of {folder}: {lines:.1f} % of lines, {branches:.1f} % of branches")
            print("\n".join(unreached[folder][:UNREACHED_SHOWN]))
    missing = [f"coverage of {folder}: nothing was measured" for folder in HELD if folder not in folders]
    return failures + missing


if __name__ == "__main__":
    sys.exit(count(sys.argv[1:]))
