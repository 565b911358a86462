/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of the scenario language; the sections `network` and `battery` are in
 * schema_network.c and schema_battery.c, DTLS and the gateway in schema_dtls.c. Ranges are ours,
 * and catch slips of a unit.
 */
#include "models/dtls/dtls.h"
#include "scenarios/schema_table.h"
#include "scenarios/serial.h"

#include <string.h>

/* clang-format off */
#define SCN(field) AT(struct nbs_scenario, field)
#define FLT(field) AT(struct nbs_fleet_config, field)
#define ATK(field) AT(struct nbs_attack_config, field)
#define CHK(field) AT(struct nbs_check_config, field)

static const char *const between_words[] = {"psm", "off", NULL};
static const char *const crypto_words[] = {"software", "hardware", NULL};
static const char *const stack_words[] = {"light", "ns3", NULL};
static const char *const security_words[] = {
	"none", "dtls-psk", "dtls-psk-cid", "dtls-ecdhe-psk", "dtls-ecdhe-ecdsa", NULL
};
static const char *const session_words[] = {"keepalive", "sleep", NULL};
static const char *const lost_words[] = {"drop", "resend", NULL};
static const char *const credentials_words[] = {"none", "insider", NULL};

static const struct nbsi_key internet_keys[] = {
	{"delay", NBSI_DURATION, .min = 0, .max = 10 * S, .fallback = "20 ms",
	 SCN(internet.delay_ns), .help = "one way"},
	{"rate", NBSI_WHOLE, NBSI_RATE, .min = 0, .max = 1e12, .fallback = "100 Mbit/s",
	 SCN(internet.rate_bps), .help = "0 is no serialisation time"},
	{"loss", NBSI_NUMBER, NBSI_RATIO, .min = 0, .max = 1, .fallback = "0",
	 SCN(internet.loss), .help = "probability that a packet vanishes"},
	{0}
};

static const struct nbsi_key normal_keys[] = {
	{"mean", NBSI_NUMBER, NBSI_DB, .min = NBS_MCL_MIN_DB, .max = NBS_MCL_MAX_DB,
	 .required = true, FLT(mcl_db.a), .help = "middle"},
	{"sd", NBSI_NUMBER, NBSI_DB, .min = 0, .max = 30, .required = true, FLT(mcl_db.b),
	 .help = "standard deviation"},
	{0}
};

static const struct nbsi_key mcl_mix_keys[] = {
	{"share", NBSI_NUMBER, NBSI_RATIO, .min = 0, .max = 1, .required = true,
	 AT(struct nbs_dist_point, share), .help = "of the devices; all shares sum to 1"},
	{"mcl", NBSI_NUMBER, NBSI_DB, .min = NBS_MCL_MIN_DB, .max = NBS_MCL_MAX_DB,
	 .required = true, AT(struct nbs_dist_point, value), .help = "what these have"},
	{0}
};

/* In the order of enum nbs_dist_kind. */
static const struct nbsi_key mcl_keys[] = {
	{"uniform", NBSI_NUMBERS, NBSI_DB, .min = NBS_MCL_MIN_DB, .max = NBS_MCL_MAX_DB,
	 .max_items = 2, FLT(mcl_db.a),
	 .help = "every value from the first to the second is equally likely"},
	{"normal", NBSI_MAP, .keys = normal_keys, .help = "Gaussian"},
	{"mix", NBSI_ITEMS, .keys = mcl_mix_keys, .max_items = NBS_MIX_MAX,
	 .item_size = sizeof(struct nbs_dist_point), FLT(mcl_db.mix),
	 COUNT_AT(struct nbs_fleet_config, mcl_db.points), .help = "shares of given values"},
	{"place", NBSI_MAP, .keys = nbsi_place_keys, .help = "from where the devices stand"},
	{0}
};

static const struct nbsi_key client_id_keys[] = {
	SERIAL_KEYS(struct nbs_fleet_config, client_id, NBS_CLIENTID_MAX),
	{0}
};

static const struct nbsi_key mqttsn_keys[] = {
	{"session", NBSI_WORD, .words = session_words, .fallback = "keepalive",
	 FLT(mqttsn.session), .help = "stay connected, or CONNECT and sleep around each report"},
	{"topic", NBSI_TOPIC, .min = 3, .max = 64, .fallback = "meters/%s", FLT(mqttsn.topic),
	 .help = "topic of the reports; %s becomes the ClientID"},
	{"keepalive", NBSI_DURATION, .min = 0, .max = 65535 * S, .fallback = "2 h",
	 .step_ns = 1000000000, FLT(mqttsn.keepalive_s),
	 .help = "Duration of CONNECT; 0: nobody watches, no PINGREQ; not with session sleep"},
	{"qos", NBSI_WHOLE, .min = 0, .max = 1, .fallback = "1", FLT(mqttsn.qos),
	 .help = "0: no answer is awaited; 1: PUBACK"},
	{"t_retry", NBSI_DURATION, .min = 1 * MS, .max = 1 * H, .fallback = "10 s",
	 FLT(mqttsn.t_retry_ns), .help = "Tretry: wait before a message is repeated"},
	{"n_retry", NBSI_WHOLE, .min = 0, .max = 100, .fallback = "3", FLT(mqttsn.n_retry),
	 .help = "Nretry: repetitions before the session counts as lost"},
	{"on_session_lost", NBSI_WORD, .words = lost_words, .fallback = "drop",
	 FLT(mqttsn.session_lost), .help = "what becomes of the report in flight"},
	{0}
};

