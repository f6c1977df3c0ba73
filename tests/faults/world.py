# SPDX-License-Identifier: LGPL-2.1-or-later
"""What one cell of the matrix has for itself: a bus, a badged on it, a provider, and a folder.

The programs are ended by their own process; nothing here touches another cell.
"""

import contextlib
import collections
import ctypes
import os
import pathlib
import shutil
import signal
import socket
import struct
import subprocess
import threading
import time

from host import machine
from host.daemon import Daemon, settings_for, write_settings
from host.sandbox import BUS_ADDRESS
from host.scripted import ScriptedServer
from host.seccomp import libc
from system.traces import descriptors, status, tcp_inodes

WAIT_SEC = 60
PIDFD_GETFD = 438
SO_ATTACH_FILTER, SO_DETACH_FILTER = 26, 27
# A filter of one instruction, "return 0": no byte of a packet is kept.
RETURN_NOTHING = ctypes.create_string_buffer(struct.pack("HBBI", 6, 0, 0, 0))
DROP = struct.pack("HL", 1, ctypes.addressof(RETURN_NOTHING))


def wait_for(condition, what, within_sec=WAIT_SEC):
    deadline = time.monotonic() + within_sec
    while not condition():
        assert time.monotonic() < deadline, f"{what} did not happen"
        time.sleep(0.03)


class Bus:
    """A system bus with the real one's policy, at an address of its own."""

    def __init__(self, folder):
        self._socket = folder / "bus"
        self._log = folder / "bus.log"
        self.address = f"unix:path={self._socket}"
        self.process = None

    def start(self):
        self._socket.unlink(missing_ok=True)
        with open(self._log, "ab") as log:
            self.process = subprocess.Popen(
                ["dbus-daemon", "--system", "--nofork", "--nopidfile", f"--address={self.address}"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        wait_for(lambda: machine.accepts(self._socket), "the start of the bus")

    def connections(self):
        """How many have connected, be they taken notice of yet or not."""
        lines = pathlib.Path("/proc/net/unix").read_text().splitlines()
        return sum(line.endswith(f" {self._socket}") for line in lines) - 1

    def signal(self, number):
        self.process.send_signal(number)

    def kill(self):
        self.process.kill()
        self.process.wait()


class Monitor:
    """Sees the calls of one method pass by on the bus."""

    def __init__(self, bus_address, member):
        self._member = member
        self._calls = 0
        self._ready = threading.Event()
        self._process = subprocess.Popen(
            ["dbus-monitor", "--system", f"type='method_call',member='{member}'"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            env=os.environ | {BUS_ADDRESS: bus_address}, start_new_session=True)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        assert self._ready.wait(WAIT_SEC), "dbus-monitor did not start"

    def _read(self):
        for line in self._process.stdout:
            if "member=NameLost" in line:   # it is no usual connection any more
                self._ready.set()
            self._calls += line.startswith("method call") and f"member={self._member}" in line

    def wait_for(self, calls):
        wait_for(lambda: self._calls >= calls, f"{calls} calls of {self._member}")

    def end(self):
        self._process.kill()
        self._process.wait()
        self._reader.join()
        self._process.stdout.close()


class Server(ScriptedServer):
    """A scripted provider that can die and come back with the same address and certificate, and to
    which every packet can get lost."""

    def run_node(self, script, settings, log):
        port = super().run_node(script, settings, log)
        self._start = (script, settings | {"port": port}, log)
        return port

    @property
    def process(self):
        return self.processes[0]

    def kill(self):
        self.process.kill()
        self.process.wait()

    def come_back(self):
        self.stop()
        self.run_node(*self._start)

    def lose_packets(self):
        """On the listening socket and on every connection: the kernel takes no packet in any more."""
        self.for_each_socket(lambda sock: sock.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, DROP))

    def take_new_connections(self):
        """Those of before stay lost, as where a firewall has forgotten them."""
        self.for_each_socket(detach_if_listening)

    def for_each_socket(self, change):
        inodes = tcp_inodes(self.process.pid)
        pidfd = os.pidfd_open(self.process.pid)
        try:
            for link in pathlib.Path(f"/proc/{self.process.pid}/fd").iterdir():
                with contextlib.suppress(FileNotFoundError):
                    if os.readlink(link) in inodes:
                        with socket_of(pidfd, int(link.name)) as sock:
                            change(sock)
        finally:
            os.close(pidfd)


def socket_of(pidfd, number):
    """Another process's socket; closing ours leaves it open there."""
    fd = libc.syscall(PIDFD_GETFD, pidfd, number, 0)
    if fd < 0:
        raise OSError(ctypes.get_errno(), "pidfd_getfd")
    return socket.socket(fileno=fd)


def detach_if_listening(sock):
    if sock.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
        sock.setsockopt(socket.SOL_SOCKET, SO_DETACH_FILTER, 0)


class World:
    """server: shared ones are not ours to end. row: of the scripted provider's table."""

    def __init__(self, folder, server, row, login_timeout_sec, is_small=False):
        self.folder = folder
        folder.mkdir(parents=True)
        folder.chmod(0o755)
        self._is_small = is_small
        if is_small:    # a disk of its own, to be filled
            subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m,mode=0755", "faults", folder],
                           check=True)
        self.server = server
        self.provider = server.scenario(row)
        self.bus = Bus(folder)
        self.daemon = Daemon(folder, self.bus.address)
        write_settings(*settings_for(self.provider, badged=f"login_timeout = {login_timeout_sec}s"),
                       folder / "etc")
        self.bus.start()

    def status(self):
        return status(self.bus.address)

    def warm_up(self):
        """badged runs and knows all about its provider."""
        self.daemon.start()
        wait_for(lambda: self.provider.count("jwks") >= 1, "the keys being fetched")

    def hold(self, endpoint):
        self.provider.control("POST", "hold", {"endpoint": endpoint})

    def held(self, endpoint):
        return self.provider.control("GET", "held").json().count(endpoint)

    def release(self, endpoint):
        self.provider.control("POST", "release", {"endpoint": endpoint})

    def descriptors(self):
        """By kind; its log and its state are in another folder in every world."""
        found = descriptors(self.daemon.pid)
        found.pop(str(self.daemon.log), None)
        return collections.Counter({name.removeprefix(str(self.folder)): n for name, n in found.items()})

    def end(self):
        for process in (self.daemon.process, self.bus.process):
            if process and process.poll() is None:
                process.send_signal(signal.SIGKILL)
                process.wait()
        if self._is_small:
            subprocess.run(["umount", "--lazy", self.folder], check=True)
        shutil.rmtree(self.folder, ignore_errors=True)
