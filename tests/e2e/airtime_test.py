# SPDX-License-Identifier: GPL-2.0-or-later
"""nbsec airtime against the reference channels of 3GPP, and what it says to wrong options."""

import json

from e2e import check, nbsec

# TS 36.101 Table A.2.4-1 (UE reference channels) and TS 36.104 Tables A.16.1-1, -2 (base station),
# as printed there: kHz, tones, modulation, I_TBS, payload bits, N_RU, code rate, bits in all.
# Time is N_RU x the resource unit of TS 36.211 Table 10.1.2.3-1; 36.101 prints the same.
REFERENCE_CHANNELS = (
    ("3.75", 1, "pi/2-BPSK", 0, 32, 2, "0.29", 192, 64),
    ("3.75", 1, "pi/4-QPSK", 3, 40, 1, "0.33", 192, 32),
    ("15", 1, "pi/2-BPSK", 0, 32, 2, "0.29", 192, 16),
    ("15", 1, "pi/4-QPSK", 3, 40, 1, "0.33", 192, 8),
    ("15", 3, "QPSK", 5, 72, 1, "0.33", 288, 4),
    ("15", 6, "QPSK", 5, 72, 1, "0.33", 288, 2),
    ("15", 12, "QPSK", 5, 72, 1, "0.33", 288, 1),
    ("15", 3, "QPSK", 3, 40, 1, "0.22", 288, 4),  # A16-3
    ("15", 6, "QPSK", 7, 104, 1, "0.44", 288, 2),  # A16-4
    ("15", 12, "QPSK", 9, 136, 1, "0.56", 288, 1),  # A16-5
    # A16-6: 0.34 is printed, (424 + 24) / 1440 is 0.31
    ("15", 12, "QPSK", 5, 424, 5, "0.31", 1440, 5),
)
SINGLE_TONE_MCS = {0: 0, 2: 1, 1: 2, 3: 3}  # I_TBS to I_MCS, TS 36.213 Table 16.5.1.2-1


def airtime(line):
    return json.loads(nbsec("airtime", *line.split(), "--json").stdout)


def reference_channels():
    for khz, tones, modulation, i_tbs, bits, n_ru, rate, coded, ms in REFERENCE_CHANNELS:
        mcs = SINGLE_TONE_MCS[i_tbs] if tones == 1 else i_tbs
        line = f"--scs {khz} --tones {tones} --mcs {mcs} --nru {n_ru} --nrep 1"
        got = airtime(line)
        check((got["channel"], got["bits"], got["modulation"], got["coded_bits"],
               got["nominal_ms"], f"{got['code_rate']:.2f}") ==
              ("npusch", bits, modulation, coded, ms, rate), line)
        check(got["calendar_ms"] == ms or tones == 12, f"{line}: nothing in the way at 0 ms")
        check(airtime(line[:-1] + "8")["nominal_ms"] == 8 * ms, "8 repetitions take 8 times")


def other_channels():
    got = airtime("--channel nprach --format 1 --nrep 32")  # 4 x (8192 + 40960) Ts = 6.4 ms
    check(got["nominal_ms"] == got["calendar_ms"] == 204.8 and got["bits"] is None, "NPRACH")
    got = airtime("--channel nprach --format 0 --nrep 128")  # a gap of 40 ms after 64
    check((got["nominal_ms"], got["calendar_ms"]) == (716.8, 756.8), "NPRACH gap")
    got = airtime("--channel ack --scs 15 --nrep 1")  # format 2: 4 slots of 0.5 ms
    check((got["bits"], got["modulation"], got["nominal_ms"]) == (1, "pi/2-BPSK", 2), "HARQ-ACK")
    check(airtime("--channel ack --scs 3.75 --nrep 4")["nominal_ms"] == 32, "HARQ-ACK 3.75 kHz")
    # in-band: 12 x 14 elements less 36 of three control symbols, 16 NRS, 12 CRS: 104 of 2 bits
    got = airtime("--channel npdsch --mcs 4 --nsf 10 --nrep 4")
    check((got["bits"], got["modulation"], got["coded_bits"], got["nominal_ms"]) ==
          (680, "QPSK", 2080, 40), "NPDSCH in-band")
    got = airtime("--channel npdsch --mcs 12 --nsf 3 --nrep 1 --deployment stand-alone")
    check((got["bits"], got["coded_bits"], got["category"]) == (680, 912, "NB1"), "stand-alone")
    check(airtime("--channel npdsch --mcs 13 --nsf 10 --nrep 1 --deployment guard-band")
          ["category"] == "NB2", "2536 bits are for Cat-NB2")
    got = airtime("--channel npdcch --rmax 8 --g 2 --nrep 8")
    check((got["bits"], got["coded_bits"], got["code_rate"], got["nominal_ms"]) ==
          (23, 208, 0.1875, 8), "NPDCCH: (23 + 16) / 208")


