# SPDX-License-Identifier: LGPL-2.1-or-later
"""What gets installed, as the build directory compiles it: names of the C files, or the compiler again.

    compiled.py BUILD --files           NUL-terminated names
    compiled.py BUILD --run FLAG...     each file with more flags, as many at once as there are cores
"""

import concurrent.futures
import json
import os
import pathlib
import shlex
import subprocess
import sys

FOLDERS = ("common", "ctl", "daemon", "pam")
OF_OUTPUT = ("-MQ", "-MF", "-o")


def commands(build: pathlib.Path) -> dict[str, tuple[str, list[str]]]:
    """File to folder and command; a file that is compiled twice counts once."""
    tree = pathlib.Path(__file__).resolve().parents[2]
    found = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        path = pathlib.Path(entry["directory"], entry["file"]).resolve()
        if path.is_relative_to(tree) and path.relative_to(tree).parts[0] in FOLDERS:
            found[str(path)] = (entry["directory"], shlex.split(entry["command"]))
    return found


def without_output(command: list[str]) -> list[str]:
    kept, skip = [], False
    for word in command:
        if not skip and word not in OF_OUTPUT and word != "-MD":
            kept.append(word)
        skip = not skip and word in OF_OUTPUT
    return [*kept, "-o", os.devnull]


def run(folder: str, command: list[str], flags: list[str]) -> bool:
    done = subprocess.run([*without_output(command), *flags], cwd=folder, check=False,
                          capture_output=True, text=True)
    sys.stdout.write(done.stdout + done.stderr)
    return done.returncode == 0


def main(build: str, what: str, *flags: str) -> int:
    found = commands(pathlib.Path(build))
    if not found:
        print("the build directory compiles nothing of ours", file=sys.stderr)
        return 2
    if what == "--files":
        sys.stdout.write("".join(f"{path}\0" for path in sorted(found)))
        return 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(lambda item: run(*item, list(flags)), found.values()))
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
