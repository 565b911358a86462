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

#define NBS_CE_LEVELS 3U /* coverage enhancement levels 0, 1, 2 (TS 36.331 NPRACH-ConfigSIB-NB) */

enum nbs_deployment { NBS_STAND_ALONE, NBS_GUARD_BAND, NBS_IN_BAND };
enum nbs_receiver { NBS_RX_EVALUATION, NBS_RX_MINIMUM };     /* docs/models/nbiot.md */
enum nbs_link_mode { NBS_LINK_REAL, NBS_LINK_IDEAL };        /* ideal: no block errors */
enum nbs_optimisation { NBS_CONTROL_PLANE, NBS_USER_PLANE }; /* CP CIoT or UP (resume) */

/** NPRACH and NPDCCH resources of one coverage level. */
struct nbs_ce_config {
	uint32_t nprach_period_ms;          /* nprach-Periodicity */
	uint32_t nprach_start_ms;           /* nprach-StartTime */
	uint32_t nprach_subcarriers;        /* nprach-NumSubcarriers */
	uint32_t nprach_repetitions;        /* numRepetitionsPerPreambleAttempt */
	uint32_t nprach_attempts;           /* maxNumPreambleAttemptCE */
	uint32_t npdcch_ra_rmax;            /* npdcch-NumRepetitions-RA */
	double npdcch_ra_g;                 /* npdcch-StartSF-CSS-RA */
	uint32_t npdcch_rmax;               /* npdcch-NumRepetitions, UE-specific */
	double npdcch_g;                    /* npdcch-StartSF-USS */
	uint32_t ra_window_pp;              /* ra-ResponseWindowSize, NPDCCH periods */
	uint32_t contention_timer_pp;       /* mac-ContentionResolutionTimer, NPDCCH periods */
	uint32_t ack_nack_repetitions;      /* ack-NACK-NumRepetitions, UE-specific */
	uint32_t ack_nack_msg4_repetitions; /* ack-NACK-NumRepetitions-Msg4, broadcast */
};

/** Connected-mode discontinuous reception; off = the receiver stays open. */
struct nbs_cdrx_config {
	bool enabled;
	uint64_t cycle_ns;       /* drx-Cycle */
	uint64_t on_duration_ns; /* onDurationTimer, as time */
	uint64_t inactivity_ns;  /* drx-InactivityTimer, as time */
};

struct nbs_network_config {
	enum nbs_deployment deployment;
	enum nbs_receiver receiver;
	enum nbs_link_mode link;
	enum nbs_optimisation optimisation;
	double nrs_power_dbm; /* nrs-Power, EPRE as broadcast */
	double
	    nrsrp_threshold_dbm[2]; /* rsrp-ThresholdsPrachInfoList: below [0] CE1, below [1] CE2 */
	uint32_t nprach_cp_format;  /* nprach-CP-Length: 0 = 66.7 us, 1 = 266.7 us */
	double preamble_target_dbm; /* preambleInitialReceivedTargetPower */
	double power_ramp_db;       /* powerRampingStep */
	uint32_t preamble_trans_max; /* preambleTransMax-CE */
	double p0_nominal_dbm;       /* p0-NominalNPUSCH */
	double alpha;                /* alpha, 0..1 */
	double delta_msg3_db;        /* deltaPreambleMsg3, in dB (twice the field's value) */
	struct nbs_ce_config ce[NBS_CE_LEVELS];
	uint64_t t300_ns;             /* TS 36.331 7.3 */
	uint64_t inactivity_timer_ns; /* eNB: RRC release after silence (implementation) */
	struct nbs_cdrx_config cdrx;
	bool release_assistance;     /* Rel-13 NAS release assistance is sent and honoured */
	uint32_t npdcch_paging_rmax; /* npdcch-NumRepetitionPaging */
	uint64_t idle_drx_cycle_ns;  /* defaultPagingCycle, as time */
	uint64_t t3324_ns;           /* active timer, 0 = straight to PSM (TS 24.301 5.3.11) */
	uint64_t t3412_ns;           /* periodic tracking area update */
	uint64_t s1_delay_ns;        /* eNB to MME/SGW/PGW, one way */
};

/** Fills in network A of docs/models/nbiot.md (a published commercial configuration). */
NBS_API void nbs_network_config_default(struct nbs_network_config *config);

/**
 * Checks ranges and cross-conditions of TS 36.331 and TS 24.008.
 * @param[out] why  on NBS_E_RANGE: which value, what was found, what is allowed.
 */
NBS_API enum nbs_status nbs_network_config_check(const struct nbs_network_config *config, char *why,
						 size_t why_size);

#endif
