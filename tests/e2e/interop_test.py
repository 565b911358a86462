# SPDX-License-Identifier: GPL-2.0-or-later
"""
Real peers: nbsec dtls-client and nbsec dtls-server against OpenSSL, GnuTLS and libcoap over real
sockets, in both roles. What was on the wire is read off by a relay between the two and by tshark
with our key log. The peers' programs are those of Debian 12; each has its own idea of names.
"""

import contextlib
import os
import signal
import socket
import subprocess

from e2e import PROGRAM, check, folder, nbsec
from peers import (LOOPBACK, PATIENCE_S, SERVER_PORT, Program, Relay, free_port, psk_file, version)

IDENTITY = "meter-1"
KEY = "000102030405060708090a0b0c0d0e0f"
WRONG_KEY = "ff" * 16
COUNT = 100  # records each way
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
)
CCM8 = SUITES[0]
GCM = SUITES[3]


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
    def client(port, suite=CCM8, identity=IDENTITY, key=KEY):
        return Program("openssl", "s_client", "-dtls1_2", "-connect", f"{LOOPBACK}:{port}",
                       "-psk", key, "-psk_identity", identity,
                       "-cipher", f"{suite[2]}:@SECLEVEL=0")

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


# ---- echoes ----

def exchange(client, count, echo=lambda line: None):
    """Lines in lock-step: the next one leaves when the last one is back, so that none is lost."""
    for i in range(count):
        line = f"line {i} of {count}"
        client.send(line + "\n")
        echo(line)
        client.wait_line(f"^{line}$")


def ours_to(peer, count, *words, suite=CCM8, identity=IDENTITY, key=KEY):
    """Our client against the peer's server; returns the relay."""
    with peer.server(suite, identity, key) as (server, port), Relay(port) as relay, \
            our_client(relay.port, *words, suite=suite, identity=identity, key=key) as client:
        agreed = client.wait_line(r"connected to \S+: suite (\S+), connection ID no")[1]
        exchange(client, count, lambda line: peer.echo(server, line))
        client.close_input()
        status = client.wait_end()
        check(agreed == suite[0] and status == 0 and
              client.said(rf"closed: {count} records out, {count} in"),
              f"{peer.name}'s server, {suite[0]}: {count} records to it and back")
        return relay


def to_ours(peer, count, *words, suite=CCM8, identity=IDENTITY, key=KEY):
    """The peer's client against our server; returns the relay."""
    with our_server("--echo", "--count", "1", *words, suite=suite,
                    keys=((identity, key),)) as (server, port), Relay(port) as relay, \
            peer.client(relay.port, suite, identity, key) as client:
        agreed = server.wait_line(rf'up: \S+: identity "{identity}", suite (\S+), '
                                  "connection ID no")[1]
        exchange(client, count)
        client.close_input()
        status = client.wait_end()
        check(server.wait_end() == 0 and status == 0 and agreed == suite[0] and
              server.said(rf"down: .* peer closed, {count} records in, {count} out"),
              f"{peer.name}'s client, {suite[0]}: {count} records from it and back")
        return relay


def decrypted(relay, keylog, top):
    """What tshark finds in the application records, with the way they went: [(up, text)]."""
    capture = top / "wire.pcap"
    relay.write_pcap(capture)
    result = subprocess.run(
        ["tshark", "-o", f"tls.keylog_file:{keylog}", "-d", f"udp.port=={SERVER_PORT},dtls", "-r",
         str(capture), "-Y", "data.data", "-T", "fields", "-e", "udp.dstport", "-e", "data.data"],
        capture_output=True, text=True, check=True, timeout=PATIENCE_S,
        env={**os.environ, "LC_ALL": "C.UTF-8", "HOME": str(top)})
    rows = [line.split("\t") for line in result.stdout.splitlines()]
    return [(port == str(SERVER_PORT), bytes.fromhex(data).decode()) for port, data in rows]


def check_hundred(relay, keylog, top, name):
    """100 separate records each way: by the headers on the wire, and by tshark with our keys."""
    found = (relay.records(True), relay.records(False))
    check(found == (COUNT, COUNT), f"{name}: {found[0]} records up, {found[1]} down on the wire")
    rows = decrypted(relay, keylog, top)
    lines = [f"line {i} of {COUNT}\n" for i in range(COUNT)]
    check([text for up, text in rows if up] == lines and
          [text for up, text in rows if not up] == lines,
          f"{name}: tshark opens each of them with our key log")


