# SPDX-License-Identifier: LGPL-2.1-or-later
"""The chain of badged's journal entries, written once more from its description in badgectl(1)."""

import hashlib

NOTHING = "0" * 64


def digest(entry: dict[str, str]) -> str:
    """Of an entry's own fields; those of the journal start with "_"."""
    text = b"".join(b"%s=%d:%s\n" % (name.encode(), len(value.encode()), value.encode())
                    for name, value in sorted(entry.items())
                    if not name.startswith("_") and name != "DIGEST")
    return hashlib.blake2b(text, digest_size=32, person=b"badged decision").hexdigest()


def linked(entries: list[dict[str, str]]) -> list[dict[str, str]]:
    """Copies of the entries that follow one another, as badged would have linked them."""
    previous, chain = NOTHING, []
    for number, entry in enumerate(entries, 1):
        entry = entry | {"SEQUENCE": str(number), "PREVIOUS": previous}
        chain.append(entry | {"DIGEST": digest(entry)})
        previous = chain[-1]["DIGEST"]
    return chain


def assert_linked(entries: list[dict[str, str]]) -> None:
    """Each entry is whole and follows the one before."""
    assert entries
    for entry in entries:
        assert entry["DIGEST"] == digest(entry), entry
    for before, after in zip(entries, entries[1:]):
        assert after["PREVIOUS"] == before["DIGEST"], (before, after)
        assert int(after["SEQUENCE"]) == int(before["SEQUENCE"]) + 1
