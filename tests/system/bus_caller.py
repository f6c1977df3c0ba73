# SPDX-License-Identifier: LGPL-2.1-or-later
"""Somebody on the system bus who talks to badged without PAM: keeps one connection, and so all the
logins that were started on it, until it is closed."""

import dbus
import dbus.bus
import dbus.lowlevel

from host import paths

NAME, OBJECT, INTERFACE = "org.badged.Badged1", "/org/badged/Badged1", "org.badged.Badged1"
LOGIN, ADMIN = f"{INTERFACE}.Login", f"{INTERFACE}.Admin"
CALL_SEC = 30


class Caller:
    """Use as a context manager. What badged refuses is a dbus.DBusException."""

    def __init__(self, socket=paths.BUS_SOCKET) -> None:
        self.connection = dbus.bus.BusConnection(f"unix:path={socket}")
        self._name = NAME

    def hold_on(self) -> None:
        """From now on it is about the badged that runs, or none: no other is started."""
        self._name = self.connection.get_name_owner(NAME)

    def __enter__(self) -> "Caller":
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def call(self, path: str, interface: str, method: str, signature: str = "", *arguments):
        return self.connection.call_blocking(self._name, path, interface, method, signature, arguments,
                                             timeout=CALL_SEC)

    def send(self, path: str, interface: str, method: str, signature: str = "", *arguments) -> None:
        """Does not wait for the answer."""
        message = dbus.lowlevel.MethodCallMessage(self._name, path, interface, method)
        message.append(signature=signature, *arguments)
        self.connection.send_message(message)
        self.connection.flush()

    def start_login(self, account: str = "alice", service: str = "su", **context):
        """(path, challenge)"""
        return self.call(OBJECT, INTERFACE, "StartLogin", "ssa{sv}", account, service, context)

    def check_account(self, account: str, service: str = "su", **context):
        """(outcome, sentence)"""
        return self.call(OBJECT, INTERFACE, "CheckAccount", "ssa{sv}", account, service, context)

    def property(self, path: str, name: str):
        return self.call(path, "org.freedesktop.DBus.Properties", "Get", "ss", LOGIN, name)

    def refused(self, call, *arguments, **more) -> tuple[str, str]:
        """(name, text) of the error that the call must meet."""
        try:
            answer = call(*arguments, **more)
        except dbus.DBusException as error:
            return error.get_dbus_name(), error.get_dbus_message()
        raise AssertionError(f"badged did it: {answer}")
