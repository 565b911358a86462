/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Many UEs at once: accounts at random stop times, determinism, economy of events. */
#include "models/nbiot/ue_test_util.h"

#define CELL_UES 40U

struct fleet {
	struct nbs_engine *engine;
	struct nbs_cell *cell;
	struct device {
		struct fleet *fleet;
		struct nbs_ue *ue;
		struct nbs_timer timer;
		uint64_t period_ns;
		enum nbs_rai rai;
	} device[CELL_UES];
	uint64_t hash; /* FNV-1a over who got what when */
	unsigned ups, downs;
};

static void
fleet_note(struct fleet *fleet, uint64_t value)
{
	for (unsigned i = 0; i < 8; i++)
		fleet->hash = (fleet->hash ^ ((value >> (8 * i)) & 0xff)) * UINT64_C(1099511628211);
}

static void
fleet_on_up(void *arg, unsigned ue_index, const uint8_t *packet, size_t len)
{
	struct fleet *fleet = arg;

	fleet_note(fleet, nbs_now(fleet->engine));
	fleet_note(fleet, ue_index * UINT64_C(4096) + len);
	fleet->ups++;
	assert_int_equal(nbs_cell_downlink(fleet->cell, ue_index, packet, 50), NBS_OK);
}

static void
fleet_on_down(void *arg, const uint8_t *packet, size_t len)
{
	struct device *device = arg;

	(void)packet;
	fleet_note(device->fleet, nbs_now(device->fleet->engine) + len);
	device->fleet->downs++;
}

static void
fleet_on_timer(void *arg)
{
	struct device *device = arg;
	uint8_t packet[120] = {0x45};
	enum nbs_status status = nbs_ue_send(device->ue, packet, sizeof(packet), device->rai);

	assert_true(status == NBS_OK || status == NBS_E_STATE);
	assert_int_equal(nbs_timer_arm(device->fleet->engine, &device->timer, device->period_ns),
			 NBS_OK);
}

/* Coupling losses from 110 to 165 dB, all kinds of release assistance, T3324 10 s. */
static void
fleet_init(struct fleet *fleet, uint32_t seed, enum nbs_link_mode link, bool mixed)
{
	struct nbs_engine_config engine = {.seed = seed};
	struct nbs_network_config config;

	memset(fleet, 0, sizeof(*fleet));
	fleet->hash = UINT64_C(14695981039346656037);
	assert_int_equal(nbs_engine_new(&engine, &fleet->engine), NBS_OK);
	nbs_network_config_default(&config);
	config.link = link;
	config.t3324_ns = mixed ? 10 * BENCH_S : 0;
	config.t3412_ns = (mixed ? 1800 : 86400) * BENCH_S;
	config.cdrx.enabled = mixed;
	assert_int_equal(nbs_cell_new(fleet->engine, &config, &fleet->cell), NBS_OK);
	nbs_cell_uplink(fleet->cell, fleet_on_up, fleet);
	for (unsigned i = 0; i < CELL_UES; i++) {
		struct device *device = &fleet->device[i];
		char name[16];
		struct nbs_ue_config ue = {.name = name,
					   .mcl_db = mixed ? 110.0 + 55.0 * i / CELL_UES : 125.0,
					   .modem = test_modem(),
					   .start_ns = mixed && i % 5 == 0 ? 20 * BENCH_S : 0};

		(void)snprintf(name, sizeof(name), "ue/%u", i);
		device->fleet = fleet;
		device->period_ns = (mixed ? 45 + 3 * i : 900) * BENCH_S;
		device->rai = mixed ? (enum nbs_rai)(i % 3) : NBS_RAI_ONE_REPLY;
		assert_int_equal(nbs_cell_add_ue(fleet->cell, &ue, &device->ue), NBS_OK);
		nbs_ue_on_downlink(device->ue, fleet_on_down, device);
		nbs_timer_init(&device->timer, fleet_on_timer, device);
		assert_int_equal(nbs_timer_arm(fleet->engine, &device->timer,
					       (1 + i) * BENCH_S + i * UINT64_C(7654321)),
				 NBS_OK);
	}
}

static void
fleet_fini(struct fleet *fleet)
{
	for (unsigned i = 0; i < CELL_UES; i++)
		nbs_timer_cancel(&fleet->device[i].timer);
	nbs_cell_free(fleet->cell);
	nbs_engine_free(fleet->engine);
}

