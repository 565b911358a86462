/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Errors of what is not a block: HARQ-ACK (NPUSCH format 2, TS 36.211 10.1.4.2) and NPRACH.
 * docs/models/nbiot-link.md derives every number here. Deviation: no decision "nothing was sent".
 */
#include "models/nbiot/link_internal.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

#define SIGNAL_ACK_SYMBOLS 16.0 /* format 2: 4 slots x 4 data symbols, TS 36.211 10.1.4.2 */

/*
 * NPRACH: SNR in 3.75 kHz at which a published detector (AWGN, 2 antennas, no frequency offset)
 * finds 50, 90 and 99 % of the preambles. [format][repetitions 8, 32][quantile]
 */
#define SIGNAL_QUANTILES 3U
#define SIGNAL_NPRACH_DB_PER_DOUBLING 2.5 /* the 50 % point from 8 to 32 repetitions */
#define SIGNAL_NPRACH_MINIMUM_DB 10.3     /* TS 36.141 Table 8.5.3.5-1: 6.7 dB against -3.6 dB */
static const double signal_nprach_z[SIGNAL_QUANTILES] = {0.0, NBSI_Z10, 2.3263478740408408};
static const double signal_nprach_db[2][2][SIGNAL_QUANTILES] = {
    {{-7.5, -6.5, -3.6}, {-12.5, -10.5, -8.4}},
    {{-7.5, -3.5, -1.6}, {-12.5, -10.5, -8.9}},
};

/*
 * One bit on 16 x N antipodal symbols. Known channel: Q(sqrt(2 x 16 x N x SNR)). Two fading
 * antennas with an estimated channel: maximum ratio combining of BPSK, mean energy c over N0 at
 * each, which is ((1 - mu) / 2)^2 (2 + mu) with mu = sqrt(c / (1 + c)) (Proakis, Digital
 * Communications).
 */
double
nbs_link_ack_error(const struct nbs_link *link, uint32_t repetitions, double snr_db)
{
	const double symbols = SIGNAL_ACK_SYMBOLS * (double)repetitions;
	double snr;
	double mu;

	if (repetitions == 0)
		return 1.0;
	if (link->config.link == NBS_LINK_IDEAL)
		return 0.0;
	if (link->config.receiver == NBS_RX_EVALUATION) {
		snr = pow(10.0, (snr_db - NBSI_LOSS_EVALUATION_DB) / 10.0);
		return nbsi_round_probability(gsl_cdf_ugaussian_Q(sqrt(2.0 * symbols * snr)));
	}
	snr = pow(10.0, snr_db / 10.0);
	snr *= NBSI_PILOTS * snr / (1.0 + (NBSI_PILOTS + 1.0) * snr);
	mu = sqrt(symbols * snr / (1.0 + symbols * snr));
	return nbsi_round_probability((1.0 - mu) * (1.0 - mu) / 4.0 * (2.0 + mu));
}

/* The three published points at so many repetitions, receiver loss included. */
static void
signal_nprach_points(const struct nbs_link *link, uint32_t repetitions, double *db)
{
	const double(*rows)[SIGNAL_QUANTILES] =
	    signal_nprach_db[link->config.nprach_cp_format != 0];
	const double doublings = log2((double)repetitions) - 3.0; /* from 8 repetitions */
	const double within = fmax(0.0, fmin(1.0, doublings / 2.0));
	const double beyond = doublings - 2.0 * within;
	const double loss = link->config.receiver == NBS_RX_EVALUATION ? NBSI_LOSS_EVALUATION_DB
								       : SIGNAL_NPRACH_MINIMUM_DB;

	for (unsigned i = 0; i < SIGNAL_QUANTILES; i++)
		db[i] = rows[0][i] + within * (rows[1][i] - rows[0][i]) -
			beyond * SIGNAL_NPRACH_DB_PER_DOUBLING + loss;
}

double
nbs_link_nprach_detection(const struct nbs_link *link, uint32_t repetitions, double snr_db)
{
	double db[SIGNAL_QUANTILES];
	unsigned i;
	double z;

	if (repetitions == 0)
		return 0.0;
	if (link->config.link == NBS_LINK_IDEAL)
		return 1.0;
	signal_nprach_points(link, repetitions, db);
	/* Straight lines between the points on the normal scale, the outer ones continued. */
	i = snr_db < db[1] ? 0 : 1;
	z = signal_nprach_z[i] +
	    (snr_db - db[i]) * (signal_nprach_z[i + 1] - signal_nprach_z[i]) / (db[i + 1] - db[i]);
	return nbsi_round_probability(gsl_cdf_ugaussian_P(z));
}
