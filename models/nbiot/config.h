/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * What a cell and its core network are configured with: the broadcast and dedicated values of
 * TS 36.331 that decide how long things take, and the timers of TS 24.301.
 *
 * Names follow the ASN.1 fields. Value ranges are checked by nbs_network_config_check().
 */
#ifndef NBSEC_MODELS_NBIOT_CONFIG_H
#define NBSEC_MODELS_NBIOT_CONFIG_H

#include "sim/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NBS_CE_LEVELS 3U     /* coverage enhancement levels 0, 1, 2 (NPRACH-ConfigSIB-NB) */
#define NBS_SI_MESSAGES 4U   /* SI messages that a network may have here; maxSI-Message-NB is 8 */
#define NBS_OUTAGES 4U       /* times at which the cell is off the air */
#define NBS_BACKOFF_NONE 13U /* no backoff indicator is sent */

enum nbs_deployment { NBS_STAND_ALONE, NBS_GUARD_BAND, NBS_IN_BAND };
enum nbs_receiver { NBS_RX_EVALUATION, NBS_RX_MINIMUM }; /* docs/models/nbiot-link.md */
enum nbs_link_mode { NBS_LINK_REAL, NBS_LINK_IDEAL };    /* ideal: no block errors */
enum nbs_load { NBS_LOAD_SHARED, NBS_LOAD_ALONE }; /* alone: nobody is in the way of another */

/** How data travels (TS 23.401 5.3.4): in NAS messages, on a resumed bearer, on a new bearer. */
enum nbs_optimisation { NBS_CONTROL_PLANE, NBS_USER_PLANE, NBS_SERVICE_REQUEST };

/** What link adaptation makes least; docs/models/nbiot-link.md. */
enum nbs_objective { NBS_LEAST_AIRTIME, NBS_LEAST_ENERGY, NBS_LEAST_TONE_MS };

/** How a connected UE with new uplink data and no grant makes itself heard (TS 36.321 5.4.4). */
enum nbs_ul_request { NBS_UL_RANDOM_ACCESS, NBS_UL_ENB_POLL, NBS_UL_SR_R15 };

/** Who hears that nothing follows: NAS (Rel-13, control plane only), AS (Rel-14, a BSR of 0). */
enum nbs_release_assistance {
	NBS_ASSIST_OFF,
	NBS_ASSIST_ON, /* NAS with the control plane, else AS */
	NBS_ASSIST_NAS,
	NBS_ASSIST_AS
};

/** Ciphering of NAS messages (TS 33.401 5.1.3.2): none, SNOW 3G, AES. */
enum nbs_ciphering { NBS_EEA0, NBS_EEA1, NBS_EEA2 };

enum nbs_apn { NBS_APN_PRIVATE, NBS_APN_INTERNET }; /* internet: through a carrier-grade NAT */

/** NPRACH and NPDCCH resources of one coverage level. */
struct nbs_ce_config {
	uint32_t nprach_period_ms;         /* nprach-Periodicity */
	uint32_t nprach_start_ms;          /* nprach-StartTime */
	uint32_t nprach_subcarriers;       /* nprach-NumSubcarriers */
	uint32_t nprach_subcarrier_offset; /* nprach-SubcarrierOffset */
	uint32_t nprach_cbra_subcarriers;  /* nprach-NumCBRA-StartSubcarriers; contention ones */
	uint32_t nprach_repetitions;       /* numRepetitionsPerPreambleAttempt */
	uint32_t nprach_attempts;          /* maxNumPreambleAttemptCE */
	uint32_t edt_nprach_subcarrier_offset; /* of early data's preambles; all else as above */
	uint32_t edt_tbs_bits;                 /* edt-TBS */
	uint32_t npdcch_ra_rmax;               /* npdcch-NumRepetitions-RA */
	double npdcch_ra_g;                    /* npdcch-StartSF-CSS-RA */
	uint32_t npdcch_ra_offset_8th;      /* npdcch-Offset-RA, in eighths of the period: 0..3 */
	uint32_t npdcch_rmax;               /* npdcch-NumRepetitions, UE-specific */
	double npdcch_g;                    /* npdcch-StartSF-USS */
	uint32_t npdcch_offset_8th;         /* npdcch-Offset-USS, in eighths */
	uint32_t ra_window_pp;              /* ra-ResponseWindowSize, NPDCCH periods */
	uint32_t contention_timer_pp;       /* mac-ContentionResolutionTimer, NPDCCH periods */
	uint32_t ack_nack_repetitions;      /* ack-NACK-NumRepetitions, UE-specific */
	uint32_t ack_nack_msg4_repetitions; /* ack-NACK-NumRepetitions-Msg4, broadcast */
};

