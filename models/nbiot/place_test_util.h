/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tests of places share: a bare place, draws, comparison in dB. */
#ifndef NBSEC_MODELS_NBIOT_PLACE_TEST_UTIL_H
#define NBSEC_MODELS_NBIOT_PLACE_TEST_UTIL_H

#include "models/nbiot/place.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define ROUNDING_DB 0.0050001 /* results are whole hundredths */

/* Outdoors, no shadowing, isotropic antennas: the path loss alone. */
static inline struct nbs_place_config
bare(double distance_m)
{
	struct nbs_place_config config;

	nbs_place_config_default(&config);
	config.spread = NBS_PLACE_AT;
	config.far_m = distance_m;
	config.shadowing_db = 0.0;
	config.penetration = NBS_OUTDOORS;
	config.base_gain_dbi = 0.0;
	config.feeder_loss_db = 0.0;
	config.device_gain_dbi = 0.0;
	return config;
}

static inline struct nbs_place *
make_place(const struct nbs_place_config *config)
{
	struct nbs_place *place = NULL;

	assert_int_equal(nbs_place_new(config, &place), NBS_OK);
	return place;
}

static inline gsl_rng *
make_rng(unsigned long seed)
{
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);

	assert_non_null(rng);
	gsl_rng_set(rng, seed);
	return rng;
}

static inline struct nbs_place_draw
draw_one(const struct nbs_place *place, gsl_rng *rng)
{
	struct nbs_place_draw draw;

	assert_int_equal(nbs_place_draw(place, rng, &draw), NBS_OK);
	return draw;
}

static inline void
check_db(double got, double want, double tolerance, const char *what)
{
	if (!(fabs(got - want) <= tolerance))
		fail_msg("%s: %.4f dB, expected %.4f +- %.4f", what, got, want, tolerance);
}

#endif
