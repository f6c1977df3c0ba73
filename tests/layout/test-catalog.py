# SPDX-License-Identifier: LGPL-2.1-or-later
"""Holds the journal's catalog against the entries that badged writes. Speaks TAP.

Usage: test-catalog.py TREE
"""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

TREE = pathlib.Path(sys.argv[1])
CATALOG = TREE / "etc" / "badged.catalog"
LOG = (TREE / "daemon" / "log.c").read_text()
EVENTS = dict(re.findall(r'\{(LOG_EVENT_\w+),\s*"([0-9a-f]{32})"', LOG))
FIELDS = set(re.findall(r'entry_add(?:_\w+)?\(&entry, "([A-Z_]+)"', LOG))


def catalog():
    """{id: (subject, all of it)}"""
    parts = re.split(r"^-- ([0-9a-f]{32})\n", CATALOG.read_text(), flags=re.MULTILINE)[1:]
    return {name: (text.partition("\n")[0], text) for name, text in zip(parts[::2], parts[1::2])}


def every_event_has_its_text_and_no_other():
    header = (TREE / "daemon" / "log.h").read_text()
    names = set(re.findall(r"^\s+(LOG_EVENT_\w+)", header, re.MULTILINE))
    assert len(names) >= 6 and set(EVENTS) == names, f"{names ^ set(EVENTS)} has no MESSAGE_ID"
    assert len(set(EVENTS.values())) == len(EVENTS), "two events have one MESSAGE_ID"
    assert set(catalog()) == set(EVENTS.values()), set(catalog()) ^ set(EVENTS.values())


def every_text_has_its_parts():
    for name, (subject, text) in catalog().items():
        head, _, body = text.partition("\n\n")
        assert subject.startswith("Subject: ") and len(subject) > 20, name
        assert "\nDefined-By: badged\n" in head + "\n" and "\nDocumentation: man:badged(8)" in head, name
        assert len(body.strip()) > 40, name


def texts_name_only_fields_that_are_sent():
    assert {"ACCOUNT", "OUTCOME", "REASON"} <= FIELDS, FIELDS
    named = set(re.findall(r"@(\w+)@", CATALOG.read_text()))
    assert named and named <= FIELDS, named - FIELDS


def journalctl_takes_it():
    with tempfile.TemporaryDirectory() as folder:
        place = pathlib.Path(folder) / "usr" / "lib" / "systemd" / "catalog"
        place.mkdir(parents=True)
        (pathlib.Path(folder) / "var" / "lib" / "systemd" / "catalog").mkdir(parents=True)
        shutil.copy(CATALOG, place)
        command = ["journalctl", f"--root={folder}"]
        done = subprocess.run([*command, "--update-catalog"], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        for name, (subject, _) in catalog().items():
            done = subprocess.run([*command, "--dump-catalog", name], capture_output=True, text=True,
                                  check=False)
            assert subject in done.stdout, (name, done.stdout, done.stderr)


CASES = [every_event_has_its_text_and_no_other, every_text_has_its_parts,
         texts_name_only_fields_that_are_sent, journalctl_takes_it]


def main():
    failed = 0
    print(f"1..{len(CASES)}")
    for number, case in enumerate(CASES, 1):
        if case is journalctl_takes_it and not shutil.which("journalctl"):
            print(f"ok {number} {case.__name__} # SKIP journalctl is not installed")
            continue
        try:
            case()
        except AssertionError as problem:
            failed += 1
            print(f"not ok {number} {case.__name__}\n# {ascii(str(problem))}")
        else:
            print(f"ok {number} {case.__name__}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
