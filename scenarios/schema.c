/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of the scenario language. Ranges of the radio keys are those of the ASN.1 fields in
 * TS 36.331 6.7.3 and of the timers in TS 24.008 10.5.7.3, 10.5.7.4a; which of the values inside a
 * range the standard has, nbs_network_config_check() knows. Ranges of the others are ours, and
 * catch slips of a unit.
 */
#include "scenarios/schema.h"

#include "scenarios/serial.h"

#include <string.h>

/* clang-format off */
#define MS 1e6
#define S 1e9
#define MIN (60 * S)
#define H (60 * MIN)
#define D (24 * H)
#define YEARS_100 (36525 * D)

#define AT(type, field) .offset = offsetof(type, field), .size = sizeof(((type *)0)->field)
#define CE(field) AT(struct nbs_ce_config, field)
#define NET(field) AT(struct nbs_scenario, network.field)
#define SCN(field) AT(struct nbs_scenario, field)
#define FLT(field) AT(struct nbs_fleet_config, field)
#define ATK(field) AT(struct nbs_attack_config, field)
#define CHK(field) AT(struct nbs_check_config, field)

static const char *const deployment_words[] = {"stand-alone", "guard-band", "in-band", NULL};
static const char *const receiver_words[] = {"evaluation", "minimum", NULL};
static const char *const link_words[] = {"real", "ideal", NULL};
static const char *const optimisation_words[] = {"control-plane", "user-plane", NULL};
static const char *const stack_words[] = {"light", "ns3", NULL};
static const char *const security_words[] = {"none", "dtls-psk", NULL};
static const char *const session_words[] = {"keepalive", "sleep", NULL};
static const char *const lost_words[] = {"drop", "resend", NULL};
static const char *const credentials_words[] = {"none", "insider", NULL};
static const char *const client_id_word[] = {"client-id", NULL};

static const struct nbsi_key ce_keys[] = {
	{"nprach_period", NBSI_DURATION, .min = 40 * MS, .max = 2560 * MS,
	 .step_ns = 1000000, CE(nprach_period_ms), .help = "nprach-Periodicity"},
	{"nprach_start", NBSI_DURATION, .min = 8 * MS, .max = 1024 * MS,
	 .step_ns = 1000000, CE(nprach_start_ms), .help = "nprach-StartTime"},
	{"nprach_subcarriers", NBSI_WHOLE, .min = 12, .max = 48, CE(nprach_subcarriers),
	 .help = "nprach-NumSubcarriers"},
	{"nprach_repetitions", NBSI_WHOLE, .min = 1, .max = 128, CE(nprach_repetitions),
	 .help = "numRepetitionsPerPreambleAttempt"},
	{"nprach_attempts", NBSI_WHOLE, .min = 3, .max = 10, CE(nprach_attempts),
	 .help = "maxNumPreambleAttemptCE, before the next level is tried"},
	{"npdcch_ra_rmax", NBSI_WHOLE, .min = 1, .max = 2048, CE(npdcch_ra_rmax),
	 .help = "npdcch-NumRepetitions-RA"},
	{"npdcch_ra_g", NBSI_NUMBER, .min = 1.5, .max = 64, CE(npdcch_ra_g),
	 .help = "npdcch-StartSF-CSS-RA"},
	{"npdcch_rmax", NBSI_WHOLE, .min = 1, .max = 2048, CE(npdcch_rmax),
	 .help = "npdcch-NumRepetitions of the device's own search space"},
	{"npdcch_g", NBSI_NUMBER, .min = 1.5, .max = 64, CE(npdcch_g),
	 .help = "npdcch-StartSF-USS"},
	{"ra_window", NBSI_WHOLE, .min = 2, .max = 10, CE(ra_window_pp),
	 .help = "ra-ResponseWindowSize, in NPDCCH periods"},
	{"contention_timer", NBSI_WHOLE, .min = 1, .max = 64, CE(contention_timer_pp),
	 .help = "mac-ContentionResolutionTimer, in NPDCCH periods"},
	{"ack_nack_repetitions", NBSI_WHOLE, .min = 1, .max = 128, CE(ack_nack_repetitions),
	 .help = "ack-NACK-NumRepetitions"},
	{"ack_nack_msg4_repetitions", NBSI_WHOLE, .min = 1, .max = 128,
	 CE(ack_nack_msg4_repetitions), .help = "ack-NACK-NumRepetitions-Msg4"},
	{0}
};

