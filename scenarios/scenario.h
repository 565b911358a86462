/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * A scenario as the loader hands it to the builder: everything checked, everything in SI units
 * (times in ns), defaults filled in.
 */
#ifndef NBSEC_SCENARIOS_SCENARIO_H
#define NBSEC_SCENARIOS_SCENARIO_H

#include "models/dtls/dtls.h"
#include "models/nbiot/config.h"
#include "models/nbiot/place.h"
#include "models/power/battery.h"
#include "models/power/mcu.h"
#include "models/power/modem.h"
#include "sim/net.h"
#include "sim/status.h"

#include <stdio.h>

#define NBS_NAME_MAX 63U     /* characters of scenario, fleet, modem, attack names */
#define NBS_CLIENTID_MAX 23U /* MQTT-SN v1.2 5.3.1 */
#define NBS_PREFIX_MAX 110U  /* with 18 digits a PSK identity of 128, RFC 4279 5.3 */
#define NBS_TEXT_MAX 255U

/* Coupling losses that the language takes, dB: from beside the antenna to beyond any coverage. */
#define NBS_MCL_MIN_DB 60.0
#define NBS_MCL_MAX_DB 200.0

#define NBS_MIX_MAX 8U /* points of a mix */

/** A number that is fixed or drawn once a device. */
enum nbs_dist_kind {
	NBS_DIST_FIXED,
	NBS_DIST_UNIFORM,
	NBS_DIST_NORMAL,
	NBS_DIST_MIX,
	NBS_DIST_PLACE /* of a coupling loss: from where the device stands */
};
struct nbs_dist_point {
	double share; /* the shares of a mix sum to 1 */
	double value;
};
struct nbs_dist {
	enum nbs_dist_kind kind;
	double a;        /* fixed: the value; uniform: lowest; normal: mean */
	double b;        /* uniform: highest; normal: standard deviation */
	uint32_t points; /* of a mix */
	struct nbs_dist_point mix[NBS_MIX_MAX];
};

/** A report period that is drawn once a device. */
struct nbs_period_point {
	double share;
	uint64_t period_ns;
};

/** A report's size drawn for each: Pareto, and what is larger than max counts as max. */
struct nbs_pareto {
	double alpha; /* shape; 0 = the size is fixed */
	uint32_t min, max;
};

#define NBS_SPREAD_PERIOD UINT64_MAX /* first reports are spread over the report period */

/** Serial numbers: prefix, then a number of so many digits, counting up from first. */
struct nbs_serial {
	char prefix[NBS_PREFIX_MAX + 1];
	uint64_t first;
	unsigned digits; /* zero-padded to this width */
};

/* All but the first: DTLS 1.2, with pre-shared keys except for the last. */
enum nbs_security {
	NBS_SEC_NONE,
	NBS_SEC_DTLS_PSK,
	NBS_SEC_DTLS_PSK_CID,    /* with a connection ID, RFC 9146 */
	NBS_SEC_DTLS_ECDHE_PSK,  /* with an ECDHE, RFC 5489 */
	NBS_SEC_DTLS_ECDHE_ECDSA /* with certificates on both sides, RFC 8422 */
};
enum nbs_session { NBS_SESSION_KEEPALIVE, NBS_SESSION_SLEEP };
enum nbs_session_lost { NBS_LOST_DROP, NBS_LOST_RESEND }; /* what becomes of the report in flight */
enum nbs_between { NBS_BETWEEN_PSM, NBS_BETWEEN_OFF };    /* off: detached and without supply */
enum nbs_gateway_preset { NBS_GATEWAY_PLAIN, NBS_GATEWAY_MBEDTLS, NBS_GATEWAY_SCANDIUM };
enum nbs_credentials { NBS_CRED_NONE, NBS_CRED_INSIDER };

/* What a device keeps of its DTLS association while its modem sleeps, and over a restart. */
enum nbs_keep {
	NBS_KEEP_RAM,     /* all of it, over a sleep alone */
	NBS_KEEP_FLASH,   /* all of it, written down */
	NBS_KEEP_SESSION, /* what a resumption needs, written down */
	NBS_KEEP_NOTHING
};

