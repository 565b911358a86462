/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Networks as files: those that are shipped, merging, what is assumed, what is refused. */
#include "scenarios/loader_test_util.h"

#include <unistd.h>

#define NS_MS UINT64_C(1000000)
#define NS_S UINT64_C(1000000000)

static struct nbs_network_file *
load_network(const char *base)
{
	struct nbs_network_file *file = NULL;
	if (nbs_network_file_load(base, stderr, &file) != NBS_OK)
		fail_msg("%s is refused", base);
	return file;
}

/* ---- what is shipped ---- */

/* Every field that a key fills, so that padding does not count. Returns how many differ. */
static unsigned
count_differences(const struct nbsi_key *keys, const char *a, const char *b)
{
	unsigned differences = 0;
	for (const struct nbsi_key *key = keys; key->name != NULL; key++) {
		bool items = key->type == NBSI_ITEMS;
		if (key->size > 0 && !items &&
		    memcmp(a + key->offset, b + key->offset, key->size) != 0) {
			print_error("%s differs\n", key->name);
			differences++;
		}
		if (key->flag != 0 && a[key->flag] != b[key->flag])
			differences++;
		for (size_t i = 0; items && i < key->max_items; i++) {
			size_t at = key->offset + i * key->item_size;
			differences += count_differences(key->keys, a + at, b + at);
		}
		if (key->keys != NULL && !items)
			differences += count_differences(key->keys, a, b);
	}
	return differences;
}

/* The file gives every key, and each is what the program starts with. */
static void
test_network_a(void **state)
{
	(void)state;
	struct nbs_network_file *file = load_network("network-a");
	struct nbs_scenario given = {.network = file->config}, start = {0};
	nbs_network_config_default(&start.network);
	assert_null(file->assumed);
	assert_string_equal(file->name, "network-a");
	assert_int_equal(
	    count_differences(nbsi_schema_network(), (const char *)&given, (const char *)&start),
	    0);
	assert_int_equal(file->config.si_count, start.network.si_count);
	start.network.ce[2].npdcch_g = 4; /* and a difference is seen */
	assert_int_equal(
	    count_differences(nbsi_schema_network(), (const char *)&given, (const char *)&start),
	    1);
	nbs_network_file_free(file);
}

/* The decoded SIB2-NB, field by field. */
static void
test_network_c(void **state)
{
	(void)state;
	static const uint32_t start[] = {8, 64, 128}, repetitions[] = {2, 8, 32};
	static const uint32_t rmax[] = {8, 16, 128}, window[] = {10, 5, 5}, ack[] = {2, 8, 64};
	static const uint32_t offset_8th[] = {1, 0, 0};
	struct nbs_network_file *file = load_network("network-c");
	const struct nbs_network_config *net = &file->config;
	assert_null(file->assumed);
	assert_int_equal(net->preamble_trans_max, 6);
	assert_true(net->power_ramp_db == 2 && net->preamble_target_dbm == -112);
	assert_true(net->nrsrp_threshold_dbm[0] == 33 - 140);
	assert_true(net->nrsrp_threshold_dbm[1] == 23 - 140);
	assert_true(net->nrs_power_dbm == 29 && net->q_rxlevmin_dbm == -140);
	assert_true(net->p0_nominal_dbm == -105 && net->alpha == 1 && net->delta_msg3_db == 2 * 4);
	assert_true(net->nb_t == 1.0 / 8);
	assert_int_equal(net->npdcch_paging_rmax, 128);
	assert_int_equal(net->nprach_cp_format, 0);
	assert_true(net->idle_drx_cycle_ns == 2560 * NS_MS);
	assert_true(net->t300_ns == 10 * NS_S && net->t301_ns == 25 * NS_S);
	assert_true(net->t310_ns == 8 * NS_S && net->t311_ns == 30 * NS_S);
	assert_true(net->n310 == 10 && net->n311 == 1);
	for (unsigned i = 0; i < NBS_CE_LEVELS; i++) {
		const struct nbs_ce_config *ce = &net->ce[i];
		assert_int_equal(ce->nprach_period_ms, 640);
		assert_int_equal(ce->nprach_start_ms, start[i]);
		assert_int_equal(ce->nprach_subcarriers, 12);
		assert_int_equal(ce->nprach_subcarrier_offset, 36);
		assert_int_equal(ce->nprach_attempts, 4);
		assert_int_equal(ce->nprach_repetitions, repetitions[i]);
		assert_int_equal(ce->npdcch_ra_rmax, rmax[i]);
		assert_true(ce->npdcch_ra_g == 2);
		assert_int_equal(ce->npdcch_ra_offset_8th, offset_8th[i]);
		assert_int_equal(ce->ra_window_pp, window[i]);
		assert_int_equal(ce->contention_timer_pp, 32);
		assert_int_equal(ce->ack_nack_msg4_repetitions, ack[i]);
	}
	nbs_network_file_free(file);
}

