/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `mcl: {place: ..}`: every key into its field, the defaults of the model, what is refused, and the
 * coupling losses that a run's devices end up with.
 */
#define _XOPEN_SOURCE 700 /* mkdtemp, nftw */
#include "scenarios/builder.h"
#include "scenarios/loader_test_util.h"

#include <ftw.h>
#include <math.h>
#include <sqlite3.h>

#define FLEET(name, devices, mcl)                                       \
	"  - {name: " name ", devices: " #devices ", security: none,\n" \
	"     client_id: {prefix: " name ", first: 1}, mcl: " mcl "}\n"

static struct nbs_scenario *
load_good(const char *text)
{
	struct outcome out = load_text(text, strlen(text), 0, NULL, 0);

	if (out.status != NBS_OK)
		fail_msg("%s", out.messages);
	assert_string_equal(out.messages, "");
	free(out.messages);
	return out.scenario;
}

static struct nbs_scenario *
load_path(const char *path)
{
	struct nbs_scenario *scenario = NULL;

	assert_int_equal(nbs_scenario_load(path, 0, NULL, 0, stderr, &scenario), NBS_OK);
	return scenario;
}

/* ---- reading ---- */

static void
every_key_fills_its_field(void **state)
{
	struct nbs_scenario *scenario = load_path("vectors/place.yaml");
	const struct nbs_place_config *place = &scenario->fleets[0].place;

	(void)state;
	assert_int_equal(scenario->fleets[0].mcl_db.kind, NBS_DIST_PLACE);
	assert_int_equal(place->spread, NBS_PLACE_RANGE);
	assert_true(place->near_m == 1500 && place->far_m == 2385);
	assert_int_equal(place->model, NBS_PLACE_OKUMURA_HATA);
	assert_true(place->frequency_hz == 851e6);
	assert_true(place->exponent == 3.5);
	assert_true(place->reference_m == 10 && place->reference_db == 60.5);
	assert_true(place->base_height_m == 45.5 && place->device_height_m == 1.25);
	assert_int_equal(place->environment, NBS_OPEN);
	assert_int_equal(place->city, NBS_CITY_LARGE);
	assert_true(place->shadowing_db == 6.5);
	assert_int_equal(place->penetration, NBS_OUTDOORS);
	assert_true(place->height_gain_db == 1.75);
	assert_true(place->base_gain_dbi == 17 && place->device_gain_dbi == -3.5);
	assert_true(place->feeder_loss_db == 2.5);
	nbs_scenario_free(scenario);
}

/* What the language leaves to its table must be what the model's own default is. */
static void
defaults_are_the_models(void **state)
{
	struct nbs_scenario *scenario = load_good(
	    "name: x\nfleets:\n" FLEET("a", 2, "{place: {distance: {disc: [35 m, 909 m]}}}"));
	const struct nbs_place_config *got = &scenario->fleets[0].place;
	struct nbs_place_config want;

	(void)state;
	nbs_place_config_default(&want);
	assert_int_equal(got->spread, want.spread);
	assert_true(got->near_m == want.near_m && got->far_m == want.far_m);
	assert_int_equal(got->model, want.model);
	assert_true(got->frequency_hz == want.frequency_hz && got->exponent == want.exponent);
	assert_true(got->reference_m == want.reference_m && got->reference_db == want.reference_db);
	assert_true(got->base_height_m == want.base_height_m);
	assert_true(got->device_height_m == want.device_height_m);
	assert_int_equal(got->environment, want.environment);
	assert_int_equal(got->city, want.city);
	assert_true(got->shadowing_db == want.shadowing_db);
	assert_int_equal(got->penetration, want.penetration);
	assert_true(got->height_gain_db == want.height_gain_db);
	assert_true(got->base_gain_dbi == want.base_gain_dbi);
	assert_true(got->feeder_loss_db == want.feeder_loss_db);
	assert_true(got->device_gain_dbi == want.device_gain_dbi);
	nbs_scenario_free(scenario);
}

static void
one_distance(void **state)
{
	struct nbs_scenario *scenario =
	    load_good("name: x\nfleets:\n" FLEET("a", 2, "{place: {distance: 500 m}}"));

	(void)state;
	assert_int_equal(scenario->fleets[0].place.spread, NBS_PLACE_AT);
	assert_true(scenario->fleets[0].place.far_m == 500);
	nbs_scenario_free(scenario);
}

static void
refused(const char *mcl, const char *want)
{
	char text[512];
	struct outcome out;

	snprintf(text, sizeof text, "name: x\nfleets:\n" FLEET("a", 2, "%s"), mcl);
	out = load_text(text, strlen(text), 0, NULL, 0);
	assert_int_equal(out.status, NBS_E_INVALID);
	if (strstr(out.messages, want) == NULL)
		fail_msg("got %s\nwant %s", out.messages, want);
	outcome_fini(&out);
}

static void
slips_are_refused(void **state)
{
	(void)state;
	refused("{place: {}}", "fleets.a.mcl.place.distance: found nothing, expected");
	refused("{place: {distance: 500}}", "found `500` (the unit is missing), expected a number");
	refused("{place: {distance: 500 dB}}", "the unit is not known here");
	refused("{place: {distance: 0 m}}", "found `0 m`, expected");
	refused("{place: {distance: {disc: [2 km, 1 km]}}}", "the highest value comes first");
	refused("{place: {distance: {disc: [1 km]}}}", "mcl.place.distance.disc: found a list");
	refused("{place: {distance: {ring: [1 m, 2 m]}}}", "found the unknown key `ring`");
	refused("{place: {distance: 1 km, model: hata}}", "found `hata`, expected `tr45820`");
	refused("{place: {distance: 1 km}, uniform: [100 dB, 110 dB]}", "is needed");
	/* By the model: what goes together. */
	refused(
	    "{place: {distance: 1 km, model: cost231}}",
	    "fleets.a.mcl.place: frequency for cost231 (MHz): 900 found; allowed: 1500 to 2000");
	refused("{place: {distance: 1 km, model: okumura-hata, device_height: 31 m}}",
		"device height (m): 31 found; allowed: 0.1 to 30");
}