struct nbs_fleet_config {
	char name[NBS_NAME_MAX + 1];
	unsigned devices;
	char modem[NBS_NAME_MAX + 1];    /* its profile's name */
	struct nbs_modem *modem_profile; /* the scenario's */
	struct nbs_mcu *mcu_profile;     /* the scenario's; NULL = devices without one */
	bool crypto_hardware;            /* on the controller's accelerator */
	struct nbs_dist mcl_db;          /* maximum coupling loss, dB */
	struct nbs_place_config place;   /* read with NBS_DIST_PLACE */
	enum nbs_host_kind stack;
	enum nbs_security security;
	struct nbs_serial client_id;
	struct {                            /* DTLS, used when security is not none */
		bool identity_is_client_id; /* else identity below, followed by the device's number
					     */
		struct nbs_serial identity;
		uint64_t timeout_min_ns, timeout_max_ns; /* RFC 6347 4.2.4.1 */
		unsigned cid;     /* bytes of the gateway's IDs; read with dtls-psk-cid */
		unsigned own_cid; /* bytes of the device's own ID; read with dtls-psk-cid */
		unsigned suite;  /* 1 + index for nbs_dtls_suite_at(); 0 = usual for the security */
		bool offers_all; /* the suite first, then all others of its kind */
		enum nbs_dtls_resumption resumption;
		enum nbs_keep keep;
		uint64_t renew_after_ns; /* see nbs_station_config.renew_ns */
		unsigned handshake_retries;
		uint64_t handshake_wait_ns;
		bool no_extended_master_secret, no_encrypt_then_mac;
		unsigned max_fragment; /* 0, 1, 2: not asked for, 512, 1024 bytes */
		unsigned mtu;          /* UDP payload, 0 = no limit */
		bool group_key;        /* one key for all devices of the fleet */
		unsigned key_bytes;    /* 0 = 16 */
	} dtls;
	struct { /* MQTT-SN */
		enum nbs_session session;
		char topic[NBS_TEXT_MAX + 1]; /* "%s" stands for the ClientID */
		uint16_t keepalive_s;         /* CONNECT Duration */
		unsigned qos;                 /* 0 or 1 */
		uint64_t t_retry_ns;          /* MQTT-SN v1.2 7.2 */
		unsigned n_retry;
		enum nbs_session_lost session_lost;
	} mqttsn;
	enum nbs_between between_reports;
	uint64_t restart_every_ns; /* the host restarts between reports; 0 = never */
	uint64_t power_on_ns;      /* radios are switched on at random times up to this one */
	uint64_t report_period_ns; /* of a mix: one over the mean rate of its devices */
	uint32_t period_points;    /* 0 = all devices have the same */
	struct nbs_period_point period_mix[NBS_MIX_MAX];
	uint64_t report_spread_ns; /* first reports come so long after power-on at most */
	unsigned payload_bytes;    /* application bytes of a report; of drawn ones the median */
	struct nbs_pareto payload;
};

struct nbs_attack_config {
	char kind[NBS_NAME_MAX + 1];      /* name of a registered attack, "clientid-spoof" */
	char target[NBS_NAME_MAX + 1];    /* a fleet's name */
	uint64_t start_ns;                /* first attempt */
	uint64_t period_ns;               /* from one attempt to the next */
	unsigned attempts;                /* at most so many; guesses start over when used up */
	struct nbs_serial guess;          /* serial numbers tried in turn */
	unsigned guess_count;             /* how many different ones */
	enum nbs_credentials credentials; /* insider: holds the key of the target's first device */
	unsigned line;                    /* of the scenario file, for messages */
};

struct nbs_check_config {
	char value[NBS_TEXT_MAX + 1]; /* path into summary.json, fleets and attacks by name */
	bool has_min, has_max;
	double min, max; /* inclusive */
};