/* 144, 154 and 164 dB lie in levels 0, 1 and 2; NPRACH leaves three quarters of the uplink. */
static void
test_large_cell(void **state)
{
	(void)state;
	static const double loss_db[] = {144, 154, 164};
	struct nbs_network_file *file = load_network("large-cell");
	const struct nbs_network_config *net = &file->config;
	double share = 0;
	assert_null(file->assumed);
	assert_int_equal(net->deployment, NBS_STAND_ALONE);
	for (unsigned i = 0; i < NBS_CE_LEVELS; i++) {
		const struct nbs_ce_config *ce = &net->ce[i];
		double nrsrp = net->nrs_power_dbm - loss_db[i];
		assert_int_equal((nrsrp < net->nrsrp_threshold_dbm[0]) +
				     (nrsrp < net->nrsrp_threshold_dbm[1]),
				 i);
		/* 5.6 ms a repetition of format 0 (TS 36.211 10.1.6.1), 48 subcarriers in all */
		share += ce->nprach_subcarriers / 48.0 * ce->nprach_repetitions * 5.6 /
			 ce->nprach_period_ms;
	}
	assert_true(share > 0.24 && share < 0.25);
	nbs_network_file_free(file);
}

/*
 * What network B leaves out is said; a key counts as given when every level has it. By hand: radio
 * 8, nprach 3, delta_msg3, levels 10, access 4, broadcast 4 + 2, RRC 2 + 4 + 11, idle mode 6,
 * core 9.
 */
static void
test_network_b(void **state)
{
	(void)state;
	struct nbs_network_file *file = load_network("networks/network-b.yaml");
	struct nbs_network_config start;
	nbs_network_config_default(&start);
	assert_int_equal(file->config.ce[2].npdcch_ra_rmax, 512);
	assert_int_equal(file->config.ce[2].npdcch_rmax, start.ce[2].npdcch_rmax);
	assert_true(file->config.p0_nominal_dbm == -103);
	assert_non_null(file->assumed);
	assert_non_null(strstr(file->assumed,
			       "networks/network-b.yaml: 64 keys not given, assumed as in "
			       "network-a: deployment, receiver, "));
	assert_non_null(strstr(file->assumed, ", nprach.target, "));
	assert_non_null(strstr(file->assumed, ", coverage_levels[].npdcch_rmax, "));
	assert_null(strstr(file->assumed, "nprach_repetitions"));
	assert_null(strstr(file->assumed, ", p0"));
	assert_null(strstr(file->assumed, "base"));
	nbs_network_file_free(file);
}

static void
test_names(void **state)
{
	(void)state;
	static const char *const names[] = {"network-a", "network-b", "network-c", "large-cell"};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		assert_string_equal(nbs_network_name(i), names[i]);
		struct nbs_network_file *file = load_network(names[i]);
		assert_string_equal(file->name, names[i]);
		assert_true(strlen(file->description) > 0 && strlen(file->source) > 0);
		nbs_network_file_free(file);
	}
	assert_null(nbs_network_name(4));
	assert_null(nbs_network_name(5));
	nbs_network_file_free(NULL);
}

/* ---- a scenario on a base ---- */

static struct outcome
load_on(const char *network, const struct nbs_override *sets, size_t n)
{
	char text[2048];
	snprintf(text, sizeof(text), "name: x\nfleets: %s\nnetwork: %s\n", ONE_FLEET, network);
	return load_text(text, strlen(text), 0, sets, n);
}

static struct outcome
load_good(const char *network, const struct nbs_override *sets, size_t n)
{
	struct outcome out = load_on(network, sets, n);
	if (out.status != NBS_OK)
		fail_msg("%s", out.messages);
	assert_string_equal(out.messages, "");
	return out;
}

/* Keys beside a base go over it: mappings and levels are merged, other lists replaced. */
static void
test_merge(void **state)
{
	(void)state;
	struct outcome out = load_good(
	    "{base: network-c, p0: -90 dBm, nprach: {ramp: 4 dB}, c_drx: {enabled: on},\n"
	    "  coverage_levels: [{}, {nprach_attempts: 10}],\n"
	    "  si: [{period: 1024, bits: 328, every: 8}], s1_delay: {uniform: [10 ms, 40 ms]}}",
	    NULL, 0);
	const struct nbs_network_config *net = &out.scenario->network;
	assert_true(net->p0_nominal_dbm == -90 && net->alpha == 1);
	assert_true(net->power_ramp_db == 4 && net->preamble_target_dbm == -112);
	assert_true(net->cdrx.enabled && net->cdrx.cycle_ns == 2048 * NS_MS);
	assert_int_equal(net->ce[0].npdcch_ra_offset_8th, 1);
	assert_int_equal(net->ce[1].nprach_attempts, 10);
	assert_int_equal(net->ce[1].contention_timer_pp, 32);
	assert_int_equal(net->ce[2].npdcch_ra_rmax, 128);
	assert_int_equal(net->si_count, 1);
	assert_int_equal(net->si[0].period_rf, 1024);
	assert_int_equal(net->s1_delay.kind, NBS_DELAY_UNIFORM);
	assert_null(out.scenario->assumed);
	outcome_fini(&out);
}

