# SPDX-License-Identifier: GPL-2.0-or-later
"""
Connection IDs (RFC 9146) behind a carrier-grade NAT: a meter that reports hourly comes from another
UDP port each time, as its binding of 30 s has gone. Without an ID the gateway knows nothing of it
(nat_test.py); with one the same association goes on, and tshark opens its records. A meter with an
ECDHE beside its key reports in the same run.
"""

import sqlite3

from e2e import MQTTSN_PUBACK, MQTTSN_PUBLISH, check, check_captures, folder, run, tshark

POOL = "198.18.0.0/28"
DTLS = 10001
REPORTS = 24
TLS12_CID = 25  # content type, RFC 9146 4
ECDHE_PSK = 0xC037  # IANA: TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA256


def meter(top, name, security, *words):
    """One meter for a day, reporting hourly, and nobody else on the internet."""
    out = top / name
    summary = run(out, "--set", "network.apn=internet", "--set", "attacks=[]", "--set", "checks=[]",
                  "--set", "fleets.clear.devices=1", "--set", "fleets.dtls.devices=1",
                  "--set", "fleets.clear.mcl=124 dB", "--set", "fleets.dtls.mcl=124 dB",
                  "--set", f"fleets.dtls.security={security}", *words)
    fleet = next(fleet for fleet in summary["fleets"] if fleet["name"] == "dtls")
    return out, fleet


def up(out, condition, *fields, capture="sgi.pcap"):
    return tshark(out, capture, f"ip.src == {POOL} && udp.dstport == {DTLS} && {condition}", *fields)


def down(out, condition, *fields):
    return tshark(out, "sgi.pcap", f"ip.dst == {POOL} && udp.srcport == {DTLS} && {condition}",
                  *fields)


def check_one_association(out, fleet):
    """24 reports from 24 ports, one handshake: the ID carries the session from port to port."""
    records = up(out, f"dtls.record.special_type == {TLS12_CID}", "udp.srcport")
    ports = {port for port, in records}
    check(len(ports) == REPORTS, f"records of type {TLS12_CID} from {len(ports)} ports")
    hellos = up(out, "dtls.handshake.type == 1", "udp.srcport")
    check(len(set(hellos)) == 1 and fleet["dtls"]["handshakes"] == 1,
          "one handshake, its ClientHellos from one port")
    delivered = fleet["messages"]["delivered"]
    check(delivered == REPORTS, f"{delivered} of {REPORTS} reports delivered")
    answers = {port for port, in down(out, "udp", "udp.dstport")}
    check(ports <= answers, "the gateway answers each port")


def check_false(out):
    db = sqlite3.connect(f"file:{out / 'results.sqlite'}?mode=ro", uri=True)
    false = db.execute("SELECT count(*) FROM accepted").fetchone()[0]
    security = db.execute("SELECT security FROM fleet WHERE name = 'dtls'").fetchone()[0]
    db.close()
    check(false == 0, f"no false message was accepted ({security})")
    return security


def check_decrypted(out):
    """What Wireshark makes of it with keys.log: the messages inside records with an ID."""
    check_captures(out)
    published = up(out, f"mqttsn.msg.type == {MQTTSN_PUBLISH}", "dtls.record.special_type")
    check(len(published) == REPORTS and all(row[0] == str(TLS12_CID) for row in published),
          f"tshark opens {len(published)} PUBLISH in records of type {TLS12_CID}")
    acked = down(out, f"mqttsn.msg.type == {MQTTSN_PUBACK}")
    check(len(acked) == REPORTS, "and their PUBACKs, which carry no ID")


def lengths(out):
    """UDP payload of the records that carry a PUBLISH."""
    return {int(length) - 8 for length, in
            up(out, f"mqttsn.msg.type == {MQTTSN_PUBLISH}", "udp.length")}


def check_sizes(top, padded):
    """
    RFC 9146 4, 5 with CCM_8: 13 + c + 8 + 8, and 64 + 7 bytes of PUBLISH with one for their type,
    padded to a multiple of 16 (80) or not at all (72).
    """
    check(lengths(padded) == {13 + 1 + 8 + 80 + 8}, "ID of 1 byte, padded to 16: 110 bytes")
    out, fleet = meter(top, "bare", "dtls-psk-cid", "--set", "fleets.dtls.dtls.cid=6 B",
                       "--set", "gateway.cid_padding=1 B")
    check(fleet["messages"]["delivered"] == REPORTS, "every report delivered with IDs of 6 bytes")
    check(lengths(out) == {13 + 6 + 8 + 72 + 8}, "ID of 6 bytes, not padded: 107 bytes")


def check_both_ways(top):
    """
    An ID of the device's own as well: the gateway's records carry it. PUBACK has 7 bytes, and with
    one for its type 8, padded to 16: 13 + 2 + 8 + 16 + 8. The hellos are 2 bytes longer.
    """
    out, fleet = meter(top, "both", "dtls-psk-cid", "--set", "fleets.dtls.dtls.own_cid=2 B")
    check(fleet["messages"]["delivered"] == REPORTS, "every report delivered with IDs both ways")
    acks = {int(length) - 8 for length, in
            down(out, f"mqttsn.msg.type == {MQTTSN_PUBACK}", "udp.length")}
    check(acks == {13 + 2 + 8 + 16 + 8}, "PUBACKs with an ID of 2 bytes: 47 bytes")
    hellos = {int(length) - 8 for length, in up(out, "dtls.handshake.type == 1", "udp.length")}
    check(hellos == {102 + 2, 134 + 2}, "ClientHellos of 104 and 136 bytes")


def check_without(top):
    out, fleet = meter(top, "without", "dtls-psk")
    delivered = fleet["messages"]["delivered"]
    check(delivered == REPORTS // 2,
          f"without an ID {delivered} of {REPORTS} reports are delivered: each second one, see "
          "nat_test.py")
    check(not up(out, f"dtls.record.special_type == {TLS12_CID}"), "no record carries one")


def check_ecdhe(top):
    out, fleet = meter(top, "ecdhe", "dtls-ecdhe-psk", "--set", "network.nat.binding=3h")
    check_captures(out)
    check(fleet["messages"]["delivered"] == REPORTS, "dtls-ecdhe-psk: every report delivered")
    suites = down(out, "dtls.handshake.type == 2", "dtls.handshake.ciphersuite")
    # A flight that takes longer than 1 s to be answered leaves twice.
    check({int(suite, 0) for suite, in suites} == {ECDHE_PSK}, f"with suite {ECDHE_PSK:#06x}")
    published = up(out, f"mqttsn.msg.type == {MQTTSN_PUBLISH}")
    check(len(published) == REPORTS, "tshark opens it with keys.log")
    check(check_false(out) == "dtls-ecdhe-psk", "results say so")


def main():
    with folder() as top:
        out, fleet = meter(top, "cid", "dtls-psk-cid")
        check_one_association(out, fleet)
        check(check_false(out) == "dtls-psk-cid", "results say so")
        check_decrypted(out)
        check_sizes(top, out)
        check_both_ways(top)
        check_without(top)
        check_ecdhe(top)


if __name__ == "__main__":
    main()
