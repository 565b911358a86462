# SPDX-License-Identifier: GPL-2.0-or-later
"""
Real peers: nbsec dtls-client and nbsec dtls-server against OpenSSL, GnuTLS and libcoap over real
sockets, in both roles. What was on the wire is read off by a relay between the two and by tshark
with our key log. The peers' programs are those of Debian 12.
"""

import concurrent.futures
import os
import subprocess

from e2e import check, folder
from peers import (CBC, CCM8, ECDHE, GCM, IDENTITY, KEY, LOOPBACK, PATIENCE_S, SERVER_PORT,
                   SUITES, GnuTLS, OpenSSL, Program, Relay, exchange, free_port, our_client,
                   our_server, version)

COUNT = 100  # records each way
HANDSHAKE = 6  # datagrams of one with a cookie; a flight of GnuTLS has more
ENCRYPT_THEN_MAC, EXTENDED_MASTER_SECRET = 22, 23  # RFC 7366, RFC 7627
# Of a ClientHello: extension 54 of 3 bytes, an ID of 2 (RFC 9146 3).
CONNECTION_ID = bytes([0, 54, 0, 3, 2])
WORKERS = 6  # sessions at a time where there are many: most of it is waiting

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


def server_hello(relay):
    """The suite and the set of extensions (RFC 5246 7.4.1.3)."""
    hello = next(data for data in relay.payloads(False) if data[0] == 22 and data[13] == 2)
    at = 13 + 12 + 2 + 32  # record and message headers, version, random
    at += 1 + hello[at]  # session ID
    suite = int.from_bytes(hello[at:at + 2], "big")
    at += 5  # suite, compression, length of the extensions
    extensions = set()
    while at < 13 + int.from_bytes(hello[11:13], "big"):
        extensions.add(int.from_bytes(hello[at:at + 2], "big"))
        at += 4 + int.from_bytes(hello[at + 2:at + 4], "big")
    return suite, extensions


def handshake_to_ours(suite):
    """gnutls-cli 3.7.9 crashes after any ECDHE-PSK handshake, with its own server as well."""
    with our_server(suite=suite) as (server, port), Relay(port) as relay, \
            GnuTLS.client(relay.port, suite):
        check(server.wait_line(r"up: .*, suite (\S+),")[1] == suite[0],
              f"GnuTLS's client, {suite[0]}: a handshake")
        return relay


def together(jobs):
    """Does the jobs, [(function, argument...)], some at a time; the first failure is raised."""
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as workers:
        for done in [workers.submit(*job) for job in jobs]:
            done.result()


def one_suite(peer, suite):
    relays = [ours_to(peer, 1, suite=suite)]
    if peer is GnuTLS and "ECDHE" in suite[3]:
        relays.append(handshake_to_ours(suite))
    else:
        relays.append(to_ours(peer, 1, suite=suite))
    check([server_hello(relay)[0] for relay in relays] == [suite[1]] * 2,
          f"the wire says 0x{suite[1]:04x} both ways")


def test_suites():
    together([(one_suite, peer, suite) for suite in SUITES for peer in (OpenSSL, GnuTLS)])


def test_without_extensions():
    """CBC-SHA256 as RFC 5246 has it, and keys without the extended master secret."""
    name, number, _, priority = CBC
    both = {ENCRYPT_THEN_MAC, EXTENDED_MASTER_SECRET}
    for word, agreed in (("", both), (":%NO_ETM", {EXTENDED_MASTER_SECRET}),
                         (":%NO_SESSION_HASH", {ENCRYPT_THEN_MAC}),
                         (":%NO_ETM:%NO_SESSION_HASH", set())):
        suite = (name, number, None, priority + word)
        for relay in (ours_to(GnuTLS, 1, suite=suite), to_ours(GnuTLS, 1, suite=suite)):
            found = server_hello(relay)[1] & both
            check(found == agreed, f"{priority}{word}: the ServerHello has {found or 'neither'}")


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


def test_offered_connection_id():
    """Neither knows RFC 9146: the offer is ignored, and records are without."""
    for peer in (OpenSSL, GnuTLS):
        relay = ours_to(peer, 1, "--cid", "2")
        offer = relay.payloads(True)[0]
        check(CONNECTION_ID in offer and relay.records(True) == 1,
              f"{peer.name}'s server ignores a connection ID")


# ---- what networks do ----

