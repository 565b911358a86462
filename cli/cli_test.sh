#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The command as a user meets it: exit statuses, help, bad input, what lies in a run's folder.
#   cli_test.sh PROGRAM      (from the root of the source tree)
set -u

nbsec=$1
scenario=scenarios/smart-metering.yaml
work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT
failed=0

complain() {
	echo "FAILED: $*"
	sed 's/^/    out: /' "$work/out"
	sed 's/^/    err: /' "$work/err"
	failed=1
}

# expect STATUS ARGUMENT...: runs nbsec; its output is in $work/out and $work/err.
expect() {
	want=$1
	shift
	"$nbsec" "$@" >"$work/out" 2>"$work/err" </dev/null
	got=$?
	[ "$got" -eq "$want" ] || complain "nbsec $*: exit status $got, expected $want"
}

# says out|err TEXT: the last command printed the text.
says() {
	grep -qF -e "$2" "$work/$1" || complain "standard $1 does not say \"$2\""
}

silent() {
	[ ! -s "$work/$1" ] || complain "standard $1 is not empty"
}

# A small world of the test's own: one fleet, two devices, two hours.
write_scenario() {
	cat >"$work/small.yaml" <<-'END'
		name: small
		duration: 2 h
		fleets:
		  - name: meters
		    devices: 2
		    mcl: 130 dB
		    security: dtls-psk
		    client_id: {prefix: T-, first: 1, digits: 3}
		checks:
		  - value: fleets.meters.messages.delivered
		    min: 1
	END
}

test_usage() {
	expect 0 --version
	says out "nbsec "
	expect 0 --help
	says out "check FILE"
	expect 2
	expect 2 frobnicate
	says err 'there is no command "frobnicate"'
	expect 2 --frobnicate
	for command in run check report list decode bytes bench dtls-client dtls-server reproduce; do
		expect 0 $command --help
		says out "Usage: nbsec $command"
		silent err
		expect 2 $command --frobnicate
		silent out
	done
	expect 2 run
	says err "a scenario file is expected"
	expect 2 check
	expect 2 report
	expect 2 list
	expect 2 list frobnications
	says err "expected modems, mcus, attacks, networks or scenarios"
	expect 2 run "$scenario" "$scenario"
	expect 2 run "$scenario" --seed 0
	says err "--seed 0: expected a whole number from 1 to 4294944442"
	expect 2 run "$scenario" --seed 4294944443
	expect 2 run "$scenario" --seed 1x
	expect 2 run "$scenario" --set fleets
	says err "expected PATH=VALUE"
	expect 2 bench --devices 0
	says err "--devices 0"
	expect 2 bench --devices 10,x
	expect 2 bench --devices ,
	expect 2 bench more
	says err "expected cell-day"
	expect 2 bench cell-day more
	expect 2 bench cell-day --devices 10
	says err "--share takes less"
	expect 2 bench --share 0.1
	says err "belong to"
	expect 2 bench --network large-cell
	expect 2 bench dtls --devices 10
	says err "dtls has --live and --parked"
	expect 2 bench dtls cell-day
	expect 2 bench --live 100
	says err "belong to \`bench dtls\`"
	expect 2 bench ten-years --parked 100
	for number in 0 99 1000001 -1 x ""; do
		expect 2 bench dtls --parked "$number"
		says err "from 100 to 1000000"
	done
	for share in 0 -1 1.01 nan x ""; do
		expect 2 bench cell-day --share "$share"
		says err "above 0, at most 1"
	done
}

test_decode() {
	# MQTT-SN v1.2 5.4.21: PINGREQ without a ClientId is its header alone.
	expect 0 decode mqttsn 0216
	says out "MsgType: PINGREQ"
	# 5.4.4: Length 17, CONNECT, CleanSession, ProtocolId 1, Duration 7200 s, "SM24-000001".
	expect 0 decode mqttsn 11:04:04:01:1c:20 53 4d 32 34 2d 30 30 30 30 30 31
	says out "MsgType: CONNECT"
	says out "Duration: 7200"
	says out "ClientId: SM24-000001"
	expect 0 decode mqttsn --json 0216
	says out '"value": "PINGREQ"'
	silent err
	expect 2 decode mqttsn 0316
	says err "not a valid MQTT-SN packet"
	silent out
	expect 2 decode mqttsn 021
	says err "character 3 has no partner"
	expect 2 decode mqttsn 02x6
	says err "character 3 is 'x'"
	expect 2 decode mqttsn ""
	says err "no digits"
	expect 2 decode mqttsn
	expect 2 decode coap 0216
	says err "coap: expected mqttsn"
}