#define PERIOD .min = 1 * S, .max = 3653 * D
static const struct nbsi_key period_mix_keys[] = {
	{"share", NBSI_NUMBER, NBSI_RATIO, .min = 0, .max = 1, .required = true,
	 AT(struct nbs_period_point, share), .help = "of the devices; all shares sum to 1"},
	{"period", NBSI_DURATION, PERIOD, .required = true,
	 AT(struct nbs_period_point, period_ns), .help = "what these have"},
	{0}
};

static const struct nbsi_key period_keys[] = {
	{"mix", NBSI_ITEMS, .keys = period_mix_keys, .max_items = NBS_MIX_MAX,
	 .item_size = sizeof(struct nbs_period_point), FLT(period_mix),
	 COUNT_AT(struct nbs_fleet_config, period_points),
	 .help = "drawn once a device, with these shares"},
	{0}
};

#define PAYLOAD NBSI_BYTES, .min = 24, .max = 200
static const struct nbsi_key pareto_keys[] = {
	{"alpha", NBSI_NUMBER, .min = 0.1, .max = 100, .required = true, FLT(payload.alpha),
	 .help = "shape: the smaller, the more large reports"},
	{"min", NBSI_WHOLE, PAYLOAD, .fallback = "24 B", FLT(payload.min), .help = "least size"},
	{"max", NBSI_WHOLE, PAYLOAD, .fallback = "200 B", FLT(payload.max),
	 .help = "what is larger is cut off to this"},
	{0}
};

static const struct nbsi_key payload_keys[] = {
	{"pareto", NBSI_MAP, .keys = pareto_keys, .help = "drawn for each report"},
	{0}
};

static const struct nbsi_key report_keys[] = {
	{"period", NBSI_DURATION_DIST, PERIOD, .keys = period_keys, .fallback = "1 h",
	 FLT(report_period_ns), .help = "from one report of a device to its next"},
	{"payload", NBSI_WHOLE_DIST, PAYLOAD, .keys = payload_keys, .fallback = "64 B",
	 FLT(payload_bytes), .help = "application bytes; 24 hold what identifies a report"},
	{"spread", NBSI_DURATION, .min = 0, .max = 3653 * D, .shown = "the period",
	 FLT(report_spread_ns),
	 .help = "first reports come at random times so long after power-on; 0 is at once"},
	{0}
};

static const struct nbsi_key fleet_keys[] = {
	{"name", NBSI_NAME, .min = 1, .max = NBS_NAME_MAX, .required = true, FLT(name),
	 .help = "unique; results, attacks and checks refer to it"},
	{"devices", NBSI_WHOLE, .min = 1, .max = 60000, .required = true, FLT(devices),
	 .help = "how many"},
	{"modem", NBSI_MODEM, .min = 1, .max = NBS_TEXT_MAX, .fallback = "sara-n211",
	 FLT(modem_profile),
	 .help = "whose currents: a name of `nbsec list modems` or a file, or its keys"},
	{"mcu", NBSI_MCU, .min = 1, .max = NBS_TEXT_MAX, .fallback = "crypto-only",
	 FLT(mcu_profile),
	 .help = "the host beside the modem: `none`, a name of `nbsec list mcus` or a file, or "
		 "its keys"},
	{"crypto", NBSI_WORD, .words = crypto_words, .fallback = "software", FLT(crypto_hardware),
	 .help = "where the host computes: on its core or on its accelerator"},
	{"mcl", NBSI_DIST, NBSI_DB, .min = NBS_MCL_MIN_DB, .max = NBS_MCL_MAX_DB,
	 .required = true, .keys = mcl_keys, FLT(mcl_db.a),
	 FLAG_AT(struct nbs_fleet_config, mcl_db.kind),
	 .help = "coupling loss to the cell, one value or drawn once a device"},
	{"between_reports", NBSI_WORD, .words = between_words, .fallback = "psm",
	 FLT(between_reports),
	 .help = "psm: the module sleeps as the network allows; off: detaches, attaches again"},
	{"restart_every", NBSI_DURATION, .min = 0, .max = YEARS_100, .fallback = "0",
	 FLT(restart_every_ns),
	 .help = "the host restarts so often, between reports, at times of its own; 0 is never"},
	{"power_on", NBSI_DURATION, .min = 0, .max = 3653 * D, .fallback = "0", FLT(power_on_ns),
	 .help = "radios are switched on at random times up to this one; 0 is all at once"},
	{"stack", NBSI_WORD, .words = stack_words, .shown = "the scenario's", FLT(stack),
	 .help = "kind of host: light (fast) or a whole ns-3 node"},
	{"security", NBSI_WORD, .words = security_words, .required = true, FLT(security),
	 .help = "MQTT-SN in the clear, or over DTLS 1.2 with pre-shared keys; with a connection "
		 "ID, or an ECDHE"},
	{"client_id", NBSI_MAP, .keys = client_id_keys, .required = true,
	 .help = "ClientIDs: 1 to 23 characters each, unique in the scenario"},
	{"dtls", NBSI_MAP, .keys = nbsi_dtls_keys, .help = "read when security is not none"},
	{"mqttsn", NBSI_MAP, .keys = mqttsn_keys, .help = "MQTT-SN 1.2 client"},
	{"report", NBSI_MAP, .keys = report_keys, .help = "what a device sends"},
	{0}
};

