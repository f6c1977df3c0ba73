# SPDX-License-Identifier: LGPL-2.1-or-later
"""Journal files as systemd writes them, with entries of our own: what journald would have received."""

import pathlib
import subprocess

WRITER = "/lib/systemd/systemd-journal-remote"
BOOT_ID = "b" * 32
FIRST_USEC = 1795324684000000       # 2026-11-22 05:18:04 UTC


def is_available() -> bool:
    return pathlib.Path(WRITER).exists()


def export(entries: list[dict[str, str] | list[tuple[str, str]]], first_usec: int = FIRST_USEC) -> bytes:
    """https://systemd.io/JOURNAL_EXPORT_FORMATS/: a second between each two. An entry that is a list
    may have a field more than once."""
    text = b""
    for number, entry in enumerate(entries):
        fields = list(entry.items()) if isinstance(entry, dict) else list(entry)
        text += (f"__REALTIME_TIMESTAMP={first_usec + number * 1000000}\n"
                 f"__MONOTONIC_TIMESTAMP={1000000 + number * 1000000}\n").encode()
        # As text: from systemd 255 on it is not found in the other form.
        text += f"_BOOT_ID={dict(fields).get('_BOOT_ID', BOOT_ID)}\n".encode()
        for name, value in fields:
            if not name.startswith("__") and name != "_BOOT_ID":
                text += name.encode() + b"\n" + len(value.encode()).to_bytes(8, "little") + \
                    value.encode() + b"\n"
        text += b"\n"
    return text


def write(path: pathlib.Path, entries, first_usec: int = FIRST_USEC) -> None:
    path.unlink(missing_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    done = subprocess.run([WRITER, "-o", str(path), "-"], input=export(entries, first_usec),
                          capture_output=True, check=False)
    assert done.returncode == 0 and path.exists(), done.stderr.decode()
