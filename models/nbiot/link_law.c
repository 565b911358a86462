/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The link law: block errors from SNR. docs/models/nbiot-link.md derives every number here.
 *
 *   need = Eb/N0(r) - 10 log10(data symbols x N_Rep x transmissions / (TBS + 24))
 *
 * is the SNR at 10 % block errors when the channel is known and does not fade; a receiver profile
 * makes of it the SNR at 10 % that counts. r is the code rate over the distinct redundancy versions
 * sent (TS 36.212 6.3.2: rv 0 and 2 alternate in NPUSCH; NPDSCH and NPDCCH are convolutionally
 * coded and have one).
 */
#include "models/nbiot/link_internal.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>

/*
 * Eb/N0 in dB at 10 % block errors in AWGN against code rate. The three in the middle are
 * calibrated (published single-tone simulation, TBS 256); below 1/3 the mother code repeats, so
 * nothing is gained; the last two are assumed: capacity of BPSK (2.54 and 3.73 dB) + 1.6, 2.2 dB.
 */
#define LAW_KNOTS 6U
#define LAW_RATE_MAX 0.93 /* TS 36.213 7.1.7: blocks above 0.931 may be skipped */
static const double law_rate[LAW_KNOTS] = {0.0, 0.29, 0.365, 0.73, 0.85, LAW_RATE_MAX};
static const double law_ebn0_db[LAW_KNOTS] = {0.95, 0.95, 1.08, 2.83, 4.10, 5.90};

#define LAW_REDUNDANCY_VERSIONS 2U /* NPUSCH */
#define LAW_SHORT_BLOCK_DB 1.0     /* assumed: DCI of 39 bits against blocks of hundreds */

/* TS 36.104 8.5 and 36.101 8.12 count on so many receive antennas. */
#define LAW_ANTENNAS_BASE 2.0
#define LAW_ANTENNAS_DEVICE 1.0
#define LAW_PROBABILITY_STEP 1e6      /* probabilities are rounded to 1e-6 */
#define LAW_FADE10 0.5318116083896118 /* x with 1 - exp(-x) (1 + x) = 0.1 */

/* What the law needs to know of a block. */
struct law_block {
	uint32_t info_bits;  /* with CRC */
	uint32_t coded_bits; /* of one repetition */
	uint32_t symbols;    /* data symbols of one repetition */
	uint32_t copies;     /* repetitions x transmissions */
	uint32_t versions;   /* distinct redundancy versions there are */
	double antennas;     /* at the receiver */
	double extra_db;
};

enum nbs_status
nbs_link_new(const struct nbs_network_config *config, struct nbs_link **link)
{
	struct nbs_link *made = calloc(1, sizeof(*made));
	enum nbs_status status = NBS_E_NOMEM;

	if (made == NULL)
		return NBS_E_NOMEM;
	made->config = *config;
	made->ebn0 = gsl_interp_alloc(gsl_interp_steffen, LAW_KNOTS);
	if (made->ebn0 != NULL &&
	    gsl_interp_init(made->ebn0, law_rate, law_ebn0_db, LAW_KNOTS) == 0)
		status = nbsi_adapt_entries(made);
	if (status != NBS_OK) {
		nbs_link_free(made);
		return status;
	}
	*link = made;
	return NBS_OK;
}

void
nbs_link_free(struct nbs_link *link)
{
	if (link == NULL)
		return;
	if (link->ebn0 != NULL)
		gsl_interp_free(link->ebn0);
	free(link->ul);
	free(link->dl);
	free(link);
}

const struct nbs_network_config *
nbs_link_config(const struct nbs_link *link)
{
	return &link->config;
}

/*
 * The mean SNR per antenna at which a receiver that has to learn the channel loses 10 % of the
 * blocks, if with known channel and one antenna it needs `need`. An estimate from M pilot symbols
 * leaves of the SNR g the effective M g^2 / (1 + (M + 1) g); antennas add up; solved for g. The
 * fading gain G of two branches has P(G < y) = 1 - exp(-2y) (1 + 2y).
 */
static double
law_minimum_db(double need_db, double antennas)
{
	const double need = pow(10.0, need_db / 10.0) / antennas;
	const double half = need * (NBSI_PILOTS + 1.0) / (2.0 * NBSI_PILOTS);
	const double snr = half + sqrt(half * half + need / NBSI_PILOTS);

	return 10.0 * log10(2.0 * snr / LAW_FADE10);
}

/* The first line of this file, as code. */
static double
law_snr10_db(const struct nbs_link *link, const struct law_block *block)
{
	const uint32_t versions = block->copies < block->versions ? block->copies : block->versions;
	const double rate =
	    (double)block->info_bits / ((double)block->coded_bits * (double)versions);
	const double symbols = (double)block->symbols * (double)block->copies;
	double need_db;

	if (rate > LAW_RATE_MAX)
		return (double)INFINITY;
	need_db = gsl_interp_eval(link->ebn0, law_rate, law_ebn0_db, rate, NULL) -
		  10.0 * log10(symbols / (double)block->info_bits) + block->extra_db;
	if (link->config.receiver == NBS_RX_EVALUATION)
		return nbs_round_db(need_db + NBSI_LOSS_EVALUATION_DB);
	return nbs_round_db(law_minimum_db(need_db, block->antennas));
}

double
nbsi_round_probability(double p)
{
	return round(p * LAW_PROBABILITY_STEP) / LAW_PROBABILITY_STEP;
}