static const struct nbsi_key guess_keys[] = {
	SERIAL_KEYS(struct nbs_attack_config, guess, NBS_CLIENTID_MAX),
	{"count", NBSI_WHOLE, .min = 1, .max = 1e9, .required = true, ATK(guess_count),
	 .help = "so many different ones, then from the start"},
	{0}
};

static const struct nbsi_key attack_keys[] = {
	{"kind", NBSI_ATTACK, .min = 1, .max = NBS_NAME_MAX, .required = true, ATK(kind),
	 .help = "see `nbsec list attacks`"},
	{"target", NBSI_NAME, .min = 1, .max = NBS_NAME_MAX, .required = true, ATK(target),
	 .help = "name of a fleet"},
	{"start", NBSI_DURATION, .min = 0, .max = YEARS_100, .fallback = "1 h", ATK(start_ns),
	 .help = "first attempt"},
	{"period", NBSI_DURATION, .min = 1 * MS, .max = YEARS_100, .fallback = "60 s",
	 ATK(period_ns), .help = "from one attempt to the next"},
	{"attempts", NBSI_WHOLE, .min = 1, .max = 1e6, .required = true, ATK(attempts),
	 .help = "at most so many"},
	{"guess", NBSI_MAP, .keys = guess_keys, .required = true,
	 .help = "serial numbers tried in turn"},
	{"credentials", NBSI_WORD, .words = credentials_words, .fallback = "none",
	 ATK(credentials), .help = "insider: holds the key of the target's first device"},
	{0}
};

static const struct nbsi_key check_keys[] = {
	{"value", NBSI_PATH, .min = 1, .max = NBS_TEXT_MAX, .required = true, CHK(value),
	 .help = "path into summary.json: fleets.NAME.., attacks.TARGET.."},
	{"min", NBSI_NUMBER, CHK(min), .flag = offsetof(struct nbs_check_config, has_min),
	 .shown = "", .help = "least value that passes"},
	{"max", NBSI_NUMBER, CHK(max), .flag = offsetof(struct nbs_check_config, has_max),
	 .shown = "", .help = "largest value that passes; min, max or both"},
	{0}
};