def one_fault(peer, ours_is_client, lost, late):
    """A handshake with a datagram lost or overtaken, then a line and its echo."""
    quick = ("--timeout-min", "200ms")
    if ours_is_client:
        with peer.server() as (server, port), Relay(port, lost, late) as relay, \
                our_client(relay.port, *quick) as client:
            client.wait_line("connected")
            exchange(client, 1, lambda line: peer.echo(server, line))
    else:
        with our_server("--echo", *quick) as (server, port), Relay(port, lost, late) as relay, \
                peer.client(relay.port) as client:
            client.wait_line("^New, |Handshake was completed")
            # s_client waits for a record, deaf to its input, once it has read a repeated flight.
            server.send("wake up\n")
            client.wait_line("^wake up$")
            exchange(client, 1)


def test_faults():
    """Retransmission both ways, and messages out of order (RFC 6347 4.2.4, 4.2.2)."""
    faults = [(i, None) for i in range(HANDSHAKE)] + [(None, i) for i in range(HANDSHAKE)]
    pairs = [(peer, ours) for peer in (OpenSSL, GnuTLS) for ours in (True, False)]
    together([(one_fault, *pair, *fault) for pair in pairs for fault in faults])
    check(True, f"{len(pairs) * len(faults)} handshakes with a datagram lost or overtaken")


def test_fragments():
    """A ServerKeyExchange in two fragments (RFC 6347 4.2.3), for the hint is long."""
    with Program("openssl", "s_server", "-dtls1_2", "-accept", f"{LOOPBACK}:0", "-nocert",
                 "-mtu", 256, "-psk", KEY, "-psk_identity", IDENTITY, "-psk_hint", "h" * 100,
                 "-cipher", f"{ECDHE[2]}:@SECLEVEL=0") as server:
        port = int(server.wait_line(r"^ACCEPT \S+:(\d+)$")[1])
        with Relay(port) as relay, our_client(relay.port, suite=ECDHE) as client:
            client.wait_line("connected")
            # Message 12 behind the ServerHello: from byte 0, of less than its length.
            flight = next(data for data in relay.payloads(False) if data[13] == 2)
            message = flight[13 + int.from_bytes(flight[11:13], "big") + 13:]
            check(message[0] == 12 and message[9:12] < message[1:4], "it came in fragments")
            exchange(client, 1, lambda line: OpenSSL.echo(server, line))


def test_largest_records():
    """1024 bytes are one record of ours; what is larger than our buffer is dropped, no more."""
    line = "z" * 1023
    for peer in (OpenSSL, GnuTLS):
        with peer.server() as (server, port), Relay(port) as relay, \
                our_client(relay.port) as client:
            client.wait_line("connected")
            client.send(line + "\n")
            peer.echo(server, line)
            client.wait_line(f"^{line}$")
            check(relay.records(True) == 1, f"{peer.name}'s server: 1024 bytes are one record")
    with our_server("--echo") as (server, port), OpenSSL.client(port) as client:
        server.wait_line("up: ")
        client.send("y" * 5000 + "\n")
        server.wait_line("refused: .* not authentic")
        exchange(client, 1)
        check(True, "a record of 5001 bytes from OpenSSL's client ends nothing")


def test_start_over():
    """A client that vanished and comes back from its port, as behind a NAT (RFC 6347 4.2.8)."""
    for peer in (OpenSSL, GnuTLS):
        with our_server("--echo") as (server, port), Relay(port) as relay:
            with peer.client(relay.port) as client:
                server.wait_line("up: ")
                exchange(client, 1)
            with peer.client(relay.port) as client:
                server.wait_line("down: .* replaced by a new handshake")
                server.wait_line("up: ")
                exchange(client, 1)
                check(True, f"{peer.name}'s client starts over at the same port")


def test_no_resumption():
    """Who offers an old session gets a whole handshake (RFC 5246 7.4.1.3)."""
    with folder() as top, our_server("--echo") as (server, port), Relay(port) as relay:
        for word in ("-sess_out", "-sess_in"):
            with OpenSSL.client(relay.port, CCM8, IDENTITY, KEY, word, top / "session") as client:
                server.wait_line("up: ")
                exchange(client, 1)
                client.close_input()
                check(client.wait_end() == 0 and client.said("^New, "),
                      f"OpenSSL's client with {word}: a new session")
        hellos = [data for data in relay.payloads(True) if data[0] == 22 and data[13] == 1]
        lengths = [hello[13 + 12 + 2 + 32] for hello in hellos]
        check(lengths[0] == 0 and lengths[-1] == 32, f"session IDs offered: {lengths} bytes")


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


TESTS = (
    test_hundred_records, test_suites, test_without_extensions, test_preference,
    test_longest_names, test_cookies, test_offered_connection_id, test_faults, test_fragments,
    test_largest_records, test_start_over, test_no_resumption, test_coap_clients,
    test_coap_servers)

print(version("openssl", "version"), version("gnutls-cli", "--version"),
      version("coap-client-openssl", "-x"), sep="; ")
for test in TESTS:
    test()
