# SPDX-License-Identifier: GPL-2.0-or-later
"""The scenario of the README: its answer against its own captures, read by tshark."""

import collections
import json
import sqlite3
import sys

from e2e import (ATTACKERS, MQTTSN_CONNECT, MQTTSN_PUBACK, MQTTSN_PUBLISH, check, check_captures,
                 folder, run, tshark)

DEVICES = "ip.src == 10.64.0.0/10"


def fleet(summary, name):
    return next(f for f in summary["fleets"] if f["name"] == name)


def attack(summary, target):
    return next(a for a in summary["attacks"] if a["target"] == target)


def close(a, b, tolerance=1e-9):
    return abs(a - b) <= tolerance * max(abs(a), abs(b), 1e-30)


def check_keys(summary):
    """The keys that others build on."""
    for key in ("scenario", "seed", "version", "simulated_s", "wall_s", "events"):
        check(key in summary, f"summary has {key}")
    for f in summary["fleets"]:
        check(set(f["messages"]) >= {"sent", "delivered", "latency_s"} and
              set(f["messages"]["latency_s"]) >= {"mean", "p50", "p90", "p99"} and
              set(f["energy_mj_per_day"]) >= {"mean", "p50", "p90"} and
              set(f["battery_years"]) >= {"mean", "p10", "p90"} and
              set(f["dtls"]) >= {"handshakes", "failed", "bytes_up", "bytes_down", "messages"} and
              f["energy_by_state_mj"], f"fleet {f['name']} has every key")
    for a in summary["attacks"]:
        check(set(a) >= {"kind", "target", "attempts", "accepted", "verdict", "evidence"},
              f"attack on {a['target']} has every key")


def check_accounts(out, summary):
    """Times of the states sum to the simulated time, energies to the device's energy."""
    db = sqlite3.connect(f"file:{out / 'results.sqlite'}?mode=ro", uri=True)
    rows = db.execute("SELECT device.id, device.energy_mj, SUM(time_ns), SUM(s.energy_mj) "
                      "FROM device JOIN device_state AS s ON s.device = device.id "
                      "GROUP BY device.id").fetchall()
    check(len(rows) == 40, "40 devices have accounts")
    simulated_ns = round(summary["simulated_s"] * 1e9)
    check(simulated_ns == 24 * 3600 * 10**9, "a day was simulated")
    check(all(r[2] == simulated_ns for r in rows), "each device's states sum to 24 h exactly")
    check(all(close(r[1], r[3]) for r in rows), "each device's state energies sum to its energy")
    for f in summary["fleets"]:
        # The day is one day: what the microcontroller took is a mean over the fleet's devices.
        mcu_mj = db.execute("SELECT avg(mcu_mj) FROM device JOIN fleet ON fleet.id = device.fleet "
                            "WHERE fleet.name = ?", (f["name"],)).fetchone()[0]
        total = sum(f["energy_by_state_mj"].values()) + mcu_mj
        check((mcu_mj > 0) == (f["security"] != "none") and
              close(total, f["energy_mj_per_day"]["mean"], 1e-6),
              f"energy by state of {f['name']} and {mcu_mj:.3f} mJ of cryptography sum to "
              f"{total:.1f} mJ a day")
        mean_j = f["energy_mj_per_day"]["mean"] / 1000
        # 5 Wh = 18,000 J; the mean of years is at least the years of the mean (Jensen).
        check(f["battery_years"]["mean"] >= 18000 / mean_j / 365.25 * 0.999999,
              "battery years agree with 18,000 J over the energy a day")
    db.close()


