# SPDX-License-Identifier: GPL-2.0-or-later
"""
What a device keeps of its DTLS association, who shares a key, and how a gateway defends itself:
each choice of the scenario language as it shows in results.
"""

import hashlib
import re

from e2e import ROOT, SCENARIO, check, folder, nbsec, run

DEVICES, REPORTS = 4, 24


def fleet_of(top, name, *words, status=0):
    """The DTLS fleet of smart-metering.yaml, small, alone on the internet, for a day."""
    out = top / name
    summary = run(out, "--set", "attacks=[]", "--set", "checks=[]", "--set",
                  "fleets.clear.devices=1", "--set", f"fleets.dtls.devices={DEVICES}", "--set",
                  "fleets.dtls.mcl=130 dB", "--set", "fleets.dtls.dtls.timeout_min=9 s", "--set",
                  "gateway.timeout_min=9 s", *words, status=status)
    return out, summary, next(f for f in summary["fleets"] if f["name"] == "dtls")


def expect(fleet, handshakes, resumed, what):
    dtls = fleet["dtls"]
    check((dtls["handshakes"], dtls["resumed"]) == (handshakes, resumed),
          f"{what}: {handshakes} handshakes, {resumed} resumed (found {dtls})")
    check(fleet["messages"]["delivered"] == DEVICES * REPORTS, f"{what}: every report delivered")


# ---- memory ----

def memory(top):
    """PSM after each report: who forgets handshakes for each, who keeps the session resumes."""
    each = DEVICES * REPORTS
    _, _, fleet = fleet_of(top, "ram")
    expect(fleet, DEVICES, 0, "ram")
    for resumption in ("session-id", "ticket"):
        words = ("--set", f"fleets.dtls.dtls.resumption={resumption}")
        _, _, fleet = fleet_of(top, resumption, *words, "--set", "fleets.dtls.dtls.keep=session")
        expect(fleet, each, each - DEVICES, f"session by {resumption}")
        _, _, fleet = fleet_of(top, resumption + "-nothing", *words, "--set",
                               "fleets.dtls.dtls.keep=nothing")
        expect(fleet, each, 0, f"nothing, though {resumption} is configured")
    _, _, fleet = fleet_of(top, "flash", "--set", "fleets.dtls.dtls.keep=flash")
    expect(fleet, DEVICES, 0, "flash")


def restarts(top):
    """A restart each 6 h: 3 or 4 of them within the day, between two reports."""
    every = ("--set", "fleets.dtls.restart_every=6h")
    words = ("--set", "fleets.dtls.dtls.resumption=session-id")
    for keep, more in (("ram", ()), ("session", words)):
        _, _, fleet = fleet_of(top, f"restart-{keep}", *every, *more, "--set",
                               f"fleets.dtls.dtls.keep={keep}")
        dtls = fleet["dtls"]
        if keep == "ram":
            check(4 * DEVICES <= dtls["handshakes"] <= 5 * DEVICES and dtls["resumed"] == 0,
                  f"ram: lost at each restart, {dtls['handshakes']} handshakes")
        check(fleet["messages"]["delivered"] == DEVICES * REPORTS, f"{keep}: every report")
    _, _, fleet = fleet_of(top, "restart-flash", *every, "--set", "fleets.dtls.dtls.keep=flash")
    expect(fleet, DEVICES, 0, "flash outlives a restart")
    # Each restart derives the keys anew: 77 compressions (models/dtls/work_counts.txt).
    _, _, kept = fleet_of(top, "flash-no-restart", "--set", "fleets.dtls.dtls.keep=flash")
    more = (fleet["crypto_work"]["handshake"]["sha256_block"] -
            kept["crypto_work"]["handshake"]["sha256_block"])
    check(more % 77 == 0 and 3 * DEVICES <= more // 77 <= 4 * DEVICES,
          f"{more // 77} restarts took {more} compressions")


# ---- keys ----

