# SPDX-License-Identifier: LGPL-2.1-or-later
"""How many tests passed, failed and were skipped, as JUnit files say it: each case inside a program
counts."""

import dataclasses
import pathlib
import re
import xml.etree.ElementTree as ElementTree


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
