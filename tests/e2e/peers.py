# SPDX-License-Identifier: GPL-2.0-or-later
"""Real peers for the interoperability test: programs that are waited for, datagrams on record."""

import os
import pathlib
import queue
import re
import select
import socket
import struct
import subprocess
import sys
import threading
import time

PATIENCE_S = 20  # for what takes milliseconds; nothing is expected to take it
LOOPBACK = "127.0.0.1"
APPLICATION = 23  # DTLS content type, RFC 5246 6.2.1
RECORD_HEADER = 13  # RFC 6347 4.1
CLIENT_PORT, SERVER_PORT = 40000, 44330  # in captures; no dissector of tshark has them


class Program:
    """A running program whose output is read line by line; ended by its own id on leaving."""

    def __init__(self, *words):
        self.words = [str(word) for word in words]
        self.lines = queue.Queue()
        self.seen = []

    def __enter__(self):
        self.process = subprocess.Popen(self.words, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT)
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.reader.join()
        self.process.stdout.close()
        self.close_input()

    def _read(self):
        for line in self.process.stdout:
            self.lines.put(line.decode(errors="replace").rstrip("\r\n"))
        self.lines.put(None)

    def fail(self, text):
        sys.exit(f"FAILED: {text}: {' '.join(self.words)}\n" + "\n".join(self.seen[-40:]))

    def wait_line(self, pattern):
        """The first match in the lines to come; what was passed over is in self.seen."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                line = self.lines.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                self.fail(f"waited in vain for /{pattern}/")
            if line is None:
                self.fail(f"it ended without /{pattern}/")
            self.seen.append(line)
            match = re.search(pattern, line)
            if match:
                return match

    def send(self, data):
        """One write, which the other end of the pipe reads at once if it keeps up."""
        self.process.stdin.write(data if isinstance(data, bytes) else data.encode())
        self.process.stdin.flush()

    def close_input(self):
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass

    def wait_end(self):
        """The exit status; all output is in self.seen afterwards."""
        try:
            status = self.process.wait(timeout=PATIENCE_S)
        except subprocess.TimeoutExpired:
            self.fail("it does not end")
        self.reader.join()
        while (line := self.lines.get()) is not None:
            self.seen.append(line)
        return status

    def said(self, pattern):
        return [line for line in self.seen if re.search(pattern, line)]


class Relay:
    """
    Stands between a client and a server and keeps every datagram: what was on the wire is counted
    and captured by neither of the two. One client at a time.
    """

    def __init__(self, server_port):
        self.server = (LOOPBACK, server_port)
        self.packets = []  # (time, up, payload)

    def __enter__(self):
        self.down = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.down.bind((LOOPBACK, 0))
        self.up = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.up.bind((LOOPBACK, 0))
        self.stop, stopped = socket.socketpair()
        self.port = self.down.getsockname()[1]
        self.thread = threading.Thread(target=self._run, args=(stopped,), daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stop.close()
        self.thread.join()
        self.down.close()
        self.up.close()

    def _run(self, stopped):
        client = None
        while True:
            ready, _, _ = select.select([self.down, self.up, stopped], [], [])
            if stopped in ready:
                stopped.close()
                return
            for end in ready:
                data, source = end.recvfrom(65535)
                self.packets.append((time.time_ns(), end is self.down, data))
                if end is self.down:
                    client = source
                    self.up.sendto(data, self.server)
                elif client is not None:
                    self.down.sendto(data, client)

    def move(self):
        """From now on the server sees the client at another port, as behind a NAT."""
        old = self.up
        moved = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        moved.bind((LOOPBACK, 0))
        os.dup2(moved.fileno(), old.fileno())  # under the hands of the thread, and for good
        moved.close()

    def payloads(self, up):
        return [data for _, went_up, data in list(self.packets) if went_up == up]

    def records(self, up):
        """Application records that went a way, read off the record headers."""
        count = 0
        for data in self.payloads(up):
            while len(data) >= RECORD_HEADER:
                count += data[0] == APPLICATION
                data = data[RECORD_HEADER + int.from_bytes(data[11:13], "big"):]
        return count

    def write_pcap(self, path):
        """LINKTYPE_RAW with nanoseconds; the server has port SERVER_PORT in it."""
        with open(path, "wb") as out:
            out.write(struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 65535, 101))
            for when, up, data in list(self.packets):
                ports = (CLIENT_PORT, SERVER_PORT)[::1 if up else -1]
                udp = struct.pack(">HHHH", *ports, 8 + len(data), 0) + data
                ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0,
                                 socket.inet_aton(LOOPBACK), socket.inet_aton(LOOPBACK))
                size = len(ip) + len(udp)
                out.write(struct.pack("<IIII", when // 10**9, when % 10**9, size, size) + ip + udp)


def free_port(count=1):
    """A UDP port of loopback (and its neighbours) for a program that cannot be told 0."""
    while True:
        ends = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM)]
        try:
            ends[0].bind((LOOPBACK, 0))
            first = ends[0].getsockname()[1]
            for i in range(1, count):
                ends.append(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
                ends[i].bind((LOOPBACK, first + i))
            return first
        except (OSError, OverflowError):
            continue
        finally:
            for end in ends:
                end.close()


def version(*words):
    """The first line of what a program says about itself."""
    result = subprocess.run(words, capture_output=True, text=True, check=False,
                            stdin=subprocess.DEVNULL, timeout=PATIENCE_S)
    lines = (result.stdout + result.stderr).splitlines()
    return next((line for line in lines if re.search(r"\d+\.\d+", line)), "unknown")


def psk_file(folder, identity, key):
    """A password file of GnuTLS."""
    path = pathlib.Path(folder) / "psk"
    path.write_text(f"{identity}:{key}\n")
    return path