static const struct nbsi_key cdrx_keys[] = {
	{"enabled", NBSI_SWITCH, .required = true, NET(cdrx.enabled),
	 .help = "must be said in the mapping; c_drx: off says it alone"},
	{"cycle", NBSI_DURATION, .min = 256 * MS, .max = 10240 * MS, NET(cdrx.cycle_ns),
	 .help = "drx-Cycle"},
	{"on_duration", NBSI_DURATION, .min = 1 * MS, .max = 60 * S, NET(cdrx.on_duration_ns),
	 .help = "onDurationTimer, as time"},
	{"inactivity", NBSI_DURATION, .min = 0, .max = 60 * S, NET(cdrx.inactivity_ns),
	 .help = "drx-InactivityTimer, as time"},
	{0}
};

static const struct nbsi_key nprach_keys[] = {
	{"cp_format", NBSI_WHOLE, .min = 0, .max = 1, NET(nprach_cp_format),
	 .help = "nprach-CP-Length: 0 is 66.7 us (10 km), 1 is 266.7 us (40 km)"},
	{"target", NBSI_NUMBER, NBSI_DBM, .min = -120, .max = -90, NET(preamble_target_dbm),
	 .help = "preambleInitialReceivedTargetPower"},
	{"ramp", NBSI_NUMBER, NBSI_DB, .min = 0, .max = 6, NET(power_ramp_db),
	 .help = "powerRampingStep"},
	{"trans_max", NBSI_WHOLE, .min = 3, .max = 200, NET(preamble_trans_max),
	 .help = "preambleTransMax-CE: preambles before random access is given up"},
	{0}
};

static const struct nbsi_key network_keys[] = {
	{"deployment", NBSI_WORD, .words = deployment_words, NET(deployment),
	 .help = "where the carrier lies: decides coded bits and grants; say nrs_power with it"},
	{"receiver", NBSI_WORD, .words = receiver_words, NET(receiver),
	 .help = "receiver quality: as link evaluations assume, or only the minimum required"},
	{"link", NBSI_WORD, .words = link_words, NET(link), .help = "ideal: no block is ever lost"},
	{"optimisation", NBSI_WORD, .words = optimisation_words, NET(optimisation),
	 .help = "CIoT data in NAS messages, or a suspended and resumed user plane"},
	{"nrs_power", NBSI_NUMBER, NBSI_DBM, .min = -60, .max = 50, NET(nrs_power_dbm),
	 .help = "nrs-Power as broadcast: 24 in-band, 32 stand-alone at 43 dBm"},
	{"ce_thresholds", NBSI_NUMBERS, NBSI_DBM, .min = -140, .max = -43, .max_items = 2,
	 NET(nrsrp_threshold_dbm),
	 .help = "NRSRP below the first is coverage level 1, below the second level 2"},
	{"inactivity_timer", NBSI_DURATION, .min = 1 * MS, .max = 1 * H, NET(inactivity_timer_ns),
	 .help = "silence after which the cell releases the connection"},
	{"c_drx", NBSI_MAP_OR_SWITCH, .keys = cdrx_keys,
	 .flag = offsetof(struct nbs_scenario, network.cdrx.enabled),
	 .help = "discontinuous reception while connected"},
	{"release_assistance", NBSI_SWITCH, NET(release_assistance),
	 .help = "the device says that nothing follows, and is released at once"},
	{"t3324", NBSI_DURATION, .min = 0, .max = 11160 * S, NET(t3324_ns),
	 .help = "active timer: listens for paging so long before PSM; 0 is straight to PSM"},
	{"t3412", NBSI_DURATION, .min = 2 * S, .max = 9920 * H, NET(t3412_ns),
	 .help = "periodic tracking area update"},
	{"npdcch_paging_rmax", NBSI_WHOLE, .min = 1, .max = 2048, NET(npdcch_paging_rmax),
	 .help = "npdcch-NumRepetitionPaging: how long a paging occasion is listened to"},
	{"idle_drx_cycle", NBSI_DURATION, .min = 1280 * MS, .max = 10240 * MS,
	 NET(idle_drx_cycle_ns), .help = "paging cycle while idle"},
	{"s1_delay", NBSI_DURATION, .min = 0, .max = 10 * S, NET(s1_delay_ns),
	 .help = "cell to core network, one way"},
	{"nprach", NBSI_MAP, .keys = nprach_keys, .help = "random access"},
	{"p0", NBSI_NUMBER, NBSI_DBM, .min = -126, .max = 24, NET(p0_nominal_dbm),
	 .help = "p0-NominalNPUSCH"},
	{"alpha", NBSI_NUMBER, NBSI_RATIO, .min = 0, .max = 1, NET(alpha),
	 .help = "share of the path loss that uplink power makes up for"},
	{"delta_msg3", NBSI_NUMBER, NBSI_DB, .min = -2, .max = 12, NET(delta_msg3_db),
	 .help = "deltaPreambleMsg3, in dB (twice the field)"},
	{"t300", NBSI_DURATION, .min = 2500 * MS, .max = 60 * S, NET(t300_ns),
	 .help = "the device waits so long for RRC connection setup"},
	{"coverage_levels", NBSI_ITEMS, .keys = ce_keys, .max_items = NBS_CE_LEVELS,
	 .item_size = sizeof(struct nbs_ce_config), NET(ce),
	 .help = "one mapping for each level from 0; what it leaves out keeps its default"},
	{0}
};