/* The document as run does without the base, and is the same scenario. */
static void
test_self_contained(void **state)
{
	(void)state;
	struct outcome out = load_good("{base: networks/large-cell.yaml, t3324: 6 s}", NULL, 0);
	assert_null(strstr(out.scenario->yaml, "base"));
	assert_non_null(strstr(out.scenario->yaml, "objective: tone_ms"));
	struct outcome again =
	    load_text(out.scenario->yaml, strlen(out.scenario->yaml), 0, NULL, 0);
	assert_string_equal(again.messages, "");
	assert_string_equal(again.scenario->yaml, out.scenario->yaml);
	assert_true(again.scenario->network.t3324_ns == 6 * NS_S);
	assert_int_equal(count_differences(nbsi_schema_network(), (const char *)out.scenario,
					   (const char *)again.scenario),
			 0);
	outcome_fini(&again);
	outcome_fini(&out);
}

/* An option's base counts whatever its place; other options go over it. */
static void
test_overrides(void **state)
{
	(void)state;
	const struct nbs_override sets[] = {{"network.coverage_levels.2.nprach_attempts=7"},
					    {"network.base=network-c"},
					    {"network.alpha=0.9"}};
	struct outcome out = load_good("{base: large-cell, t3324: 6 s}", sets, 3);
	assert_int_equal(out.scenario->network.ce[2].nprach_attempts, 7);
	assert_int_equal(out.scenario->network.ce[2].npdcch_ra_rmax, 128);
	assert_true(out.scenario->network.alpha == 0.9);
	assert_true(out.scenario->network.t3324_ns == 6 * NS_S);
	outcome_fini(&out);
	const struct nbs_override whole = {"network={base: network-c, p0: -80 dBm}"};
	out = load_good("{base: large-cell, t3324: 6 s}", &whole, 1);
	assert_true(out.scenario->network.p0_nominal_dbm == -80);
	assert_true(out.scenario->network.alpha == 1); /* of C, nothing of the large cell */
	assert_true(out.scenario->network.t3324_ns == 10 * NS_S);
	outcome_fini(&out);
}

/* What the scenario gives itself is not assumed. */
static void
test_assumed(void **state)
{
	(void)state;
	struct outcome out = load_good("{base: network-b}", NULL, 0);
	assert_non_null(strstr(out.scenario->assumed, "network-b.yaml: 64 keys not given"));
	outcome_fini(&out);
	out = load_good("{base: network-b, deployment: stand-alone}", NULL, 0);
	assert_non_null(strstr(out.scenario->assumed, "network-b.yaml: 63 keys not given"));
	assert_null(strstr(out.scenario->assumed, "deployment"));
	outcome_fini(&out);
	out = load_good("{deployment: stand-alone}", NULL, 0);
	assert_null(out.scenario->assumed);
	outcome_fini(&out);
}

/* ---- files that are wrong ---- */

/* Writes a network's file, loads a scenario on it; the first message must begin with want. */
static void
refuse_file(const char *text, const char *want)
{
	char path[] = "/tmp/nbsec-network-XXXXXX", network[128], expected[512];
	int handle = mkstemp(path);
	assert_true(handle >= 0);
	assert_true(write(handle, text, strlen(text)) == (ssize_t)strlen(text));
	close(handle);
	snprintf(network, sizeof(network), "{base: %s}", path);
	struct outcome out = load_on(network, NULL, 0);
	unlink(path);
	snprintf(expected, sizeof(expected), "%s:%s", path, want);
	assert_int_equal(out.status, NBS_E_INVALID);
	if (strncmp(out.messages, expected, strlen(expected)) != 0)
		fail_msg("got %s\nwant %s", out.messages, expected);
	outcome_fini(&out);
}

/* Errors name the base's file and the line in it. */
static void
test_refused(void **state)
{
	(void)state;
	refuse_file("name: n\nt3324: 63 s\n", "2:8: network.t3324: T3324: 63 s cannot be encoded");
	refuse_file("name: n\np0: 3\n", "2:5: network.p0: found `3` (the unit is missing)");
	refuse_file("name: n\nwus: on\n", "2:1: network.wus: `wus` is not modelled");
	refuse_file("name: n\nalfa: 1\n", "2:1: network.alfa: found the unknown key `alfa`");
	refuse_file("alpha: 1\n", "1:1: name: found nothing, expected a name");
	refuse_file("name: n\nbase: network-a\n", "2:1: found a base in a network's file");
	refuse_file("- 1\n", "1:1: found no mapping, expected a network's keys");
	refuse_file("", "1:1: found no mapping, expected a network's keys");
	refuse_file("name: n\nname: m\n", "2:1: found the key `name` again");
	refuse_file("name: \xff\n", "1:7: found the byte 0xff, expected UTF-8");
	refuse_file("name: [\n", "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_network_a),      cmocka_unit_test(test_network_c),
	    cmocka_unit_test(test_large_cell),     cmocka_unit_test(test_network_b),
	    cmocka_unit_test(test_names),          cmocka_unit_test(test_merge),
	    cmocka_unit_test(test_self_contained), cmocka_unit_test(test_overrides),
	    cmocka_unit_test(test_assumed),        cmocka_unit_test(test_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
