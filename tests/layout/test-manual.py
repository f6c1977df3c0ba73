# SPDX-License-Identifier: LGPL-2.1-or-later
"""Holds badgectl(1) against badgectl's own table of verbs, and against the keys that its lists have for
programs. Speaks TAP.

Usage: test-manual.py BADGECTL TREE
"""

import json
import pathlib
import re
import subprocess
import sys

BADGECTL, TREE = sys.argv[1], pathlib.Path(sys.argv[2])
TEXT = (TREE / "man" / "badgectl.1.scd").read_text()
PLAIN = re.sub(r"[*_]", "", TEXT)


def section(name, text):
    return text.partition(f"\n# {name}\n")[2].partition("\n# ")[0]


def table():
    out = subprocess.run([BADGECTL, "help", "--json"], capture_output=True, text=True, check=True).stdout
    return json.loads(out)["verbs"]


def name_of(verb):
    return f"{verb['noun']} {verb['verb']}" if "noun" in verb else verb["verb"]


def every_verb_is_described():
    verbs = table()
    assert len(verbs) > 10
    commands = section("COMMANDS", PLAIN)
    missing = [name_of(verb) for verb in verbs
               if not re.search(rf"^{name_of(verb)}\b.*\n\t\S", commands, re.MULTILINE)]
    assert not missing, f"not under COMMANDS: {missing}"


def every_verb_is_in_the_synopsis():
    synopsis = section("SYNOPSIS", TEXT)
    missing = []
    for verb in table():
        first = verb.get("noun", verb["verb"])
        lines = [line for line in synopsis.splitlines() if line.startswith(f"*badgectl* *{first}*")]
        if not any(f"*{verb['verb']}*" in line for line in lines):
            missing.append(name_of(verb))
    assert not missing, f"not in the SYNOPSIS: {missing}"


def every_option_is_described():
    missing = {f"--{option['name']}" for verb in table() for option in verb["options"]
               if not re.search(rf"\*--{option['name']}\b",
                                section("COMMANDS", TEXT) + section("OPTIONS", TEXT))}
    assert not missing, f"in neither COMMANDS nor OPTIONS: {missing}"


def every_key_of_a_list_is_described():
    found = set()
    for path in (TREE / "ctl").glob("*.c"):
        for fields in re.findall(r"struct listing_field \w+\[\] = \{(.*?)\n\};", path.read_text(), re.DOTALL):
            found |= set(re.findall(r'\.key = "(\w+)"', fields))
    assert len(found) > 20
    missing = {key for key in found if f"*{key}*" not in section("JSON", TEXT)}
    assert not missing, f"not under JSON: {missing}"


def every_exit_code_is_described():
    header = (TREE / "ctl" / "command.h").read_text()
    codes = re.findall(r"COMMAND_\w+ = (\d+)", header)
    assert codes == re.findall(r"^\*(\d)\*$", section("EXIT STATUS", TEXT), re.MULTILINE) and codes


CASES = [every_verb_is_described, every_verb_is_in_the_synopsis, every_option_is_described,
         every_key_of_a_list_is_described, every_exit_code_is_described]


def main():
    failed = 0
    print(f"1..{len(CASES)}")
    for number, case in enumerate(CASES, 1):
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