def test_hundred_records():
    for peer in (OpenSSL, GnuTLS):
        with folder() as top:
            relay = ours_to(peer, COUNT, "--keylog", top / "keys.log")
            check_hundred(relay, top / "keys.log", top, f"our client, {peer.name}")
        with folder() as top:
            relay = to_ours(peer, COUNT, "--keylog", top / "keys.log")
            check_hundred(relay, top / "keys.log", top, f"our server, {peer.name}")


def chosen_suite(relay):
    """What the ServerHello says: behind version, random and session ID (RFC 5246 7.4.1.3)."""
    hello = next(data for data in relay.payloads(False) if data[0] == 22 and data[13] == 2)
    at = 13 + 12 + 2 + 32
    at += 1 + hello[at]
    return int.from_bytes(hello[at:at + 2], "big")


def handshake_to_ours(suite):
    """gnutls-cli 3.7.9 crashes after any ECDHE-PSK handshake, with its own server as well."""
    with our_server(suite=suite) as (server, port), Relay(port) as relay, \
            GnuTLS.client(relay.port, suite):
        check(server.wait_line(r"up: .*, suite (\S+),")[1] == suite[0],
              f"GnuTLS's client, {suite[0]}: a handshake")
        return relay


def test_suites():
    for suite in SUITES:
        for peer in (OpenSSL, GnuTLS):
            relays = [ours_to(peer, 1, suite=suite)]
            if peer is GnuTLS and "ECDHE" in suite[3]:
                relays.append(handshake_to_ours(suite))
            else:
                relays.append(to_ours(peer, 1, suite=suite))
            check([chosen_suite(relay) for relay in relays] == [suite[1]] * 2,
                  f"the wire says 0x{suite[1]:04x} both ways")


def test_preference():
    """Several suites: a server of the peer's picks among ours, ours goes by its own order."""
    with OpenSSL.server(GCM) as (_, port), \
            our_client(port, "--suite", "psk-chacha20-poly1305", "--suite", GCM[0]) as client:
        check(client.wait_line("suite (\\S+),")[1] == GCM[0], "OpenSSL finds its suite among three")
    both = (None, None, f"{CCM8[2]}:{GCM[2]}", None)
    with our_server("--suite", CCM8[0], suite=GCM) as (server, port), OpenSSL.client(port, both):
        check(server.wait_line("suite (\\S+),")[1] == GCM[0], "our server's first suite wins")


def test_longest_names():
    """RFC 4279 5.3: identities of 128 bytes, keys of 64."""
    names = {"identity": "i" * 128, "key": bytes(range(64)).hex()}
    for peer in (OpenSSL, GnuTLS):
        ours_to(peer, 1, **names)
        to_ours(peer, 1, **names)


def test_cookies():
    """HelloVerifyRequest is message 3 (RFC 6347 4.3.2)."""
    for peer in (OpenSSL, GnuTLS):
        for words, expected in (((), True), (("--no-cookies",), False)):
            relay = to_ours(peer, 1, *words)
            found = any(data[0] == 22 and data[13] == 3 for data in relay.payloads(False))
            check(found == expected, f"{peer.name}'s client: a cookie {found} {' '.join(words)}")


# ---- CoAP ----

def test_coap_clients():
    """libcoap asks our server over coaps; the test answers through its standard input."""
    text = "text-key-16bytes"
    for program in ("coap-client-openssl", "coap-client-gnutls"):
        with our_server("--hex", "--count", "1", keys=((IDENTITY, text.encode().hex()),)) as \
                (server, port), \
                Program(program, "-u", IDENTITY, "-k", text, "-B", PATIENCE_S,
                        f"coaps://{LOOPBACK}:{port}/meter") as client:
            request = bytes.fromhex(server.wait_line("^([0-9a-f]{8,})$")[1])
            # RFC 7252 3: version 1, confirmable, a token; code 0.01 GET.
            token = request[4:4 + (request[0] & 0x0F)]
            check(request[0] >> 4 == 4 and request[1] == 0x01, f"{program} sends us a GET")
            # An acknowledgement with 2.05 Content, the same message ID and token.
            answer = bytes([0x60 | len(token), 0x45]) + request[2:4] + token + b"\xff42 kWh"
            server.send(answer.hex() + "\n")
            client.wait_line("^42 kWh$")
            check(client.wait_end() == 0 and server.wait_end() == 0,
                  f"{program} has our 2.05 and closes")