# Columns and JSON of the shipped profiles; the check of one; a modem of the user's own.
test_profiles() {
	expect 0 list modems
	says out "sara-n211   3.6 V   10.8 uW   10.8 uW  165.6 mW    792 mW    150 mJ "
	says out "3gpp "
	expect 0 list modems --json
	says out '"source": "u-blox SARA-N2 data sheet'
	says out '"tag": "assumed"'
	expect 0 list mcus
	says out "nrf52840 "
	says out " none "
	expect 0 list mcus --json
	says out '"name": "hardware.ecp_mul"'
	expect 0 check --modem 3gpp
	says out "3gpp: good: modem 3gpp, 3GPP reference powers"
	expect 0 check --mcu k64f
	says out "rests on 9 assumed values: supply, active, "
	expect 0 check models/power/profiles/bg96.yaml
	says out "bg96.yaml: good: modem bg96, "
	expect 0 check models/power/mcus/msp430.yaml --json
	says out '"valid": true'
	says out '"software.ecp_mul"'
	expect 2 check models/power/profiles/template.yaml
	says err "template.yaml:20:1: psm: found nothing, expected a value"
	says err ": down_time: found nothing"
	silent out
	expect 2 check models/power/mcus/template.yaml --json
	says out '"valid": false'
	says out ": software.ecp_mul: found nothing"
	expect 2 check --modem no-such
	says err "expected one of sara-n211, bc95-g, "
	expect 2 check --modem 3gpp --mcu k64f
	expect 2 check --modem 3gpp "$scenario"
	expect 2 check --set seed=2 models/power/profiles/bg96.yaml
	says err "are for scenarios"
	expect 0 check --schema --json
	says out '"of": "modem"'
}

# A modem by its path: found beside the scenario, and the run's own scenario stands alone.
test_own_modem() {
	mkdir -p "$work/own/modems"
	sed 's/^name: .*/name: mine/; s/current: 46 mA/current: 53 mA/' \
		models/power/profiles/sara-n211.yaml >"$work/own/modems/mine.yaml"
	sed 's/^    devices:.*/&\n    modem: modems\/mine.yaml/; /^    modem: sara-n211/d' \
		"$work/small.yaml" >"$work/own/small.yaml"
	expect 0 run "$work/own/small.yaml" -o "$work/own/out"
	says out "modem mine"
	rm -r "$work/own/modems"
	expect 2 check "$work/own/small.yaml"
	says err "modem: found \`modems/mine.yaml\`, expected a file that can be read"
	expect 0 run "$work/own/out/scenario.yaml" -o "$work/own/again"
	says out "modem mine"
	cmp -s "$work/own/out/results.sqlite" "$work/own/again/results.sqlite" ||
		complain "the run's own scenario gives another result"
}

test_list() {
	test_profiles
	expect 0 list attacks
	says out "clientid-spoof"
	expect 0 list attacks --json
	says out '"name": "clientid-spoof"'
	expect 0 list networks
	says out "network-a "
	says out "large-cell "
	expect 0 list networks --json
	says out '"source"'
	expect 0 check --network large-cell
	says out "large-cell: good: network large-cell"
	expect 0 check --network network-b
	says out "keys not given, assumed as in network-a: deployment"
	expect 2 check --network no/such.yaml
	says err "No such file or directory"
	expect 2 check --network network-a --schema
	expect 0 list scenarios
	says out "$scenario"
	expect 0 list scenarios --json
	says out '"scenario": "smart-metering"'
}

