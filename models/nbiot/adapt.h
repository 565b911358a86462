/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * Link adaptation: what a good scheduler would grant at a coupling loss.
 *
 * Models: exhaustive choice over the tables of TS 36.213 for a block error target: what the
 * configuration's objective makes least (transmitter-on time, the device's energy, or tones x
 * time), and within 5 % of the least the fewest tones; never more than max_tones; Cat-NB1 limits.
 * Does not model: measurement error (the scheduler knows the SNR), the other users of the carrier,
 * 3.75 kHz, the cost of retransmissions and of what is sent around the block.
 *
 * A call costs some ten microseconds: keep the result for each (coupling loss, bits).
 */
#ifndef NBSEC_MODELS_NBIOT_ADAPT_H
#define NBSEC_MODELS_NBIOT_ADAPT_H

#include "models/nbiot/link.h"

#ifdef __cplusplus
extern "C" {
#endif

#define NBS_TARGET_BLER 0.1          /* NPUSCH, NPDSCH: TS 36.213 7.2.3's target for LTE */
#define NBS_TARGET_DCI_MISS 0.01     /* TS 36.101 8.12.2: NPDCCH missed in 1 % */
#define NBS_OBJECTIVE_TIE_PERCENT 5U /* fewer tones win within this much of the least cost */

struct nbs_npusch_choice {
	struct nbs_npusch npusch;
	uint32_t tbs_bits;
	uint64_t tx_ns;       /* transmitter on */
	uint64_t duration_ns; /* with the gaps inside */
	double tx_power_dbm;
	double snr_db;  /* at the base station, in the tones' bandwidth */
	double bler;    /* of the first transmission */
	bool in_outage; /* the target is missed: this is the most robust entry */
};

struct nbs_npdsch_choice {
	struct nbs_npdsch npdsch;
	uint32_t tbs_bits;
	uint32_t subframes; /* valid downlink subframes, N_SF x N_Rep */
	double snr_db;
	double bler;
	bool in_outage;
};

struct nbs_npdcch_choice {
	uint32_t repetitions; /* = valid downlink subframes */
	double bler;
	bool in_outage;
};

struct nbs_ack_choice {
	uint32_t repetitions;
	uint64_t tx_ns;
	double tx_power_dbm;
	double error; /* probability of being misread */
};

/**
 * NPUSCH format 1 at 15 kHz for so many bits (MAC PDU).
 * @retval NBS_E_RANGE  no bits, or more than NBS_TBS_UL_NB1_MAX: segment first
 */
NBS_API enum nbs_status nbs_adapt_npusch(const struct nbs_link *link, double coupling_loss_db,
					 uint32_t bits, struct nbs_npusch_choice *choice);

/** Msg3: 88 bits on 4, 3 or 1 resource units (TS 36.213 Table 16.3.3-1), power of a RAR grant. */
NBS_API enum nbs_status nbs_adapt_msg3(const struct nbs_link *link, double coupling_loss_db,
				       struct nbs_npusch_choice *choice);

/**
 * Msg3 with early data (Rel-15): power of a RAR grant, any Cat-NB1 entry that holds the bits.
 * @retval NBS_E_RANGE  no bits, or more than NBS_TBS_UL_NB1_MAX
 */
NBS_API enum nbs_status nbs_adapt_edt(const struct nbs_link *link, double coupling_loss_db,
				      uint32_t bits, struct nbs_npusch_choice *choice);

/**
 * What the transmitter draws from its supply: 60 mW of circuits and the radiated power over an
 * amplifier efficiency of 0.45 (assumed; docs/models/nbiot-link.md). 503 mW at 23 dBm.
 * @return microwatts, whole
 */
NBS_API uint64_t nbs_tx_supply_uw(double tx_power_dbm);

/** NPDSCH for so many bits. @retval NBS_E_RANGE  none, or more than NBS_TBS_DL_NB1_MAX */
NBS_API enum nbs_status nbs_adapt_npdsch(const struct nbs_link *link, double coupling_loss_db,
					 uint32_t bits, struct nbs_npdsch_choice *choice);

/**
 * Repetitions of a DCI in a search space: Rmax/8 .. Rmax (TS 36.213 Tables 16.6-1, -3).
 * @retval NBS_E_RANGE  Rmax is not a power of two up to 2048
 */
NBS_API enum nbs_status nbs_adapt_npdcch(const struct nbs_link *link, double coupling_loss_db,
					 uint32_t rmax, struct nbs_npdcch_choice *choice);

/** HARQ-ACK at 15 kHz with the repetitions configured for the level: of Msg4, or of all else. */
NBS_API enum nbs_status nbs_adapt_ack(const struct nbs_link *link, double coupling_loss_db,
				      unsigned level, bool msg4, struct nbs_ack_choice *choice);

#ifdef __cplusplus
}
#endif
#endif
