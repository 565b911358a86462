# SPDX-License-Identifier: GPL-2.0-or-later
"""
Where a device's energy goes: every way of telling it adds up to the same, the years in the summary
follow from it by hand, and a simulated battery is empty when the steady state says so.
"""

import math
import sqlite3

from e2e import check, folder, run, tshark

DAY_NS = 86400e9
YEAR_NS = 365.25 * DAY_NS

# MQTT-SN v1.2: a PUBLISH of 64 bytes is 71, the shortest message (PINGREQ, PINGRESP) 2. IPv4 and
# UDP take 28. A record of TLS_PSK_WITH_AES_128_CCM_8 adds header 13, nonce 8 and tag 8.
HEADERS, RECORD, LONGEST, SHORTEST = 28, 29, 71, 2

METERS = """
name: energy
duration: 2 d
start: 2026-01-01T00:00:00Z
network: {inactivity_timer: 20 s, c_drx: off, t3324: 10 s}
fleets:
  - {name: clear, devices: DEVICES, mcl: MCL, security: none,
     client_id: {prefix: SM24-, first: 1, digits: 6}, report: {period: 1 h, payload: 64 B}}
  - {name: dtls, devices: DEVICES, mcl: MCL, security: dtls-psk,
     client_id: {prefix: SM24-, first: 100001, digits: 6}, report: {period: 1 h, payload: 64 B}}
"""


def scenario(top, devices, mcl):
    path = top / "energy.yaml"
    path.write_text(METERS.replace("DEVICES", str(devices)).replace("MCL", mcl))
    return path


def near(got, want, tolerance, text):
    check(abs(got - want) <= tolerance * abs(want), f"{text}: {got:.10g}, expected {want:.10g}")


def rows(out, sql, *values):
    with sqlite3.connect(out / "results.sqlite") as db:
        return db.execute(sql, values).fetchall()


def one(out, sql, *values):
    return rows(out, sql, *values)[0]


def check_sums(out, fleet, name):
    """States, layers and messages each tell the whole of what the devices' modems took."""
    energy, settled = one(out, "SELECT sum(energy_mj), sum(settled_mj) FROM device WHERE fleet = ?",
                          fleet)
    check(energy > settled > 0, f"{name}: {energy:.1f} mJ, of these {settled:.1f} in everyday life")
    for view in "state", "layer", "message":
        got = one(out, "SELECT sum(energy_mj), sum(settled_mj) FROM fleet_energy "
                       "WHERE fleet = ? AND view = ?", fleet, view)
        near(got[0], energy, 1e-9, f"{name}: sum by {view}")
        near(got[1], settled, 1e-9, f"{name}: everyday sum by {view}")
    got = one(out, "SELECT sum(time_ns), sum(energy_mj) FROM fleet_energy "
                   "WHERE fleet = ? AND view = 'tx_dbm'", fleet)
    want = one(out, "SELECT sum(time_ns), sum(energy_mj) FROM fleet_energy "
                    "WHERE fleet = ? AND view = 'state' AND part IN ('ra', 'tx')", fleet)
    check(got[0] == want[0] > 0, f"{name}: time by radio power is the time of ra and tx")
    near(got[1], want[1], 1e-9, f"{name}: energy by radio power")


def check_states(out, fleet, name):
    """The fleet's states are the sums of its devices'."""
    for state, time_ns, energy in rows(
            out, "SELECT state, sum(time_ns), sum(device_state.energy_mj) FROM device_state "
                 "JOIN device ON device.id = device WHERE fleet = ? GROUP BY state", fleet):
        got = one(out, "SELECT time_ns, energy_mj FROM fleet_energy WHERE fleet = ? AND "
                       "view = 'state' AND part = ?", fleet, state)
        check(got[0] == time_ns and math.isclose(got[1], energy, rel_tol=1e-9),
              f"{name}: {state} is the sum over its devices")


def check_record_layer(out):
    """
    What record headers take of a packet lies between their share of the longest and of the
    shortest packet: 29 of 128 and 29 of 59 bytes.
    """
    layers = dict(rows(out, "SELECT part, settled_mj FROM fleet_energy WHERE fleet = 1 AND "
                            "view = 'layer'"))
    share = layers["dtls_record"] / (layers["dtls_record"] + layers["application"])
    low = RECORD / (HEADERS + RECORD + LONGEST)
    high = RECORD / (HEADERS + RECORD + SHORTEST)
    check(low < share < high, f"records take {share:.3f} of packets: {low:.3f} to {high:.3f}")
    check(layers["dtls_handshake"] == 0, "no handshake in everyday life")
    whole = one(out, "SELECT energy_mj FROM fleet_energy WHERE fleet = 1 AND part = "
                     "'dtls_handshake' AND view = 'layer'")[0]
    check(whole > 0, f"but once at the start, {whole:.0f} mJ")
    check(not rows(out, "SELECT part FROM fleet_energy WHERE fleet = 0 AND view = 'layer' AND "
                        "part LIKE 'dtls%'"), "and nothing of it in the clear")
    check(not rows(out, "SELECT * FROM fleet_work WHERE fleet = 0"), "no cryptography either")
    # Each report is a record of 71 bytes up, 3 + 2 ceil(71 / 16) = 13 AES blocks in CCM.
    reports, blocks = one(out, "SELECT (SELECT sum(reports_sent) FROM device WHERE fleet = 1), "
                               "count FROM fleet_work WHERE fleet = 1 AND phase = 'records' AND "
                               "operation = 'aes_block'")
    check(blocks > 13 * reports > 0, f"{blocks} blocks of AES in records, {reports} reports")


