# SPDX-License-Identifier: GPL-2.0-or-later
"""
An insider with one valid key: DTLS-PSK alone does not stop it from speaking under another
ClientID; a gateway that binds ClientID to PSK identity does.
"""

from e2e import ROOT, check, check_captures, folder, run

INSIDER = ROOT / "scenarios" / "insider.yaml"


def main():
    with folder() as top:
        bound = run(top / "on", "--set", "gateway.bind_identity=on", "--set", "checks=[]",
                    scenario=INSIDER)["attacks"][0]
        check(bound["attempts"] > 0 and bound["accepted"] == 0,
              f"bound: 0 of {bound['attempts']} accepted")
        check(bound["verdict"] == "refused", "verdict refused")
        free = run(top / "off", "--set", "gateway.bind_identity=off", "--set", "checks=[]",
                   scenario=INSIDER)["attacks"][0]
        check(free["accepted"] > 0 and free["verdict"] == "accepted",
              f"not bound: {free['accepted']} of {free['attempts']} accepted")
        check_captures(top / "off")


if __name__ == "__main__":
    main()