static const struct nbsi_key internet_keys[] = {
	{"delay", NBSI_DURATION, .min = 0, .max = 10 * S, .fallback = "20 ms",
	 SCN(internet.delay_ns), .help = "one way"},
	{"rate", NBSI_WHOLE, NBSI_RATE, .min = 0, .max = 1e12, .fallback = "100 Mbit/s",
	 SCN(internet.rate_bps), .help = "0 is no serialisation time"},
	{"loss", NBSI_NUMBER, NBSI_RATIO, .min = 0, .max = 1, .fallback = "0",
	 SCN(internet.loss), .help = "probability that a packet vanishes"},
	{0}
};

static const struct nbsi_key gateway_keys[] = {
	{"bind_identity", NBSI_SWITCH, .fallback = "on", SCN(gateway.bind_identity),
	 .help = "the PSK identity must be the ClientID of CONNECT; in the clear, a ClientID "
		 "with a key is refused"},
	{"cookies", NBSI_SWITCH, .fallback = "on", SCN(gateway.cookies),
	 .help = "HelloVerifyRequest before any state is kept"},
	{"max_saved", NBSI_WHOLE, .min = 0, .max = 1000, .fallback = "20",
	 SCN(gateway.max_saved), .help = "messages kept for a sleeping client"},
	{0}
};

static const struct nbsi_key battery_keys[] = {
	{"capacity", NBSI_NUMBER, NBSI_WH, .min = 0.001, .max = 1000, .fallback = "5 Wh",
	 SCN(battery.capacity_wh), .help = "usable energy of a device's battery"},
	{0}
};

static const struct nbsi_key normal_keys[] = {
	{"mean", NBSI_NUMBER, NBSI_DB, .min = NBS_MCL_MIN_DB, .max = NBS_MCL_MAX_DB,
	 .required = true,
	 AT(struct nbs_dist, a), .help = "middle"},
	{"sd", NBSI_NUMBER, NBSI_DB, .min = 0, .max = 30, .required = true,
	 AT(struct nbs_dist, b), .help = "standard deviation"},
	{0}
};

static const struct nbsi_key mcl_keys[] = {
	{"uniform", NBSI_NUMBERS, NBSI_DB, .min = NBS_MCL_MIN_DB, .max = NBS_MCL_MAX_DB,
	 .max_items = 2,
	 AT(struct nbs_dist, a), .shown = "",
	 .help = "every value from the first to the second is equally likely"},
	{"normal", NBSI_MAP, .keys = normal_keys, .help = "Gaussian, instead of uniform"},
	{0}
};

#define SERIAL_KEYS(type, field)                                                               \
	{"prefix", NBSI_PREFIX, .min = 0, .max = NBS_CLIENTID_MAX, .fallback = "",             \
	 .shown = "nothing", AT(type, field.prefix), .help = "stands before the digits"},      \
	{"first", NBSI_WHOLE, .min = 0, .max = (double)NBSI_SERIAL_FIRST_MAX,                  \
	 .required = true, AT(type, field.first), .help = "number of the first; counts up"},   \
	{"digits", NBSI_WHOLE, .min = 1, .max = NBSI_SERIAL_DIGITS_MAX, .fallback = "1",       \
	 AT(type, field.digits), .help = "padded with zeros to so many digits"}

static const struct nbsi_key client_id_keys[] = {
	SERIAL_KEYS(struct nbs_fleet_config, client_id),
	{0}
};

static const struct nbsi_key identity_keys[] = {
	SERIAL_KEYS(struct nbs_fleet_config, dtls.identity),
	{0}
};

