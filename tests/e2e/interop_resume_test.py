# SPDX-License-Identifier: GPL-2.0-or-later
"""
Resumed sessions (RFC 5246 7.3, RFC 5077) with OpenSSL and GnuTLS: our client resumes with their
servers by ID and by ticket, their clients with ours; a record goes and comes back afterwards.
"""

from e2e import check, folder
from peers import (CCM8, IDENTITY, KEY, LOOPBACK, GnuTLS, OpenSSL, Program, exchange, our_client,
                   our_server)

UP = r'up: \S+: identity "\S+", suite \S+, connection ID no'


def ours_resumes(peer, how):
    """Our client handshakes twice; the second time it is told that the server took its session."""
    with peer.server() as (server, port), our_client(port, "--resume", how) as client:
        client.wait_line(r"connected to \S+: suite \S+, connection ID no$")
        client.wait_line(r"connected to \S+: suite \S+, connection ID no, resumed$")
        exchange(client, 3, lambda line: peer.echo(server, line))
        client.close_input()
        check(client.wait_end() == 0, f"{peer.name}'s server resumes our session by {how}")


def openssl_resumes():
    """s_client writes the session down, with the ticket in it, and reads it again."""
    with folder() as top, our_server("--echo", "--resume", "--count", "2") as (server, port):
        for word, mark in (("-sess_out", "$"), ("-sess_in", ", resumed$")):
            with OpenSSL.client(port, CCM8, IDENTITY, KEY, word, str(top / "session.pem")) as client:
                server.wait_line(UP + mark)
                exchange(client, 1)
                client.close_input()
                client.wait_end()
        check(server.wait_end() == 0, "our server resumes OpenSSL's session")


def gnutls_resumes():
    """gnutls-cli --resume connects twice by itself."""
    with our_server("--echo", "--resume", "--count", "2") as (server, port), \
            Program("gnutls-cli", "--udp", "--resume", "--port", port, "--pskusername", IDENTITY,
                    "--pskkey", KEY, "--priority", GnuTLS._priority(CCM8), LOOPBACK) as client:
        server.wait_line(UP + "$")
        server.wait_line(UP + ", resumed$")
        exchange(client, 3)
        client.close_input()
        client.wait_end()
        check(server.wait_end() == 0, "our server resumes GnuTLS's session")


def ours_with_ours(how):
    with our_server("--echo", "--resume", "--count", "2") as (server, port), \
            our_client(port, "--resume", how) as client:
        server.wait_line(UP + "$")
        server.wait_line(UP + ", resumed$")
        exchange(client, 3)
        client.close_input()
        check(client.wait_end() == 0 and server.wait_end() == 0, f"our own two ends, by {how}")


def without():
    """A server that remembers nothing answers with a whole handshake, and says nothing of it."""
    with our_server("--echo", "--count", "2") as (server, port), \
            our_client(port, "--resume", "ticket") as client:
        server.wait_line(UP + "$")
        server.wait_line(UP + "$")
        exchange(client, 1)
        client.close_input()
        check(client.wait_end() == 0 and server.wait_end() == 0, "declined by a whole handshake")


for way in ("id", "ticket"):
    ours_with_ours(way)
    for other in (OpenSSL, GnuTLS):
        ours_resumes(other, way)
openssl_resumes()
gnutls_resumes()
without()
