# SPDX-License-Identifier: LGPL-2.1-or-later
"""Holds badged-providers(5) against the presets in the code: each has its section, and the settings
that the manual shows are ones that badged takes without a word. A block that starts with a section is
a whole file; one that starts with a key shows lines to write in place of those of the block before.
Speaks TAP.

Usage: test-providers-documented.py PRINT-PRESETS PRINT-SETTINGS-KEYS BADGED BADGED-PROVIDERS.5.SCD
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

GOOD = re.compile(r"The settings are good: 1 provider, default \S+\.\n")


def output(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def presets_in_code(program: str) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    titles, settings = {}, {}
    for line in output(program).splitlines():
        first, *rest = line.split("\t")
        if first:
            name = first
            titles[name], settings[name] = rest[0], {}
        else:
            settings[name][rest[0]] = rest[1]
    return titles, settings


def sections(manual: str) -> dict[str, str]:
    """The text below each heading."""
    parts = re.split(r"^#+ (.*)\n", manual, flags=re.M)
    return dict(zip(parts[1::2], parts[2::2]))


def settings_blocks(text: str) -> list[str]:
    blocks = re.findall(r"^```\n(.*?)^```$", text, re.M | re.S)
    return [block for block in blocks if re.match(r"\[|\w+ = ", block)]


def changed(whole: str, lines: str) -> str:
    """The whole block with these lines in its provider's section, in place of those with their keys."""
    provider, blank, rest = whole.partition("\n\n")
    keys = re.findall(r"^(\w+) = ", lines, re.M)
    kept = [line for line in provider.splitlines() if line.partition(" = ")[0] not in keys]
    return "\n".join(kept) + "\n" + lines.rstrip("\n") + blank + rest


def verdict(badged: str, text: str) -> str:
    """What badged says of the settings, with the files that they name at hand."""
    name = re.match(r"\[provider (\S+)\]", text)[1]
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        for file in re.findall(r"^directory_key_file = (\S+)$", text, re.M):
            output("openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out",
                   os.path.join(folder, file))
        for file in re.findall(r"^(?:client_secret_file|map_file) = (\S+)$", text, re.M):
            (pathlib.Path(folder) / file).write_text(f"alice = {name}:sub=1\n")
            os.chmod(pathlib.Path(folder) / file, 0o640)
        (pathlib.Path(folder) / "badged.conf").write_text(text)
        return subprocess.run([badged, "--check", folder], capture_output=True, text=True,
                              check=False).stdout


def block_problems(badged: str, blocks: list[str]) -> list[str]:
    problems, whole = [], None
    for block in blocks:
        whole_block = block.startswith("[")
        if not whole_block and not whole:
            problems.append("lines to change stand before the settings: " + block)
            continue
        text = block if whole_block else changed(whole, block)
        whole = block if whole_block else whole
        said = verdict(badged, text)
        if not GOOD.fullmatch(said):
            problems += said.splitlines() + text.splitlines()
    return problems


def main() -> int:
    presets, keys_program, badged, manual_path = sys.argv[1:]
    titles, settings = presets_in_code(presets)
    keys = {line.split("\t")[1] for line in output(keys_program).splitlines()
            if line.startswith("[provider NAME]")}
    manual = sections(pathlib.Path(manual_path).read_text())
    headings = [heading for heading in manual if " - " in heading]
    wanted = [f"{name} - {title}" for name, title in titles.items()]
    cases = {
        "presets set keys that exist": [f"{name} sets {key}" for name, lines in settings.items()
                                        for key in lines if key not in keys],
        "each preset has its section, in the order of the code":
            [] if headings == wanted else [f"{headings} in the manual", f"{wanted} in the code"],
        "each section shows its preset":
            [f"{name}: no block starts with it" for name, heading in zip(titles, wanted)
             if not re.search(rf"^preset = {name}$", "".join(settings_blocks(manual.get(heading, ""))[:1]),
                              re.M)],
    }
    for heading, text in manual.items():
        if settings_blocks(text):
            cases[f"the settings of {heading.partition(' - ')[0]} are good ones"] = (
                block_problems(badged, settings_blocks(text)) if os.geteuid() == 0 else None)
    print(f"1..{len(cases)}")
    for number, (name, problems) in enumerate(cases.items(), 1):
        skip = " # SKIP settings belong to root" if problems is None else ""
        print(f"{'not ok' if problems else 'ok'} {number} - {name}{skip}")
        for problem in problems or []:
            print(f"# {problem}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
