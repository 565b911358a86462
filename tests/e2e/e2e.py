# SPDX-License-Identifier: GPL-2.0-or-later
"""What the end-to-end tests share: running the command, asking tshark and SQLite."""

import contextlib
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

PROGRAM = sys.argv[1]
ROOT = pathlib.Path(sys.argv[2])
SCENARIO = ROOT / "scenarios" / "smart-metering.yaml"
LUA = ROOT / "pcaps" / "mqttsn-dtls.lua"

GATEWAY = "198.51.100.10"
ATTACKERS = ("203.0.113.66", "203.0.113.67")
MQTTSN_CONNECT, MQTTSN_PUBLISH, MQTTSN_PUBACK = 0x04, 0x0C, 0x0D  # MQTT-SN v1.2 table 3


def check(condition, text):
    """A test's assertion: says what it found and ends the test when it does not hold."""
    if not condition:
        sys.exit(f"FAILED: {text}")
    print(f"ok: {text}")


@contextlib.contextmanager
def folder():
    path = pathlib.Path(tempfile.mkdtemp(prefix="nbsec-e2e-"))
    try:
        yield path
    finally:
        shutil.rmtree(path)


def nbsec(*words, env=None, status=0):
    """Runs the command and holds its exit status to what is expected."""
    result = subprocess.run([PROGRAM, *map(str, words)], capture_output=True, text=True,
                            env={**os.environ, **(env or {})}, stdin=subprocess.DEVNULL,
                            timeout=500)
    if result.returncode != status:
        sys.exit(f"FAILED: nbsec {' '.join(map(str, words))}: exit status {result.returncode}, "
                 f"expected {status}\n{result.stdout}\n{result.stderr}")
    return result


def run(out, *words, scenario=SCENARIO, env=None, status=0):
    """Runs a scenario into the folder out and returns its summary."""
    nbsec("run", scenario, "-o", out, *words, env=env, status=status)
    return json.loads((out / "summary.json").read_text())


def tshark(out, capture, filter_, *fields):
    """Rows of field values of the packets that match, as the real tshark sees them."""
    command = ["tshark", "-X", f"lua_script:{LUA}", "-o", f"tls.keylog_file:{out / 'keys.log'}",
               "-o", "ip.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE",
               "-d", "udp.port==10001,dtls", "-d", "udp.port==1883,mqttsn",
               "-d", "udp.port==10000,mqttsn", "-r", str(out / "pcap" / capture),
               "-Y", filter_, "-T", "fields", "-E", "occurrence=a", "-E", "aggregator=;"]
    for field in fields or ("frame.number",):
        command += ["-e", field]
    # LC_ALL: numbers; HOME: no personal preferences of whoever runs the test.
    result = subprocess.run(command, capture_output=True, text=True, check=False,
                            env={**os.environ, "LC_ALL": "C.UTF-8", "HOME": str(out)})
    if result.returncode != 0:
        sys.exit(f"FAILED: tshark: {result.stderr}")
    return [tuple(line.split("\t")) for line in result.stdout.splitlines()]


def check_captures(out):
    """No capture may hold what Wireshark marks: malformed, bad or missing checksums, errors."""
    for path in sorted((out / "pcap").glob("*.pcap")):
        bad = tshark(out, path.name,
                     "_ws.malformed || ip.checksum.status == 0 || udp.checksum.status == 0 || "
                     "udp.checksum == 0 || _ws.expert.severity >= 8388608",
                     "frame.number", "_ws.expert.message")
        check(not bad, f"tshark finds nothing wrong in {path.name} ({bad[:3]})")


def digests(out):
    """sha256 of all that must repeat: captures, keys, the results and the summary less wall_s."""
    result = {}
    for path in sorted(out.rglob("*")):
        if path.is_file() and path.name != "summary.json":
            result[str(path.relative_to(out))] = hashlib.sha256(path.read_bytes()).hexdigest()
    summary = json.loads((out / "summary.json").read_text())
    summary.pop("wall_s")
    text = json.dumps(summary, sort_keys=True).encode()
    result["summary.json without wall_s"] = hashlib.sha256(text).hexdigest()
    return result
