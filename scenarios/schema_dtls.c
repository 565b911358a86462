/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The sections `gateway` and `fleets[].dtls` of the scenario language. */
#include "models/dtls/dtls.h"
#include "scenarios/schema_table.h"

/* clang-format off */
#define SCN(field) AT(struct nbs_scenario, field)
#define FLT(field) AT(struct nbs_fleet_config, field)
#define BY_PRESET .shown = "by preset"

static const char *const preset_words[] = {"plain", "mbedtls", "scandium", NULL};
static const char *const unknown_words[] = {"alert", "hide", NULL};
static const char *const resumption_words[] = {"none", "session-id", "ticket", NULL};
static const char *const keep_words[] = {"ram", "flash", "session", "nothing", NULL};
static const char *const on_off_words[] = {"on", "off", NULL}; /* off is true */
static const char *const fragment_words[] = {"none", "512 B", "1024 B", NULL};
static const char *const offer_words[] = {"suite", "all", NULL}; /* all is true */
static const char *const key_words[] = {"own", "group", NULL};
static const char *const client_id_word[] = {"client-id", NULL};
/* In the order of nbs_dtls_suite_at(). */
static const char *const suite_words[] = {
	"psk-aes128-ccm8", "psk-aes128-ccm", "psk-aes256-ccm8", "psk-aes128-gcm",
	"psk-aes128-cbc-sha256", "psk-chacha20-poly1305",
	"ecdhe-psk-aes128-cbc-sha256", "ecdhe-psk-chacha20-poly1305",
	"psk-aes256-ccm", "psk-aes256-gcm", "psk-aes256-cbc-sha384",
	"ecdhe-ecdsa-aes128-ccm8", "ecdhe-ecdsa-aes128-gcm", NULL
};

const struct nbsi_key nbsi_gateway_keys[] = {
	{"bind_identity", NBSI_SWITCH, .fallback = "on", SCN(gateway.bind_identity),
	 .help = "the PSK identity or certificate's name must be the ClientID of CONNECT; in the "
		 "clear, a ClientID with a key is refused"},
	{"cookies", NBSI_SWITCH, .fallback = "on", SCN(gateway.cookies),
	 .help = "HelloVerifyRequest before any state is kept"},
	{"max_saved", NBSI_WHOLE, .min = 0, .max = 1000, .fallback = "20",
	 SCN(gateway.max_saved), .help = "messages kept for a sleeping client"},
	{"cid_padding", NBSI_WHOLE, NBSI_BYTES, .min = 1, .max = NBS_DTLS_CID_PADDING_MAX,
	 .fallback = "16 B", SCN(gateway.cid_padding),
	 .help = "records with a connection ID are padded to a multiple, both ways; 1 is none"},
	{"preset", NBSI_WORD, .words = preset_words, .fallback = "plain", SCN(gateway.preset),
	 .help = "what the keys below are where they are not given: plain, no limit; mbedtls, the "
		 "library's own defaults; scandium, Californium's"},
	{"timeout_min", NBSI_DURATION, .min = 1 * MS, .max = 1 * H, BY_PRESET,
	 SCN(gateway.timeout_min_ns), .help = "first retransmission of a flight of the gateway's"},
	{"timeout_max", NBSI_DURATION, .min = 1 * MS, .max = 1 * H, BY_PRESET,
	 SCN(gateway.timeout_max_ns), .help = "the doubling ends here"},
	{"mtu", NBSI_WHOLE, NBSI_BYTES, .min = 100, .max = 1500, .shown = "no limit",
	 SCN(gateway.mtu),
	 .help = "largest UDP payload of the gateway; larger flights are fragmented"},
	{"cookie_threshold", NBSI_WHOLE, .min = 0, .max = 1e6, BY_PRESET,
	 SCN(gateway.cookie_threshold),
	 .help = "cookies only while so many handshakes are under way; 0 is always"},
	{"half_open_limit", NBSI_WHOLE, .min = 0, .max = 1e6, BY_PRESET,
	 SCN(gateway.half_open_limit),
	 .help = "handshakes under way; a ClientHello above is dropped; 0 is no limit"},
	{"session_limit", NBSI_WHOLE, .min = 0, .max = 1e7, BY_PRESET,
	 SCN(gateway.session_limit),
	 .help = "DTLS sessions; above it the one unused for longest makes room; 0 is no limit"},
	{"stale", NBSI_DURATION, .min = 0, .max = YEARS_100, BY_PRESET, SCN(gateway.stale_ns),
	 .help = "only one unused for so long makes room, else the newcomer is dropped"},
	{"session_idle", NBSI_DURATION, .min = 0, .max = 36500 * D, BY_PRESET,
	 SCN(gateway.session_idle_ns),
	 .help = "a DTLS session unused for so long ends; 0 is never"},
	{"resumable", NBSI_WHOLE, .min = 1, .max = 1e7, BY_PRESET, SCN(gateway.resumable),
	 .help = "sessions remembered where a fleet resumes, whoever they are of; the oldest is "
		 "forgotten"},
	{"resumable_for", NBSI_DURATION, .min = 1 * S, .max = 36500 * D, BY_PRESET,
	 SCN(gateway.resumable_ns), .help = "and for so long; whole seconds; tickets too"},
	{"park_after", NBSI_DURATION, .min = 0, .max = 36500 * D, .fallback = "0",
	 SCN(gateway.park_after_ns),
	 .help = "saves the simulator's memory: a session unused for so long is kept as its bytes; "
		 "no result changes; 0 is never"},
	{"unknown_identity", NBSI_WORD, .words = unknown_words, .fallback = "alert",
	 SCN(gateway.hide_unknown),
	 .help = "alert: unknown_psk_identity; hide: as if the key was wrong (RFC 4279 2)"},
	{0}
};