def check_years(out, summary, fleet):
    """The mean of the devices' everyday days, and a battery over it."""
    battery = summary["fleets"][fleet]["battery"]
    days = [mj / ns * DAY_NS for mj, ns in
            rows(out, "SELECT settled_mj + settled_mcu_mj, settled_ns FROM device "
                      "WHERE fleet = ?", fleet)]
    mean = sum(days) / len(days)
    near(battery["mj_per_day"], mean, 1e-9, "mean everyday day")
    usable = one(out, "SELECT battery_mj FROM fleet WHERE id = ?", fleet)[0]
    near(usable, 5 * 3.6e6, 1e-12, "5 Wh")
    near(battery["years"], usable / mean / 365.25, 1e-9, "years")
    near(sum(battery["breakdown_mj_per_day"].values()), mean, 1e-9, "sum of the breakdown")
    mcu = sum(battery["mcu_mj_per_day"].values())
    for part in "by_message_mj_per_day", "by_state_mj_per_day":
        near(sum(battery[part].values()), mean - mcu, 1e-9, f"sum of {part}, the modem's")
    check(battery["years_p10"] < battery["years"] < battery["years_p90"], "p10 < years < p90")
    check(battery["years_interval"][0] < battery["years"] < battery["years_interval"][1],
          "the interval holds the mean")


def sums(top):
    out = top / "sums"
    summary = run(out, scenario=scenario(top, 6, "{uniform: [124 dB, 150 dB]}"))
    for fleet, name in enumerate(("clear", "dtls")):
        check_sums(out, fleet, name)
        check_states(out, fleet, name)
        check_years(out, summary, fleet)
    check_record_layer(out)


def expected_death_ns(watched, fleet, battery_mj, board_mw, self_discharge):
    """Set-up once, then the everyday rate, from a run of two days: ln(1 + k E / P) / k."""
    mj, settled_mj, settled_ns = one(
        watched, "SELECT energy_mj + mcu_mj, settled_mj + settled_mcu_mj, settled_ns FROM device "
                 "WHERE fleet = ?", fleet)
    rate = settled_mj / settled_ns
    left = battery_mj - (mj - rate * 2 * DAY_NS)
    power = rate + board_mw * 1e-9
    if self_discharge == 0:
        return left / power
    k = -math.log(1 - self_discharge) / YEAR_NS
    return math.log(1 + k * left / power) / k


def check_silence(out, fleet, name):
    """No report is sent by who is dead: not by the register of reports, nor by the capture."""
    empty_ns, address, sent = one(out, "SELECT empty_ns, address, reports_sent FROM device "
                                       "WHERE fleet = ?", fleet)
    made = rows(out, "SELECT sent_ns FROM message JOIN device ON device.id = device "
                     "WHERE fleet = ? ORDER BY sent_ns", fleet)
    check(len(made) == sent and made[-1][0] < empty_ns,
          f"{name}: {sent} reports sent, the last before the battery was empty")
    # It shows at the next report: what happens until then has been paid for.
    after_s = 1767225600 + empty_ns / 1e9 + 3600
    late = tshark(out, "gateway.pcap", f"ip.src == {address} && frame.time_epoch > {after_s:.9f}")
    check(not late, f"{name}: no packet of it reaches the gateway after that")


def dies(top, name, board_mw, self_discharge, *words):
    watched, out = top / f"{name}-watched", top / name
    meters = scenario(top, 1, "144 dB")
    run(watched, *words, scenario=meters)
    summary = run(out, *words, "--set", "battery.until_empty=on", "--set", "duration=200 d",
                  scenario=meters)
    check(not summary["partial"] and summary["simulated_s"] < 100 * 86400,
          f"the run ends by itself after {summary['simulated_s'] / 86400:.1f} days")
    deaths = []
    for fleet in range(2):
        battery_mj = one(out, "SELECT battery_mj FROM fleet WHERE id = ?", fleet)[0]
        empty_ns = one(out, "SELECT empty_ns FROM device WHERE fleet = ?", fleet)[0]
        label = summary["fleets"][fleet]["name"]
        want_ns = expected_death_ns(watched, fleet, battery_mj, board_mw, self_discharge)
        near(empty_ns / DAY_NS, want_ns / DAY_NS, 0.01, f"{label}: days until empty")
        near(summary["fleets"][fleet]["battery"]["lifetime"]["years"], empty_ns / YEAR_NS, 1e-9,
             f"{label}: lifetime")
        check_silence(out, fleet, label)
        deaths.append(empty_ns)
    check(max(deaths) <= summary["simulated_s"] * 1e9 <= max(deaths) + 3601e9,
          "it ends when the last one's death shows")


def main():
    with folder() as top:
        sums(top)
        dies(top, "ideal", 0, 0, "--set", "battery.capacity=0.05 Wh")
        dies(top, "leaking", 0.05, 0.6, "--set", "battery.capacity=0.06 Wh", "--set",
             "battery.quiescent=50 uW", "--set", "battery.self_discharge=60 %")


if __name__ == "__main__":
    main()
