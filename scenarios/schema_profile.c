/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tables of device profiles: a modem's file, a microcontroller's file, and what stands under
 * each value in them. Ranges are ours, and catch slips of a unit: the widest that a module or
 * controller on a battery could have.
 */
#include "scenarios/schema_table.h"

/* clang-format off */
#define MODEM(field) AT(struct nbs_modem, field)
#define MCU(field) AT(struct nbs_mcu, field)

static const char *const tag_words[] = {"measured", "data_sheet", "derived", "assumed", NULL};
static const char *const modem_word[] = {"modem", NULL};
static const char *const mcu_word[] = {"mcu", NULL};
static const char *const none_word[] = {"none", NULL};

/* In the order of enum nbs_tag; field is a struct nbs_value of the struct. */
#define PROVENANCE(type, field)                                                                \
	{"tag", NBSI_WORD, .words = tag_words, .required = true, AT(type, field.tag),          \
	 .help = "how far it can be trusted: `assumed` is what nobody measured"},              \
	{"source", NBSI_TEXT, .min = 1, .max = NBS_SOURCE_MAX, .required = true,               \
	 AT(type, field.source), .help = "where it comes from, with the arithmetic"},          \
	{"spread", NBSI_NUMBER, NBSI_RATIO, .min = 0, .max = 2, .shown = "by the tag",         \
	 AT(type, field.spread), .help = "relative standard deviation"}

#define VALUE_AT AT(struct nbs_value, value)
#define PLAIN(name, unit, help_text)                                                           \
	{                                                                                      \
		{name, NBSI_NUMBER, unit, .required = true, VALUE_AT, .help = help_text},      \
		PROVENANCE(struct nbs_nested_value, value), {0}                                \
	}

/* Lets one macro name the fields of a value that stands alone and of one inside a struct. */
struct nbs_nested_value {
	struct nbs_value value;
};

static const struct nbsi_key current_keys[] = {
	{"current", NBSI_NUMBER, NBSI_MA, VALUE_AT, .help = "this, or"},
	{"power", NBSI_NUMBER, NBSI_MW, VALUE_AT,
	 .help = "divided by the supply voltage; one of the two"},
	PROVENANCE(struct nbs_nested_value, value),
	{0}
};
static const struct nbsi_key voltage_keys[] = PLAIN("voltage", NBSI_VOLTS, "of the supply");
static const struct nbsi_key energy_keys[] = PLAIN("energy", NBSI_MJ, "of the whole");
static const struct nbsi_key time_keys[] = PLAIN("time", NBSI_MS, "of the whole");
static const struct nbsi_key op_keys[] = PLAIN("time", NBSI_US, "of one");
static const struct nbsi_key share_keys[] = PLAIN("share", NBSI_RATIO, "of the time");

static const struct nbsi_key tx_keys[] = {
	{"at", NBSI_NUMBER, NBSI_DBM, .min = -60, .max = 33, .required = true,
	 AT(struct nbs_modem_tx_point, dbm), .help = "radio power; rising from item to item"},
	{"current", NBSI_NUMBER, NBSI_MA, .min = 1, .max = 1000,
	 AT(struct nbs_modem_tx_point, current_ma.value), .help = "this, or"},
	{"power", NBSI_NUMBER, NBSI_MW, AT(struct nbs_modem_tx_point, current_ma.value),
	 .help = "divided by the supply voltage; one of the two"},
	PROVENANCE(struct nbs_modem_tx_point, current_ma),
	{0}
};

#define CURRENT NBSI_VALUE, NBSI_MA, .required = true, .keys = current_keys
#define ENERGY NBSI_VALUE, NBSI_MJ, .required = true, .keys = energy_keys
#define TIME NBSI_VALUE, NBSI_MS, .required = true, .keys = time_keys
#define OP NBSI_VALUE, NBSI_US, .required = true, .keys = op_keys
#define SUPPLY(type)                                                                           \
	{"supply", NBSI_VALUE, NBSI_VOLTS, .min = 1.2, .max = 5.5, .required = true,           \
	 .keys = voltage_keys, AT(type, supply_v), .help = "at which its currents hold"}
#define HEAD(type, word)                                                                       \
	{"kind", NBSI_WORD, .words = word, .required = true,                                   \
	 .help = "what the file is about: `nbsec check` knows it by this"},                    \
	{"name", NBSI_NAME, .min = 1, .max = NBS_NAME_MAX, .required = true, AT(type, name),   \
	 .help = "what results call it"},                                                      \
	{"title", NBSI_TEXT, .min = 1, .max = 127, .required = true, AT(type, title),          \
	 .help = "maker and model, for people"},                                               \
	SUPPLY(type)

