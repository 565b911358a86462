# SPDX-License-Identifier: GPL-2.0-or-later
"""
What a listener on the radio reads: with NAS in the clear (EEA0) and data over NAS, everything but
what DTLS protects; with ciphering nothing, and then there is no air.pcap.
"""

import sqlite3

from e2e import MQTTSN_PUBLISH, check, check_captures, folder, run, tshark

READING = 'frame contains "kWh="'  # the meters' reports; bytes on the air, nothing decrypted


def radio(top, name, *words):
    out = top / name
    words = [word for pair in words for word in ("--set", pair)]
    summary = run(out, "--set", "duration=3h", "--set", "attacks=[]", "--set", "checks=[]", *words)
    return out, {fleet["name"]: fleet for fleet in summary["fleets"]}


def listed(out):
    """The captures that the results name, with their frames."""
    db = sqlite3.connect(f"file:{out / 'results.sqlite'}?mode=ro", uri=True)
    rows = dict(db.execute("SELECT file, frames FROM capture"))
    db.close()
    return rows


def check_files(out, readable):
    """The file is there if and only if there is something to read, and so is its row."""
    there = {f"pcap/{path.name}" for path in (out / "pcap").iterdir()}
    rows = listed(out)
    check(("pcap/air.pcap" in there) == readable and set(rows) == there,
          f"captures: {sorted(there)}")


def check_readable(out, fleets):
    check_files(out, True)
    check_captures(out)
    frames = tshark(out, "air.pcap", "frame")
    check(len(frames) == listed(out)["pcap/air.pcap"], f"{len(frames)} packets, as the results say")
    clear = tshark(out, "air.pcap", f"{READING} && udp.port == 10000 && "
                   f"mqttsn.msg.type == {MQTTSN_PUBLISH}", "mqttsn.pub.msg")
    check(len(clear) >= fleets["clear"]["messages"]["delivered"] > 0,
          f"{len(clear)} reports of the clear fleet can be read on the air")
    check(all(row[0].startswith("n=") for row in clear), f"such as {clear[0][0].rstrip('.')}")
    records = tshark(out, "air.pcap", "ip.src == 10.64.0.0/10 && udp.dstport == 10001 && "
                     "dtls.record.content_type == 23")
    check(len(records) >= fleets["dtls"]["messages"]["delivered"] > 0,
          f"{len(records)} records of the dtls fleet pass")
    check(not tshark(out, "air.pcap", f"{READING} && udp.port == 10001"), "and none can be read")
    down = tshark(out, "air.pcap", "ip.dst == 10.64.0.0/10")
    check(0 < len(down) < len(frames), f"{len(down)} packets down, the others up")


def main():
    with folder() as top:
        out, fleets = radio(top, "eea0", "network.optimisation=control-plane", "network.nas=eea0")
        check_readable(out, fleets)
        quiet, _ = radio(top, "eea2", "network.optimisation=control-plane", "network.nas=eea2")
        check_files(quiet, False)
        for capture in ("sgi.pcap", "gateway.pcap", "attacker.pcap"):
            check((out / "pcap" / capture).read_bytes() ==
                  (quiet / "pcap" / capture).read_bytes(), f"{capture} is the same either way")
        # The operator ciphers up to its own network: behind it the clear is clear again.
        check(tshark(quiet, "sgi.pcap", f"{READING} && udp.port == 10000"),
              "sgi.pcap shows the clear fleet's reports, ciphered radio or not")
        out, fleets = radio(top, "bearers", "network.optimisation=user-plane",
                            "network.as_security=off", "network.nas=eea2")
        check_readable(out, fleets)
        out, _ = radio(top, "ciphered", "network.optimisation=user-plane", "network.nas=eea0")
        check_files(out, False)


if __name__ == "__main__":
    main()