def check_clear(out, summary):
    f, a = fleet(summary, "clear"), attack(summary, "clear")
    in_clear = f"udp.port == 10000 && mqttsn.msg.type == {MQTTSN_PUBLISH}"
    rows = tshark(out, "gateway.pcap", f"{in_clear} && {DEVICES}", "udp.payload")
    check(len(rows) >= f["messages"]["delivered"], "PUBLISH of the clear fleet show in clear")
    acked = tshark(out, "gateway.pcap", f"mqttsn.msg.type == {MQTTSN_PUBACK} && "
                   "udp.srcport == 10000 && ip.dst == 10.64.0.0/10 && mqttsn.return.code == 0")
    check(len(acked) == f["messages"]["delivered"],
          f"{len(acked)} PUBACKs to the fleet = delivered {f['messages']['delivered']}")
    spoofer = f"ip.src == {ATTACKERS[0]}"
    connects = tshark(out, "attacker.pcap",
                      f"{spoofer} && mqttsn.msg.type == {MQTTSN_CONNECT}", "udp.srcport")
    check(len(connects) == a["attempts"], f"{len(connects)} CONNECTs = attempts {a['attempts']}")
    forged = tshark(out, "gateway.pcap", f"{in_clear} && {spoofer}", "frame.number")
    check(len(forged) == a["accepted"] > 0, f"{len(forged)} false PUBLISH = accepted")
    frames = {int(row[0]) for row in forged}
    check(a["verdict"] == "accepted" and len(a["evidence"]) == min(1000, a["accepted"]),
          "each accepted message has its evidence")
    check(all(e["pcap"] == "pcap/gateway.pcap" and e["frame"] in frames for e in a["evidence"]),
          "each evidence frame is a PUBLISH of the attacker")
    check(len({e["frame"] for e in a["evidence"]}) == len(a["evidence"]), "no frame twice")
    # 700 attempts over 200 names from 100 below the first of 20 meters: three sweeps and a half,
    # the half ends right below the first meter: 3 x 20.
    check(a["accepted_as_device"] == 60, "60 false messages stand under a meter's name")
    check(f["messages"]["delivered"] < f["messages"]["sent"],
          f"take-overs cost genuine messages: {f['messages']['delivered']} of "
          f"{f['messages']['sent']} delivered")


def check_dtls(out, summary):
    f, a = fleet(summary, "dtls"), attack(summary, "dtls")
    check(a["accepted"] == 0 and a["verdict"] == "refused", "nothing forged got past DTLS")
    hellos = tshark(out, "attacker.pcap", f"ip.src == {ATTACKERS[1]} && dtls.handshake.type == 1",
                    "udp.srcport")
    ports = {row[0] for row in hellos}
    check(len(ports) == a["attempts"], f"ClientHellos from {len(ports)} ports = attempts")
    check(a["evidence"], "refusals have evidence too")
    attacker = {int(r[0]) for r in tshark(out, "gateway.pcap", f"ip.src == {ATTACKERS[1]}")}
    check(all(e["frame"] in attacker for e in a["evidence"]), "whose frames are the attacker's")
    inside = tshark(out, "gateway.pcap", f"{DEVICES} && udp.dstport == 10001 && "
                    f"mqttsn.msg.type == {MQTTSN_PUBLISH}", "mqttsn.pub.msg")
    check(len(inside) >= f["messages"]["delivered"] > 0,
          f"tshark decrypts {len(inside)} PUBLISH of the dtls fleet")
    opened = {row[0] for row in inside}
    check(len(opened) == f["messages"]["delivered"], "as many different ones as were delivered")
    plain = tshark(out, "gateway.pcap", "udp.port == 10001 && frame contains \"kWh=\"")
    check(not plain, "no reading is readable on the DTLS port")
    check_handshakes(out, f)


def check_handshakes(out, f):
    """Handshakes and their bytes, counted over the capture at the gateway."""
    count, size = collections.Counter(), collections.Counter()
    records = "(dtls.record.content_type == 22 || dtls.record.content_type == 20)"
    for src, length in tshark(out, "gateway.pcap", f"ip.addr == 10.64.0.0/10 && {records}",
                              "ip.src", "udp.length"):
        way = "up" if src.startswith("10.") else "down"
        count[way] += 1
        size[way] += int(length) - 8
    finished = tshark(out, "gateway.pcap", f"{DEVICES} && dtls.handshake.type == 16", "udp.srcport")
    d = f["dtls"]
    check(d["failed"] == 0 and d["handshakes"] >= f["devices"], "each device shook hands")
    check(len(finished) >= d["handshakes"], "as many ClientKeyExchanges at least")
    check((size["up"], size["down"]) == (d["bytes_up"], d["bytes_down"]),
          f"handshake bytes {dict(size)} = {d['bytes_up']}, {d['bytes_down']}")
    check(sum(count.values()) == d["messages"], f"handshake datagrams {d['messages']}")


def check_files(out):
    for name in ("results.sqlite", "summary.json", "keys.log", "scenario.yaml", "pcap/sgi.pcap",
                 "pcap/gateway.pcap", "pcap/attacker.pcap"):
        check((out / name).stat().st_size > 0, f"{name} is there")


def main():
    with folder() as top:
        out = top / "run"
        summary = run(out)
        check(json.dumps(summary).find("NaN") < 0, "no NaN")
        check_files(out)
        check_keys(summary)
        check_captures(out)
        check_accounts(out, summary)
        check_clear(out, summary)
        check_dtls(out, summary)
        again = top / "again"
        run(again, scenario=out / "scenario.yaml")
        check((again / "pcap/gateway.pcap").read_bytes() ==
              (out / "pcap/gateway.pcap").read_bytes(),
              "the scenario left in the folder gives the same run")


if __name__ == "__main__":
    sys.exit(main())