/** One SI message (SchedulingInfo-NB). */
struct nbs_si_message {
	uint32_t period_rf;  /* si-Periodicity */
	uint32_t tb_bits;    /* si-TB: 56 and 120 take 2 subframes a copy, the others 8 */
	uint32_t pattern_rf; /* si-RepetitionPattern: a copy every 2nd, 4th, 8th, 16th frame */
};

/** DL-GapConfig-NB: pauses of long transmissions, for others to get through. */
struct nbs_dl_gap_config {
	bool enabled;
	uint32_t threshold;    /* dl-GapThreshold: search spaces with this Rmax and more pause */
	uint32_t period_sf;    /* dl-GapPeriodicity */
	uint32_t duration_8th; /* dl-GapDurationCoeff, in eighths: 1..4 */
};

/** Connected-mode discontinuous reception; off = the receiver stays open. */
struct nbs_cdrx_config {
	bool enabled;
	uint64_t cycle_ns;       /* drx-Cycle */
	uint64_t on_duration_ns; /* onDurationTimer, as time */
	uint64_t inactivity_ns;  /* drx-InactivityTimer, as time */
};

/** A time that is fixed, uniform in a..b, or lognormal with median a and 90th percentile b. */
enum nbs_delay_kind { NBS_DELAY_FIXED, NBS_DELAY_UNIFORM, NBS_DELAY_LOGNORMAL };
struct nbs_delay {
	enum nbs_delay_kind kind;
	uint64_t a_ns;
	uint64_t b_ns; /* not used when fixed */
};

/** The cell is off the air. */
struct nbs_outage {
	uint64_t start_ns;
	uint64_t duration_ns; /* 0 = no outage in this slot */
};

