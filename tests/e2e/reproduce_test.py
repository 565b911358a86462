# SPDX-License-Identifier: GPL-2.0-or-later
"""nbsec reproduce: published values as printed, simulated values by arithmetic of this file's own,
and that neither can be had without a run: a changed table changes the answer."""

import json
import math
import shutil

from e2e import ROOT, check, folder, nbsec

PAPERS = ROOT / "scenarios" / "papers"
NANOSECOND = 1e-6  # of the shortest flight, 1.7 ms, is 6e-7 of it: times are whole ns
NAMES = ("phy-arithmetic", "handshake-energy", "npusch-awgn", "norway", "nrf9160", "crypto")

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
# Sessions on two Norwegian networks: J and s, by module, network, release assistance and bytes.
SESSIONS = {
    "sara-telenor-none-20": (4.1521, 24.13), "sara-telia-none-20": (1.2154, 23.90),
    "sara-telenor-200-20": (0.2848, 3.93), "sara-telenor-200-512": (0.3458, 3.83),
    "sara-telia-200-20": (0.3213, 3.91), "bc95-telenor-none-20": (2.6727, 23.24),
    "bc95-telia-none-20": (0.9001, 25.20), "bc95-telenor-200-20": (0.1200, 3.13),
    "bc95-telenor-200-512": (0.1809, 3.12), "bc95-telia-200-20": (0.1125, 2.96),
}


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


def norway():
    answer = reproduce("norway")
    rows = rows_of(answer)
    for name, published in SESSIONS.items():
        for kind, want in zip(("energy", "duration"), published):
            row = rows[f"{name}-{kind}"]
            check(row["published"] == want and row["verdict"] == "ok" and row["within"],
                  f"{name} {kind}: {want}, simulated {row['simulated']:.4f}")
    # A tail is what a session without release assistance has more than one with it.
    for module, network in (("sara", "telenor"), ("bc95", "telenor"), ("bc95", "telia")):
        for kind in ("energy", "duration"):
            whole, short = (rows[f"{module}-{network}-{rai}-20-{kind}"]["simulated"]
                            for rai in ("none", "200"))
            check(close(rows[f"{module}-{network}-tail-{kind}"]["simulated"], whole - short),
                  f"tail of {module} on {network}: {whole - short:.3f}")
    check(sum(row["role"] == "predicted" and row["verdict"] == "ok" for row in rows.values()) >= 40,
          "most of what is claimed was not fitted")
    check(answer["summary"]["missed"] == 0, "nothing missed")


def nrf9160():
    rows = rows_of(reproduce("nrf9160"))
    for size, published in ((536, 28.76), (584, 28.15)):
        row = rows[f"rostad-{size}"]
        check(row["published"] == published and row["within"], f"{size} bytes: {published} mC")
        # 300 mAh are 1,080,000 mC; an hour takes a session and 8.2 uA x 3600 s = 29.52 mC of sleep.
        check(close(rows[f"rostad-{size}-days"]["simulated"],
                    300 * 3600 / (row["simulated"] + 29.52) / 24), "days of a 300 mAh battery")
    for period, published in (("82", 37), ("655", 9)):
        row = rows[f"sheet-edrx-{period}"]
        check(row["published"] == published and row["verdict"] == "ok", f"eDRX: {published} uA")


def crypto():
    """Counts of the standard's own arithmetic; times by the profile's speeds; 3 V x 3.3 mA."""
    rows = rows_of(reproduce("crypto"))
    check([rows[k]["simulated"] for k in ("psk-aes", "psk-sha256", "ecdhe-ecp")] == [14, 136, 2],
          "a handshake's work")
    # A record of n bytes in CCM: two blocks for each 16 bytes, three beside them.
    check(rows["record-aes"]["simulated"] == ((3 + 2 * 2) + (3 + 2 * 1)) / 2, "records of 31 and 7")
    aes_us, key_us, hash_us = 20.5, 20.5, 70  # nRF52840 at 64 MHz; two keys, one each way
    ms = (14 * aes_us + 2 * key_us + 136 * hash_us) / 1000
    check(close(rows["psk-time-software"]["simulated"], ms), f"{ms} ms")
    check(close(rows["psk-software"]["simulated"], ms * 3 * 3.3), f"{ms * 9.9:.2f} uJ")
    for name in ("psk-software", "psk-hardware", "ecdhe-software", "ecdhe-hardware"):
        kind, _, where = name.partition("-")
        check(close(rows[f"{kind}-share-{where}"]["simulated"],
                    rows[name]["simulated"] / 1000 / 504), f"{name} beside 504 mJ")
    check(0.0001 < rows["psk-share-software"]["simulated"] < 0.0003 and
          0.01 < rows["ecdhe-share-software"]["simulated"] < 0.03,
          "0.02 % of an exchange with a pre-shared key, 2 % with ECDHE")


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
    page = (ROOT / "docs/models/power.md").read_text()
    for name in ("norway", "nrf9160", "crypto"):
        begin, end = (f"<!-- reproduce {name}: {mark} -->\n" for mark in ("begin", "end"))
        shown = page[page.index(begin) + len(begin):page.index(end)]
        printed = [line for line in nbsec("reproduce", name).stdout.splitlines()
                   if not line.startswith("tables and notes:")]  # where this clone lies
        check(shown.splitlines() == ["```", *printed, "```"],
              f"docs/models/power.md has the output of nbsec reproduce {name}")


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
    ("norway/table.csv", "energy,J,4.1755,5%", "energy,J,4.5755,5%",
     "sara-telenor-none-128-energy"),
    ("nrf9160/table.csv", "charge,mC,28.76,20%", "charge,mC,38.76,20%", "rostad-536"),
    ("crypto/table.csv", "operations,1,136,0", "operations,1,137,0", "psk-sha256"),
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
    before = rows_of(reproduce("crypto"))["psk-share-software"]["simulated"]
    papers = edited(top, "crypto/table.csv", "psk-share-software,psk,handshake,software,,504,",
                    "psk-share-software,psk,handshake,software,,252,")
    row = rows_of(reproduce("crypto", "--papers", papers, status=1))["psk-share-software"]
    check(close(row["simulated"], 2 * before), "half the exchange, twice the share")
    # The tail's power was measured too, 191.4 mW: 10 s less of it are 1.914 J less.
    row = "sara-telenor-none-20-energy"
    before = rows_of(reproduce("norway"))[row]["simulated"]
    papers = edited(top, "norway/telenor.yaml", "inactivity_timer: 20160 ms",
                    "inactivity_timer: 10160 ms")
    after = rows_of(reproduce("norway", "--papers", papers, status=1))[row]["simulated"]
    check(abs(before - after - 1.914) < 0.02, f"10 s of tail less: {before - after:.3f} J")
    # One row of a session elsewhere is a session of its own: it lasts longer far from the cell.
    duration = "sara-telenor-none-20-duration"
    papers = edited(top, "norway/table.csv", f"{duration},SARA-N211,Telenor,none,20,110,",
                    f"{duration},SARA-N211,Telenor,none,20,150,")
    rows = rows_of(reproduce("norway", "--papers", papers, status=1))
    check(rows[row]["simulated"] == before and
          rows[duration]["simulated"] > rows_of(reproduce("norway"))[duration]["simulated"] + 0.5,
          "150 dB in one row, 110 dB in the others")


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
    norway()
    nrf9160()
    crypto()
    all_papers()
    wrong_usage()
    example()
    with folder() as top:
        changed_values(top)
        changed_inputs(top)
        bad_tables(top)


if __name__ == "__main__":
    main()