def calendar():
    # 2,560 ms of transmission have nine gaps of 40 ms inside; tone 0 is not NPRACH's
    got = airtime("--scs 15 --tones 1 --mcs 6 --nru 10 --nrep 32")
    check((got["nominal_ms"], got["calendar_ms"]) == (2560, 2920), "nine gaps")
    # The built-in network: NPRACH of level 0 at 8 ms, 2 preambles of 5.6 ms: ms 8 to 19 are
    # touched; of level 1 at 64 ms, 8 preambles: 44.8 ms. Subcarriers 36 to 47 are tones 9 to 11.
    example = "--scs 15 --tones 12 --mcs 5 --nru 1 --nrep 8"
    for start, postponed in ((0, 0), (8, 12), (20, 0), (64, 45), (60, 45), (648, 12)):
        got = airtime(f"{example} --start {start}")
        check((got["nominal_ms"], got["calendar_ms"], got["postponed_ms"]) ==
              (8, 8 + postponed, postponed), f"12 tones at {start} ms")
    for tone, postponed in ((0, 0), (3, 0), (6, 0), (9, 12)):
        got = airtime(f"--scs 15 --tones 3 --tone {tone} --mcs 5 --nru 1 --nrep 1 --start 8")
        check(got["postponed_ms"] == postponed, f"3 tones from {tone} on")
    # Frame 200 has no SI. Valid in it (even: NPBCH 0, SIB1 4, NPSS 5, NSSS 9): 1-3, 6-8; in 201
    # (NPBCH 0, NPSS 5): 1-4, 6-9. The tenth valid subframe is the fourth of frame 201.
    got = airtime("--channel npdsch --mcs 0 --nsf 10 --nrep 1 --start 2000")
    check(got["calendar_ms"] == 15, "ten downlink subframes take fifteen")
    # 2000 is a multiple of T = 16 ms; its first valid subframe is 2001, the fourth is 2006
    got = airtime("--channel npdcch --rmax 8 --g 2 --nrep 4 --start 2000")
    check((got["wait_ms"], got["calendar_ms"]) == (1, 7), "first candidate")
    # the second begins with the period's fifth: 2007, 2008, 2011, 2012
    got = airtime("--channel npdcch --rmax 8 --g 2 --nrep 4 --start 2002")
    check((got["wait_ms"], got["calendar_ms"]) == (5, 11), "second candidate")


