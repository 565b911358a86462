/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Places and their coupling loss: the macro-cell path loss of the NB-IoT study, the building
 * penetration of TR 45.820 annex D (scenario 1) as far as public code hands it down, lognormal
 * shadowing. Values that were not read in the report itself are marked assumed.
 */
#include "models/nbiot/place.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/*
 * TR 36.942 4.5.2 has for a macro cell in a city, with the base 15 m above the roofs,
 *     L = 40 (1 - 0.004 x 15) log10(d/km) - 18 log10(15) + 21 log10(f/MHz) + 80
 *       = 37.6 log10(d/km) + 58.83 + 21 log10(f/MHz), at 900 MHz 120.87 + 37.6 log10(d/km);
 * the studies of machine-type communication round it to 120.9 (TR 36.888, TR 45.820). From 1 m:
 *     120.9 - 37.6 x 3 = 8.1 dB.
 * The formula falls below free space nearer than 21 m; TR 36.942 does not allow that.
 */
#define PLACE_EXPONENT 3.76
#define PLACE_LOSS_1M_DB 8.1
#define PLACE_FREQUENCY_HZ 900e6
#define PLACE_FREQUENCY_SLOPE 21.0 /* dB a decade */
#define PLACE_LOSS_1M_MAX_HZ 3e9   /* beyond, TR 36.942 has no use for the formula */
#define PLACE_LOSS_1M_MIN_HZ 400e6

/* What a configuration may hold, beside the limits of sim/propagation.h. */
#define PLACE_SHADOWING_MAX_DB 20.0
#define PLACE_HEIGHT_GAIN_MAX_DB 20.0
#define PLACE_HZ_PER_MHZ 1e6
#define PLACE_GAIN_MIN_DBI (-30.0)
#define PLACE_GAIN_MAX_DBI 30.0
#define PLACE_FEEDER_MAX_DB 20.0

/* TR 45.820 annex D, scenario 1: classes of outer walls. */
static const struct place_wall {
	double share;
	double low_db, high_db;
} place_walls[] = {{0.25, 4.0, 11.0}, {0.65, 11.0, 19.0}, {0.10, 19.0, 23.0}};

/* Inner walls in the way: none, one and two are as likely as each other, three have 0.15. */
#define PLACE_THREE_WALLS 0.15
#define PLACE_INNER_LOW_DB 4.0 /* each of them, uniform */
#define PLACE_INNER_HIGH_DB 10.0
#define PLACE_DEPTH_MAX_M 15.0 /* without walls: so deep inside, uniform */
#define PLACE_DEPTH_DB_M 0.6

struct nbs_place {
	struct nbs_place_config config;
	struct nbs_propagation *propagation;
	struct nbs_propagation *free_space; /* no less than this; NULL: the law needs no floor */
};

void
nbs_place_config_default(struct nbs_place_config *config)
{
	*config = (struct nbs_place_config){
	    .model = NBS_PLACE_TR45820,
	    .spread = NBS_PLACE_DISC,
	    .near_m = 35.0, /* assumed: least distance in macro cells, TR 36.942 */
	    .far_m = 909.0, /* sqrt(sqrt(3)/2 / pi) x 1732 m */
	    .frequency_hz = PLACE_FREQUENCY_HZ,
	    .exponent = PLACE_EXPONENT,
	    .reference_m = 1.0,
	    .reference_db = PLACE_LOSS_1M_DB,
	    .base_height_m = 30.0,  /* Hata's and COST 231's lowest */
	    .device_height_m = 1.5, /* Hata's reference */
	    .environment = NBS_URBAN,
	    .city = NBS_CITY_MEDIUM,
	    .shadowing_db = 8.0, /* assumed: TR 45.820 table of system simulations */
	    .penetration = NBS_PENETRATION_TR45820,
	    .base_gain_dbi = 18.0,   /* assumed: ditto */
	    .feeder_loss_db = 3.0,   /* assumed: ditto */
	    .device_gain_dbi = -4.0, /* assumed: ditto */
	};
}

/* ---- checking ---- */

struct place_check {
	char *why;
	size_t size;
	enum nbs_status status;
};

