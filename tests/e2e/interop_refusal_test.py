# SPDX-License-Identifier: GPL-2.0-or-later
"""
Real peers, where it must not work: wrong keys, unknown names, nobody there, no DTLS; how our two
ends of the command end; and what no peer of Debian 12 has, connection IDs, between ours.
"""

import contextlib
import signal
import socket

from e2e import check, nbsec
from peers import (GCM, IDENTITY, KEY, LOOPBACK, PATIENCE_S, QUICK, WRONG_KEY, GnuTLS, OpenSSL,
                   Relay, exchange, our_client, our_server, free_port)

# Alerts, RFC 5246 7.2 and RFC 4279 6.
BAD_RECORD_MAC, HANDSHAKE_FAILURE, UNKNOWN_PSK_IDENTITY = 20, 40, 115


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
        for names, line, alert in (
                ({"key": WRONG_KEY}, f'identity "{IDENTITY}", not authentic', BAD_RECORD_MAC),
                ({"identity": "nobody"}, 'identity "nobody", unknown PSK identity',
                 UNKNOWN_PSK_IDENTITY),
                ({"suite": GCM}, "ClientHello refused", HANDSHAKE_FAILURE)):
            with our_server() as (server, port), peer.client(port, **names) as client:
                server.wait_line(f"refused: .*: {line}")
                check(client.wait_end() == 1 and client.said(rf"alert (number |\[){alert}\b"),
                      f"{peer.name}'s client refused: {line}, alert {alert}")


def test_no_renegotiation():
    """RFC 7925 17: refused with a warning, over which OpenSSL's client gives up."""
    with our_server("--echo") as (server, port), OpenSSL.client(port) as client:
        server.wait_line("up: ")
        exchange(client, 1)
        client.send("R\n")
        client.wait_line("no renegotiation")
        server.wait_line("down: .* fatal alert, 1 records in")
        check(client.wait_end() == 1, "OpenSSL's client asks for a renegotiation in vain")


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
    seed = ("--seed", "7")
    check(hello_random(*seed) == hello_random(*seed), "the same seed, the same hello")
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
            check(server.wait_end() == 0 and
                  server.said("down: .* closed by us, 0 records in, 1 out"),
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
    for bad, why in (("0x6f", "0x6f: not hexadecimal: character 2 is 'x'"),
                     ("6f" * 1025, "6f6f.*: not hexadecimal: more than 1024 bytes"),
                     ("6f " * 1024 + " ", "a line of more than 3072 characters")):
        with our_server("--count", "1") as (server, port), our_client(port, "--hex") as client:
            client.send("6f" * 1024 + f"\n\n6f 6b\n{bad}\n")
            client.wait_line(f"standard input: {why}")
            check(client.wait_end() == 2, f"bad input of --hex: status 2: {why}")
            server.wait_line("peer closed, 2 records in")


def test_port_in_use():
    with our_server() as (_, port):
        result = nbsec("dtls-server", "--listen", f"{LOOPBACK}:{port}", "--psk", KEY, status=3)
        check(f"cannot listen on {LOOPBACK}:{port}: Address already in use" in result.stderr,
              "a port in use")


TESTS = (
    test_our_client_fails, test_nobody_listens, test_our_server_refuses, test_no_renegotiation,
    test_anything_but_dtls, test_connection_id, test_seed, test_signals, test_newest_session,
    test_bad_digits, test_port_in_use)

for test in TESTS:
    test()
