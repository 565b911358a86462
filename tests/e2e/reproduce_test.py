# SPDX-License-Identifier: GPL-2.0-or-later
"""nbsec reproduce: published values as printed, simulated values by arithmetic of this file's own,
and that neither can be had without a run: a changed table changes the answer."""

import json
import math
import shutil

from e2e import ROOT, check, folder, nbsec

PAPERS = ROOT / "scenarios" / "papers"
NANOSECOND = 1e-6  # of the shortest flight, 1.7 ms, is 6e-7 of it: times are whole ns
NAMES = ("phy-arithmetic", "handshake-energy", "npusch-awgn")

# Ericsson's sheet for 144 dB: bytes of the flights; their ms; mJ of the flights; mJ in all.
HANDSHAKES = {
    "dtls13-rpk-ecdhe": ((150, 373, 213), (42.857, 17.553, 60.857), 53.261, 64.493),
    "dtls13-psk-ecdhe": ((187, 190, 57), (53.429, 8.941, 16.286), 35.572, 46.804),
    "dtls13-psk": ((137, 150, 57), (39.143, 7.059, 16.286), 28.279, 39.511),
    "edhoc-sigma-i": ((39, 120, 85), (11.143, 5.647, 24.286), 18.166, 29.398),
    "edhoc-sigma-r": ((39, 37, 85), (11.143, 1.741, 24.286), 17.854, 29.086),
    "edhoc-psk": ((44, 46, 11), (12.571, 2.165, 3.143), 8.030, 19.262),
}
# NPUSCH in white noise, SNR at 10 % block errors with 1, 2, 16, 128 repetitions, by I_TBS.
AWGN = {0: (-4.40, -7.42, -16.45, -25.48), 1: (-3.43, -6.48, -15.51, -24.54),
        3: (-1.38, -4.41, -13.44, -22.47), 4: (-0.29, -3.42, -12.45, -21.49),
        8: (4.47, -0.29, -9.33, -18.36)}
# TS 36.101 Table A.2.4-1: payload, bits of all units, ms.
RMC = ((32, 192, 64), (40, 192, 32), (32, 192, 16), (40, 192, 8), (72, 288, 4), (72, 288, 2),
       (72, 288, 1))


def reproduce(name, *words, status=0):
    return json.loads(nbsec("reproduce", name, "--json", *words, status=status).stdout)


def rows_of(answer):
    return {row["id"]: row for row in answer["rows"]}


def close(a, b, relative=1e-9):
    return abs(a - b) <= relative * abs(b)


# ---- each paper ----

def phy_arithmetic():
    rows = rows_of(reproduce("phy-arithmetic"))
    for i, (bits, coded, ms) in enumerate(RMC, start=1):
        for kind, want in (("tbs", bits), ("coded", coded), ("tx", ms)):
            row = rows[f"rmc{i}-{kind}"]
            check(row["published"] == row["simulated"] == want, f"rmc{i} {kind}: {want}")
        check(close(rows[f"rmc{i}-rate"]["simulated"], (bits + 24) / coded), f"rmc{i} code rate")
    vectors = (ROOT / "models/nbiot/vectors/tbs.csv").read_text().splitlines()
    cells = 0
    for line in vectors:
        if line.startswith("#"):
            continue
        direction, i_tbs, *sizes = line.split(",")
        for n, bits in zip((1, 2, 3, 4, 5, 6, 8, 10), map(int, sizes)):
            row = rows[f"{'down' if direction == 'dl' else 'up'}-{i_tbs}-{n}"]
            cells += row["published"] == row["simulated"] == bits and row["verdict"] == "ok"
    check(cells == 224, "224 block sizes")
    check(rows["nprach-1-rep32"]["simulated"] == 204.8, "32 preambles of 6.4 ms")
    check(rows["ack-15-rep1"]["simulated"] == 2, "HARQ-ACK: 4 slots of 0.5 ms")
    check(rows["a16-7-tbs"]["simulated"] is None and rows["a16-7-tbs"]["verdict"] == "not claimed",
          "16QAM has no value and is shown")
    check(rows["a16-6-rate"]["verdict"] == "not claimed" and not rows["a16-6-rate"]["within"],
          "a misprint is shown as a row that differs")


def sheet(flights, mcl):
    """The sheet's formula: ms of each flight, mJ of the flights, mJ of connecting."""
    up, down, sync, preamble, rar, ack = {144: (28, 170, 94, 14, 4, 1),
                                          164: (0.37, 2.5, 434, 205, 192, 64)}[mcl]
    ms = [8 * size / (down if i == 1 else up) for i, size in enumerate(flights)]
    connect = (500 * (preamble + math.ceil(72 / up) + ack + math.ceil(16 / up) + ack) +
               80 * (0.1 * sync + rar + 2 * math.ceil(16 / down)))
    return ms, (500 * (ms[0] + ms[2]) + 80 * ms[1]) / 1000, connect / 1000