struct nbs_scenario {
	char name[NBS_NAME_MAX + 1];
	char description[NBS_TEXT_MAX + 1];
	uint32_t seed;
	uint64_t start_unix_s;
	uint64_t duration_ns;
	struct nbs_network_config network;
	struct nbs_link_params
	    internet; /* PGW to internet, gateway to internet, attacker to internet */
	struct {
		bool bind_identity;   /* PSK identity must equal the ClientID of CONNECT */
		bool cookies;         /* HelloVerifyRequest */
		unsigned max_saved;   /* messages kept for a sleeping client */
		unsigned cid_padding; /* records with an ID, to a multiple; 0 = 16 bytes */
		enum nbs_gateway_preset preset; /* of what is not given below, for a loaded one */
		/* See struct nbs_dtls_server_config; 0 = its default. */
		uint64_t timeout_min_ns, timeout_max_ns;
		unsigned cookie_threshold, half_open_limit, session_limit;
		uint64_t stale_ns, session_idle_ns;
		unsigned mtu;       /* largest UDP payload of a flight's datagram, 0 = no limit */
		unsigned resumable; /* sessions; read where a fleet resumes, 0 = no limit */
		uint64_t resumable_ns;
		bool hide_unknown;
		uint64_t park_after_ns; /* the simulator's memory, not the gateway's; 0 = never */
	} gateway;
	struct { /* of each device: nbs_scenario_battery() hands it to the model */
		double capacity_wh;
		double usable;
		double self_discharge_per_year;
		double quiescent_mw; /* of the board, to which adds */
		double quiescent_ma; /* a current at */
		double voltage_v;
		double temperature_c;
		double derating_per_k;
		double cutoff_v; /* 0 = off */
		double full_v, empty_v;
		double resistance_ohm;
		double peak_ma;
		bool until_empty; /* the run ends with the batteries */
	} battery;
	struct nbs_fleet_config *fleets;
	size_t fleet_count;
	struct nbs_attack_config *attacks;
	size_t attack_count;
	struct nbs_check_config *checks;
	size_t check_count;
	char *yaml; /* the document as run: base and overrides applied, seed set; NUL-terminated */
	char *assumed; /* "FILE: 12 keys not given, assumed as in network-a: ..", NULL = none */
};

/** A network's configuration under a name, as scenarios take it for `network.base`. */
struct nbs_network_file {
	char name[NBS_NAME_MAX + 1];
	char description[NBS_TEXT_MAX + 1];
	char source[NBS_TEXT_MAX + 1]; /* where its values come from */
	struct nbs_network_config config;
	char *assumed; /* as in struct nbs_scenario */
};

/** One --set path.to.key=value. */
struct nbs_override {
	const char *text;
};

/**
 * Reads and checks a scenario file.
 * @param[in]  seed      0 = the file's own (or its default).
 * @param[in]  messages  where errors go, as file:line:column with the line and what was expected.
 * @param[out] scenario  freed by nbs_scenario_free(); untouched on error.
 * @retval NBS_E_INVALID  the text breaks a rule (all rules broken were reported).
 * @retval NBS_E_NOTFOUND, NBS_E_IO  the file cannot be read (reported).
 */
NBS_API enum nbs_status nbs_scenario_load(const char *path, uint32_t seed,
					  const struct nbs_override *overrides,
					  size_t override_count, FILE *messages,
					  struct nbs_scenario **scenario);
NBS_API void nbs_scenario_free(struct nbs_scenario *scenario);

/** The scenario's battery in the model's terms; one that was loaded passes nbs_battery_check(). */
NBS_API void nbs_scenario_battery(const struct nbs_scenario *scenario,
				  struct nbs_battery_config *config);

/**
 * Reads and checks a network's file.
 * @param[in]  base  a shipped network's name, or a path.
 * @param[out] file  freed by nbs_network_file_free(); untouched on error.
 * @return as nbs_scenario_load().
 */
NBS_API enum nbs_status nbs_network_file_load(const char *base, FILE *messages,
					      struct nbs_network_file **file);
NBS_API void nbs_network_file_free(struct nbs_network_file *file);

/** @return the name of a network that comes with the program; NULL behind the last. */
NBS_API const char *nbs_network_name(size_t index);

/**
 * Prints the schema: every key, its type, unit, range, default and a line of help; then the keys
 * that are refused because what they stand for is not modelled.
 */
NBS_API enum nbs_status nbs_scenario_schema(FILE *out);

/** The serial number at an index: "SM24-000123". @retval NBS_E_RANGE  does not fit in size. */
NBS_API enum nbs_status nbs_serial_text(const struct nbs_serial *serial, uint64_t index, char *text,
					size_t size);

#endif