/* Each UE is stopped at a moment of its own, whatever it is doing; every state must occur. */
static void
test_accounts_add_up_anywhere(void **state)
{
	bool seen[NBS_UE__COUNT] = {false};
	uint64_t lcg = 12345;

	(void)state;
	for (uint32_t round = 1; round <= 8; round++) {
		struct fleet fleet;
		uint64_t t = 0;

		fleet_init(&fleet, round, NBS_LINK_REAL, true);
		for (unsigned i = 0; i < CELL_UES; i++) {
			struct nbs_ue *ue = fleet.device[(i * 7U) % CELL_UES].ue;
			const struct nbs_account *account = nbs_ue_account(ue);
			double sum = 0.0;

			lcg = lcg * UINT64_C(6364136223846793005) + 1442695040888963407U;
			t += (lcg >> 33) * 2U; /* up to 17 s, odd nanoseconds */
			assert_int_equal(nbs_run(fleet.engine, t), NBS_OK);
			seen[nbs_ue_state(ue)] = true;
			assert_int_equal(nbs_ue_finish(ue, t), NBS_OK);
			assert_int_equal(nbs_account_time_ns(account), t);
			for (int s = 0; s < NBS_POWER__COUNT; s++)
				sum += account->energy_mj[s];
			check_rel(nbs_account_energy_mj(account), sum, 0.0, "total of states");
			assert_true(nbs_ue_stats(ue)->connected_ns <= t);
			assert_int_equal(nbs_ue_stats(ue)->illegal, 0);
		}
		/* Finished UEs take part no more, and nobody minds. */
		assert_int_equal(nbs_run(fleet.engine, t + 100 * BENCH_S), NBS_OK);
		assert_int_equal(nbs_cell_finish(fleet.cell, t + 100 * BENCH_S), NBS_OK);
		fleet_fini(&fleet);
	}
	for (int s = 0; s < NBS_UE__COUNT; s++) {
		/* Failures have tests of their own. */
		if (s != NBS_UE_BACKOFF && s != NBS_UE_NO_CELL && !seen[s])
			fail_msg("no UE was stopped in %s",
				 nbs_ue_state_name((enum nbs_ue_state)s));
	}
}

static uint64_t
fleet_hash(uint32_t seed)
{
	struct fleet fleet;

	fleet_init(&fleet, seed, NBS_LINK_REAL, true);
	assert_int_equal(nbs_run(fleet.engine, 3600 * BENCH_S), NBS_OK);
	assert_int_equal(nbs_cell_finish(fleet.cell, 3600 * BENCH_S), NBS_OK);
	assert_true(fleet.ups > 1000);
	assert_true(fleet.downs > 500);
	for (unsigned i = 0; i < CELL_UES; i++) {
		double mj = nbs_account_energy_mj(nbs_ue_account(fleet.device[i].ue));
		uint64_t bits;

		memcpy(&bits, &mj, sizeof(bits));
		fleet_note(&fleet, bits);
	}
	fleet_fini(&fleet);
	return fleet.hash;
}

static void
test_deterministic(void **state)
{
	(void)state;
	uint64_t first = fleet_hash(5);

	assert_true(fleet_hash(5) == first);
	assert_true(fleet_hash(6) != first);
}

/*
 * A report with its answer and release assistance, nobody in the way: NPRACH occasion, packet at
 * the gateway, access over, answer at the eNB, answer decoded, connection over: 6. The wait that
 * the answer cuts short leaves a cancelled event, which the engine counts; the 8th is the test's
 * own timer. The end of a run takes 2.
 */
static void
test_event_economy(void **state)
{
	struct fleet fleet;
	uint64_t before;

	(void)state;
	fleet_init(&fleet, 5, NBS_LINK_IDEAL, false);
	assert_int_equal(nbs_run(fleet.engine, 100 * BENCH_S), NBS_OK);
	before = nbs_events(fleet.engine);
	unsigned ups = fleet.ups;
	assert_int_equal(nbs_run(fleet.engine, 100 * BENCH_S + 36000 * BENCH_S), NBS_OK);
	ups = fleet.ups - ups;
	assert_int_equal(ups, 40 * CELL_UES);
	assert_int_equal(fleet.downs, fleet.ups);
	assert_true((nbs_events(fleet.engine) - before) <= 8U * ups + 2U);
	fleet_fini(&fleet);
}

/* UEs at one coupling loss share what link adaptation computed, and differ in nothing else. */
static void
test_equal_ues_are_equal(void **state)
{
	struct bench b;
	struct nbs_ue *ues[2];
	uint8_t packet[100] = {0x45};

	(void)state;
	bench_init(&b, 3);
	b.config.load = NBS_LOAD_ALONE; /* else one waits for the other */
	bench_cell(&b);
	for (unsigned i = 0; i < 2; i++) {
		bench_ue(&b, i == 0 ? "a" : "b", 150.0);
		ues[i] = b.ue;
		assert_int_equal(nbs_ue_index(b.ue), i);
	}
	bench_run(&b, 10 * BENCH_S);
	for (unsigned i = 0; i < 2; i++)
		assert_int_equal(nbs_ue_send(ues[i], packet, sizeof(packet), NBS_RAI_NO_REPLY),
				 NBS_OK);
	bench_run(&b, 60 * BENCH_S);
	assert_int_equal(nbs_cell_finish(b.cell, 60 * BENCH_S), NBS_OK);
	assert_memory_equal(nbs_ue_account(ues[0]), nbs_ue_account(ues[1]),
			    sizeof(struct nbs_account));
	bench_fini(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_accounts_add_up_anywhere),
	    cmocka_unit_test(test_deterministic),
	    cmocka_unit_test(test_event_economy),
	    cmocka_unit_test(test_equal_ues_are_equal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