def handshake_energy():
    answer = reproduce("handshake-energy")
    rows = rows_of(answer)
    for mcl, published in ((144, 11.232), (164, 305.952)):
        row = rows[f"connect-{mcl}"]
        check(row["published"] == published and row["verdict"] == "ok" and
              close(row["simulated"], sheet((1, 1, 1), mcl)[2]), f"connecting at {mcl} dB")
    for name, (flights, ms, flights_mj, total_mj) in HANDSHAKES.items():
        want = (*ms, flights_mj, total_mj)
        for mcl in (144, 164):
            own_ms, own_mj, connect_mj = sheet(flights, mcl)
            own = (*own_ms, own_mj, own_mj + connect_mj)
            for kind, printed, value in zip(("f1", "f2", "f3", "flights", "total"), want, own):
                row = rows[f"{name}-{mcl}-{kind}"]
                verdict = ("ok", printed) if mcl == 144 else ("prediction", None)
                check((row["verdict"], row["published"]) == verdict and
                      close(row["simulated"], value, NANOSECOND), f"{name} {kind} at {mcl} dB")
    summary = answer["summary"]
    check((summary["published"], summary["within"], summary["missed"]) == (43, 43, 0), "43 rows")


def npusch_awgn():
    rows = rows_of(reproduce("npusch-awgn"))
    for i_tbs, published in AWGN.items():
        by_rep = [rows[f"awgn-{i_tbs}-rep{2 ** i}"] for i in range(8)]
        for row, want in zip((by_rep[0], by_rep[1], by_rep[4], by_rep[7]), published):
            check(row["published"] == want and abs(row["simulated"] - want) <= 0.5 and
                  row["verdict"] == "ok", f"{row['id']}: {want} dB")
        check(all(by_rep[i]["verdict"] == "prediction" for i in (2, 3, 5, 6)),
              "4, 8, 32 and 64 repetitions are predictions")
        snr = [row["simulated"] for row in by_rep]
        check(close(rows[f"slope-{i_tbs}-rep2-16"]["simulated"], (snr[4] - snr[1]) / 3) and
              close(rows[f"gain-{i_tbs}"]["simulated"], snr[1] - snr[0]), "derived rows")
    check(rows["mcl-164"]["simulated"] <= 0.1 and rows["mcl-167"]["simulated"] > 0.5, "MCL")
    for repetitions, anchor in ((1, -1.9), (64, -12.2)):
        row = rows[f"36104-rep{repetitions}"]
        check(row["published"] == anchor and abs(row["simulated"] - anchor) <= 1 and
              row["role"] == "calibrated", f"36.104, {repetitions} repetitions")
    fading = [row for row in rows.values() if row["id"].startswith(("up-", "down-"))]
    check(len(fading) == 111 and all(row["note"] for row in fading if not row["within"]),
          "every fading row that is off says why")


# ---- the command ----

def all_papers():
    listed = json.loads(nbsec("reproduce", "--list", "--json").stdout)
    check(tuple(paper["name"] for paper in listed) == NAMES, "--list")
    text = nbsec("reproduce", "--list").stdout
    check(all(name in text for name in NAMES), "--list as text")
    for paper in json.loads(nbsec("reproduce", "--json").stdout)["papers"]:
        check(paper["missed"] == 0 and paper["claimed"] > 0, f"{paper['name']}: nothing missed")
        check(paper == reproduce(paper["name"])["summary"], "the same as of the paper alone")
    for words in ((), *((name,) for name in NAMES), *((name, "--json") for name in NAMES)):
        check(nbsec("reproduce", *words).stdout == nbsec("reproduce", *words).stdout,
              f"twice the same bytes {words}")


def wrong_usage():
    result = nbsec("reproduce", "npush-awgn", status=2)
    check("did you mean npusch-awgn?" in result.stderr and not result.stdout, "the nearest name")
    check("--list" in nbsec("reproduce", "zebra", status=2).stderr, "no name is near")
    nbsec("reproduce", "npusch-awgn", "phy-arithmetic", status=2)
    nbsec("reproduce", "npusch-awgn", "--list", status=2)
    with folder() as top:
        result = nbsec("reproduce", "--papers", top, status=2)
        check("phy-arithmetic/table.csv" in result.stderr and not result.stdout, "no tables there")


def example():
    """The line that docs/reproduce.md explains is one that the command prints."""
    line = next(line for line in (ROOT / "docs/reproduce.md").read_text().splitlines()
                if line.startswith("connect-164"))
    printed = nbsec("reproduce", "handshake-energy").stdout.splitlines()
    check(line.split() in [other.split() for other in printed], "the example of the page")


# ---- tables that were tampered with ----

