# SPDX-License-Identifier: GPL-2.0-or-later
"""
Bytes of the DTLS-PSK handshake in the capture: 97+60+129+131+95+67 = 579 with a 1-byte identity,
cookie on, one suite offered (measured with mbedTLS 3.6.6's own programs); each further identity
byte adds one, in the datagram with ClientKeyExchange.
"""

from e2e import check, folder, run, tshark

SIZES = [97, 60, 129, 131, 95, 67]


def handshake(top, name, *words):
    out = top / name
    # One device in good coverage; 9 s first timeout, so that no flight is sent twice.
    run(out, "--set", "fleets.dtls.devices=1", "--set", "fleets.dtls.mcl=124 dB",
        "--set", "fleets.dtls.dtls.timeout_min=9 s", "--set", "attacks=[]", "--set", "checks=[]",
        "--set", "duration=2h", *words)
    rows = tshark(out, "gateway.pcap", "ip.addr == 10.64.0.0/10 && "
                  "(dtls.record.content_type == 22 || dtls.record.content_type == 20)",
                  "udp.length")
    return [int(row[0]) - 8 for row in rows]


def main():
    with folder() as top:
        one = handshake(top, "one", "--set",
                        "fleets.dtls.dtls.identity={prefix: \"\", first: 7, digits: 1}")
        check(one == SIZES and sum(one) == 579, f"identity of 1 byte: {one}")
        for n in (8, 15, 23):
            got = handshake(top, f"id{n}", "--set", "fleets.dtls.dtls.identity="
                            f"{{prefix: {'X' * (n - 1)}, first: 7, digits: 1}}")
            want = SIZES[:4] + [95 + n - 1, 67]
            check(got == want and sum(got) == 579 + n - 1, f"identity of {n} bytes: {got}")
        # No cookie: HelloVerifyRequest (60) and the second ClientHello (129) fall away: 390.
        bare = handshake(top, "bare", "--set", "gateway.cookies=off", "--set",
                         "fleets.dtls.dtls.identity={prefix: \"\", first: 7, digits: 1}")
        check(bare == [97, 131, 95, 67] and sum(bare) == 390, f"without cookie: {bare}")


if __name__ == "__main__":
    main()
