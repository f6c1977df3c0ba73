#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Holds the completions against badgectl's own table of verbs, and has the shells that are there
complete. Speaks TAP.

Usage: test-completions.py BADGECTL BASH ZSH FISH [renew]
With renew, it writes the rows into the three files instead. What a new verb's operand is, it guesses.
"""

import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

BADGECTL = sys.argv[1]
FILES = dict(zip(("bash", "zsh", "fish"), sys.argv[2:5]))
ROW = re.compile(r"^([a-z]+(?: [a-z]+)?)\|([a-z]*|=[a-z ]+)\|([-a-z= ]*)\|([^|']+)$", re.MULTILINE)

# Speaks for a daemon that has some of everything.
FAKE = """#!/bin/sh
case "$*" in
"status --json") echo '{"providers":[{"name":"corp","issuer":"https://id.example/"},{"name":"guests"},{"name":"$(touch pwned)"}]}' ;;
"account list --json")
        if [ -e "${0%/*}/denied" ]; then echo '{"error":"Only root may ask for this."}'
        else echo '{"accounts":[{"account":"lena","uid":1001,"lock_reason":"lost, x"},{"account":"louis"}]}'; fi ;;
*" list --json") echo "{\\"$1s\\":[{\\"id\\":\\"$1-one\\",\\"name\\":\\"some\\"},{\\"id\\":\\"$1-two\\"}]}" ;;
esac
"""

# Each prints what it would offer after the words, the last of which is begun.
BASH = 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _badgectl; ' \
       'printf "%s\\n" "${COMPREPLY[@]}"'
ZSH = """
compadd() {
        while [[ $1 == -* && $1 != -- ]]; do
                [[ $1 == -a ]] && local -i is_array=1
                shift
        done
        [[ $1 == -- ]] && shift
        if (( is_array )); then print -rl -- ${(P)1}; else print -rl -- "$@"; fi
}
_describe() { print -rl -- ${${(P)2}%%:*} }
_users() { print root }
_files() { print some-file }
file=$1
shift
words=("$@")
CURRENT=$#
source $file
"""
FISH = 'source $argv[1]; complete -C (string join " " -- $argv[2..])'


def table():
    out = subprocess.run([BADGECTL, "help", "--json"], capture_output=True, text=True, check=True).stdout
    return json.loads(out)["verbs"]


def name_of(verb):
    return f"{verb['noun']} {verb['verb']}" if "noun" in verb else verb["verb"]


def options_of(verb, mark=""):
    return [f"--{option['name']}{mark if 'value' in option else ''}" for option in verb["options"]]


def offered(shell, *words, denied=False):
    """What begins like the last word; denied: to somebody who may not list accounts."""
    with tempfile.TemporaryDirectory() as folder:
        fake = pathlib.Path(folder) / "badgectl"
        fake.write_text(FAKE)
        fake.chmod(0o755)
        if denied:
            (fake.parent / "denied").touch()
        command = {"bash": ["bash", "--norc", "-c", BASH, "bash"], "zsh": ["zsh", "-f", "-c", ZSH, "zsh"],
                   "fish": ["fish", "--no-config", "-c", FISH]}[shell]
        run = subprocess.run([*command, FILES[shell], "badgectl", *words], capture_output=True,
                             text=True, check=False, timeout=120,
                             env={"PATH": f"{folder}:/usr/bin:/bin", "HOME": folder, "LC_ALL": "C.UTF-8"})
    assert not run.stderr, f"{shell} {words}: {run.stderr}"
    return {word for word in (line.partition("\t")[0] for line in run.stdout.splitlines())
            if word and word.startswith(words[-1])}


def expect(shell, words, expected):
    found = offered(shell, *words)
    assert found == set(expected), f"{shell} {words}: {sorted(found)} instead of {sorted(expected)}"


def guessed_kind(verb):
    operand = verb.get("operands", "").strip("[]").partition(" ")[0]
    if operand.islower():
        return "=" + operand.replace("|", " ")
    if "noun" in verb and operand in ("ID", verb["noun"].upper()):
        return verb["noun"]
    return operand.lower() if operand in ("ACCOUNT", "PROVIDER") else ""


def renew():
    for path in map(pathlib.Path, FILES.values()):
        text = path.read_text()
        kinds = {row[0]: row[1] for row in ROW.findall(text)}
        rows = "\n".join("|".join([name_of(verb), kinds.get(name_of(verb), guessed_kind(verb)),
                                   " ".join(options_of(verb, "=")[:-2]), verb["summary"]])
                         for verb in table())
        matches = list(ROW.finditer(text))
        path.write_text(text[:matches[0].start()] + rows + text[matches[-1].end():])


def rows_are_the_table(shell):
    """One row for each verb, with its options and its summary."""
    rows = ROW.findall(pathlib.Path(FILES[shell]).read_text())
    expected = [(name_of(verb), " ".join(options_of(verb, "=")[:-2]), verb["summary"])
                for verb in table()]
    missing = [row for row in expected if row not in [(row[0], row[2], row[3]) for row in rows]]
    assert not missing, f"rows for {missing} are missing or differ; this program's renew writes them"
    assert len(rows) == len(expected), f"{len(rows)} rows for {len(expected)} verbs"
    with_operands = {name_of(verb): "operands" in verb for verb in table()}
    for name, kind, _, _ in rows:
        assert with_operands[name] or not kind, f"{name} takes no operands"


def syntax_is_good(shell):
    run = subprocess.run([shell, "-n", FILES[shell]], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, ""), run.stderr


def every_verb_is_offered(shell):
    verbs = table()
    first = {verb.get("noun", verb["verb"]) for verb in verbs}
    expect(shell, [""], first | {"help", "--help", "--version"})
    expect(shell, ["--v"], ["--version"])
    expect(shell, ["help", ""], first | {"--json"})
    for noun in {verb["noun"] for verb in verbs if "noun" in verb}:
        own = {verb["verb"] for verb in verbs if verb.get("noun") == noun}
        for words in ([noun], ["help", noun]):
            found = offered(shell, *words, "")
            assert {word for word in found if word[0] != "-"} == own, f"{words}: {found}"
    expect(shell, ["lo"], {word for word in first if word.startswith("lo")})


def every_option_is_offered(shell):
    for verb in table():
        expect(shell, [*name_of(verb).split(), "--"], options_of(verb))


def values_are_offered(shell):
    expect(shell, ["login", "--provider", ""], ["corp", "guests"])
    expect(shell, ["check", "g"], ["guests"])
    expect(shell, ["log", "--outcome", "gr"], ["granted"])
    expect(shell, ["api", "P"], ["POST", "PUT", "PATCH"])
    expect(shell, ["login", "roo"], ["root"])
    expect(shell, ["log", "--account", "roo"], ["root"])
    for verb in ("show", "unlock", "forget"):
        expect(shell, ["account", verb, "l"], ["lena", "louis"])
        assert offered(shell, "account", verb, "roo", denied=True) == {"root"}
    expect(shell, ["account", "lock", "roo"], ["root"])
    expect(shell, ["ticket", "list", "le"], ["lena"])
    expect(shell, ["status", "r"], [])
    expect(shell, ["nonsense", ""], [])
    for noun in ("session", "ticket", "identity", "factor", "throttle"):
        if noun in {verb.get("noun") for verb in table()}:
            taking = [row for row in ROW.findall(pathlib.Path(FILES[shell]).read_text())
                      if row[0].startswith(noun + " ") and row[1] == noun]
            assert taking, f"no verb of {noun} takes one"
            for row in taking:
                expect(shell, [*row[0].split(), f"{noun}-"], [f"{noun}-one", f"{noun}-two"])


def main():
    checks = (rows_are_the_table, syntax_is_good, every_verb_is_offered, every_option_is_offered,
              values_are_offered)
    cases = [(shell, check) for shell in FILES for check in checks]
    failed = 0
    print(f"1..{len(cases)}")
    for number, (shell, check) in enumerate(cases, 1):
        name = f"{shell}_{check.__name__}"
        if check is not rows_are_the_table and not shutil.which(shell):
            print(f"ok {number} {name} # SKIP {shell} is not installed")
            continue
        try:
            check(shell)
        except AssertionError as problem:
            failed += 1
            print(f"not ok {number} {name}\n# {ascii(str(problem))}", flush=True)
        else:
            print(f"ok {number} {name}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(renew() if sys.argv[5:] == ["renew"] else main())