struct nbs_network_config {
	/* radio */
	enum nbs_deployment deployment;
	enum nbs_receiver receiver;
	enum nbs_link_mode link;
	enum nbs_load load;
	enum nbs_objective objective;
	uint32_t max_tones;            /* a grant's most tones: 1, 3, 6, 12 */
	double nrs_power_dbm;          /* nrs-Power, EPRE as broadcast */
	double q_rxlevmin_dbm;         /* q-RxLevMin: below this NRSRP the cell is no cell */
	double nrsrp_threshold_dbm[2]; /* rsrp-ThresholdsPrachInfoList: below [0] CE1, [1] CE2 */
	uint32_t nprach_cp_format;     /* nprach-CP-Length: 0 = 66.7 us, 1 = 266.7 us */
	double preamble_target_dbm;    /* preambleInitialReceivedTargetPower */
	double power_ramp_db;          /* powerRampingStep */
	uint32_t preamble_trans_max;   /* preambleTransMax-CE */
	double p0_nominal_dbm;         /* p0-NominalNPUSCH */
	double alpha;                  /* alpha, 0..1 */
	double delta_msg3_db;          /* deltaPreambleMsg3, in dB (twice the field's value) */
	struct nbs_ce_config ce[NBS_CE_LEVELS];
	uint32_t backoff_index;       /* backoff indicator 0..12 of each RAR, NBS_BACKOFF_NONE */
	bool capture;                 /* of colliding Msg3s the strongest may be decoded */
	double capture_db;            /* so much above the sum of the others */
	uint32_t msg3_attempts;       /* transmissions of Msg3 that the eNB asks for at most */
	uint32_t non_anchor_carriers; /* further carriers of 180 kHz for connected UEs */
	/* broadcast */
	uint32_t sib1_repetitions; /* 4, 8, 16 in 2,560 ms */
	uint32_t sib1_tb_bits;     /* 208, 328, 440, 680 */
	uint32_t si_window_ms;     /* si-WindowLength */
	uint32_t si_count;         /* messages in si[] */
	struct nbs_si_message si[NBS_SI_MESSAGES];
	struct nbs_dl_gap_config dl_gap;
	bool cell_barred;                       /* cellBarred of MIB/SIB1: 300 s, TS 36.304 5.3.1 */
	struct nbs_outage outages[NBS_OUTAGES]; /* in order, apart from each other */
	/* RRC */
	enum nbs_optimisation optimisation;
	bool edt;                     /* early data transmission (Rel-15), when the data fits */
	uint64_t t300_ns;             /* TS 36.331 7.3 */
	uint64_t t301_ns;             /* re-establishment */
	uint64_t t310_ns;             /* out of sync for so long is a radio link failure */
	uint64_t t311_ns;             /* search for a cell to re-establish in */
	uint32_t n310, n311;          /* indications of 200 ms (TS 36.133 7.6, assumed) */
	uint64_t inactivity_timer_ns; /* eNB: RRC release after silence (implementation) */
	struct nbs_cdrx_config cdrx;
	enum nbs_ul_request ul_request;
	uint64_t ul_request_period_ns; /* of polls or of scheduling request occasions */
	enum nbs_release_assistance release_assistance;
	bool header_compression;       /* ROHC profile 0x0002 (RFC 3095): IP and UDP headers */
	uint64_t t_poll_retransmit_ns; /* t-PollRetransmit */
	uint32_t max_retx_threshold;   /* maxRetxThreshold: RLC, then radio link failure */
	uint32_t max_connections;      /* more are rejected; 0 = no limit */
	uint64_t extended_wait_ns;     /* extendedWaitTime of a reject */
	bool as_security;              /* ciphering on the bearers of UP and service request */
	/* idle mode */
	uint32_t npdcch_paging_rmax; /* npdcch-NumRepetitionPaging */
	uint64_t idle_drx_cycle_ns;  /* defaultPagingCycle, as time */
	double nb_t;                 /* nB in units of T: 4 .. 1/1024 */
	uint64_t edrx_cycle_ns;      /* extended DRX, 0 = off (TS 24.008 10.5.5.32) */
	uint64_t ptw_ns;             /* its paging time window */
	bool psm;                    /* off: the UE stays in idle mode */
	uint64_t t3324_ns;           /* active timer, 0 = straight to PSM (TS 24.301 5.3.11) */
	uint64_t t3412_ns;           /* periodic tracking area update */
	/* NAS and core */
	bool attach;               /* UEs start unregistered */
	enum nbs_ciphering nas;    /* of NAS messages, user data of the control plane included */
	uint64_t t3411_ns;         /* after a failed procedure, TS 24.301 10.2: 10 s */
	uint64_t t3402_ns;         /* after the fifth failure in a row: 12 min */
	struct nbs_delay s1_delay; /* eNB to MME/SGW/PGW, one way, drawn for each packet */
	uint32_t
	    downlink_buffer; /* packets the SGW keeps for a UE that sleeps; 0 = discards them */
	uint32_t plmn_rate;  /* serving PLMN rate control, NAS data PDUs in 6 min; 0 = none */
	enum nbs_apn apn;
	uint64_t nat_binding_ns; /* UDP binding of the NAT lives so long without packets */
};

/** Fills in network A of docs/models/nbiot.md (a published commercial configuration). */
NBS_API void nbs_network_config_default(struct nbs_network_config *config);

/** @return whether UEs ask for an early release, and by which of the two ways (never _ON). */
NBS_API enum nbs_release_assistance nbs_network_assistance(const struct nbs_network_config *config);

/**
 * Checks ranges and cross-conditions of TS 36.331 and TS 24.008.
 * @param[out] why  on NBS_E_RANGE: which value, what was found, what is allowed.
 */
NBS_API enum nbs_status nbs_network_config_check(const struct nbs_network_config *config, char *why,
						 size_t why_size);

/**
 * A value that may not be so.
 * @param[in] field  its offset in struct nbs_network_config; of a condition between several fields
 *                   the one that is best changed.
 * @param[in] why    which value, what was found, what is allowed; lives until the call returns.
 */
typedef void (*nbs_network_fault_fn)(void *arg, size_t field, const char *why);

/**
 * The same check, which tells every fault.
 * @return how many there are.
 */
NBS_API unsigned nbs_network_config_faults(const struct nbs_network_config *config,
					   nbs_network_fault_fn fault, void *arg);

#endif
