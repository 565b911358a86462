/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * Link budget and link law: from coupling loss to levels, from levels to block errors.
 *
 * Models: thermal noise and noise figures; NRSRP and coverage level; open-loop uplink power;
 * SNR at 10 % block error as a function of code rate and repetitions, calibrated on a published
 * AWGN table; two receiver profiles (known channel with a flat loss; channel estimation and two
 * fading branches); soft combining of HARQ transmissions.
 * Does not model: interference; shadowing (coupling loss is the caller's); fading that changes from
 * one transmission to the next; frequency offset; closed-loop power control.
 *
 * Every level that leaves a function is rounded to 0.01 dB and every probability to 1e-6: libm
 * differs in the last bit between machines, and these numbers decide. Equations, constants and
 * what is calibrated and what assumed: docs/models/nbiot-link.md.
 */
#ifndef NBSEC_MODELS_NBIOT_LINK_H
#define NBSEC_MODELS_NBIOT_LINK_H

#include "models/nbiot/airtime.h"

#ifdef __cplusplus
extern "C" {
#endif

#define NBS_UE_POWER_MAX_DBM 23.0  /* power class 3, TS 36.101 6.2.2F */
#define NBS_UE_POWER_MIN_DBM -40.0 /* TS 36.101 6.3.2F */

/* ---- budget: pure functions ---- */

/** @return the level rounded to 0.01 dB. */
NBS_API double nbs_round_db(double db);

/** @return uplink SNR in dB in the given bandwidth, base station noise figure 3 dB. */
NBS_API double nbs_ul_snr_db(double tx_power_dbm, double coupling_loss_db, double bandwidth_hz);

/** @return downlink SNR in dB (per resource element), device noise figure 5 dB. */
NBS_API double nbs_dl_snr_db(const struct nbs_network_config *config, double coupling_loss_db);

/** @return NRSRP in dBm: nrs-Power less coupling loss. */
NBS_API double nbs_nrsrp_dbm(const struct nbs_network_config *config, double coupling_loss_db);

/** @return coverage level 0..2: 1 below threshold[0], 2 below threshold[1] (TS 36.321 5.1.1). */
NBS_API unsigned nbs_coverage_level(const struct nbs_network_config *config, double nrsrp_dbm);

/** What a NPUSCH transmission was asked for by. */
enum nbs_ul_grant {
	NBS_UL_DYNAMIC, /* DCI N0 */
	NBS_UL_RAR,     /* Msg3 */
	NBS_UL_ACK      /* format 2 */
};

/** @return NPUSCH power in dBm (TS 36.213 16.2.1.1.1): full with more than two repetitions. */
NBS_API double nbs_npusch_power_dbm(const struct nbs_network_config *config,
				    enum nbs_ul_grant grant, enum nbs_scs scs, uint32_t tones,
				    uint32_t n_rep, double coupling_loss_db);

/**
 * NPRACH power in dBm (TS 36.213 16.3.1, TS 36.321 5.1.3): ramped in level 0, full in others.
 * @param attempt  PREAMBLE_TRANSMISSION_COUNTER, from 1
 */
NBS_API double nbs_nprach_power_dbm(const struct nbs_network_config *config, unsigned level,
				    uint32_t attempt, double coupling_loss_db);

/* ---- law ---- */

struct nbs_link;

/** @param[out] link  keeps a copy of config; freed by nbs_link_free(). Read-only once made. */
NBS_API enum nbs_status nbs_link_new(const struct nbs_network_config *config,
				     struct nbs_link **link);
NBS_API void nbs_link_free(struct nbs_link *link);

/** @return the copy of the configuration that the link was made with. */
NBS_API const struct nbs_network_config *nbs_link_config(const struct nbs_link *link);

/**
 * SNR at which 10 % of the blocks are lost by the receiver profile.
 * @param transmissions  HARQ transmissions combined, from 1
 * @return dB; +INFINITY if the block cannot be decoded at all (code rate over 0.93)
 */
NBS_API double nbs_link_npusch_snr10_db(const struct nbs_link *link,
					const struct nbs_npusch *npusch, uint32_t transmissions);
NBS_API double nbs_link_npdsch_snr10_db(const struct nbs_link *link,
					const struct nbs_npdsch *npdsch, uint32_t transmissions);
NBS_API double nbs_link_npdcch_snr10_db(const struct nbs_link *link, uint32_t repetitions);

/**
 * Probability that the block is still not decoded after so many transmissions, soft-combined.
 * The failure of transmission n after n - 1 failures has the probability bler(n) / bler(n - 1).
 * 0 with NBS_LINK_IDEAL; 1 if the arguments are not in their tables.
 */
NBS_API double nbs_link_npusch_bler(const struct nbs_link *link, const struct nbs_npusch *npusch,
				    double snr_db, uint32_t transmissions);
NBS_API double nbs_link_npdsch_bler(const struct nbs_link *link, const struct nbs_npdsch *npdsch,
				    double snr_db, uint32_t transmissions);

/** @return probability that a DCI of so many repetitions is missed. */
NBS_API double nbs_link_npdcch_bler(const struct nbs_link *link, uint32_t repetitions,
				    double snr_db);

/** @return probability that a HARQ-ACK is misread; SNR in the bandwidth of its subcarrier. */
NBS_API double nbs_link_ack_error(const struct nbs_link *link, uint32_t repetitions, double snr_db);

/** @return probability that a lone preamble is detected; SNR in 3.75 kHz. */
NBS_API double nbs_link_nprach_detection(const struct nbs_link *link, uint32_t repetitions,
					 double snr_db);

#ifdef __cplusplus
}
#endif
#endif
