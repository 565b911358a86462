# SPDX-License-Identifier: GPL-2.0-or-later
"""Ctrl-C leaves a whole folder marked partial, which report reads; nothing else is left over."""

import json
import os
import signal
import subprocess
import sys
import time

from e2e import PROGRAM, SCENARIO, check, check_captures, folder, nbsec

# Long enough that it cannot be over before the signal, whatever the machine.
LONG = ("--set", "duration=3000d", "--set", "attacks=[]", "--set", "checks=[]")


def main():
    with folder() as top:
        out = top / "run"
        with subprocess.Popen([PROGRAM, "run", str(SCENARIO), "-o", str(out), *LONG],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True) as process:
            deadline = time.monotonic() + 120
            while not any(p.name.endswith(".pcap") and p.stat().st_size > 100000
                          for p in top.rglob("*")):
                if process.poll() is not None or time.monotonic() > deadline:
                    sys.exit(f"FAILED: no capture grew: {process.communicate()}")
                time.sleep(0.05)
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=120)
        check(process.returncode == 130, f"exit status 130 ({process.returncode}, {errors!r})")
        check(sorted(os.listdir(top)) == ["run"], f"one folder: {os.listdir(top)}")
        check((out / "PARTIAL").exists(), "it is marked")
        summary = json.loads((out / "summary.json").read_text())
        check(0 < summary["simulated_s"] < 3000 * 86400, f"{summary['simulated_s']} s simulated")
        again = json.loads(nbsec("report", out, "--json").stdout)
        check(again["fleets"] == summary["fleets"], "report gives the same numbers")
        check("partial" in nbsec("report", out).stdout.lower(), "and says that it is partial")
        check_captures(out)


if __name__ == "__main__":
    main()