def test_coap_servers():
    """Our client asks libcoap's server for .well-known/core (RFC 6690 4)."""
    token = bytes.fromhex("deadbeef")
    get = (bytes([0x40 | len(token), 0x01, 0x12, 0x34]) + token +
           b"\xbb.well-known\x04core")  # Uri-Path is option 11: 11 bytes, then 4 of the same
    text = "text-key-16bytes"
    for program in ("coap-server-openssl", "coap-server-gnutls"):
        port = free_port(2)  # coaps is the port behind coap
        with Program(program, "-A", LOOPBACK, "-p", port, "-k", text), \
                our_client(port + 1, "--hex", "--timeout-min", "100ms",
                           key=text.encode().hex()) as client:
            client.send(get.hex() + "\n")
            answer = bytes.fromhex(client.wait_line("^([0-9a-f]{8,})$")[1])
            check(answer[:4] == bytes([0x64, 0x45, 0x12, 0x34]) and answer[4:8] == token and
                  b"</time>" in answer, f"{program} answers 2.05 to our token")
            client.close_input()
            check(client.wait_end() == 0, f"our client closes with {program}")


# ---- what must fail ----

def fails(port, reason, **names):
    words = QUICK if reason == "timed out" else ()
    with our_client(port, *words, **names) as client:
        status = client.wait_end()
        check(status == 1 and client.said(f"no handshake with .*: {reason} .mbedTLS -0x"),
              f"our client: status {status}, {client.seen[-1]}")


def test_our_client_fails():
    for peer in (OpenSSL, GnuTLS):
        # Both drop a Finished that they cannot open, in silence (RFC 6347 4.1.2.7).
        with peer.server() as (_, port):
            fails(port, "timed out", key=WRONG_KEY)
    with OpenSSL.server(GCM) as (_, port):
        fails(port, "fatal alert")
    # GnuTLS makes a key up for whom it does not know (RFC 4279 2), and its server has no alert
    # for a hello without a common suite.
    with GnuTLS.server() as (_, port):
        fails(port, "timed out", identity="nobody")
    with GnuTLS.server(GCM) as (server, port):
        fails(port, "timed out")
        server.wait_line("No supported cipher suites")
    with our_server() as (server, port):
        fails(port, "fatal alert", key=WRONG_KEY)
        server.wait_line(f'refused: .*: identity "{IDENTITY}", not authentic')
        fails(port, "fatal alert", identity="nobody")
        server.wait_line('refused: .*: identity "nobody", unknown PSK identity')
        fails(port, "fatal alert", suite=GCM)
        server.wait_line("refused: .*: ClientHello refused")


def test_nobody_listens():
    with our_client(free_port(), *QUICK) as client:
        check(client.wait_end() == 1 and client.said("timed out .*: Connection refused$"),
              f"nobody listens: {client.seen[-1]}")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as deaf:
        deaf.bind((LOOPBACK, 0))
        fails(deaf.getsockname()[1], "timed out")
        hellos = 0
        with contextlib.suppress(BlockingIOError):
            while deaf.recv(2048, socket.MSG_DONTWAIT):
                hellos += 1
        check(hellos == 3, f"{hellos} ClientHellos: at 0, 100 and 300 ms (RFC 6347 4.2.4.1)")


def test_our_server_refuses():
    for peer in (OpenSSL, GnuTLS):
        for names, line in (
                ({"key": WRONG_KEY}, f'identity "{IDENTITY}", not authentic'),
                ({"identity": "nobody"}, 'identity "nobody", unknown PSK identity'),
                ({"suite": GCM}, "ClientHello refused")):
            with our_server() as (server, port), peer.client(port, **names) as client:
                server.wait_line(f"refused: .*: {line}")
                check(client.wait_end() == 1, f"{peer.name}'s client refused: {line}")


def test_anything_but_dtls():
    with our_server("--psk", WRONG_KEY) as (server, port), \
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        for datagram in (b"", b"GET / HTTP/1.1\r\n\r\n", bytes(65507)):
            stranger.sendto(datagram, (LOOPBACK, port))
            server.wait_line("refused: .*: not DTLS")
        with our_client(port, identity='\x1b"\u00e9', key=WRONG_KEY):
            line = server.wait_line('up: .*: identity "(.*)", suite')[1]
        check(line == r"\x1b\x22\xc3\xa9", f"an identity for a terminal: {line}")


