# SPDX-License-Identifier: GPL-2.0-or-later
"""The tables of docs/models/dtls.md are what the scenarios that they name print."""

import re

from e2e import ROOT, check, folder, nbsec

DOCUMENT = ROOT / "docs" / "models" / "dtls.md"
NINE = ("--set", "gateway.timeout_min=9 s")
RUNS = {
    "nat-rebinding": ("nat-rebinding.yaml",),
    "dtls-timers": ("dtls-timers.yaml", *NINE),
    "dtls-timers with loss": ("dtls-timers.yaml", *NINE, "--set", "internet.loss=0.1"),
}


def columns(text):
    """The answer's columns: from the headings, two lines, to the empty line."""
    lines = text.splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("fleet ")) - 1
    return "\n".join(lines[start:lines.index("", start)])


def main():
    blocks = dict(re.findall(r"<!-- run ([^:]+): begin -->\n```\n(.*?)\n```\n<!-- run \1: end -->",
                             DOCUMENT.read_text(), re.DOTALL))
    check(set(blocks) == set(RUNS), f"tables of {', '.join(RUNS)}")
    for name, (scenario, *words) in RUNS.items():
        with folder() as top:
            out = nbsec("run", ROOT / "scenarios" / scenario, "-o", top / "out", *words).stdout
        want = columns(out)
        check(blocks[name] == want, f"{name}:\n{want}")


main()
