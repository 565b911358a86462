# SPDX-License-Identifier: GPL-2.0-or-later
"""The same scenario and seed give the same bytes; another seed gives others."""

from e2e import check, digests, folder, run

SHORT = ("--set", "duration=6h")


def main():
    with folder() as top:
        run(top / "a", *SHORT)
        run(top / "b", *SHORT)
        a = digests(top / "a")
        check(len(a) >= 7, f"{len(a)} files are compared")
        check(a == digests(top / "b"), "the same seed twice: the same bytes in every file")
        run(top / "c", *SHORT, env={"GLIBC_TUNABLES": "glibc.cpu.hwcaps=-FMA,-AVX2"})
        check(a == digests(top / "c"), "without the processor's fused multiply-add: the same")
        run(top / "d", *SHORT, "--set", "stack=ns3")
        d = digests(top / "d")
        for name in a:
            if name.startswith("pcap/") or name == "keys.log":
                check(a[name] == d[name], f"devices as ns-3 nodes: the same {name}")
        run(top / "e", *SHORT, "--seed", "2")
        e = digests(top / "e")
        check(all(a[name] != e[name] for name in a), "another seed: every file differs")


if __name__ == "__main__":
    main()
