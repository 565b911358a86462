/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The link law: block errors from SNR. docs/models/nbiot-link.md derives every number here.
 *
 *   SNR10 = Eb/N0(r) - 10 log10(data symbols x N_Rep x transmissions / (TBS + 24)) + loss
 *
 * with r the code rate over the distinct redundancy versions sent (TS 36.212 6.3.2: rv 0 and 2
 * alternate in NPUSCH; NPDSCH and NPDCCH are convolutionally coded and have one).
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

#define LAW_Z10 1.2815515655446004  /* Q(z) = 0.1 */
#define LAW_REDUNDANCY_VERSIONS 2U  /* NPUSCH */
#define LAW_SHORT_BLOCK_DB 1.0      /* assumed: DCI of 39 bits against blocks of hundreds */
#define LAW_LOSS_EVALUATION_DB 2.0  /* flat */
#define LAW_LOSS_MINIMUM_1_DB 4.5   /* at 1 repetition */
#define LAW_LOSS_MINIMUM_64_DB 12.0 /* at 64 */
#define LAW_LOSS_DOUBLINGS 6.0      /* from 1 to 64 */
#define LAW_SLOPE_FADING 0.35       /* standard deviations per dB, fitted to the 36.104 anchors */
#define LAW_ACK_SYMBOLS 16.0        /* format 2: 4 slots x 4 data symbols, TS 36.211 10.1.4.2 */
#define LAW_PROBABILITY_STEP 1e6    /* probabilities are rounded to 1e-6 */

/*
 * NPRACH: SNR in 3.75 kHz at which a published detector (AWGN, 2 antennas, no frequency offset)
 * finds 50, 90 and 99 % of the preambles. [format][repetitions 8, 32][quantile]
 */
#define LAW_QUANTILES 3U
#define LAW_NPRACH_DB_PER_DOUBLING 2.5 /* the 50 % point from 8 to 32 repetitions */
#define LAW_NPRACH_MINIMUM_DB 10.3     /* TS 36.141 Table 8.5.3.5-1: 6.7 dB against -3.6 dB */
static const double law_nprach_z[LAW_QUANTILES] = {0.0, LAW_Z10, 2.3263478740408408};
static const double law_nprach_db[2][2][LAW_QUANTILES] = {
    {{-7.5, -6.5, -3.6}, {-12.5, -10.5, -8.4}},
    {{-7.5, -3.5, -1.6}, {-12.5, -10.5, -8.9}},
};

/* What the law needs to know of a block. */
struct law_block {
	uint32_t info_bits;  /* with CRC */
	uint32_t coded_bits; /* of one repetition */
	uint32_t symbols;    /* data symbols of one repetition */
	uint32_t copies;     /* repetitions x transmissions */
	uint32_t versions;   /* distinct redundancy versions there are */
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

double
nbs_link_loss_db(const struct nbs_link *link, uint32_t n_rep)
{
	if (link->config.receiver == NBS_RX_EVALUATION)
		return LAW_LOSS_EVALUATION_DB;
	return nbs_round_db(LAW_LOSS_MINIMUM_1_DB +
			    (LAW_LOSS_MINIMUM_64_DB - LAW_LOSS_MINIMUM_1_DB) * log2((double)n_rep) /
				LAW_LOSS_DOUBLINGS);
}

/* The first line of this file, as code. */
static double
law_snr10_db(const struct nbs_link *link, const struct law_block *block)
{
	const uint32_t versions = block->copies < block->versions ? block->copies : block->versions;
	const double rate =
	    (double)block->info_bits / ((double)block->coded_bits * (double)versions);
	const double symbols = (double)block->symbols * (double)block->copies;
	double ebn0_db;

	if (rate > LAW_RATE_MAX)
		return (double)INFINITY;
	ebn0_db = gsl_interp_eval(link->ebn0, law_rate, law_ebn0_db, rate, NULL);
	return nbs_round_db(ebn0_db - 10.0 * log10(symbols / (double)block->info_bits) +
			    block->extra_db + nbs_link_loss_db(link, block->copies));
}

static double
law_round_probability(double p)
{
	return round(p * LAW_PROBABILITY_STEP) / LAW_PROBABILITY_STEP;
}

/*
 * The waterfall: BLER = Q(z10 + slope (SNR - SNR10)). In AWGN the slope is that of the normal
 * approximation of Polyanskiy, Poor, Verdu (2010) in the power-limited case: with total energy E
 * over N0, z = (E - K ln 2) / sqrt(2 E), so dz/dln E = sqrt(K ln 2 / 2) at E = K ln 2.
 */
static double
law_bler(const struct nbs_link *link, const struct law_block *block, double snr_db)
{
	const double snr10_db = law_snr10_db(link, block);
	double slope = LAW_SLOPE_FADING;

	if (link->config.link == NBS_LINK_IDEAL)
		return 0.0;
	if (isinf(snr10_db))
		return 1.0;
	if (link->config.receiver == NBS_RX_EVALUATION)
		slope = M_LN10 / 10.0 * sqrt((double)block->info_bits * M_LN2 / 2.0);
	return law_round_probability(gsl_cdf_ugaussian_Q(LAW_Z10 + slope * (snr_db - snr10_db)));
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

/* One bit on 16 x N antipodal symbols, coherent: Q(sqrt(2 x 16 x N x SNR)). */
double
nbs_link_ack_error(const struct nbs_link *link, uint32_t repetitions, double snr_db)
{
	double snr;

	if (repetitions == 0)
		return 1.0;
	if (link->config.link == NBS_LINK_IDEAL)
		return 0.0;
	snr = pow(10.0, (snr_db - nbs_link_loss_db(link, repetitions)) / 10.0);
	return law_round_probability(
	    gsl_cdf_ugaussian_Q(sqrt(2.0 * LAW_ACK_SYMBOLS * (double)repetitions * snr)));
}

/* The three published points at so many repetitions, receiver loss included. */
static void
law_nprach_points(const struct nbs_link *link, uint32_t repetitions, double *db)
{
	const double(*rows)[LAW_QUANTILES] = law_nprach_db[link->config.nprach_cp_format != 0];
	const double doublings = log2((double)repetitions) - 3.0; /* from 8 repetitions */
	const double within = fmax(0.0, fmin(1.0, doublings / 2.0));
	const double beyond = doublings - 2.0 * within;
	const double loss = link->config.receiver == NBS_RX_EVALUATION ? LAW_LOSS_EVALUATION_DB
								       : LAW_NPRACH_MINIMUM_DB;

	for (unsigned i = 0; i < LAW_QUANTILES; i++)
		db[i] = rows[0][i] + within * (rows[1][i] - rows[0][i]) -
			beyond * LAW_NPRACH_DB_PER_DOUBLING + loss;
}

double
nbs_link_nprach_detection(const struct nbs_link *link, uint32_t repetitions, double snr_db)
{
	double db[LAW_QUANTILES];
	unsigned i;
	double z;

	if (repetitions == 0)
		return 0.0;
	if (link->config.link == NBS_LINK_IDEAL)
		return 1.0;
	law_nprach_points(link, repetitions, db);
	/* Straight lines between the points on the normal scale, the outer ones continued. */
	i = snr_db < db[1] ? 0 : 1;
	z = law_nprach_z[i] +
	    (snr_db - db[i]) * (law_nprach_z[i + 1] - law_nprach_z[i]) / (db[i + 1] - db[i]);
	return law_round_probability(gsl_cdf_ugaussian_P(z));
}