static const struct nbsi_key modem_keys[] = {
	HEAD(struct nbs_modem, modem_word),
	{"psm", CURRENT, .min = 0, .max = 1, MODEM(psm_ma),
	 .help = "deep sleep, in power saving mode"},
	{"edrx", CURRENT, .min = 0, .max = 10, MODEM(edrx_ma),
	 .help = "extended DRX, asleep outside of its paging time windows"},
	{"ptw", CURRENT, .min = 0, .max = 30, MODEM(ptw_ma),
	 .help = "in such a window, between its paging occasions"},
	{"idle", CURRENT, .min = 0, .max = 30, MODEM(idle_ma),
	 .help = "idle mode, between paging occasions; an occasion itself costs rx"},
	{"active", CURRENT, .min = 0, .max = 100, MODEM(active_ma),
	 .help = "awake, neither sending nor receiving"},
	{"cdrx_sleep", CURRENT, .min = 0, .max = 100, MODEM(cdrx_sleep_ma),
	 .help = "connected, receiver off between two on-durations"},
	{"rx", CURRENT, .min = 1, .max = 300, MODEM(rx_ma), .help = "receiver open"},
	{"sync", NBSI_VALUE, NBSI_RATIO, .min = 0, .max = 1, .required = true, .keys = share_keys,
	 MODEM(sync_rx_share),
	 .help = "of a cell search, how long the receiver is open; active else"},
	{"tx", NBSI_ITEMS, .keys = tx_keys, .max_items = NBS_MODEM_TX_POINTS, .required = true,
	 .item_size = sizeof(struct nbs_modem_tx_point), MODEM(tx),
	 COUNT_AT(struct nbs_modem, tx_points),
	 .help = "transmitting: linear between the points, the ends hold beyond"},
	{"boot_energy", ENERGY, .min = 0, .max = 20000, MODEM(boot_mj),
	 .help = "from no supply to the cell search"},
	{"boot_time", TIME, .min = 0, .max = 120000, MODEM(boot_ms), .help = "its duration"},
	{"wake_energy", ENERGY, .min = 0, .max = 5000, MODEM(wake_mj),
	 .help = "the same from deep sleep"},
	{"wake_time", TIME, .min = 0, .max = 30000, MODEM(wake_ms), .help = "its duration"},
	{"down_energy", ENERGY, .min = 0, .max = 5000, MODEM(down_mj),
	 .help = "from the last word with the network to deep sleep"},
	{"down_time", TIME, .min = 0, .max = 60000, MODEM(down_ms),
	 .help = "its duration, 0 = at once"},
	{0}
};

#define CRYPTO_KEYS(way)                                                                       \
	{"run", CURRENT, .min = 0.01, .max = 300, MCU(way.current_ma),                         \
	 .help = "while it works, all of the controller"},                                     \
	{"aes_block", OP, .min = 0.001, .max = 1e5, MCU(way.op_us[NBS_CRYPTO_AES_BLOCK]),      \
	 .help = "16 bytes through AES"},                                                      \
	{"aes_key", OP, .min = 0, .max = 1e5, MCU(way.op_us[NBS_CRYPTO_AES_KEY]),              \
	 .help = "one key expansion"},                                                         \
	{"sha256_block", OP, .min = 0.001, .max = 1e6,                                         \
	 MCU(way.op_us[NBS_CRYPTO_SHA256_BLOCK]), .help = "one compression, 64 bytes"},        \
	{"sha512_block", OP, .min = 0.001, .max = 1e6,                                         \
	 MCU(way.op_us[NBS_CRYPTO_SHA512_BLOCK]),                                              \
	 .help = "one of SHA-384 or SHA-512, 128 bytes"},                                      \
	{"ghash_block", OP, .min = 0.001, .max = 1e6,                                          \
	 MCU(way.op_us[NBS_CRYPTO_GHASH_BLOCK]), .help = "one product in GF(2^128), 16 bytes"}, \
	{"chacha_block", OP, .min = 0.001, .max = 1e6,                                         \
	 MCU(way.op_us[NBS_CRYPTO_CHACHA_BLOCK]), .help = "64 bytes of key stream"},           \
	{"poly1305_block", OP, .min = 0.001, .max = 1e6,                                       \
	 MCU(way.op_us[NBS_CRYPTO_POLY1305_BLOCK]), .help = "16 bytes"},                       \
	{"ecp_mul", OP, .min = 10, .max = 1e9, MCU(way.op_us[NBS_CRYPTO_ECP_MUL]),             \
	 .help = "one scalar multiplication on a 256-bit curve"},                              \
	{0}

static const struct nbsi_key software_keys[] = { CRYPTO_KEYS(software) };
static const struct nbsi_key hardware_keys[] = { CRYPTO_KEYS(hardware) };

static const struct nbsi_key mcu_keys[] = {
	HEAD(struct nbs_mcu, mcu_word),
	{"active", CURRENT, .min = 0, .max = 300, MCU(active_ma), .help = "core running"},
	{"sleep", CURRENT, .min = 0, .max = 10, MCU(sleep_ma), .help = "clock and memory kept"},
	{"report", TIME, .min = 0, .max = 60000, MCU(report_ms),
	 .help = "awake to make a report: read a sensor, format"},
	{"datagram", TIME, .min = 0, .max = 10000, MCU(datagram_ms),
	 .help = "awake for one datagram to or from the modem"},
	{"software", NBSI_MAP, .keys = software_keys, .required = true,
	 .help = "cryptography on the core"},
	{"hardware", NBSI_MAP_OR_WORD, .words = none_word, .keys = hardware_keys,
	 .required = true, FLAG_AT(struct nbs_mcu, no_hardware),
	 .help = "cryptography on an accelerator, if it has one"},
	{0}
};
/* clang-format on */

const struct nbsi_key *
nbsi_schema_modem(void)
{
	return modem_keys;
}

const struct nbsi_key *
nbsi_schema_mcu(void)
{
	return mcu_keys;
}