def edited(top, file, before, after):
    """A copy of the papers in which one text of a file is another."""
    papers = top / "papers"
    shutil.rmtree(papers, ignore_errors=True)
    shutil.copytree(PAPERS, papers)
    text = (papers / file).read_text()
    check(text.count(before) == 1, f"{file} has {before!r} once")
    (papers / file).write_text(text.replace(before, after))
    return papers


TAMPERED = (  # file, text, other text, row that must miss
    ("phy-arithmetic/table.csv", "TBS,bit,136,0,yes", "TBS,bit,144,0,yes", "a16-5-tbs"),
    ("phy-arithmetic/tbs.csv", "down-4-10,down,4,10,TBS,bit,680",
     "down-4-10,down,4,10,TBS,bit,696", "down-4-10"),
    ("handshake-energy/table.csv", ",mJ,64.493,", ",mJ,64.428,", "dtls13-rpk-ecdhe-144-total"),
    ("npusch-awgn/table.csv", ",dB,-16.45,", ",dB,-17.45,", "awgn-0-rep16"),
    ("npusch-awgn/table.csv", ",dB,-12.2,", ",dB,-14.2,", "36104-rep64"),
)


def changed_values(top):
    for file, before, after, row in TAMPERED:
        papers = edited(top, file, before, after)
        name = file.split("/", maxsplit=1)[0]
        text = nbsec("reproduce", name, "--papers", papers, status=1).stdout
        missed = [line.split()[0] for line in text.splitlines() if "MISS" in line]
        check(missed == [row], f"{file}: {row} misses")
        check(reproduce(name, "--papers", papers, status=1)["summary"]["missed"] == 1, "as JSON")
        text = nbsec("reproduce", "--papers", papers, status=1).stdout
        check(all(other in text for other in NAMES), "all papers run although one misses")


def changed_inputs(top):
    """Half the transmit power: E = 500 -> 250 mW over 120.714 ms of sending."""
    papers = edited(top, "handshake-energy/profile.csv", "transmit power,mW,500,500",
                    "transmit power,mW,250,500")
    rows = rows_of(reproduce("handshake-energy", "--papers", papers, status=1))
    ms, mj, connect = sheet(HANDSHAKES["dtls13-rpk-ecdhe"][0], 144)
    sent = 14 + 3 + 1 + 1 + 1 + ms[0] + ms[2]
    row = rows["dtls13-rpk-ecdhe-144-total"]
    check(close(row["simulated"], mj + connect - 0.25 * sent, NANOSECOND),
          "another power, another energy")
    check(rows["connect-164"]["verdict"] == "ok", "164 dB is untouched")
    papers = edited(top, "npusch-awgn/table.csv", ",15,1,0,10,16,,", ",15,1,0,10,32,,")
    row = rows_of(reproduce("npusch-awgn", "--papers", papers, status=1))["awgn-0-rep16"]
    check(abs(row["simulated"] - row["published"] + 3.01) < 0.05, "twice the repetitions: -3 dB")


BAD = (  # file, text, other text, what the message must name
    ("phy-arithmetic/table.csv", "rmc1-tbs,npusch,3.75,", "rmc1-tbs,npusch,7.5,",
     ("table.csv:6:17: scs_khz: found `7.5`", "3.75 or 15")),
    ("phy-arithmetic/tbs.csv", "down-0-1,down,0,1,", "down-0-1,sideways,0,1,",
     ("direction: found `sideways`", "down or up")),
    ("handshake-energy/connect.csv", "MIB,sync,", "MIB,asleep,",
     ("connect.csv:5:5: state: found `asleep`", "sync, preamble, transmit or receive")),
    ("handshake-energy/profile.csv", "uplink rate,kbit/s", "uplink rate,bit/s",
     ("unit: found `bit/s`", "kbit/s")),
    ("npusch-awgn/fading.csv", "up-256-0-rep1,up,,15,1,256", "up-256-0-rep1,up,,15,1,88",
     ("tbs_bits: found `88`", "expected 256")),
    ("npusch-awgn/table.csv", "difference awgn-0-rep2 ", "difference awgn-0-rep3 ",
     ("awgn-0-rep3",)),
)


def bad_tables(top):
    for file, before, after, words in BAD:
        papers = edited(top, file, before, after)
        result = nbsec("reproduce", file.split("/", maxsplit=1)[0], "--papers", papers, status=2)
        check(all(word in result.stderr for word in words) and not result.stdout,
              f"{file}: {result.stderr.splitlines()[0]}")


def main():
    phy_arithmetic()
    handshake_energy()
    npusch_awgn()
    all_papers()
    wrong_usage()
    example()
    with folder() as top:
        changed_values(top)
        changed_inputs(top)
        bad_tables(top)


if __name__ == "__main__":
    main()
