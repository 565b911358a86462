/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The link budget: TS 36.213 16.2.1.1 and 16.3.1 (uplink power), TS 36.321 5.1.1 (coverage level),
 * TS 36.214 5.1.26 (NRSRP), noise figures of TR 45.820 5.1.
 * Deviation: path loss is the coupling loss; P_O_UE is 0; no closed loop.
 */
#include "models/nbiot/link_internal.h"

#include <math.h>
#include <string.h>

#define LINK_NOISE_DBM_HZ (-174.0) /* thermal, 290 K */
#define LINK_NF_BASE_DB 3.0        /* TR 45.820, base station */
#define LINK_NF_DEVICE_DB 5.0      /* TR 45.820, device */
#define LINK_SUBCARRIER_HZ 15000.0 /* downlink, TS 36.211 10.2.1 */
#define LINK_FULL_POWER_ABOVE 2U   /* repetitions, TS 36.213 16.2.1.1.1 */

double
nbs_round_db(double db)
{
	return round(db * 100.0) / 100.0;
}

static double
link_noise_dbm(double bandwidth_hz, double noise_figure_db)
{
	return LINK_NOISE_DBM_HZ + 10.0 * log10(bandwidth_hz) + noise_figure_db;
}

double
nbs_ul_snr_db(double tx_power_dbm, double coupling_loss_db, double bandwidth_hz)
{
	return nbs_round_db(tx_power_dbm - coupling_loss_db -
			    link_noise_dbm(bandwidth_hz, LINK_NF_BASE_DB));
}

double
nbs_nrsrp_dbm(const struct nbs_network_config *config, double coupling_loss_db)
{
	return nbs_round_db(config->nrs_power_dbm - coupling_loss_db);
}

/* Data and reference elements have the same energy, so the SNR is NRSRP over one subcarrier. */
double
nbs_dl_snr_db(const struct nbs_network_config *config, double coupling_loss_db)
{
	return nbs_round_db(config->nrs_power_dbm - coupling_loss_db -
			    link_noise_dbm(LINK_SUBCARRIER_HZ, LINK_NF_DEVICE_DB));
}

unsigned
nbs_coverage_level(const struct nbs_network_config *config, double nrsrp_dbm)
{
	if (nrsrp_dbm < config->nrsrp_threshold_dbm[1])
		return 2;
	return nrsrp_dbm < config->nrsrp_threshold_dbm[0] ? 1 : 0;
}

static double
link_limit_power(double dbm)
{
	return nbs_round_db(fmax(NBS_UE_POWER_MIN_DBM, fmin(NBS_UE_POWER_MAX_DBM, dbm)));
}

double
nbs_npusch_power_dbm(const struct nbs_network_config *config, enum nbs_ul_grant grant,
		     enum nbs_scs scs, uint32_t tones, uint32_t n_rep, double coupling_loss_db)
{
	double p0_dbm = config->p0_nominal_dbm;
	double alpha = grant == NBS_UL_DYNAMIC ? config->alpha : 1.0;
	/* M_NPUSCH: 1/4 at 3.75 kHz, else the tones of 15 kHz */
	double m = nbs_ul_bandwidth_hz(scs, tones) / LINK_SUBCARRIER_HZ;

	if (n_rep > LINK_FULL_POWER_ABOVE)
		return NBS_UE_POWER_MAX_DBM;
	if (grant == NBS_UL_RAR)
		p0_dbm = config->preamble_target_dbm + config->delta_msg3_db;
	return link_limit_power(10.0 * log10(m) + p0_dbm + alpha * coupling_loss_db);
}

double
nbs_nprach_power_dbm(const struct nbs_network_config *config, unsigned level, uint32_t attempt,
		     double coupling_loss_db)
{
	double target_dbm;

	if (level > 0)
		return NBS_UE_POWER_MAX_DBM;
	target_dbm = config->preamble_target_dbm - 10.0 * log10(config->ce[0].nprach_repetitions);
	if (attempt > 1)
		target_dbm += (double)(attempt - 1) * config->power_ramp_db;
	return link_limit_power(target_dbm + coupling_loss_db);
}