static const struct nbsi_key identity_keys[] = {
	SERIAL_KEYS(struct nbs_fleet_config, dtls.identity, NBS_PREFIX_MAX),
	{0}
};

const struct nbsi_key nbsi_dtls_keys[] = {
	{"identity", NBSI_MAP_OR_WORD, .words = client_id_word, .keys = identity_keys,
	 .fallback = "client-id",
	 .flag = offsetof(struct nbs_fleet_config, dtls.identity_is_client_id),
	 .help = "PSK identity or certificate's name: the ClientID, or serial numbers of its own"},
	{"timeout_min", NBSI_DURATION, .min = 1 * MS, .max = 1 * H, .fallback = "1 s",
	 FLT(dtls.timeout_min_ns), .help = "first retransmission of a flight"},
	{"timeout_max", NBSI_DURATION, .min = 1 * MS, .max = 1 * H, .fallback = "60 s",
	 FLT(dtls.timeout_max_ns), .help = "the doubling ends here"},
	{"cid", NBSI_WHOLE, NBSI_BYTES, .min = 0, .max = NBS_DTLS_CID_MAX, .fallback = "1 B",
	 FLT(dtls.cid),
	 .help = "connection IDs that the gateway gives, with dtls-psk-cid; for all fleets alike"},
	{"own_cid", NBSI_WHOLE, NBSI_BYTES, .min = 0, .max = NBS_DTLS_CID_MAX, .fallback = "0 B",
	 FLT(dtls.own_cid),
	 .help = "ID of the device's own, in the gateway's records; 0 is empty and costs nothing"},
	{"suite", NBSI_WORD, .words = suite_words, .min = 1, .shown = "by security",
	 FLT(dtls.suite),
	 .help = "psk-aes128-ccm8, with dtls-ecdhe-psk "
		 "ecdhe-psk-aes128-cbc-sha256, with dtls-ecdhe-ecdsa ecdhe-ecdsa-aes128-ccm8"},
	{"offer", NBSI_WORD, .words = offer_words, .fallback = "suite", FLT(dtls.offers_all),
	 .help = "suite: that one alone; all: that one first, then the others of its key exchange"},
	{"resumption", NBSI_WORD, .words = resumption_words, .fallback = "none",
	 FLT(dtls.resumption),
	 .help = "how a device shortens its second handshake and further ones"},
	{"keep", NBSI_WORD, .words = keep_words, .fallback = "ram", FLT(dtls.keep),
	 .help = "what outlives the modem's sleep and the host's restart: ram, all of it the sleep "
		 "alone; flash, all of it both; session, what a resumption needs; or nothing"},
	{"renew_after", NBSI_DURATION, .min = 0, .max = YEARS_100, .fallback = "0",
	 FLT(dtls.renew_after_ns),
	 .help = "a handshake before a report if nothing passed for so long, without a connection "
		 "ID; 0 is never"},
	{"handshake_retries", NBSI_WHOLE, .min = 0, .max = 100, .fallback = "0",
	 FLT(dtls.handshake_retries), .help = "further handshakes after one that timed out"},
	{"handshake_wait", NBSI_DURATION, .min = 0, .max = 24 * H, .fallback = "60 s",
	 FLT(dtls.handshake_wait_ns), .help = "before each of them"},
	{"extended_master_secret", NBSI_WORD, .words = on_off_words, .fallback = "on",
	 FLT(dtls.no_extended_master_secret), .help = "RFC 7627"},
	{"encrypt_then_mac", NBSI_WORD, .words = on_off_words, .fallback = "on",
	 FLT(dtls.no_encrypt_then_mac), .help = "RFC 7366, of use with CBC suites"},
	{"max_fragment", NBSI_WORD, .words = fragment_words, .fallback = "none",
	 FLT(dtls.max_fragment), .help = "bytes of content of a record (RFC 6066 4), both ways"},
	{"mtu", NBSI_WHOLE, NBSI_BYTES, .min = 100, .max = 1500, .shown = "no limit", FLT(dtls.mtu),
	 .help = "largest UDP payload of a device: larger flights are fragmented, reports fit"},
	{"key", NBSI_WORD, .words = key_words, .fallback = "own", FLT(dtls.group_key),
	 .help = "own: a key a device; group: one for the fleet"},
	{"key_length", NBSI_WHOLE, NBSI_BYTES, .min = 1, .max = NBS_DTLS_PSK_MAX,
	 .fallback = "16 B", FLT(dtls.key_bytes), .help = "of the keys, RFC 4279 5.3"},
	{0}
};
/* clang-format on */