def keys(top):
    """A group's key opens under any member's identity, so binding the identity does not help."""
    insider = ("--set", "attacks.1.credentials=insider", "--set", "checks=[]")
    for key in ("own", "group"):
        summary = run(top / f"key-{key}", *insider, "--set", f"fleets.dtls.dtls.key={key}",
                      "--set", "duration=6h")
        attack = next(a for a in summary["attacks"] if a["target"] == "dtls")
        # With its own key the insider speaks under the ClientID that it is the key's of, once the
        # guesses come to it; the group's opens for whatever member is guessed.
        check(attack["accepted"] <= 1 if key == "own" else attack["accepted"] > 1,
              f"{key} key: {attack['accepted']} of {attack['attempts']} forged messages accepted")
    for length in (1, 64):
        _, _, fleet = fleet_of(top, f"length-{length}", "--set",
                               f"fleets.dtls.dtls.key_length={length} B")
        expect(fleet, DEVICES, 0, f"keys of {length} bytes")
    prefix = "x" * 110
    _, _, fleet = fleet_of(
        top, "identity", "--set", "gateway.bind_identity=off", "--set",
        "fleets.dtls.dtls.identity={prefix: " + prefix + ", first: 1, digits: 18}")
    expect(fleet, DEVICES, 0, "identities of 128 bytes")
    # 578 + n with a cookie, models/dtls/handshake_sizes.txt
    check(fleet["dtls"]["bytes_up"] + fleet["dtls"]["bytes_down"] == DEVICES * (578 + 128),
          "which is what they cost")


# ---- the gateway ----

def limits(top):
    """40 devices switched on within a second, and room for 5 handshakes: the others come later."""
    storm = ("--set", "fleets.dtls.devices=40", "--set", "fleets.dtls.report.spread=0", "--set",
             "duration=2h")
    _, summary, fleet = fleet_of(top, "open", *storm)
    gateway = summary["gateway"]["dtls"]
    check("too many handshakes" not in gateway["failed"], "no limit: nobody is turned away")
    _, summary, fleet = fleet_of(top, "half-open", *storm, "--set", "gateway.half_open_limit=2")
    gateway = summary["gateway"]["dtls"]
    check(gateway["failed"]["too many handshakes"] > 0 and
          fleet["dtls"]["handshakes"] == gateway["handshakes"] == 40,
          f"2 at once: {gateway['failed']} turned away, all 40 connected in the end")
    _, summary, fleet = fleet_of(top, "threshold", *storm, "--set", "gateway.cookie_threshold=3")
    cookies = summary["gateway"]["dtls"]["cookies"]
    check(0 < cookies < 40, f"cookies above 3 handshakes: {cookies} for 40 devices")
    _, summary, fleet = fleet_of(top, "sessions", *storm, "--set", "gateway.session_limit=30")
    gateway = summary["gateway"]["dtls"]
    check(gateway["closed"]["evicted at the session limit"] >= 10 and gateway["sessions"] == 30,
          "30 sessions: the one unused for longest makes room")
    _, summary, fleet = fleet_of(top, "stale", *storm, "--set", "gateway.session_limit=30",
                                 "--set", "gateway.stale=90 min")
    gateway = summary["gateway"]["dtls"]
    check(gateway["failed"]["no room for a session"] > 0 and gateway["sessions"] == 30 and
          "evicted at the session limit" not in gateway["closed"],
          "only stale sessions make room: newcomers are dropped")


def parking(top):
    """Sessions kept as bytes between reports: what is on the wire and in results is the same."""
    hashes = []
    for park in ("0", "10 min"):
        out, _, fleet = fleet_of(top, f"park-{park[:2].strip()}", "--set",
                                 f"gateway.park_after={park}")
        expect(fleet, DEVICES, 0, f"park after {park}")
        hashes.append([hashlib.sha256((out / name).read_bytes()).hexdigest() for name in
                       ("pcap/gateway.pcap", "pcap/sgi.pcap", "keys.log")])
    check(hashes[0] == hashes[1], "captures and keys are the same bytes")


