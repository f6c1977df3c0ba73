# SPDX-License-Identifier: LGPL-2.1-or-later
"""The journal of the private host.

As a program it receives what journald would (the native protocol, and syslog on /dev/log) and
appends each entry as one JSON line. As a module it reads them back for tests.
"""

import array
import itertools
import json
import mmap
import os
import re
import select
import socket
import struct
import time

from host import paths

MAX_DATAGRAM = 1 << 20
ARRIVAL_SEC = 30
MARK = "end of what was sent, "     # who reads sends it, and waits for it
NUMBERS = itertools.count(1)


def parse_native(data: bytes) -> dict[str, str]:
    """https://systemd.io/JOURNAL_NATIVE_PROTOCOL/: KEY=text, or KEY, 64-bit size, bytes."""
    entry, offset = {}, 0
    while offset < len(data):
        end = data.index(b"\n", offset)
        line, offset = data[offset:end], end + 1
        if b"=" in line:
            key, value = line.split(b"=", 1)
        elif line:
            (size,) = struct.unpack_from("<Q", data, offset)
            key, value = line, data[offset + 8:offset + 8 + size]
            offset += 8 + size + 1
        else:
            continue
        entry[key.decode()] = value.decode(errors="backslashreplace")
    return entry


def parse_syslog(data: bytes) -> dict[str, str]:
    text = data.decode(errors="backslashreplace").rstrip("\n\0")
    found = re.match(r"<(\d+)>(?:\w{3} [ \d]\d [\d:]{8} )?(?:([^\s\[:]+)(?:\[(\d+)\])?: )?", text)
    if not found:
        return {"MESSAGE": text}
    priority, name, pid = found.groups()
    entry = {"PRIORITY": str(int(priority) & 7), "MESSAGE": text[found.end():]}
    if name:
        entry["SYSLOG_IDENTIFIER"] = name
    if pid:
        entry["SYSLOG_PID"] = pid
    return entry


def receive(sock: socket.socket) -> tuple[bytes, dict[str, str]]:
    """One datagram and what the kernel says about its sender."""
    room = socket.CMSG_SPACE(12) + socket.CMSG_SPACE(4)
    data, controls, _, _ = sock.recvmsg(MAX_DATAGRAM, room)
    trusted = {}
    for level, kind, value in controls:
        if kind == socket.SCM_CREDENTIALS:
            pid, uid, gid = struct.unpack("3i", value)
            trusted = {"_PID": str(pid), "_UID": str(uid), "_GID": str(gid)}
        elif kind == socket.SCM_RIGHTS:
            for fd in array.array("i", value):
                size = os.fstat(fd).st_size
                if size and not data:
                    with mmap.mmap(fd, size, prot=mmap.PROT_READ) as content:
                        data = content[:]
                os.close(fd)
    return data, trusted


def listen(path) -> socket.socket:
    path.parent.mkdir(parents=True, exist_ok=True)
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
    sock.bind(str(path))
    os.chmod(path, 0o666)
    return sock


def run() -> None:
    sockets = {listen(paths.JOURNAL_SOCKET): parse_native, listen(paths.SYSLOG_SOCKET): parse_syslog}
    with open(paths.JOURNAL, "a", encoding="utf-8", buffering=1) as out:
        while True:
            for sock in select.select(list(sockets), [], [])[0]:
                data, trusted = receive(sock)
                try:
                    entry = sockets[sock](data)
                except (ValueError, struct.error) as error:
                    entry = {"MESSAGE": f"unreadable datagram: {error}", "RAW": repr(data[:200])}
                entry |= trusted | {"__REALTIME": f"{time.time():.6f}"}
                out.write(json.dumps(entry, ensure_ascii=False) + "\n")


def settle() -> None:
    """Returns when everything is written that was sent before."""
    mark = f"{MARK}{os.getpid()}.{next(NUMBERS)};"
    end = paths.JOURNAL.stat().st_size
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        sock.sendto(f"MESSAGE={mark}\n".encode(), str(paths.JOURNAL_SOCKET))
        sock.sendto(f"<7>{mark}".encode(), str(paths.SYSLOG_SOCKET))
    deadline = time.monotonic() + ARRIVAL_SEC
    while text_from(end).count(mark) < 2:
        assert time.monotonic() < deadline, "the journal receiver does not write"
        time.sleep(0.002)


def text_from(start: int) -> str:
    with open(paths.JOURNAL, encoding="utf-8", errors="replace") as file:
        file.seek(start)
        return file.read()


class Journal:
    """Reads the entries that were sent after it was made, or all from an offset on."""

    def __init__(self, start: int | None = None) -> None:
        paths.JOURNAL.touch()
        settle()
        self._start = paths.JOURNAL.stat().st_size if start is None else start

    def text(self) -> str:
        """All of them, also those that are on their way."""
        settle()
        return "".join(self._lines())

    def entries(self, **fields: str) -> list[dict[str, str]]:
        """Those whose fields all have these values, also when they are on their way."""
        settle()
        return self._found(fields)

    def wait_for(self, timeout_sec: float = ARRIVAL_SEC, **fields: str) -> dict[str, str]:
        """The first such entry, now or within the time; AssertionError shows all that came."""
        deadline = time.monotonic() + timeout_sec
        while True:
            found = self._found(fields)
            if found:
                return found[0]
            assert time.monotonic() < deadline, f"no journal entry {fields} in:\n{self.text()}"
            time.sleep(0.02)

    def _found(self, fields: dict[str, str]) -> list[dict[str, str]]:
        entries = [json.loads(line) for line in self._lines()]
        return [entry for entry in entries
                if all(entry.get(key) == value for key, value in fields.items())]

    def _lines(self) -> list[str]:
        return [line for line in text_from(self._start).splitlines(keepends=True)
                if line.endswith("\n") and MARK not in line]


if __name__ == "__main__":
    run()
