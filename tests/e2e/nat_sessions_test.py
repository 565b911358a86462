# SPDX-License-Identifier: GPL-2.0-or-later
"""
Five ways of a DTLS device to live behind a NAT that forgets it between two reports
(scenarios/nat-rebinding.yaml): what each needs on the air, by arithmetic.
"""

from e2e import ROOT, check, check_captures, folder, run, tshark

SCENARIO = ROOT / "scenarios" / "nat-rebinding.yaml"
DEVICES = 4  # of each fleet
REPORTS = 24
T_RETRY_S, N_RETRY = 10, 3
# UDP payload with CCM_8, a cookie and an identity of 9 bytes ("TF-100001"): models/dtls/
# handshake_sizes.txt, option_sizes.txt. A whole handshake is 578 + n, a resumed one is not told
# who it is from; one with an ID of 1 byte 603 + n.
FULL = 578 + 9
RESUMED = 129 + 60 + 161 + 173 + 67
WITH_CID = 603 + 9
STRAY = "no session"


def handshake_bytes(fleet):
    return fleet["dtls"]["bytes_up"] + fleet["dtls"]["bytes_down"]


def check_handshakes(fleet, handshakes, resumed, name):
    dtls = fleet["dtls"]
    check(dtls["handshakes"] == handshakes and dtls["resumed"] == resumed,
          f"{name}: {handshakes} handshakes, {resumed} of them resumed")
    check(dtls["failed"] == 0, f"{name}: none fails")
    want = (handshakes - resumed) * (WITH_CID if name == "connection-id" else FULL) \
        + resumed * RESUMED
    got = handshake_bytes(fleet)
    # A round trip in bad coverage is longer than the first time-out of 1 s: flights are repeated.
    check(got >= want, f"{name}: {got} bytes, {want} of them the handshakes without repetitions")


def check_costs(fleets):
    def energy(name):
        return fleets[name]["energy_mj_per_day"]["mean"]

    def latency(name):
        return fleets[name]["messages"]["latency_s"]["p50"]

    wait_s = (N_RETRY + 1) * T_RETRY_S
    for name in ("timeout-full", "timeout-resumed"):
        check(latency(name) > wait_s, f"{name}: half of the reports come after {wait_s} s or later")
    for name in ("renewed-full", "renewed-resumed", "connection-id"):
        check(latency(name) < wait_s, f"{name}: half of the reports come before that")
    check(energy("timeout-full") > 2 * energy("renewed-full") > 4 * energy("connection-id"),
          "to know of the NAT saves half of the energy and more, an ID half of the rest and more")
    saved = 1 - energy("renewed-resumed") / energy("renewed-full")
    check(-0.05 < saved < 0.25, f"to resume saves {100 * saved:.0f} %: a flight, hardly a byte")


def check_fleets(out, fleets):
    each = DEVICES * REPORTS
    for name, fleet in fleets.items():
        check(fleet["messages"]["sent"] == each, f"{name}: {each} reports")
        check(fleet["messages"]["delivered"] >= each - DEVICES, f"{name}: all but the newest came")
    check_handshakes(fleets["renewed-full"], each, 0, "renewed-full")
    check_handshakes(fleets["renewed-resumed"], each, each - DEVICES, "renewed-resumed")
    check_handshakes(fleets["connection-id"], DEVICES, 0, "connection-id")
    resumed = fleets["timeout-resumed"]["dtls"]
    check(resumed["resumed"] == resumed["handshakes"] - DEVICES,
          "timeout-resumed: all but each device's first")
    check_costs(fleets)
    # Wireshark sees a resumption as one: no ClientKeyExchange between hello and ChangeCipherSpec.
    keys = tshark(out, "gateway.pcap", "dtls.handshake.type == 16 && !(udp.checksum == 0)")
    hellos = tshark(out, "gateway.pcap", "dtls.handshake.type == 2")
    check(len(keys) < len(hellos), f"{len(keys)} ClientKeyExchanges for {len(hellos)} ServerHellos")


def main():
    with folder() as top:
        out = top / "out"
        words = [word for i in range(5)
                 for word in ("--set", f"fleets.{i}.devices={DEVICES}")]
        summary = run(out, *words, scenario=SCENARIO)
        check_captures(out)
        fleets = {fleet["name"]: fleet for fleet in summary["fleets"]}
        check_fleets(out, fleets)
        gateway = summary["gateway"]["dtls"]
        check(gateway["resumed"] == sum(f["dtls"]["resumed"] for f in fleets.values()),
              "the gateway counts the same resumed handshakes")
        # Each report but the first of the two fleets that wait, N_retry + 1 times.
        strays = 2 * DEVICES * (REPORTS - 1) * (N_RETRY + 1)
        check(0.9 * strays <= gateway["failed"][STRAY] <= strays,
              f"{gateway['failed'][STRAY]} records of nobody, {strays} with none lost or under way")
        check(gateway["moves"] == DEVICES * (REPORTS - 1), "IDs: an address change a report")


main()
