# SPDX-License-Identifier: LGPL-2.1-or-later
"""Sends "granted" as a reply that nobody asked for to everybody on the system bus, whatever call they
wait for. Run as an ordinary account; prints how many it sent. test_never_granted.py uses it."""

import os
import re
import socket
import struct

BUS = "/run/dbus/system_bus_socket"
METHOD_CALL, METHOD_RETURN = 1, 2
PATH, INTERFACE, MEMBER, REPLY_SERIAL, DESTINATION, SIGNATURE = 1, 2, 3, 5, 6, 8
NO_REPLY_EXPECTED = 1
PEERS, SERIALS = 64, 12


def pad(data: bytes, to: int) -> bytes:
    return data + b"\0" * (-len(data) % to)


def text(value: str) -> bytes:
    raw = value.encode()
    return struct.pack("<I", len(raw)) + raw + b"\0"


def field(code: int, kind: str, value) -> bytes:
    start = struct.pack("<BB", code, 1) + kind.encode() + b"\0"
    if kind == "u":
        return pad(start, 4) + struct.pack("<I", value)
    if kind == "g":
        return start + struct.pack("<B", len(value)) + value.encode() + b"\0"
    return pad(start, 4) + text(value)


def message(kind: int, serial: int, fields: list[bytes], body: bytes = b"") -> bytes:
    array = b""
    for one in fields:
        array = pad(array, 8) + one
    head = struct.pack("<cBBBIII", b"l", kind, NO_REPLY_EXPECTED if kind == METHOD_RETURN else 0, 1,
                       len(body), serial, len(array))
    return pad(head + array, 8) + body


def connect() -> tuple[socket.socket, int]:
    """The connection, and the number in its unique name: everybody else's is lower."""
    bus = socket.socket(socket.AF_UNIX)
    bus.settimeout(5)
    bus.connect(BUS)
    bus.sendall(b"\0AUTH EXTERNAL " + str(os.getuid()).encode().hex().encode() + b"\r\n")
    assert bus.recv(200).startswith(b"OK")
    bus.sendall(b"BEGIN\r\n")
    name = "org.freedesktop.DBus"
    bus.sendall(message(METHOD_CALL, 1, [
        field(PATH, "o", "/org/freedesktop/DBus"), field(INTERFACE, "s", name),
        field(MEMBER, "s", "Hello"), field(DESTINATION, "s", name)]))
    return bus, int(re.search(rb":1\.(\d+)", bus.recv(4096))[1])


def main() -> None:
    bus, own_number = connect()
    body = pad(text("granted"), 4) + text("")
    body = pad(pad(body, 4) + struct.pack("<I", 0), 8)    # a{sv}, empty
    serial = 1
    for peer in range(max(0, own_number - PEERS), own_number):
        for reply_to in range(1, SERIALS + 1):
            serial += 1
            bus.sendall(message(METHOD_RETURN, serial, [
                field(REPLY_SERIAL, "u", reply_to), field(DESTINATION, "s", f":1.{peer}"),
                field(SIGNATURE, "g", "ssa{sv}")], body))
    # The bus still talks to us: what was sent was well-formed.
    serial += 1
    bus.sendall(message(METHOD_CALL, serial, [
        field(PATH, "o", "/org/freedesktop/DBus"), field(INTERFACE, "s", "org.freedesktop.DBus"),
        field(MEMBER, "s", "GetId"), field(DESTINATION, "s", "org.freedesktop.DBus")]))
    assert bus.recv(65536), "the bus hung up"
    print(serial - 2)


if __name__ == "__main__":
    main()