/* ---- running ---- */

static int
remove_one(const char *path, const struct stat *info, int flag, struct FTW *at)
{
	(void)info;
	(void)flag;
	(void)at;
	return remove(path);
}

/* The coupling losses of a run's devices, in order. */
static void
run_and_read(const char *text, double *mcl_db, size_t count)
{
	char dir[] = "/tmp/nbsec-place-XXXXXX", path[64];
	struct nbs_scenario *scenario = load_good(text);
	struct nbs_run_result result;
	sqlite3 *db = NULL;
	sqlite3_stmt *query = NULL;
	size_t rows = 0;

	assert_non_null(mkdtemp(dir));
	const struct nbs_run_config config = {
	    .scenario = scenario, .dir = dir, .version = "test", .messages = stderr};
	assert_int_equal(nbs_scenario_run(&config, &result), NBS_OK);
	snprintf(path, sizeof path, "%s/results.sqlite", dir);
	assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	assert_int_equal(
	    sqlite3_prepare_v2(db, "SELECT mcl_db FROM device ORDER BY id", -1, &query, NULL),
	    SQLITE_OK);
	for (; sqlite3_step(query) == SQLITE_ROW; rows++) {
		assert_true(rows < count);
		mcl_db[rows] = sqlite3_column_double(query, 0);
	}
	assert_int_equal(rows, count);
	sqlite3_finalize(query);
	sqlite3_close(db);
	nbs_scenario_free(scenario);
	assert_int_equal(nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
}

/* 120.9 + 37.6 log10(2.385) - 18 + 3 + 4 = 124.09, plus 6 dB that the second antenna lacks. */
static void
devices_get_what_the_place_says(void **state)
{
	double mcl_db[4] = {0};

	(void)state;
	run_and_read("name: x\nduration: 1 s\nfleets:\n" FLEET(
			 "a", 2, "{place: {distance: 2385 m, shadowing: 0, penetration: off}}")
			 FLEET("b", 2,
			       "{place: {distance: 2385 m, shadowing: 0, penetration: off,"
			       " device_gain: -10 dBi}}"),
		     mcl_db, 4);
	for (int i = 0; i < 4; i++)
		assert_true(fabs(mcl_db[i] - (i < 2 ? 124.09 : 130.09)) < 1e-6);
}

/* Two fleets, one stream of places: walls and height apart, device n is in the same spot. */
static void
fleets_share_their_places(void **state)
{
	double mcl_db[40] = {0};
	int different = 0;

	(void)state;
	run_and_read(
	    "name: x\nduration: 1 s\nfleets:\n" FLEET("a", 20,
						      "{place: {distance: {disc: [200 m, 2 km]}}}")
		FLEET("b", 20, "{place: {distance: {disc: [200 m, 2 km]}, base_gain: 15 dBi}}"),
	    mcl_db, 40);
	for (int i = 0; i < 20; i++) {
		assert_true(fabs(mcl_db[20 + i] - mcl_db[i] - 3.0) < 1e-6);
		different += fabs(mcl_db[i] - mcl_db[0]) > 0.5;
	}
	assert_true(different > 10);
}

/*
 * Nearer and farther than the language's limits counts as there: 49.6 dB of free space at 8 m less
 * 60 dBi of antennas, and 120.9 + 37.6 log10(200) + 80 dB of antennas and feeder.
 */
static void
beyond_the_limits_is_at_the_limit(void **state)
{
	double mcl_db[2] = {0};

	(void)state;
	run_and_read(
	    "name: x\nduration: 1 s\nfleets:\n" FLEET(
		"a", 1,
		"{place: {distance: 8 m, model: friis, shadowing: 0, penetration: off,"
		" base_gain: 30 dBi, device_gain: 30 dBi, feeder_loss: 0}}")
		FLEET("b", 1,
		      "{place: {distance: 200 km, base_gain: -30 dBi, device_gain: -30 dBi,"
		      " feeder_loss: 20 dB}}"),
	    mcl_db, 2);
	assert_true(mcl_db[0] == NBS_MCL_MIN_DB);
	assert_true(mcl_db[1] == NBS_MCL_MAX_DB);
}

static void
the_shipped_scenario_loads(void **state)
{
	struct nbs_scenario *scenario = load_path("city-cell.yaml");

	(void)state;
	for (size_t i = 0; i < scenario->fleet_count; i++)
		assert_int_equal(scenario->fleets[i].mcl_db.kind, NBS_DIST_PLACE);
	nbs_scenario_free(scenario);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_key_fills_its_field),
	    cmocka_unit_test(defaults_are_the_models),
	    cmocka_unit_test(one_distance),
	    cmocka_unit_test(slips_are_refused),
	    cmocka_unit_test(devices_get_what_the_place_says),
	    cmocka_unit_test(fleets_share_their_places),
	    cmocka_unit_test(beyond_the_limits_is_at_the_limit),
	    cmocka_unit_test(the_shipped_scenario_loads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