test_check() {
	expect 0 check "$scenario"
	says out "good"
	expect 0 check "$work/small.yaml" --json
	says out '"valid": true'
	expect 0 check --schema
	expect 0 check --schema --json
	says out '"key": "fleets[].devices"'
	says out "duration"
	expect 2 check --schema "$scenario"
	expect 2 check "$work/none.yaml"
	says err "none.yaml"
	echo "nmae: x" >"$work/bad.yaml"
	expect 2 check "$work/bad.yaml"
	says err "bad.yaml:1"
	says err "nmae"
	expect 2 check "$work/bad.yaml" --json
	says out '"valid": false'
	says out "bad.yaml:1"
	expect 2 check "$work/small.yaml" --set fleets.meters.devices=none
	says err "devices"
}

test_run() {
	expect 0 run "$work/small.yaml" -o "$work/a/b"
	silent err # no progress line where nobody looks
	says out "meters"
	says out "network   network-a, "
	says out "release assistance"
	says out "cell      uplink "
	for file in results.sqlite summary.json keys.log scenario.yaml pcap/sgi.pcap \
		pcap/gateway.pcap pcap/attacker.pcap; do
		[ -f "$work/a/b/$file" ] || complain "there is no $file"
	done
	[ ! -e "$work/a/b/PARTIAL" ] || complain "a whole run is marked PARTIAL"
	head -n 1 "$work/a/b/scenario.yaml" | grep -q '^# .*nbsec [0-9].* seed 1' ||
		complain "scenario.yaml does not begin with version and seed"
	[ "$(ls -A "$work/a")" = b ] || complain "something is left beside the folder"
	for key in scenario seed version simulated_s wall_s events cell nat fleets attacks; do
		grep -q "^  \"$key\":" "$work/a/b/summary.json" || complain "no $key in summary.json"
	done

	# What is there stays as it is, and no time is spent on it.
	cksum "$work"/a/b/*.* >"$work/before"
	expect 2 run "$work/small.yaml" -o "$work/a/b"
	says err "--force"
	cksum "$work"/a/b/*.* | cmp -s - "$work/before" || complain "an existing folder was touched"
	expect 0 run "$work/small.yaml" -o "$work/a/b" --force --seed 2 --json
	says out '"seed": 2'
	says out "\"folder\": \"$work/a/b\""
	[ "$(ls -A "$work/a")" = b ] || complain "something is left beside the folder"
	mkdir "$work/letters" && echo dear >"$work/letters/one"
	expect 2 run "$work/small.yaml" -o "$work/letters" --force
	[ -f "$work/letters/one" ] || complain "--force took a folder that is no run's"

	# What ran can be run again from its own folder.
	expect 0 run "$work/a/b/scenario.yaml" -o "$work/again"
	cmp -s "$work/a/b/results.sqlite" "$work/again/results.sqlite" ||
		complain "the scenario in the folder gives other results"

	# Where nobody is in the way of another the cell has no load to speak of.
	expect 0 run "$work/small.yaml" -o "$work/alone" --set network.load=alone \
		--set network.apn=internet
	says out "network-a but for 2 values"
	says out "apn internet"
	says out "nat       "
	! grep -q "^cell " "$work/out" || complain "an unshared cell is reported"

	# A stated check that does not hold; one that leads nowhere.
	expect 1 run "$work/small.yaml" -o "$work/c" --set checks.0.min=1000000
	says out "FAILED"
	[ -f "$work/c/summary.json" ] || complain "a run with a failed check left no summary"
	expect 2 run "$work/bad.yaml" -o "$work/d"
	expect 2 run "$work/none.yaml" -o "$work/d"
	[ ! -e "$work/d" ] || complain "a scenario that is bad left a folder"
	expect 3 run "$work/small.yaml" -o "$work/bad.yaml/x"
}

test_report() {
	expect 0 report "$work/again/"
	says out "meters"
	expect 0 report "$work/again" --json
	says out '"scenario": "small"'
	expect 1 report "$work/c"
	expect 2 report "$work/none"
	says err "none"
	mkdir "$work/fake" && echo nothing >"$work/fake/results.sqlite"
	expect 2 report "$work/fake"
}

# Interrupts a run that would take minutes once its folder is there.
# interrupt SIGNAL STATUS
interrupt() {
	"$nbsec" run "$work/small.yaml" -o "$work/cut-$1" --set "duration=3650d" \
		--set fleets.meters.devices=500 >"$work/out" 2>"$work/err" </dev/null &
	child=$!
	tries=0
	while [ ! -s "$(echo "$work"/.cut-"$1".tmp-*/keys.log)" ] && [ $tries -lt 100 ]; do
		tries=$((tries + 1))
		sleep 0.1
	done
	kill -"$1" $child
	wait $child
	got=$?
	[ $got -eq "$2" ] || complain "interrupted by $1: exit status $got, expected $2"
	[ -f "$work/cut-$1/PARTIAL" ] || complain "an interrupted run is not marked PARTIAL"
	says out "PARTIAL"
	expect 0 report "$work/cut-$1"
	says out "PARTIAL"
}

