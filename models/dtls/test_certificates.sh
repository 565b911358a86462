#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Makes the certificates of certificate_test.c anew: models/dtls/test_certificates.sh
# Needs the openssl command, which neither the build nor the tests do.
#
# All keys are on P-256 and all signatures ECDSA with SHA-256; openssl draws both, so every run gives
# other bytes, and signatures of 70 to 72. The tests take each length from the file.
#   ca        the trust anchor, 2025 to 2055
#   other-ca  one that nobody trusts, with the same name
#   server    CN gateway, by ca
#   device    CN METER-000001, by ca
#   stranger  CN METER-000001, by other-ca
#   past      CN METER-000001, by ca, ended before the tests' clock begins in 2026
#   two-names CN METER-000001 and CN METER-000002, by ca
set -eu

cd "$(dirname "$0")/test_certificates"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# `openssl ca` is the one command of OpenSSL 3.0 that takes both dates.
cat >"$work/ca.conf" <<CONF
[ca]
default_ca = it
[it]
database = $work/index
serial = $work/serial
new_certs_dir = $work
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
[req]
distinguished_name = name
[name]
[authority]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign
[leaf]
keyUsage = critical, digitalSignature
CONF
: >"$work/index"
echo 01 >"$work/serial"

# issue NAME SUBJECT ISSUER EXTENSIONS START END
issue() {
	openssl ecparam -name prime256v1 -genkey -noout -out "$1.key.pem"
	openssl req -new -config "$work/ca.conf" -key "$1.key.pem" -subj "$2" -out "$work/$1.csr"
	own=
	[ "$1" != "$3" ] || own=-selfsign
	# shellcheck disable=SC2086 # one option or none
	openssl ca -batch -notext -preserveDN -config "$work/ca.conf" $own -in "$work/$1.csr" \
		-keyfile "$3.key.pem" ${own:--cert "$3.pem"} -extensions "$4" -startdate "$5" \
		-enddate "$6" -out "$1.pem"
}

begin=20250101000000Z
end=20550101000000Z
issue ca /CN=test-ca ca authority $begin $end
issue other-ca /CN=test-ca other-ca authority $begin $end
issue server /CN=gateway ca leaf $begin $end
issue device /CN=METER-000001 ca leaf $begin $end
issue stranger /CN=METER-000001 other-ca leaf $begin $end
issue past /CN=METER-000001 ca leaf 20240101000000Z 20250101000000Z
issue two-names /CN=METER-000001/CN=METER-000002 ca leaf $begin $end
rm other-ca.key.pem ca.key.pem
