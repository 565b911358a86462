# SPDX-License-Identifier: GPL-2.0-or-later
"""
Real peers for the interoperability tests: programs that are waited for, datagrams on record, our
two ends and those of OpenSSL and GnuTLS, each of which has its own idea of names.
"""

import contextlib
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

from e2e import PROGRAM, folder

PATIENCE_S = 20  # for what takes milliseconds; nothing is expected to take it
LOOPBACK = "127.0.0.1"
APPLICATION = 23  # DTLS content type, RFC 5246 6.2.1
RECORD_HEADER = 13  # RFC 6347 4.1
CLIENT_PORT, SERVER_PORT = 40000, 44330  # in captures; no dissector of tshark has them
LATE_S = 0.05  # how long a datagram is held back if nothing overtakes it

IDENTITY = "meter-1"
KEY = "000102030405060708090a0b0c0d0e0f"
WRONG_KEY = "ff" * 16
QUICK = ("--timeout-min", "100ms", "--timeout-max", "400ms")  # gives up after 0.7 s

# Ours, IANA's number, OpenSSL's name, GnuTLS's key exchange, cipher and MAC (None: not in 3.7).
SUITES = (
    ("psk-aes128-ccm8", 0xC0A8, "PSK-AES128-CCM8", "+PSK:+AES-128-CCM-8:+AEAD"),
    ("psk-aes128-ccm", 0xC0A4, "PSK-AES128-CCM", "+PSK:+AES-128-CCM:+AEAD"),
    ("psk-aes256-ccm8", 0xC0A9, "PSK-AES256-CCM8", "+PSK:+AES-256-CCM-8:+AEAD"),
    ("psk-aes128-gcm", 0x00A8, "PSK-AES128-GCM-SHA256", "+PSK:+AES-128-GCM:+AEAD"),
    ("psk-aes128-cbc-sha256", 0x00AE, "PSK-AES128-CBC-SHA256", "+PSK:+AES-128-CBC:+SHA256"),
    ("psk-chacha20-poly1305", 0xCCAB, "PSK-CHACHA20-POLY1305", "+PSK:+CHACHA20-POLY1305:+AEAD"),
    ("ecdhe-psk-aes128-cbc-sha256", 0xC037, "ECDHE-PSK-AES128-CBC-SHA256",
     "+ECDHE-PSK:+AES-128-CBC:+SHA256"),
    ("ecdhe-psk-chacha20-poly1305", 0xCCAC, "ECDHE-PSK-CHACHA20-POLY1305",
     "+ECDHE-PSK:+CHACHA20-POLY1305:+AEAD"),
    ("psk-aes256-ccm", 0xC0A5, "PSK-AES256-CCM", "+PSK:+AES-256-CCM:+AEAD"),
    ("psk-aes256-gcm", 0x00A9, "PSK-AES256-GCM-SHA384", "+PSK:+AES-256-GCM:+AEAD"),
    ("psk-aes256-cbc-sha384", 0x00AF, "PSK-AES256-CBC-SHA384", "+PSK:+AES-256-CBC:+SHA384"),
)
CCM8, GCM, CBC, ECDHE = SUITES[0], SUITES[3], SUITES[4], SUITES[6]


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
    and captured by neither of the two. One client at a time; another may follow.
    Of the datagrams, counted from 0, one may get lost and one be overtaken by the next.
    """

    def __init__(self, server_port, lost=None, late=None):
        self.server = (LOOPBACK, server_port)
        self.lost, self.late = lost, late
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
        client, held = None, []
        while True:
            ready, _, _ = select.select([self.down, self.up, stopped], [], [],
                                        LATE_S if held else None)
            if stopped in ready:
                stopped.close()
                return
            leaving = []
            if not ready:
                leaving, held = held, []
            for end in ready:
                data, source = end.recvfrom(65535)
                number = len(self.packets)
                self.packets.append((time.time_ns(), end is self.down, data))
                if end is self.down:
                    client = source
                way = (self.up, self.server) if end is self.down else (self.down, client)
                if number == self.late:
                    held = [(*way, data)]
                elif number != self.lost:
                    leaving += [(*way, data), *held]
                    held = []
            for end, to, data in leaving:
                if to is not None:
                    end.sendto(data, to)

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


# ---- ours ----

@contextlib.contextmanager
def our_server(*words, suite=CCM8, keys=((IDENTITY, KEY),)):
    """The running server and its port."""
    key_words = [f"--psk-for={identity}={key}" for identity, key in keys]
    with Program(PROGRAM, "dtls-server", "--listen", f"{LOOPBACK}:0", *key_words,
                 "--suite", suite[0], *words) as program:
        yield program, int(program.wait_line(rf"listening on {LOOPBACK}:(\d+)$")[1])


def our_client(port, *words, suite=CCM8, identity=IDENTITY, key=KEY):
    return Program(PROGRAM, "dtls-client", f"{LOOPBACK}:{port}", "--identity", identity, "--psk",
                   key, "--suite", suite[0], "--linger", "50ms", *words)


# ---- the others, each as (server, client) ----

class OpenSSL:
    """Its s_server does not echo datagrams: the test takes a line from it and gives it back."""

    name = "OpenSSL"

    @staticmethod
    @contextlib.contextmanager
    def server(suite=CCM8, identity=IDENTITY, key=KEY):
        with Program("openssl", "s_server", "-dtls1_2", "-accept", f"{LOOPBACK}:0", "-nocert",
                     "-psk", key, "-psk_identity", identity,
                     "-cipher", f"{suite[2]}:@SECLEVEL=0") as program:
            yield program, int(program.wait_line(r"^ACCEPT \S+:(\d+)$")[1])

    @staticmethod
    def client(port, suite=CCM8, identity=IDENTITY, key=KEY, *words):
        return Program("openssl", "s_client", "-dtls1_2", "-connect", f"{LOOPBACK}:{port}",
                       "-psk", key, "-psk_identity", identity,
                       "-cipher", f"{suite[2]}:@SECLEVEL=0", *words)

    @staticmethod
    def echo(server, line):
        server.wait_line(f"^{line}$")
        server.send(line + "\n")


class GnuTLS:
    """Its server cannot be told an address: it listens on all, for the seconds of this test."""

    name = "GnuTLS"

    @staticmethod
    def _priority(suite):
        return ("NONE:+VERS-DTLS1.2:+COMP-ALL:+GROUP-ALL:+SIGN-ALL:" + suite[3])

    @staticmethod
    @contextlib.contextmanager
    def server(suite=CCM8, identity=IDENTITY, key=KEY):
        port = free_port()
        with folder() as top, \
                Program("gnutls-serv", "--udp", "--echo", "--port", port, "--pskpasswd",
                        psk_file(top, identity, key), "--priority",
                        GnuTLS._priority(suite)) as program:
            program.wait_line(rf"IPv4 .*{port}\.\.\.done")
            yield program, port

    @staticmethod
    def client(port, suite=CCM8, identity=IDENTITY, key=KEY):
        return Program("gnutls-cli", "--udp", "--port", port, "--pskusername", identity,
                       "--pskkey", key, "--priority", GnuTLS._priority(suite), LOOPBACK)

    @staticmethod
    def echo(server, line):
        """It does so itself."""


def exchange(client, count, echo=lambda line: None):
    """Lines in lock-step: the next one leaves when the last one is back, so that none is lost."""
    for i in range(count):
        line = f"line {i} of {count}"
        client.send(line + "\n")
        echo(line)
        client.wait_line(f"^{line}$")
