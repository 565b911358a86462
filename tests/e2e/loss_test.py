# SPDX-License-Identifier: GPL-2.0-or-later
"""
Packet loss on the internet: repeated messages count once, silence is no refusal, and what is
printed still equals a count over the captures.
"""

from e2e import (ATTACKERS, MQTTSN_PUBACK, MQTTSN_PUBLISH, check, check_captures, folder, run,
                 tshark)


def lossy(top):
    out = top / "lossy"
    summary = run(out, "--set", "internet.loss=0.1", "--set", "checks=[]")
    check_captures(out)
    clear = next(a for a in summary["attacks"] if a["target"] == "clear")
    forged = tshark(out, "gateway.pcap", f"udp.dstport == 10000 && ip.src == {ATTACKERS[0]} && "
                    f"mqttsn.msg.type == {MQTTSN_PUBLISH}", "udp.srcport")
    ports = {row[0] for row in forged}
    check(len(forged) > len(ports), f"{len(forged) - len(ports)} false messages were repeated")
    check(clear["accepted"] == len(ports) <= clear["attempts"],
          f"and count once: {clear['accepted']} accepted of {clear['attempts']}")
    outcomes = clear["outcomes"]
    check(sum(outcomes.values()) == clear["attempts"], "every attempt has one outcome")
    check(clear["refused"] == sum(n for text, n in outcomes.items() if text.startswith("refused")),
          "what the gateway did not answer is not refused")
    dtls = next(a for a in summary["attacks"] if a["target"] == "dtls")
    check(dtls["accepted"] == 0, "nothing forged got past DTLS")
    for fleet in summary["fleets"]:
        # Each report needs two datagrams of the gateway's; a lost PUBACK costs a repetition only.
        check(fleet["messages"]["delivered"] > 0.8 * fleet["messages"]["sent"],
              f"{fleet['name']}: most reports arrive all the same")
    acked = tshark(out, "gateway.pcap", f"udp.srcport == 10000 && ip.dst == 10.64.0.0/10 && "
                   f"mqttsn.msg.type == {MQTTSN_PUBACK} && mqttsn.return.code == 0")
    check(len(acked) >= summary["fleets"][0]["messages"]["delivered"], "each delivery was acked")


def silent(top):
    summary = run(top / "silent", "--set", "internet.loss=1", "--set", "checks=[]", "--set",
                  "duration=3h")
    for attack in summary["attacks"]:
        check(attack["verdict"] == "unanswered" and attack["refused"] == 0 and
              attack["evidence"] == [], f"all lost: attack on {attack['target']} is unanswered")
    for fleet in summary["fleets"]:
        check(fleet["messages"]["delivered"] == 0 and
              fleet["messages"]["latency_s"]["mean"] is None, f"{fleet['name']}: none delivered")


def main():
    with folder() as top:
        lossy(top)
        silent(top)


if __name__ == "__main__":
    main()