/* The first complaint wins. */
static void
place_between(struct place_check *check, const char *name, double found, double low, double high)
{
	if (found >= low && found <= high) /* false for NaN */
		return;
	if (check->status == NBS_OK && check->size > 0)
		(void)snprintf(check->why, check->size, "%s: %g found; allowed: %g to %g", name,
			       found, low, high);
	check->status = NBS_E_RANGE;
}

/* Enumerations come from tables; a value outside is the caller's slip all the same. */
static void
place_one_of(struct place_check *check, const char *name, int found, int count)
{
	place_between(check, name, found, 0, count - 1);
}

static void
place_check_heights(struct place_check *check, const struct nbs_place_config *config)
{
	place_between(check, "base height (m)", config->base_height_m, NBS_ANTENNA_MIN_M,
		      NBS_ANTENNA_MAX_M);
	place_between(check, "device height (m)", config->device_height_m, NBS_ANTENNA_MIN_M,
		      config->base_height_m);
}

static void
place_check_log_distance(struct place_check *check, const struct nbs_place_config *config)
{
	place_between(check, "exponent", config->exponent, NBS_EXPONENT_MIN, NBS_EXPONENT_MAX);
	place_between(check, "reference distance (m)", config->reference_m, NBS_DISTANCE_MIN_M,
		      NBS_REFERENCE_MAX_M);
	place_between(check, "reference loss (dB)", config->reference_db, 0.0,
		      NBS_REFERENCE_LOSS_MAX_DB);
}

/* What the law takes; its name tells why the range is narrower than another's. */
static void
place_check_model(struct place_check *check, const struct nbs_place_config *config)
{
	static const struct {
		const char *name;
		double low_hz, high_hz;
	} frequencies[NBS_PLACE_MODEL__COUNT] = {
	    [NBS_PLACE_TR45820] = {"frequency for tr45820 (MHz)", PLACE_LOSS_1M_MIN_HZ,
				   PLACE_LOSS_1M_MAX_HZ},
	    [NBS_PLACE_FRIIS] = {"frequency for friis (MHz)", NBS_FREQUENCY_MIN_HZ,
				 NBS_FREQUENCY_MAX_HZ},
	    [NBS_PLACE_LOG_DISTANCE] = {"frequency (MHz)", NBS_FREQUENCY_MIN_HZ,
					NBS_FREQUENCY_MAX_HZ},
	    [NBS_PLACE_OKUMURA_HATA] = {"frequency for okumura-hata (MHz)", NBS_FREQUENCY_MIN_HZ,
					NBS_HATA_FREQUENCY_MAX_HZ},
	    [NBS_PLACE_COST231] = {"frequency for cost231 (MHz)", NBS_COST231_FREQUENCY_MIN_HZ,
				   NBS_COST231_FREQUENCY_MAX_HZ},
	    [NBS_PLACE_KUN_2600] = {"frequency for kun-2600 (MHz)", NBS_KUN_FREQUENCY_MIN_HZ,
				    NBS_KUN_FREQUENCY_MAX_HZ},
	};

	place_one_of(check, "path loss model", (int)config->model, NBS_PLACE_MODEL__COUNT);
	if (check->status != NBS_OK)
		return;
	place_between(check, frequencies[config->model].name,
		      config->frequency_hz / PLACE_HZ_PER_MHZ,
		      frequencies[config->model].low_hz / PLACE_HZ_PER_MHZ,
		      frequencies[config->model].high_hz / PLACE_HZ_PER_MHZ);
	if (config->model == NBS_PLACE_LOG_DISTANCE)
		place_check_log_distance(check, config);
	if (config->model == NBS_PLACE_OKUMURA_HATA || config->model == NBS_PLACE_COST231)
		place_check_heights(check, config);
	place_one_of(check, "environment", (int)config->environment, NBS_ENVIRONMENT__COUNT);
	place_one_of(check, "city", (int)config->city, NBS_CITY__COUNT);
}