test_bench() {
	expect 0 bench --devices 2 --json
	says out '"device_seconds_per_s"'
	says out '"peak_memory_mb"'
	expect 2 bench --devices 1
	says err "each needs one"

	# Rounded: 42, 8 and 3 devices; each coverage has its line, LENA-NB its place beside.
	expect 0 bench cell-day --share 0.001
	says out "large-cell       network-a"
	says out "events a report"
	says out "(budget 20)"
	says out "deep, 164 dB"
	says out "300 to 600 device-seconds"
	expect 0 bench cell-day --share 0.001 --network network-c --json
	says out '"network": "network-c"'
	says out '"devices": 53'
	says out '"within_10_s"'
	says out '"ul_share"'
	expect 2 bench cell-day --share 0.001 --network no-such
	says err "no-such"
	silent out
}

# A malloc that counts nothing (AddressSanitizer's) leaves the bytes out, which is within budget.
test_bench_dtls() {
	expect 0 bench dtls --live 100 --parked 100
	says out "bytes each, both ends"
	says out "(budget 15,360)"
	says out "(budget 1,024)"
	says out "handshakes, with cookie"
	says out "records of 20 bytes, sealed and opened"
	says out "wakes, with a record of 20 bytes each"
	expect 0 bench dtls --live 101 --parked 102 --json
	says out '"live": 101'
	says out '"parked": 102'
	says out '"handshakes_per_cpu_s"'
	says out '"budget_live_pair_bytes": 15360'
	# Two contexts with their buffers of 2 and 1.5 kB are more than 7 kB; the bytes alone are 219.
	grep -qE '"live_pair_bytes": (1[0-5][0-9]{3}|[789][0-9]{3}|null)' "$work/out" ||
		complain "live_pair_bytes is out of all proportion"
	grep -qE '"parked_bytes": ([2-9][0-9]{2}|10[01][0-9]|102[0-4]|null)' "$work/out" ||
		complain "parked_bytes is out of all proportion"
}

