# SPDX-License-Identifier: GPL-2.0-or-later
"""A sizing question by the command alone: what its answer must add up to, and how it must move."""

import functools
import json
import math
import os

from e2e import check, nbsec

LAYERS = {"sleep", "paging", "radio_access", "tail", "application", "dtls_record",
          "dtls_handshake", "retransmission", "crypto", "mcu", "board"}
FIVE_WH_MJ = 5 * 3600 * 1000


@functools.cache
def ask(*words):
    return json.loads(nbsec("battery", "--json", *words).stdout)


def ladder(*steps):
    """With the sanitizers a run takes ten times as long: then the ends and the middle must do."""
    return steps[::2] if os.environ.get("NBSEC_SLOW_BUILD") else steps


def close(a, b, tolerance):
    return abs(a - b) <= tolerance * abs(b)


def the_answer_adds_up():
    a = ask("--modem", "sara-n211", "--mcl", "144", "--period", "1h", "--payload", "64",
            "--security", "dtls-psk-cid")
    parts = a["breakdown_mj_per_day"]
    check(set(parts) <= LAYERS and {"dtls_record", "crypto", "sleep"} <= set(parts),
          f"the breakdown is by layer: {sorted(parts)}")
    check(close(sum(parts.values()), a["mj_per_day"], 1e-6),
          f"its parts sum to the day: {sum(parts.values()):.3f} of {a['mj_per_day']:.3f} mJ")
    modem = sum(v for k, v in parts.items() if k not in ("crypto", "mcu", "board"))
    for view in ("by_message_mj_per_day", "by_state_mj_per_day"):
        check(close(sum(a[view].values()), modem, 1e-6), f"{view} sums to the modem's share")
    years = FIVE_WH_MJ / a["mj_per_day"] / 365.25
    check(close(a["years"], years, 1e-9),
          f"5 Wh over that day: {a['years']:.4f} years, by hand {years:.4f}")
    check(a["years_p10"] < a["years"] < a["years_p90"], "the years lie between p10 and p90")
    low, high = a["years_interval"]
    check(low <= a["years"] <= high and (high - low) / a["years"] < 0.02,
          f"20 devices of 10 days tell the mean within 2 %: {low:.4f} to {high:.4f}")
    # 18 uAh a day at 3.6 V: 3 uA x 3.6 V x 86,400 s = 933.12 mJ; nearly all of a day is PSM.
    check(0.95 * 933.12 < a["by_state_mj_per_day"]["psm"] < 933.12, "deep sleep is the sheet's")
    # A record adds 29 bytes and a CID to 71 of MQTT-SN, padded to 16: at most half of the packet.
    check(0 < parts["dtls_record"] < parts["application"] * 0.75, "records cost less than data")
    check(0 <= a["assumed_share"] <= 1 and "idle" in a["assumed"], "what is assumed is named")
    settings = [c for c in a["changes"] if c["kind"] == "setting"]
    check(settings and all(close(c["gain_years"], c["years"] - a["years"], 1e-6)
                           for c in settings), "changes say what they gain")
    gains = [c["gain_years"] for c in a["changes"]]
    check(gains == sorted(gains, reverse=True), "the one that gains most comes first")
    return a


def it_moves_as_it_must(base):
    before = None
    for period in ladder("30min", "1h", "2h", "6h", "1d"):
        years = ask("--period", period, "--security", "dtls-psk-cid")["years"]
        check(before is None or years > before, f"every {period}: {years:.2f} years")
        before = years
    before = math.inf
    for mcl in ladder("120", "130", "140", "150", "160"):
        years = ask("--mcl", mcl)["years"]
        check(years <= before, f"at {mcl} dB: {years:.2f} years")
        before = years
    with_rai, without = ask("--mcl", "130", "--rai"), ask("--mcl", "130", "--rai", "off")
    check(with_rai["years"] > 2 * without["years"] and
          without["breakdown_mj_per_day"]["tail"] > 0.5 * without["mj_per_day"],
          "without release assistance most of a day is tail")
    check(ask("--security", "none")["years"] > base["years"], "security costs something")
    soft, hard = ask("--crypto", "software"), ask("--crypto", "hardware")
    check(0 < hard["breakdown_mj_per_day"]["crypto"] < soft["breakdown_mj_per_day"]["crypto"],
          "hardware does the same work for less")
    check(soft["breakdown_mj_per_day"]["crypto"] < 0.002 * soft["mj_per_day"],
          "and software is far below a per cent of the day: published 0.02 % of an exchange")
    check(hard["years"] >= soft["years"], "so that hardware gains, if little")
    check(close(ask("--battery", "10 Wh")["years"], 2 * ask()["years"], 1e-9), "capacity is linear")
    # k = -ln(0.98) a year: t = ln(1 + k E / P) / k
    ideal, leaking = ask(), ask("--self-discharge", "0.02")
    k = -math.log(0.98)
    want = math.log1p(k * ideal["years"]) / k
    check(close(leaking["years"], want, 1e-6),
          f"2 % a year of self-discharge: {leaking['years']:.3f}, by hand {want:.3f} years")
    quiescent = ask("--quiescent", "0.1 mW")
    check(close(quiescent["mj_per_day"] - ideal["mj_per_day"], 8640, 1e-6),
          "0.1 mW of the board is 8,640 mJ a day")


def a_life_agrees_with_the_steady_state():
    for words in ladder(("--rai", "off", "--mcl", "120"), (),
                        ("--mcl", "130", "--self-discharge", "0.03", "--quiescent", "0.02 mW")):
        a = ask("--until-empty", *words)
        lived, said = a["lifetime"]["years"], a["years"]
        check(close(lived, said, 0.01), f"simulated {lived:.3f}, extrapolated {said:.3f} years")


def what_is_wrong_is_told():
    for words, needle in ((("--mcl", "300"), "300"), (("--period", "1 parsec"), "parsec"),
                          (("--modem", "sara-n212"), "sara-n211"), (("--payload", "7"), "7"),
                          (("--security", "rot13"), "rot13"), (("--battery", "5 V"), "5 V"),
                          (("--usable", "1.5"), "1.5"), (("stray",), "stray")):
        result = nbsec("battery", *words, status=2)
        check(needle in result.stderr and not result.stdout,
              f"nbsec battery {' '.join(words)}: {result.stderr.splitlines()[0][:90]}")


def it_repeats():
    first, second = (nbsec("battery", "--until-empty", "--mcl", "150").stdout for _ in range(2))
    check(first == second, "the same question has the same answer, byte by byte")
    for part in ("years", "by layer", "by message", "what would gain most", "until empty"):
        check(part in first, f"the text tells of {part}")


it_moves_as_it_must(the_answer_adds_up())
a_life_agrees_with_the_steady_state()
what_is_wrong_is_told()
it_repeats()