enum nbs_status
nbs_place_config_check(const struct nbs_place_config *config, char *why, size_t why_size)
{
	struct place_check check = {why, why == NULL ? 0 : why_size, NBS_OK};

	if (config == NULL)
		return NBS_E_ARG;
	if (check.size > 0)
		why[0] = '\0';
	place_check_model(&check, config);
	place_one_of(&check, "spread", (int)config->spread, NBS_PLACE_SPREAD__COUNT);
	place_between(&check, "distance (m)", config->far_m, NBS_DISTANCE_MIN_M,
		      NBS_DISTANCE_MAX_M);
	if (config->spread != NBS_PLACE_AT)
		place_between(&check, "nearest distance (m)", config->near_m, NBS_DISTANCE_MIN_M,
			      config->far_m);
	place_between(&check, "shadowing (dB)", config->shadowing_db, 0.0, PLACE_SHADOWING_MAX_DB);
	place_one_of(&check, "penetration", (int)config->penetration, NBS_PENETRATION__COUNT);
	place_between(&check, "height gain (dB)", config->height_gain_db, 0.0,
		      PLACE_HEIGHT_GAIN_MAX_DB);
	place_between(&check, "base antenna (dBi)", config->base_gain_dbi, PLACE_GAIN_MIN_DBI,
		      PLACE_GAIN_MAX_DBI);
	place_between(&check, "feeder loss (dB)", config->feeder_loss_db, 0.0, PLACE_FEEDER_MAX_DB);
	place_between(&check, "device antenna (dBi)", config->device_gain_dbi, PLACE_GAIN_MIN_DBI,
		      PLACE_GAIN_MAX_DBI);
	return check.status;
}

/* ---- making ---- */

static struct nbs_propagation_config
place_law(const struct nbs_place_config *config)
{
	static const enum nbs_propagation_kind kinds[NBS_PLACE_MODEL__COUNT] = {
	    [NBS_PLACE_TR45820] = NBS_LOG_DISTANCE,
	    [NBS_PLACE_FRIIS] = NBS_FRIIS,
	    [NBS_PLACE_LOG_DISTANCE] = NBS_LOG_DISTANCE,
	    [NBS_PLACE_OKUMURA_HATA] = NBS_OKUMURA_HATA,
	    [NBS_PLACE_COST231] = NBS_COST231,
	    [NBS_PLACE_KUN_2600] = NBS_KUN_2600,
	};
	struct nbs_propagation_config law = {
	    .kind = kinds[config->model],
	    .frequency_hz = config->frequency_hz,
	    .exponent = config->exponent,
	    .reference_m = config->reference_m,
	    .reference_db = config->reference_db,
	    .base_height_m = config->base_height_m,
	    .device_height_m = config->device_height_m,
	    .environment = config->environment,
	    .city = config->city,
	};

	if (config->model == NBS_PLACE_TR45820) {
		law.exponent = PLACE_EXPONENT;
		law.reference_m = 1.0;
		law.reference_db =
		    PLACE_LOSS_1M_DB +
		    PLACE_FREQUENCY_SLOPE * log10(config->frequency_hz / PLACE_FREQUENCY_HZ);
	}
	return law;
}

static enum nbs_status
place_make_laws(struct nbs_place *place)
{
	struct nbs_propagation_config law = place_law(&place->config);
	enum nbs_status status = nbs_propagation_new(&law, &place->propagation);

	if (status == NBS_OK && place->config.model == NBS_PLACE_TR45820) {
		law.kind = NBS_FRIIS;
		status = nbs_propagation_new(&law, &place->free_space);
	}
	return status;
}

enum nbs_status
nbs_place_new(const struct nbs_place_config *config, struct nbs_place **out)
{
	struct nbs_place *place;
	enum nbs_status status;

	if (config == NULL || out == NULL)
		return NBS_E_ARG;
	status = nbs_place_config_check(config, NULL, 0);
	if (status != NBS_OK)
		return status;
	place = calloc(1, sizeof *place);
	if (place == NULL)
		return NBS_E_NOMEM;
	place->config = *config;
	status = place_make_laws(place);
	if (status != NBS_OK) {
		nbs_place_free(place);
		return status;
	}
	*out = place;
	return NBS_OK;
}

void
nbs_place_free(struct nbs_place *place)
{
	if (place == NULL)
		return;
	nbs_propagation_free(place->propagation);
	nbs_propagation_free(place->free_space);
	free(place);
}