# The command lines of the two ends; what they do is in tests/e2e/interop_test.py.
test_dtls() {
	key=000102030405060708090a0b0c0d0e0f
	long=$(printf '%065d' 0 | sed 's/0/ab/g')
	expect 2 dtls-client
	says err "HOST:PORT of the server is expected"
	expect 2 dtls-client 127.0.0.1:5684
	says err "--identity ID is expected"
	expect 2 dtls-client 127.0.0.1:5684 --identity x
	says err "--psk HEX is expected"
	expect 2 dtls-client 127.0.0.1:5684 127.0.0.1:5685
	says err "127.0.0.1:5685: one server is expected"
	for address in 127.0.0.1 127.0.0.1: :5684 127.0.0.1:0 127.0.0.1:65536 127.0.0.1:coaps; do
		expect 2 dtls-client "$address" --identity x --psk $key
		says err "$address: expected HOST:PORT"
	done
	expect 2 dtls-client ::1:5684 --identity x --psk $key
	says err "::1:5684: expected a host with an IPv4 address: "
	expect 2 dtls-client 127.0.0.1:5684 --identity "" --psk $key
	says err "--identity : expected 1 to 128 bytes, these are 0"
	expect 2 dtls-client 127.0.0.1:5684 --identity "$(printf '%0129d' 0)" --psk $key
	says err "expected 1 to 128 bytes, these are 129"
	for bad in "0x01:character 2 is 'x'" "012:odd number of digits: character 3 has no partner" ":no digits" \
		"$long:more than 64 bytes"; do
		expect 2 dtls-client 127.0.0.1:5684 --identity x --psk "${bad%%:*}"
		says err "--psk ${bad%%:*}: expected a key of 1 to 64 bytes in hexadecimal: ${bad#*:}"
	done
	expect 2 dtls-client 127.0.0.1:5684 --identity x --psk $key --resume never
	says err "--resume never: expected id or ticket"
	for bad in 0 0.5ms 5 1h -1s 3601s nans 0x1s 1.2.3s .s ""; do
		expect 2 dtls-client --linger "$bad"
		says err "--linger $bad: expected a time from 1ms to 3600s, in s or ms"
	done

	# What both are told.
	for command in "dtls-client 127.0.0.1:5684 --identity x" dtls-server; do
		# shellcheck disable=SC2086 # a command and its words
		set -- $command --psk $key
		expect 2 "$@" --suite psk-aes128-ccm16
		says err "--suite psk-aes128-ccm16: expected one of psk-aes128-ccm8, psk-aes128-ccm, "
		says err ", ecdhe-psk-chacha20-poly1305"
		expect 2 "$@" --suite ecdhe-ecdsa-aes128-ccm8 # these commands have no certificates
		says err "--suite ecdhe-ecdsa-aes128-ccm8: expected one of psk-aes128-ccm8, "
		for number in 33 -1 x ""; do
			expect 2 "$@" --cid "$number"
			says err "--cid $number: expected a whole number from 0 to 32"
		done
		for number in 0 4294944443 1x; do
			expect 2 "$@" --seed "$number"
			says err "--seed $number: expected a whole number from 1 to 4294944442"
		done
		expect 2 "$@" --timeout-min 2m
		says err "--timeout-min 2m: expected a time from 1ms to 3600s, in s or ms"
		expect 2 "$@" --timeout-max 999.9ms
		says err "--timeout-min is 1000 ms, --timeout-max 999 ms: expected at most that"
		expect 2 "$@" --timeout-min 61s
		says err "--timeout-min is 61000 ms, --timeout-max 60000 ms"
		silent out
	done
	set --
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17; do
		set -- "$@" --suite psk-aes128-gcm
	done
	expect 2 dtls-server --psk $key "$@"
	says err "--suite psk-aes128-gcm: expected at most 16 suites"

	expect 2 dtls-server --psk-for a=00 --psk-for b=00 --psk-for a=01
	says err "--psk-for a=01: expected each identity once"
	expect 2 dtls-server
	says err "a key is expected: --psk-for ID=HEX or --psk HEX"
	expect 2 dtls-server --psk $key more
	says err "more: no argument is expected"
	for bad in x "=$key" "$(printf '%0129d' 0)=$key"; do
		expect 2 dtls-server --psk-for "$bad"
		says err "--psk-for $bad: expected ID=HEX, the identity of 1 to 128 bytes"
	done
	expect 2 dtls-server --psk-for a=b=0g
	says err "--psk-for a=b=0g: expected a key of 1 to 64 bytes in hexadecimal: character 2 is 'g'"
	expect 2 dtls-server --psk $key --listen 127.0.0.1
	says err "--listen 127.0.0.1: expected HOST:PORT, the host an IPv4 address or a name, the port a"
	for number in 0 -1 x; do
		expect 2 dtls-server --psk $key --count "$number"
		says err "--count $number: expected a whole number from 1"
	done
	expect 2 dtls-server --psk $key --listen 127.0.0.1:0 --keylog "$work/none/keys.log"
	says err "--keylog $work/none/keys.log: No such file or directory"
}

test_full_disk() {
	[ -c /dev/full ] || return 0
	"$nbsec" list modems >/dev/full 2>"$work/err" </dev/null
	got=$?
	[ $got -eq 3 ] || complain "output to a full disk: exit status $got, expected 3"
}

write_scenario
test_usage
test_decode
test_list
test_own_modem
test_check
test_run
test_report
interrupt INT 130
interrupt TERM 143
test_bench
test_bench_dtls
test_dtls
test_full_disk
[ $failed -eq 0 ] && echo "all of the command's tests passed"
exit $failed
