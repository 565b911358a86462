# SPDX-License-Identifier: GPL-2.0-or-later
"""
A carrier-grade NAT between the meters and the internet: an hourly reporter comes from another UDP
port each time, as its binding of 30 s has gone. What that does to MQTT-SN in the clear and over
DTLS without connection IDs is explained in docs/models/core.md.
"""

import sqlite3

from e2e import (MQTTSN_CONNECT, MQTTSN_PUBACK, MQTTSN_PUBLISH, check, check_captures, folder, run,
                 tshark)

POOL = "198.18.0.0/28"
BINDING_NS = 30 * 10**9
MQTTSN_DISCONNECT = 0x18  # MQTT-SN v1.2 table 3
CLEAR, DTLS = 10000, 10001
REPORTS = 24


def meters(top, name, *words):
    """One meter of each kind for a day, reporting hourly, and nobody else on the internet."""
    out = top / name
    summary = run(out, "--set", "network.apn=internet", "--set", "attacks=[]", "--set", "checks=[]",
                  "--set", "fleets.clear.devices=1", "--set", "fleets.dtls.devices=1",
                  "--set", "fleets.clear.mcl=124 dB", "--set", "fleets.dtls.mcl=124 dB", *words)
    return out, {fleet["name"]: fleet for fleet in summary["fleets"]}


def outbound(out, server_port):
    """(time in ns, source port) of each packet that leaves the operator."""
    rows = tshark(out, "sgi.pcap", f"ip.src == {POOL} && udp.dstport == {server_port}",
                  "frame.time_epoch", "udp.srcport")
    check(rows, f"packets to port {server_port} leave from {POOL}")
    return [(int(time.replace(".", "")), int(port)) for time, port in rows]


def check_ports(out, server_port):
    """Another port after more than 30 s without an outbound packet, the same one otherwise."""
    packets = outbound(out, server_port)
    pauses = [(b[0] - a[0], a[1] != b[1]) for a, b in zip(packets, packets[1:])]
    moved = sum(changed for _, changed in pauses)
    check(all(changed == (pause > BINDING_NS) for pause, changed in pauses),
          f"port {server_port}: {moved} other source ports in {len(packets)} packets, "
          "each after more than 30 s of silence and never before")
    check(moved >= REPORTS - 1, "once a report at least")
    return [port for _, port in packets]


def accepted_ports(out, fleet):
    """Public source ports of the packets that brought a report to the broker."""
    db = sqlite3.connect(f"file:{out / 'results.sqlite'}?mode=ro", uri=True)
    frames = {row[0] for row in db.execute(
        "SELECT message.frame FROM message JOIN device ON device.id = message.device "
        "JOIN fleet ON fleet.id = device.fleet WHERE fleet.name = ? AND verdict = 'genuine'",
        (fleet,))}
    false = db.execute("SELECT count(*) FROM accepted").fetchone()[0]
    db.close()
    check(false == 0, "every accepted message is genuine: senders are known behind the NAT")
    ports = [int(port) for frame, port in
             tshark(out, "gateway.pcap", f"ip.src == {POOL}", "frame.number", "udp.srcport")
             if int(frame) in frames]
    check(len(ports) == len(frames), f"{len(ports)} reports of {fleet} came from the pool")
    return ports


def packets_from(out, capture, server_port, condition):
    """Public ports of the packets between the NAT and a server port that match."""
    return [int(row[0]) for row in
            tshark(out, capture, f"udp.dstport == {server_port} && {condition}", "udp.srcport")]


def check_clear(out, fleet):
    """
    The gateway knows clients by address: a PUBLISH from a new port is nobody's and is answered with
    DISCONNECT. The client drops that report and sets the session up again with the next: each
    second report is lost.
    """
    ports = check_ports(out, CLEAR)
    rows = tshark(out, "sgi.pcap", f"ip.src == {POOL} && udp.dstport == {CLEAR}",
                  "udp.srcport", "mqttsn.msg.type")
    first = {}
    for port, kind in rows:
        first.setdefault(int(port), int(kind, 0))
    rejected = [port for port in dict.fromkeys(ports) if first[port] == MQTTSN_PUBLISH]
    answers = tshark(out, "sgi.pcap", f"ip.dst == {POOL} && udp.srcport == {CLEAR} && "
                     f"mqttsn.msg.type == {MQTTSN_DISCONNECT}", "udp.dstport")
    answered = {int(row[0]) for row in answers}
    check(len(rejected) == REPORTS // 2 and set(rejected) <= answered,
          f"{len(rejected)} PUBLISH from a new port, each answered with DISCONNECT")
    delivered = fleet["messages"]["delivered"]
    check(delivered == REPORTS // 2, f"{delivered} of {REPORTS} reports delivered")
    came = accepted_ports(out, "clear")
    check(all(first[port] == MQTTSN_CONNECT for port in came),
          "those whose binding began with CONNECT")
    inside = tshark(out, "sgi.pcap", "ip.addr == 10.64.0.0/10")
    check(not inside, "no inside address leaves the operator")


def check_dtls(out, fleet):
    """
    The server finds sessions by address: a record from a new port belongs to none and is dropped in
    silence (RFC 6347 4.1.2.7). Neither side is told, as DTLS has no sign of life of its own: the
    client learns of it from MQTT-SN, when N_retry repetitions have gone unanswered, and then drops
    that report; the next one comes with a handshake. So each second report is lost.
    """
    ports = check_ports(out, DTLS)
    greeted = set(packets_from(out, "sgi.pcap", DTLS, "dtls.handshake.type == 1"))
    mute = [port for port in dict.fromkeys(ports) if port not in greeted]
    answered = {int(row[0]) for row in
                tshark(out, "sgi.pcap", f"ip.dst == {POOL} && udp.srcport == {DTLS}",
                       "udp.dstport")}
    check(len(mute) == REPORTS // 2 and not answered & set(mute),
          f"{len(mute)} ports without a ClientHello, and the server answers none of them")
    opened = packets_from(out, "gateway.pcap", DTLS, "dtls.record.content_type == 23")
    check(set(mute) <= set(opened), "though whole records come from each")
    came = accepted_ports(out, "dtls")
    check(set(came) <= greeted and len(came) == fleet["messages"]["delivered"] == REPORTS // 2,
          "only reports in a binding with a handshake are delivered")
    check(fleet["dtls"]["handshakes"] == REPORTS // 2, "each second report needs a handshake")


def check_long_binding(top):
    """A binding that outlives the report period: nothing of the above."""
    out, fleets = meters(top, "long", "--set", "network.nat.binding=3h")
    for port, name in ((CLEAR, "clear"), (DTLS, "dtls")):
        check(len({source for _, source in outbound(out, port)}) == 1, f"{name} keeps one port")
        check(fleets[name]["messages"]["delivered"] == REPORTS, f"{name}: every report delivered")


def main():
    with folder() as top:
        out, fleets = meters(top, "short")
        check_captures(out)
        check_clear(out, fleets["clear"])
        check_dtls(out, fleets["dtls"])
        # Who sends the report again after DISCONNECT loses none.
        again, fleets = meters(top, "resend", "--set",
                               "fleets.clear.mqttsn.on_session_lost=resend")
        delivered = fleets["clear"]["messages"]["delivered"]
        acked = tshark(again, "sgi.pcap", f"ip.dst == {POOL} && mqttsn.return.code == 0 && "
                       f"udp.srcport == {CLEAR} && mqttsn.msg.type == {MQTTSN_PUBACK}")
        check(delivered == len(acked) == REPORTS, f"with resend {delivered} reports delivered")
        check_long_binding(top)


if __name__ == "__main__":
    main()
