# SPDX-License-Identifier: LGPL-2.1-or-later
"""Holds the sample settings and badged.conf(5) against the table of keys in the code: the same keys in
the same sections and order, with the same defaults. Speaks TAP.

Usage: test-settings-documented.py PRINT-SETTINGS-KEYS BADGED.CONF BADGED.CONF.5.SCD
"""

import pathlib
import re
import subprocess
import sys

Key = tuple[str, str]


def keys_in_code(program: str) -> dict[Key, str]:
    lines = subprocess.run([program], capture_output=True, text=True, check=True).stdout.splitlines()
    return {(section, key): default for section, key, default in (line.split("\t") for line in lines)}


def heading(line: str) -> str | None:
    found = re.search(r"\[(badged|provider|accounts|service)( \S+)?\]", line)
    return found and f"[{found[1]}{' NAME' if found[2] else ''}]"


def keys_in_sample(text: str) -> dict[Key, str]:
    keys, section = {}, "above all sections"
    for line in text.splitlines():
        if re.match(r"#?\[", line):
            section = heading(line) or line
        elif found := re.match(r"#?(\w+) = (.*)", line):
            keys[section, found[1]] = found[2]
    return keys


def keys_in_manual(text: str) -> dict[Key, str]:
    """The default of a key stands in its paragraph as "Default: *10min*."; without one, it is ''."""
    keys, section, last = {}, "above all sections", None
    for line in text.splitlines():
        if line.startswith("#"):
            section, last = heading(line) or line, None
        elif found := re.match(r"\*(\w+)\* = ", line):
            last = (section, found[1])
            keys[last] = ""
        elif last and (found := re.search(r"Default: \*(.*)\*\.", line)):
            keys[last] = found[1]
    return keys


def differences(code: dict[Key, str], other: dict[Key, str]) -> list[str]:
    found = [f"{section} {key} is missing" for section, key in code if (section, key) not in other]
    found += [f"{section} {key} is not in the code" for section, key in other if (section, key) not in code]
    if not found and list(code) != list(other):
        found.append("the order differs: " + " ".join(key for _, key in other))
    return found


def defaults(code: dict[Key, str], other: dict[Key, str], only_written: bool) -> list[str]:
    return [f"{section} {key} is {other.get((section, key))!r}, in the code {default!r}"
            for (section, key), default in code.items()
            if (default or not only_written) and other.get((section, key)) != default]


def main() -> int:
    program, sample_path, manual_path = sys.argv[1:]
    code = keys_in_code(program)
    sample = keys_in_sample(pathlib.Path(sample_path).read_text())
    manual = keys_in_manual(pathlib.Path(manual_path).read_text())
    cases = {
        "the table has keys": [] if len(code) > 20 else ["it has not"],
        "the sample has the keys of the table": differences(code, sample),
        "the sample shows the defaults": defaults(code, sample, only_written=True),
        "the manual has the keys of the table": differences(code, manual),
        "the manual names the defaults": defaults(code, manual, only_written=False),
    }
    print(f"1..{len(cases)}")
    for number, (name, problems) in enumerate(cases.items(), 1):
        print(f"{'not ok' if problems else 'ok'} {number} - {name}")
        for problem in problems:
            print(f"# {problem}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
