/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * The coupling loss of a device from the place it stands in.
 *
 * Models: a distance given, or drawn over a disc or a range; path loss by a law of
 * sim/propagation.h or by the macro-cell formula of the NB-IoT study; lognormal shadowing; building
 * penetration of TR 45.820 annex D; antenna gains and feeder loss.
 * Does not model: sectors and antenna patterns (the base's gain counts in all directions), other
 * cells, shadowing that near devices share, change with time. docs/models/place.md.
 *
 *     coupling loss = path loss + shadowing + penetration
 *                     - base gain - device gain + feeder loss
 */
#ifndef NBSEC_MODELS_NBIOT_PLACE_H
#define NBSEC_MODELS_NBIOT_PLACE_H

#include "sim/propagation.h"

#include <gsl/gsl_rng.h>
#include <stddef.h>

/** Laws of path loss: 120.9 + 37.6 log10(d/km) at 900 MHz, and those of sim/propagation.h. */
enum nbs_place_model {
	NBS_PLACE_TR45820,
	NBS_PLACE_FRIIS,
	NBS_PLACE_LOG_DISTANCE,
	NBS_PLACE_OKUMURA_HATA,
	NBS_PLACE_COST231,
	NBS_PLACE_KUN_2600,
	NBS_PLACE_MODEL__COUNT
};

/** Where devices stand: all at far_m; evenly over the area, or over the distance, near_m..far_m. */
enum nbs_place_spread { NBS_PLACE_AT, NBS_PLACE_DISC, NBS_PLACE_RANGE, NBS_PLACE_SPREAD__COUNT };

enum nbs_penetration { NBS_OUTDOORS, NBS_PENETRATION_TR45820, NBS_PENETRATION__COUNT };

struct nbs_place_config {
	enum nbs_place_model model;
	enum nbs_place_spread spread;
	double near_m; /* disc: nobody stands nearer */
	double far_m;  /* distance, radius of the disc, or end of the range */
	double frequency_hz;
	double exponent;                  /* log-distance */
	double reference_m;               /* log-distance */
	double reference_db;              /* log-distance */
	double base_height_m;             /* Okumura-Hata, COST 231 */
	double device_height_m;           /* Okumura-Hata, COST 231 */
	enum nbs_environment environment; /* Okumura-Hata */
	enum nbs_city city;               /* Okumura-Hata */
	double shadowing_db;              /* standard deviation, 0 = none */
	enum nbs_penetration penetration;
	double height_gain_db; /* G_FH of TR 45.820 annex D, taken off the penetration loss */
	double base_gain_dbi;
	double feeder_loss_db; /* between base station and its antenna */
	double device_gain_dbi;
};

/** One device's place. All levels are rounded to 0.01 dB, the distance to 0.01 m. */
struct nbs_place_draw {
	double distance_m;
	double path_loss_db;
	double shadowing_db;
	double penetration_db;
	double coupling_db; /* the sum, gains included; not bounded */
};

struct nbs_place;

/**
 * Fills in the study's macro cell: its path loss at 900 MHz, 8 dB of shadowing, indoors, 18 dBi,
 * 3 dB feeder, -4 dBi, in a disc of 909 m (the area of a site with 1,732 m between sites).
 */
NBS_API void nbs_place_config_default(struct nbs_place_config *config);

/**
 * Checks ranges and what goes together.
 * @param[out] why  on NBS_E_RANGE: which value, what was found, what is allowed; "" otherwise.
 */
NBS_API enum nbs_status nbs_place_config_check(const struct nbs_place_config *config, char *why,
					       size_t why_size);

/**
 * @param[out] place  owned by the caller, freed by nbs_place_free(). Keeps no pointer to config.
 * @retval NBS_E_RANGE  nbs_place_config_check() refuses it.
 */
NBS_API enum nbs_status nbs_place_new(const struct nbs_place_config *config,
				      struct nbs_place **place);

/** NULL is fine. */
NBS_API void nbs_place_free(struct nbs_place *place);

/**
 * Draws a device's place. Seven numbers are taken from rng whatever the configuration, in the order
 * distance, shadowing, outer wall's class, outer wall's loss, number of inner walls, loss of an
 * inner wall, depth: a setting that changes leaves the other draws as they were.
 */
NBS_API enum nbs_status nbs_place_draw(const struct nbs_place *place, gsl_rng *rng,
				       struct nbs_place_draw *draw);

#endif
