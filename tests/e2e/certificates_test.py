# SPDX-License-Identifier: GPL-2.0-or-later
"""
A fleet with certificates (security: dtls-ecdhe-ecdsa): its reports arrive, tshark reads names and
messages, one who has no certificate of the devices' maker gets in nowhere, and one who has stolen a
device's is held to that device's ClientID.
"""

from e2e import (ATTACKERS, GATEWAY, MQTTSN_PUBLISH, ROOT, check, check_captures, digests, folder,
                 run, tshark)

DTLS = 10001
CCM_8, GCM = 0xC0AE, 0xC02B  # IANA: TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8, _GCM_SHA256
CERTIFICATE = 11  # RFC 5246 7.4
METERS = {"SM24-200001", "SM24-200002"}
INSIDER = ROOT / "scenarios" / "insider.yaml"


def meters(out, suite, *words):
    """Two meters for a day; the first retransmission waits as RFC 7925 11 advises."""
    return run(out, "--set", "fleets.clear.devices=1", "--set", "fleets.dtls.devices=2",
               "--set", "fleets.dtls.security=dtls-ecdhe-ecdsa", "--set", "fleets.dtls.mcl=124 dB",
               "--set", f"fleets.dtls.dtls.suite={suite}",
               "--set", "fleets.dtls.dtls.timeout_min=9 s", *words)


def names(out, condition):
    """The names in certificates: issuer, then subject."""
    rows = tshark(out, "gateway.pcap", f"dtls.handshake.type == {CERTIFICATE} && {condition}",
                  "x509sat.uTF8String")
    return {tuple(row[0].split(";")[:2]) for row in rows}


def check_reports(out, summary, number):
    fleet = next(fleet for fleet in summary["fleets"] if fleet["name"] == "dtls")
    delivered, sent = fleet["messages"]["delivered"], fleet["messages"]["sent"]
    check(sent == 48 and delivered == sent, f"{delivered} of {sent} reports delivered")
    check_captures(out)
    suites = tshark(out, "gateway.pcap", "dtls.handshake.type == 2", "dtls.handshake.ciphersuite")
    check({int(suite, 0) for suite, in suites} == {number}, f"with suite {number:#06x}")
    published = tshark(out, "gateway.pcap", f"mqttsn.msg.type == {MQTTSN_PUBLISH} && "
                       f"udp.dstport == {DTLS}")
    check(len(published) == sent, "tshark opens each PUBLISH with keys.log")
    return fleet


def check_names(out):
    up = f"ip.dst == {GATEWAY} && !(ip.src == {ATTACKERS[0]} || ip.src == {ATTACKERS[1]})"
    check(names(out, up) == {("device-ca", meter) for meter in METERS},
          "each meter's certificate has its ClientID for a name")
    check(names(out, f"ip.src == {GATEWAY}") == {("device-ca", "gateway")}, "the gateway's, its own")


def check_work(fleet):
    """Seven multiplications a handshake (certificate_test.c), two meters, nothing repeated."""
    work = fleet["crypto_work"]["handshake"]
    check(fleet["dtls"]["handshakes"] == 2 and work["ecp_mul"] == 2 * 7,
          f"{work['ecp_mul']} multiplications for {fleet['dtls']['handshakes']} handshakes")


def check_strangers(out, summary):
    attack = next(attack for attack in summary["attacks"] if attack["target"] == "dtls")
    check(attack["attempts"] > 0 and attack["accepted"] == 0, "none of a stranger's is accepted")
    check(set(attack["outcomes"]) == {"refused: certificate refused"}, "each certificate is refused")
    issuers = {issuer for issuer, _ in names(out, f"ip.src == {ATTACKERS[1]}")}
    check(issuers == {"attacker-ca"}, "they were of the attacker's own making")


def check_insider(top):
    words = ("--set", "fleets.dtls.security=dtls-ecdhe-ecdsa", "--set", "checks=[]")
    bound = run(top / "on", "--set", "gateway.bind_identity=on", *words, scenario=INSIDER)
    bound = bound["attacks"][0]
    check(bound["attempts"] > 0 and bound["accepted"] == 0,
          f"bound: 0 of {bound['attempts']} accepted under another's name")
    free = run(top / "off", "--set", "gateway.bind_identity=off", *words, scenario=INSIDER)
    free = free["attacks"][0]
    check(free["accepted"] > 0, f"not bound: {free['accepted']} of {free['attempts']} accepted")


def main():
    with folder() as top:
        out = top / "ccm8"
        few = ("--set", "attacks.dtls.attempts=40", "--set", "attacks.clear.attempts=1")
        summary = meters(out, "ecdhe-ecdsa-aes128-ccm8", *few, "--set", "checks=[]")
        fleet = check_reports(out, summary, CCM_8)
        check_names(out)
        check_work(fleet)
        check_strangers(out, summary)
        meters(top / "again", "ecdhe-ecdsa-aes128-ccm8", *few, "--set", "checks=[]")
        check(digests(out) == digests(top / "again"), "the same seed, the same bytes")
        out = top / "gcm"
        check_reports(out, meters(out, "ecdhe-ecdsa-aes128-gcm", "--set", "attacks=[]", "--set",
                                  "checks=[]"), GCM)
        check_insider(top)


if __name__ == "__main__":
    main()