# ---- ours with ours: what no peer of Debian 12 has ----

def test_connection_id():
    """RFC 9146: type 25, and the session goes on when the client's port changes."""
    with our_server("--cid", "4", "--echo", "--count", "1") as (server, port), \
            Relay(port) as relay, our_client(relay.port, "--cid", "2") as client:
        client.wait_line("connection ID yes")
        before = server.wait_line(r"up: (\S+): .*connection ID yes")[1]
        exchange(client, 1)
        relay.move()
        exchange(client, 2)
        client.close_input()
        check(client.wait_end() == 0, "records with connection IDs over a change of port")
        after = server.wait_line(r"down: (\S+): .* peer closed, 3 records in")[1]
        check(after != before, f"the session moved from {before} to {after}")
        check({data[0] for data in relay.payloads(True)[-4:]} == {25}, "its records have type 25")


def hello_random(*words):
    """The client's random but for its time, RFC 5246 7.4.1.2."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as deaf:
        deaf.bind((LOOPBACK, 0))
        deaf.settimeout(PATIENCE_S)
        with our_client(deaf.getsockname()[1], *words):
            return deaf.recv(2048)[13 + 12 + 2 + 4:13 + 12 + 2 + 32]


def test_seed():
    check(hello_random("--seed", "7") == hello_random("--seed", "7"), "the same seed, the same hello")
    check(hello_random() != hello_random(), "without one, another each time")


def test_signals():
    """Ctrl-C and SIGTERM end sessions with a close_notify."""
    with our_server() as (server, port), our_client(port, "--linger", "60s") as client:
        server.wait_line("up: ")
        client.wait_line("connected")
        client.process.send_signal(signal.SIGINT)
        server.wait_line("down: .* peer closed, 0 records in, 0 out")
        check(client.wait_end() == 130, "our client is interrupted")
    for peer, ended in ((OpenSSL, "^closed$"), (GnuTLS, "Peer has closed")):
        with our_server() as (server, port), peer.client(port) as client:
            server.wait_line("up: ")
            server.send("last words\n")
            client.wait_line("^last words$")
            server.process.send_signal(signal.SIGTERM)
            client.wait_line(ended)
            check(server.wait_end() == 0 and server.said("down: .* closed by us, 0 records in, 1 out"),
                  f"our server says good-bye to {peer.name}'s client")
    with our_server() as (server, port), our_client(port) as client:
        server.wait_line("up: ")
        server.process.send_signal(signal.SIGTERM)
        check(client.wait_end() == 0 and client.said(": peer closed$"), "and to ours")


def test_newest_session():
    """Standard input goes to the newest session, to the one before when that has ended."""
    with our_server("--count", "2") as (server, port), our_client(port) as first:
        server.wait_line("up: ")
        with our_client(port) as second:
            server.wait_line("up: ")
            server.send("one\n")
            second.wait_line("^one$")
            second.close_input()
            server.wait_line("down: ")
        server.send("two\n")
        first.wait_line("^two$")
        first.close_input()
        check(server.wait_end() == 0, "standard input follows the newest session")


def test_bad_digits():
    """What is wrong on standard input ends the client, with a close_notify."""
    with our_server("--count", "1") as (server, port), our_client(port, "--hex") as client:
        client.send("6f6b\n0x6f\n")
        client.wait_line("standard input: 0x6f: not hexadecimal: character 2 is 'x'")
        check(client.wait_end() == 2, "bad input of --hex: status 2")
        server.wait_line("peer closed, 1 records in")


def test_port_in_use():
    with our_server() as (_, port):
        result = nbsec("dtls-server", "--listen", f"{LOOPBACK}:{port}", "--psk", KEY, status=3)
        check(f"cannot listen on {LOOPBACK}:{port}: Address already in use" in result.stderr,
              "a port in use")


TESTS = (
    test_hundred_records, test_suites, test_preference, test_longest_names, test_cookies,
    test_coap_clients, test_coap_servers, test_our_client_fails, test_nobody_listens,
    test_our_server_refuses, test_anything_but_dtls, test_connection_id, test_seed, test_signals,
    test_newest_session, test_bad_digits, test_port_in_use)

print(version("openssl", "version"), version("gnutls-cli", "--version"),
      version("coap-client-openssl", "-x"), sep="; ")
for test in TESTS:
    test()