def presets(top):
    """What a preset stands for shows in the document that was run, and can be overridden."""
    for preset in ("mbedtls", "scandium"):
        _, _, fleet = fleet_of(top, preset, "--set", f"gateway.preset={preset}")
        expect(fleet, DEVICES, 0, preset)
    # mbedTLS remembers 50 sessions: 60 devices that resume push one another out.
    words = ("--set", "fleets.dtls.devices=60", "--set", "duration=3h", "--set",
             "fleets.dtls.dtls.resumption=session-id", "--set", "fleets.dtls.dtls.keep=session")
    resumed = {}
    for preset in ("mbedtls", "scandium"):
        _, summary, fleet = fleet_of(top, preset + "-60", *words, "--set",
                                     f"gateway.preset={preset}")
        resumed[preset] = fleet["dtls"]["resumed"]
        check(summary["gateway"]["dtls"]["resumable"] <= (50 if preset == "mbedtls" else 150000),
              f"{preset}: {summary['gateway']['dtls']['resumable']} sessions remembered")
    check(resumed["scandium"] == 2 * 60 > resumed["mbedtls"],
          f"room for all: each later handshake is resumed; for 50: {resumed['mbedtls']} of 120")


def page(top):
    """The example of docs/scenarios.md runs, and does what the page says."""
    text = (ROOT / "docs" / "scenarios.md").read_text()
    example = re.search(r"## Security\n.*?```yaml\n(.*?)```", text, re.DOTALL)[1]
    scenario = top / "page.yaml"
    scenario.write_text("name: page\nduration: 3 h\n" + example)
    summary = run(top / "page", scenario=scenario)
    fleet = summary["fleets"][0]
    dtls = fleet["dtls"]
    check(dtls["handshakes"] == 3 * 100 and dtls["resumed"] == 2 * 100,
          f"docs/scenarios.md: each report has a handshake, all but the first resumed: {dtls}")


def refusals():
    """Combinations that cannot be meant are refused, with what was expected instead."""
    for words, where, expected in (
            (("fleets.dtls.dtls.keep=session",), "fleets.dtls.dtls.keep", "`session-id`"),
            (("fleets.dtls.dtls.mtu=128 B",), "fleets.dtls.dtls.mtu", "129 B or more"),
            (("gateway.stale=3min",), "gateway.stale", "a limit"),
            (("gateway.cookies=off", "gateway.cookie_threshold=3"), "gateway.cookie_threshold",
             "`cookies: on`"),
            (("fleets.dtls.dtls.suite=psk-aes128-cbc-sha256", "fleets.dtls.dtls.keep=flash"),
             "fleets.dtls.dtls.keep", "AEAD"),
            (("gateway.timeout_min=90 s",), "gateway.timeout_min", "timeout_max"),
            (("fleets.dtls.dtls.max_fragment=300 B",), "fleets.dtls.dtls.max_fragment", "512 B"),
            (("fleets.dtls.dtls.mtu=130 B", "fleets.dtls.report.payload=200 B"),
             "fleets.dtls.dtls.mtu", "236 B or more"),  # 7 + 200 + 29
            (("fleets.dtls.dtls.own_cid=2 B",), "fleets.dtls.dtls.own_cid", "dtls-psk-cid"),
            (("fleets.dtls.dtls.handshake_wait=5 s",), "fleets.dtls.dtls.handshake_wait",
             "`handshake_retries`"),
            (("fleets.dtls.security=dtls-ecdhe-ecdsa", "fleets.dtls.dtls.key=group"),
             "fleets.dtls.dtls.key", "certificates"),
            (("fleets.dtls.security=dtls-ecdhe-ecdsa",
              "fleets.dtls.dtls.identity={prefix: " + "x" * 60 + ", first: 1, digits: 9}"),
             "fleets.dtls.dtls.identity", "at most 64"),
            (("fleets.dtls.dtls.key_length=65 B",), "fleets.dtls.dtls.key_length", "64 B")):
        sets = [word for pair in words for word in ("--set", pair)]
        errors = nbsec("check", SCENARIO, *sets, status=2).stderr
        check(where in errors and expected in errors, f"{words[-1]} is refused at {where}")


def main():
    with folder() as top:
        memory(top)
        restarts(top)
        keys(top)
        limits(top)
        parking(top)
        presets(top)
        page(top)
    refusals()


main()
