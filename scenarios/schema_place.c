/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of `fleets[].mcl.place`: where devices stand and what lies between (models/nbiot/
 * place.h). Defaults are those of nbs_place_config_default(); what goes together,
 * nbs_place_config_check() knows.
 */
#include "scenarios/schema_table.h"

/* clang-format off */
#define PLC(field) AT(struct nbs_fleet_config, place.field)

/* In the order of enum nbs_place_model, enum nbs_penetration, enum nbs_environment, nbs_city. */
static const char *const model_words[] = {"tr45820", "friis", "log-distance", "okumura-hata",
					  "cost231", "kun-2600", NULL};
static const char *const penetration_words[] = {"off", "tr45820", NULL};
static const char *const environment_words[] = {"urban", "suburban", "open", NULL};
static const char *const city_words[] = {"small", "medium", "large", NULL};

/* Two values go side by side. */
_Static_assert(offsetof(struct nbs_place_config, far_m) ==
		   offsetof(struct nbs_place_config, near_m) + sizeof(double),
	       "near_m and far_m must be neighbours");

#define DISTANCE NBSI_METRES, .min = NBS_DISTANCE_MIN_M, .max = NBS_DISTANCE_MAX_M
#define HEIGHT NBSI_METRES, .min = NBS_ANTENNA_MIN_M, .max = NBS_ANTENNA_MAX_M

/* In the order of enum nbs_place_spread. */
static const struct nbsi_key distance_keys[] = {
	{"disc", NBSI_NUMBERS, DISTANCE, .max_items = 2, PLC(near_m),
	 .help = "even over the area between the two radii"},
	{"uniform", NBSI_NUMBERS, DISTANCE, .max_items = 2, PLC(near_m),
	 .help = "every distance from the first to the second is equally likely"},
	{0}
};

const struct nbsi_key nbsi_place_keys[] = {
	{"distance", NBSI_DIST, DISTANCE, .required = true, .keys = distance_keys, PLC(far_m),
	 FLAG_AT(struct nbs_fleet_config, place.spread),
	 .help = "from the base station, one value or drawn once a device"},
	{"model", NBSI_WORD, .words = model_words, .fallback = "tr45820", PLC(model),
	 .help = "path loss: docs/models/place.md"},
	{"frequency", NBSI_NUMBER, NBSI_HZ, .min = NBS_FREQUENCY_MIN_HZ,
	 .max = NBS_FREQUENCY_MAX_HZ, .fallback = "900 MHz", PLC(frequency_hz),
	 .help = "carrier; each model has a range of its own"},
	{"exponent", NBSI_NUMBER, .min = NBS_EXPONENT_MIN, .max = NBS_EXPONENT_MAX,
	 .fallback = "3.76", PLC(exponent), .help = "log-distance"},
	{"reference_distance", NBSI_NUMBER, NBSI_METRES, .min = NBS_DISTANCE_MIN_M,
	 .max = NBS_REFERENCE_MAX_M, .fallback = "1 m", PLC(reference_m), .help = "log-distance"},
	{"reference_loss", NBSI_NUMBER, NBSI_DB, .min = 0, .max = NBS_REFERENCE_LOSS_MAX_DB,
	 .fallback = "8.1 dB", PLC(reference_db), .help = "log-distance: loss up to there"},
	{"base_height", NBSI_NUMBER, HEIGHT, .fallback = "30 m", PLC(base_height_m),
	 .help = "okumura-hata, cost231"},
	{"device_height", NBSI_NUMBER, HEIGHT, .fallback = "1.5 m", PLC(device_height_m),
	 .help = "okumura-hata, cost231"},
	{"environment", NBSI_WORD, .words = environment_words, .fallback = "urban",
	 PLC(environment), .help = "okumura-hata"},
	{"city", NBSI_WORD, .words = city_words, .fallback = "medium", PLC(city),
	 .help = "okumura-hata"},
	{"shadowing", NBSI_NUMBER, NBSI_DB, .min = 0, .max = 20, .fallback = "8 dB",
	 PLC(shadowing_db), .help = "standard deviation of a device's place; 0 is none"},
	{"penetration", NBSI_WORD, .words = penetration_words, .fallback = "tr45820",
	 PLC(penetration), .help = "devices stand outdoors, or in the buildings of TR 45.820"},
	{"height_gain", NBSI_NUMBER, NBSI_DB, .min = 0, .max = 20, .fallback = "0 dB",
	 PLC(height_gain_db), .help = "less penetration loss on upper floors"},
	{"base_gain", NBSI_NUMBER, NBSI_DBI, .min = -30, .max = 30, .fallback = "18 dBi",
	 PLC(base_gain_dbi), .help = "antenna of the base station, in all directions"},
	{"feeder_loss", NBSI_NUMBER, NBSI_DB, .min = 0, .max = 20, .fallback = "3 dB",
	 PLC(feeder_loss_db), .help = "between the base station and its antenna"},
	{"device_gain", NBSI_NUMBER, NBSI_DBI, .min = -30, .max = 30, .fallback = "-4 dBi",
	 PLC(device_gain_dbi), .help = "antenna of the device"},
	{0}
};
/* clang-format on */