/*
 * AWGN: BLER = Q(z10 + slope (SNR - SNR10)). The slope is that of the normal approximation of
 * Polyanskiy, Poor, Verdu (2010) in the power-limited case: with total energy E over N0,
 * z = (E - K ln 2) / sqrt(2 E), so dz/dln E = sqrt(K ln 2 / 2) at E = K ln 2.
 */
static double
law_waterfall(uint32_t info_bits, double above_db)
{
	const double slope = M_LN10 / 10.0 * sqrt((double)info_bits * M_LN2 / 2.0);

	return gsl_cdf_ugaussian_Q(NBSI_Z10 + slope * above_db);
}

/* Two-branch fading: the probability of a gain so low that the block is lost. */
static double
law_outage(double above_db)
{
	const double x = LAW_FADE10 * pow(10.0, -above_db / 10.0);

	return 1.0 - exp(-x) * (1.0 + x);
}

static double
law_bler(const struct nbs_link *link, const struct law_block *block, double snr_db)
{
	const double snr10_db = law_snr10_db(link, block);
	double bler;

	if (link->config.link == NBS_LINK_IDEAL)
		return 0.0;
	if (isinf(snr10_db))
		return 1.0;
	bler = link->config.receiver == NBS_RX_EVALUATION
		   ? law_waterfall(block->info_bits, snr_db - snr10_db)
		   : law_outage(snr_db - snr10_db);
	return nbsi_round_probability(bler);
}

static enum nbs_status
law_npusch_block(const struct nbs_npusch *npusch, uint32_t transmissions, struct law_block *block)
{
	struct nbs_npusch_airtime airtime;

	if (transmissions == 0 || nbs_npusch_airtime(npusch, &airtime) != NBS_OK)
		return NBS_E_RANGE;
	block->info_bits = airtime.tbs_bits + NBS_TBS_CRC_BITS;
	block->coded_bits = airtime.coded_bits;
	block->symbols = airtime.coded_bits / airtime.qm;
	block->copies = npusch->n_rep * transmissions;
	block->versions = LAW_REDUNDANCY_VERSIONS;
	block->antennas = LAW_ANTENNAS_BASE;
	block->extra_db = 0.0;
	return NBS_OK;
}

static enum nbs_status
law_npdsch_block(const struct nbs_link *link, const struct nbs_npdsch *npdsch,
		 uint32_t transmissions, struct law_block *block)
{
	if (transmissions == 0 || nbs_npdsch_subframes(npdsch) == 0)
		return NBS_E_RANGE;
	block->info_bits = nbs_npdsch_tbs(npdsch->i_tbs, npdsch->n_sf) + NBS_TBS_CRC_BITS;
	block->coded_bits = nbs_dl_bits_default(link->config.deployment) * npdsch->n_sf;
	block->symbols = block->coded_bits / 2;
	block->copies = npdsch->n_rep * transmissions;
	block->versions = 1;
	block->antennas = LAW_ANTENNAS_DEVICE;
	block->extra_db = 0.0;
	return NBS_OK;
}

/* Aggregation level 2: the DCI fills the subframe. */
static enum nbs_status
law_npdcch_block(const struct nbs_link *link, uint32_t repetitions, struct law_block *block)
{
	if (repetitions == 0)
		return NBS_E_RANGE;
	block->info_bits = NBS_DCI_BITS + NBS_DCI_CRC_BITS;
	block->coded_bits = nbs_dl_bits_default(link->config.deployment);
	block->symbols = block->coded_bits / 2;
	block->copies = repetitions;
	block->versions = 1;
	block->antennas = LAW_ANTENNAS_DEVICE;
	block->extra_db = LAW_SHORT_BLOCK_DB;
	return NBS_OK;
}

double
nbs_link_npusch_snr10_db(const struct nbs_link *link, const struct nbs_npusch *npusch,
			 uint32_t transmissions)
{
	struct law_block block;

	if (law_npusch_block(npusch, transmissions, &block) != NBS_OK)
		return (double)INFINITY;
	return law_snr10_db(link, &block);
}

double
nbs_link_npdsch_snr10_db(const struct nbs_link *link, const struct nbs_npdsch *npdsch,
			 uint32_t transmissions)
{
	struct law_block block;

	if (law_npdsch_block(link, npdsch, transmissions, &block) != NBS_OK)
		return (double)INFINITY;
	return law_snr10_db(link, &block);
}

double
nbs_link_npdcch_snr10_db(const struct nbs_link *link, uint32_t repetitions)
{
	struct law_block block;

	if (law_npdcch_block(link, repetitions, &block) != NBS_OK)
		return (double)INFINITY;
	return law_snr10_db(link, &block);
}

double
nbs_link_npusch_bler(const struct nbs_link *link, const struct nbs_npusch *npusch, double snr_db,
		     uint32_t transmissions)
{
	struct law_block block;

	if (law_npusch_block(npusch, transmissions, &block) != NBS_OK)
		return 1.0;
	return law_bler(link, &block, snr_db);
}

double
nbs_link_npdsch_bler(const struct nbs_link *link, const struct nbs_npdsch *npdsch, double snr_db,
		     uint32_t transmissions)
{
	struct law_block block;

	if (law_npdsch_block(link, npdsch, transmissions, &block) != NBS_OK)
		return 1.0;
	return law_bler(link, &block, snr_db);
}

double
nbs_link_npdcch_bler(const struct nbs_link *link, uint32_t repetitions, double snr_db)
{
	struct law_block block;

	if (law_npdcch_block(link, repetitions, &block) != NBS_OK)
		return 1.0;
	return law_bler(link, &block, snr_db);
}