static const struct nbsi_key root_keys[] = {
	{"name", NBSI_NAME, .min = 1, .max = NBS_NAME_MAX, .required = true, SCN(name),
	 .help = "names the output folder"},
	{"description", NBSI_TEXT, .min = 0, .max = NBS_TEXT_MAX, .fallback = "",
	 .shown = "nothing", SCN(description), .help = "a sentence for people"},
	{"seed", NBSI_WHOLE, .min = NBS_SEED_MIN, .max = NBS_SEED_MAX, .fallback = "1", SCN(seed),
	 .help = "of all random numbers; the same seed gives the same bytes"},
	{"start", NBSI_TIME, .fallback = "2026-01-01T00:00:00Z", SCN(start_unix_s),
	 .help = "date and time at the simulation's zero"},
	{"duration", NBSI_DURATION, .min = 1 * S, .max = YEARS_100, .fallback = "24 h",
	 SCN(duration_ns), .help = "simulated time"},
	{"stack", NBSI_WORD, .words = stack_words, .fallback = "light",
	 AT(struct nbsi_root, stack), .help = "of the fleets that do not say"},
	{"network", NBSI_MAP, .keys = nbsi_network_keys, .help = "the cell and its core network"},
	{"internet", NBSI_MAP, .keys = internet_keys,
	 .help = "each link to the internet: the operator's, the gateway's, the attackers'"},
	{"gateway", NBSI_MAP, .keys = nbsi_gateway_keys, .help = "MQTT-SN gateway and broker"},
	{"battery", NBSI_MAP, .keys = nbsi_battery_keys,
	 .help = "each device's; as it stands an ideal one, the convention of TR 45.820 5.4"},
	{"fleets", NBSI_LIST, .keys = fleet_keys, .min = 1, .max = 1000, .required = true,
	 .item_size = sizeof(struct nbs_fleet_config), SCN(fleets),
	 .count_offset = offsetof(struct nbs_scenario, fleet_count),
	 .help = "devices of one kind each"},
	{"attacks", NBSI_LIST, .keys = attack_keys, .min = 0, .max = 1000, .shown = "none",
	 .item_size = sizeof(struct nbs_attack_config), SCN(attacks),
	 .count_offset = offsetof(struct nbs_scenario, attack_count),
	 .help = "attackers on the internet side"},
	{"checks", NBSI_LIST, .keys = check_keys, .min = 0, .max = 1000, .shown = "none",
	 .item_size = sizeof(struct nbs_check_config), SCN(checks),
	 .count_offset = offsetof(struct nbs_scenario, check_count),
	 .help = "what must hold at the end; else the exit status is 1"},
	{0}
};
/* clang-format on */

const struct nbsi_key *
nbsi_schema(void)
{
	return root_keys;
}

/* clang-format off */
static const struct nbsi_key network_head_keys[] = {
	{"name", NBSI_NAME, .min = 1, .max = NBS_NAME_MAX, .required = true,
	 AT(struct nbs_network_file, name), .help = "what scenarios call it"},
	{"description", NBSI_TEXT, .min = 0, .max = NBS_TEXT_MAX, .fallback = "",
	 .shown = "nothing", AT(struct nbs_network_file, description),
	 .help = "a sentence for people"},
	{"source", NBSI_TEXT, .min = 0, .max = NBS_TEXT_MAX, .fallback = "", .shown = "nothing",
	 AT(struct nbs_network_file, source), .help = "where its values come from"},
	{0}
};
/* clang-format on */

const struct nbsi_key *
nbsi_schema_network_head(void)
{
	return network_head_keys;
}

const struct nbsi_key *
nbsi_schema_network(void)
{
	return nbsi_network_keys;
}

/* clang-format off */
static const struct nbsi_unmodelled unmodelled[] = {
	{"nidd", "data without IP through the SCEF: devices speak UDP"},
	{"scef", "exposure function: devices are reached through the PGW only"},
	{"wus", "wake-up signal (Rel-15): each paging occasion is listened to"},
	{"pur", "preconfigured uplink resources (Rel-16): new data costs a random access"},
	{"npdcch_order", "random access ordered by the cell: it pages"},
	{"cfra", "contention-free random access: all preambles contend"},
	{"cell_reselection", "there is one cell, with or without coverage"},
	{"mobility", "devices stay where they are"},
	{"multicast", "SC-PTM: the cell sends to one device at a time"},
	{"sc_ptm", "the cell sends to one device at a time"},
	{"positioning", "OTDOA, E-CID: no positioning signals"},
	{"tdd", "frequency division duplex only"},
	{"nprach_format2", "the 1.25 kHz preamble of Rel-15: formats 0 and 1 only"},
	{"nprach_msg3_range", "nprach-SubcarrierMSG3-RangeStart: all UEs do multi-tone Msg3"},
	{"power_class", "power classes 5 and 6: every UE has 23 dBm"},
	{"harq_processes", "two HARQ processes (Cat NB2): one, as Cat NB1"},
	{"nb2_harq", "two HARQ processes (Cat NB2): one, as Cat NB1"},
	{"category", "Cat NB2: every UE is Cat NB1, blocks of 1000 bits uplink, 680 downlink"},
	{"sixteen_qam", "16-QAM (Rel-17): QPSK and BPSK only"},
	{"non_anchor_nprach", "random access and paging stay on the anchor carrier"},
	{"access_barring", "SIB14-NB: only cellBarred"},
	{"roaming", "there is one operator"},
	{"sms", "no messages over NAS but data"},
	{"tcp", "transport is UDP"},
	{"coap", "application protocol is MQTT-SN"},
	{"ipv6", "addresses are IPv4"},
	{0}
};
/* clang-format on */

const struct nbsi_unmodelled *
nbsi_schema_unmodelled(void)
{
	return unmodelled;
}

const struct nbsi_key *
nbsi_schema_find(const struct nbsi_key *keys, const char *name, size_t len)
{
	for (; keys->name != NULL; keys++) {
		if (strlen(keys->name) == len && memcmp(keys->name, name, len) == 0)
			return keys;
	}
	return NULL;
}