static const struct nbsi_key dtls_keys[] = {
	{"identity", NBSI_MAP_OR_WORD, .words = client_id_word, .keys = identity_keys,
	 .fallback = "client-id",
	 .flag = offsetof(struct nbs_fleet_config, dtls.identity_is_client_id),
	 .help = "PSK identity: the ClientID, or serial numbers of its own"},
	{"timeout_min", NBSI_DURATION, .min = 1 * MS, .max = 1 * H, .fallback = "1 s",
	 FLT(dtls.timeout_min_ns), .help = "first retransmission of a flight"},
	{"timeout_max", NBSI_DURATION, .min = 1 * MS, .max = 1 * H, .fallback = "60 s",
	 FLT(dtls.timeout_max_ns), .help = "the doubling ends here"},
	{0}
};

static const struct nbsi_key mqttsn_keys[] = {
	{"session", NBSI_WORD, .words = session_words, .fallback = "keepalive",
	 FLT(mqttsn.session), .help = "stay connected, or CONNECT and sleep around each report"},
	{"topic", NBSI_TOPIC, .min = 3, .max = 64, .fallback = "meters/%s", FLT(mqttsn.topic),
	 .help = "topic of the reports; %s becomes the ClientID"},
	{"keepalive", NBSI_DURATION, .min = 1 * S, .max = 65535 * S, .fallback = "2 h",
	 .step_ns = 1000000000, FLT(mqttsn.keepalive_s), .help = "Duration of CONNECT"},
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

static const struct nbsi_key report_keys[] = {
	{"period", NBSI_DURATION, .min = 1 * S, .max = 3653 * D, .fallback = "1 h",
	 FLT(report_period_ns), .help = "from one report of a device to its next"},
	{"payload", NBSI_WHOLE, NBSI_BYTES, .min = 24, .max = 200, .fallback = "64 B",
	 FLT(payload_bytes), .help = "application bytes; 24 hold what identifies a report"},
	{0}
};

static const struct nbsi_key fleet_keys[] = {
	{"name", NBSI_NAME, .min = 1, .max = NBS_NAME_MAX, .required = true, FLT(name),
	 .help = "unique; results, attacks and checks refer to it"},
	{"devices", NBSI_WHOLE, .min = 1, .max = 60000, .required = true, FLT(devices),
	 .help = "how many"},
	{"modem", NBSI_MODEM, .min = 1, .max = NBS_NAME_MAX, .fallback = "sara-n211", FLT(modem),
	 .help = "whose currents: see `nbsec list modems`"},
	{"mcl", NBSI_DIST, NBSI_DB, .min = NBS_MCL_MIN_DB, .max = NBS_MCL_MAX_DB,
	 .required = true, .keys = mcl_keys,
	 FLT(mcl_db), .help = "coupling loss to the cell, one value or drawn once a device"},
	{"stack", NBSI_WORD, .words = stack_words, .shown = "the scenario's", FLT(stack),
	 .help = "kind of host: light (fast) or a whole ns-3 node"},
	{"security", NBSI_WORD, .words = security_words, .required = true, FLT(security),
	 .help = "MQTT-SN in the clear, or over DTLS 1.2 with pre-shared keys"},
	{"client_id", NBSI_MAP, .keys = client_id_keys, .required = true,
	 .help = "ClientIDs: 1 to 23 characters each, unique in the scenario"},
	{"dtls", NBSI_MAP, .keys = dtls_keys, .help = "read when security is dtls-psk"},
	{"mqttsn", NBSI_MAP, .keys = mqttsn_keys, .help = "MQTT-SN 1.2 client"},
	{"report", NBSI_MAP, .keys = report_keys, .help = "what a device sends"},
	{0}
};

static const struct nbsi_key guess_keys[] = {
	SERIAL_KEYS(struct nbs_attack_config, guess),
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
	{"network", NBSI_MAP, .keys = network_keys, .help = "the cell and its core network"},
	{"internet", NBSI_MAP, .keys = internet_keys,
	 .help = "each link to the internet: the operator's, the gateway's, the attackers'"},
	{"gateway", NBSI_MAP, .keys = gateway_keys, .help = "MQTT-SN gateway and broker"},
	{"battery", NBSI_MAP, .keys = battery_keys, .help = "for the years in the answer"},
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

const struct nbsi_key *
nbsi_schema_find(const struct nbsi_key *keys, const char *name, size_t len)
{
	for (; keys->name != NULL; keys++) {
		if (strlen(keys->name) == len && memcmp(keys->name, name, len) == 0)
			return keys;
	}
	return NULL;
}