/* ---- drawing ---- */

/* The seven numbers, each strictly between 0 and 1, in the order they are drawn in. */
struct place_numbers {
	double distance, shadowing, wall, wall_db, inner, inner_db, depth;
};

static struct place_numbers
place_numbers(gsl_rng *rng)
{
	struct place_numbers u;

	u.distance = gsl_rng_uniform_pos(rng);
	u.shadowing = gsl_rng_uniform_pos(rng);
	u.wall = gsl_rng_uniform_pos(rng);
	u.wall_db = gsl_rng_uniform_pos(rng);
	u.inner = gsl_rng_uniform_pos(rng);
	u.inner_db = gsl_rng_uniform_pos(rng);
	u.depth = gsl_rng_uniform_pos(rng);
	return u;
}

static double
place_hundredths(double value)
{
	return round(value * 100.0) / 100.0;
}

static double
place_between_at(double low, double high, double u)
{
	return low + (high - low) * u;
}

/* Evenly over the area: the square of the distance is uniform. */
static double
place_distance_m(const struct nbs_place_config *config, double u)
{
	double near = config->near_m, far = config->far_m;

	if (config->spread == NBS_PLACE_DISC)
		return sqrt(place_between_at(near * near, far * far, u));
	return config->spread == NBS_PLACE_RANGE ? place_between_at(near, far, u) : far;
}

static double
place_outer_db(const struct place_numbers *u)
{
	size_t last = sizeof place_walls / sizeof place_walls[0] - 1;
	double below = 0.0;
	size_t i;

	for (i = 0; i < last; i++) {
		below += place_walls[i].share;
		if (u->wall < below)
			break;
	}
	return place_between_at(place_walls[i].low_db, place_walls[i].high_db, u->wall_db);
}

/* Outer wall, then the worse of inner walls and plain depth, less the gain of upper floors. */
static double
place_penetration_db(const struct nbs_place_config *config, const struct place_numbers *u)
{
	double inner = floor(u->inner / ((1.0 - PLACE_THREE_WALLS) / 3.0));
	double walls_db = fmin(inner, 3.0) *
			  place_between_at(PLACE_INNER_LOW_DB, PLACE_INNER_HIGH_DB, u->inner_db);
	double depth_db = PLACE_DEPTH_DB_M * PLACE_DEPTH_MAX_M * u->depth;

	if (config->penetration == NBS_OUTDOORS)
		return 0.0;
	return place_outer_db(u) + fmax(walls_db, depth_db) - config->height_gain_db;
}

static enum nbs_status
place_path_loss_db(const struct nbs_place *place, double distance_m, double *loss_db)
{
	double least_db = 0.0;
	enum nbs_status status;

	status = nbs_propagation_loss_db(place->propagation, distance_m, loss_db);
	if (status == NBS_OK && place->free_space != NULL) {
		status = nbs_propagation_loss_db(place->free_space, distance_m, &least_db);
		*loss_db = fmax(*loss_db, least_db);
	}
	return status;
}

enum nbs_status
nbs_place_draw(const struct nbs_place *place, gsl_rng *rng, struct nbs_place_draw *draw)
{
	const struct nbs_place_config *config;
	struct nbs_place_draw drawn;
	struct place_numbers u;
	enum nbs_status status;

	if (place == NULL || rng == NULL || draw == NULL)
		return NBS_E_ARG;
	config = &place->config;
	u = place_numbers(rng);
	drawn.distance_m = place_hundredths(place_distance_m(config, u.distance));
	drawn.shadowing_db =
	    place_hundredths(config->shadowing_db * gsl_cdf_ugaussian_Pinv(u.shadowing));
	drawn.penetration_db = place_hundredths(place_penetration_db(config, &u));
	status = place_path_loss_db(place, drawn.distance_m, &drawn.path_loss_db);
	if (status != NBS_OK)
		return status;
	drawn.coupling_db = place_hundredths(drawn.path_loss_db + drawn.shadowing_db +
					     drawn.penetration_db - config->base_gain_dbi -
					     config->device_gain_dbi + config->feeder_loss_db);
	*draw = drawn;
	return NBS_OK;
}
