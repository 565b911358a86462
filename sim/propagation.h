/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * Path loss between two isotropic antennas at a distance, by ns-3's propagation loss models.
 *
 * Models: free space, log-distance, Okumura-Hata, COST 231 Hata, the 2.6 GHz law of Kun et al.
 * Does not model: shadowing, fading, terrain, buildings, antenna patterns.
 *
 * The distance is the one that the law is written for. No random number is drawn, and no engine is
 * needed.
 */
#ifndef NBSEC_SIM_PROPAGATION_H
#define NBSEC_SIM_PROPAGATION_H

#include "sim/status.h"

#ifdef __cplusplus
extern "C" {
#endif

enum nbs_propagation_kind {
	NBS_FRIIS,        /* free space: frequency */
	NBS_LOG_DISTANCE, /* reference loss + 10 exponent log10(d / reference distance) */
	NBS_OKUMURA_HATA, /* frequency, heights, environment, city; 150 to 1500 MHz */
	NBS_COST231,      /* frequency, heights; 1500 to 2000 MHz, suburban to medium city */
	NBS_KUN_2600,     /* 36 + 26 log10(d / m): nothing else; 2.6 GHz, suburban */
	NBS_PROPAGATION__COUNT
};

enum nbs_environment { NBS_URBAN, NBS_SUBURBAN, NBS_OPEN, NBS_ENVIRONMENT__COUNT };
enum nbs_city { NBS_CITY_SMALL, NBS_CITY_MEDIUM, NBS_CITY_LARGE, NBS_CITY__COUNT };

/* What the parameters may be; the laws' own ranges are narrower, see above. */
#define NBS_DISTANCE_MIN_M 1.0
#define NBS_DISTANCE_MAX_M 200e3
#define NBS_FREQUENCY_MIN_HZ 150e6
#define NBS_FREQUENCY_MAX_HZ 6e9
#define NBS_HATA_FREQUENCY_MAX_HZ 1.5e9
#define NBS_COST231_FREQUENCY_MIN_HZ 1.5e9
#define NBS_COST231_FREQUENCY_MAX_HZ 2e9
#define NBS_KUN_FREQUENCY_MIN_HZ 2.5e9
#define NBS_KUN_FREQUENCY_MAX_HZ 2.7e9
#define NBS_EXPONENT_MIN 1.0
#define NBS_EXPONENT_MAX 8.0
#define NBS_REFERENCE_MAX_M 10e3
#define NBS_REFERENCE_LOSS_MAX_DB 200.0
#define NBS_ANTENNA_MIN_M 0.1
#define NBS_ANTENNA_MAX_M 1000.0

/** A law and its parameters. Those that a kind does not use are not looked at. */
struct nbs_propagation_config {
	enum nbs_propagation_kind kind;
	double frequency_hz;
	double exponent;
	double reference_m;  /* nearer than this the loss is reference_db */
	double reference_db; /* loss at reference_m */
	double base_height_m;
	double device_height_m; /* not above the base */
	enum nbs_environment environment;
	enum nbs_city city;
};

struct nbs_propagation;

/**
 * @param[out] propagation  owned by the caller, freed by nbs_propagation_free().
 * @retval NBS_E_ARG  NULL, no such kind, or a parameter that the kind uses out of its range.
 */
NBS_API enum nbs_status nbs_propagation_new(const struct nbs_propagation_config *config,
					    struct nbs_propagation **propagation);

/** NULL is fine. */
NBS_API void nbs_propagation_free(struct nbs_propagation *propagation);

/**
 * The median path loss, rounded to 0.01 dB.
 * @param distance_m  NBS_DISTANCE_MIN_M..NBS_DISTANCE_MAX_M. With Okumura-Hata a distance below
 *                    the difference of the heights counts as that difference.
 * @param[out] loss_db  untouched on error
 */
NBS_API enum nbs_status nbs_propagation_loss_db(const struct nbs_propagation *propagation,
						double distance_m, double *loss_db);

#ifdef __cplusplus
}
#endif
#endif