REFUSED = (  # options, and what the message must name
    ("", ("npusch", "--scs", "3.75 or 15")),
    ("--scs 15", ("--tones", "1, 3, 6 or 12")),
    ("--scs 15 --tones 1", ("--mcs", "0 to 10")),
    ("--scs 15 --tones 3 --mcs 0", ("--nru", "8 or 10")),
    ("--scs 15 --tones 3 --mcs 0 --nru 1", ("--nrep", "64 or 128")),
    ("--scs 30", ("--scs 30", "3.75 or 15")),
    ("--scs 15 --tones 2", ("--tones 2", "1, 3, 6 or 12")),
    ("--scs 3.75 --tones 3", ("--tones 3", "expected 1")),
    ("--scs 15 --tones 1 --mcs 11", ("--mcs 11", "0 to 10")),
    ("--scs 15 --tones 12 --mcs 14", ("--mcs 14", "0 to 13")),
    ("--scs 15 --tones 12 --mcs x", ("--mcs x", "0 to 13")),
    ("--scs 15 --tones 12 --mcs 1 --nru 7", ("--nru 7", "6, 8 or 10")),
    ("--scs 15 --tones 12 --mcs 1 --nru 1 --nrep 3", ("--nrep 3", "1, 2, 4, 8")),
    ("--scs 15 --tones 3 --tone 4 --mcs 1 --nru 1 --nrep 1", ("--tone 4", "0, 3, 6 or 9")),
    ("--scs 15 --tones 3 --mcs 1 --nru 1 --nrep 1 --start -1", ("--start -1", "0 to 1000000000")),
    ("--scs 15 --nsf 4", ("--nsf 4", "npusch takes --scs")),
    ("--channel pusch", ("--channel pusch", "npdcch or ack")),
    ("--channel npdsch", ("--mcs", "0 to 10 in-band")),
    ("--channel npdsch --mcs 11", ("--mcs 11", "0 to 10 in-band")),
    ("--channel npdsch --mcs 14 --deployment guard-band", ("--mcs 14", "0 to 13")),
    ("--channel npdsch --deployment moon", ("--deployment moon", "stand-alone, guard-band")),
    ("--channel npdsch --mcs 4", ("--nsf", "8 or 10")),
    ("--channel npdsch --mcs 4 --nsf 9", ("--nsf 9", "8 or 10")),
    ("--channel npdsch --mcs 4 --nsf 1", ("--nrep", "1536 or 2048")),
    ("--channel npdsch --mcs 4 --nsf 1 --nrep 96", ("--nrep 96", "64, 128, 192")),
    ("--channel npdsch --mcs 4 --nsf 1 --nrep 1 --rmax 3", ("--rmax 3", "1024 or 2048")),
    ("--channel npdsch --tones 1", ("--tones 1", "npdsch takes")),
    ("--channel nprach", ("--format", "0 or 1")),
    ("--channel nprach --format 2", ("--format 2", "0 or 1")),
    ("--channel nprach --format 0", ("--nrep", "64 or 128")),
    ("--channel nprach --format 0 --nrep 256", ("--nrep 256", "64 or 128")),
    ("--channel nprach --start 1", ("--start 1", "nprach takes --format")),
    ("--channel npdcch", ("--rmax", "1024 or 2048")),
    ("--channel npdcch --rmax 4096", ("--rmax 4096", "1024 or 2048")),
    ("--channel npdcch --rmax 8", ("--g", "1.5, 2, 4")),
    ("--channel npdcch --rmax 8 --g 3", ("--g 3", "1.5, 2, 4")),
    ("--channel npdcch --rmax 64 --g 2", ("--nrep", "8, 16, 32 or 64")),
    ("--channel npdcch --rmax 64 --g 2 --nrep 4", ("--nrep 4", "8, 16, 32 or 64")),
    ("--channel npdcch --rmax 1 --g 2 --nrep 1", ("--g 2", "4 ms or more")),
    ("--channel ack", ("--scs", "3.75 or 15")),
    ("--channel ack --scs 15", ("--nrep", "64 or 128")),
    ("--channel ack --scs 15 --nrep 5", ("--nrep 5", "64 or 128")),
    ("--channel ack --scs 15 --nrep 1 --tone 12", ("--tone 12", "10 or 11")),
    ("more", ("more", "no argument")),
    ("--unknown", ("--unknown",)),
)


def refusals():
    for line, words in REFUSED:
        result = nbsec("airtime", *line.split(), status=2)
        check(all(word in result.stderr for word in words) and result.stdout == "",
              f"refused: {line or 'no option'}")


def text():
    lines = nbsec("airtime", *"--scs 15 --tones 12 --mcs 5 --nru 1 --nrep 8".split()).stdout
    found = {key: value.strip() for key, value in (line.split(":") for line in lines.splitlines())}
    check(found == {"channel": "npusch", "bits": "72", "modulation": "QPSK",
                    "coded bits": "288 a repetition", "code rate": "0.3333", "category": "Cat-NB1",
                    "nominal": "8 ms", "calendar": "8 ms"}, "what a reader sees")
    check("airtime" in nbsec("--help").stdout, "nbsec --help lists it")
    check("--nru" in nbsec("airtime", "--help").stdout, "its own help names the options")


def main():
    reference_channels()
    other_channels()
    calendar()
    refusals()
    text()


if __name__ == "__main__":
    main()
