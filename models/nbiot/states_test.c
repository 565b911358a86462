/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The state table: what the model's page shows of it is what the program prints, and what UEs do is
 * what it says. Run with the argument "print" it prints both sections for the page.
 */
#include "models/nbiot/page_test_util.h"
#include "models/nbiot/ue_states.h"

static void
check_section(const char *name, void (*print)(FILE *out))
{
	struct page_table table;
	char *page = NULL;
	size_t size = 0;
	FILE *file = fopen(PAGE_FILE, "r");

	page_begin(&table);
	print(table.out);
	assert_int_equal(fclose(table.out), 0);
	if (file == NULL)
		fail_msg("no %s", PAGE_FILE);
	assert_true(getdelim(&page, &size, '\0', file) > 0);
	(void)fclose(file);
	if (strcmp(page_section(page, name), table.text) != 0)
		fail_msg("%s, section %s: not what the program prints; put in what "
			 "`nbiot_states_test print` says",
			 PAGE_FILE, name);
	free(page);
	free(table.text);
}

static void
test_page_shows_table(void **state)
{
	(void)state;
	check_section("ue-states", nbsi_ue_print_table);
}

static void
test_page_shows_diagram(void **state)
{
	(void)state;
	check_section("ue-diagram", nbsi_ue_print_diagram);
}

/* A cell that does something says what; one that leads on has a handler or is the eNB's. */
static void
test_table_is_whole(void **state)
{
	(void)state;
	for (unsigned s = 0; s < NBS_UE__COUNT; s++) {
		for (unsigned e = 0; e < NBSI_UE_EV__COUNT; e++) {
			const struct nbsi_ue_cell *cell = nbsi_ue_table(s, e);

			if (cell->handler != NULL || cell->next != 0)
				assert_non_null(cell->label);
			if (cell->next != 0 && e != NBSI_UE_EV_ANSWER)
				assert_non_null(cell->handler);
			assert_int_equal(cell->next >> NBS_UE__COUNT, 0);
		}
	}
}

/* Each state is reached from "off". */
static void
test_all_states_are_reached(void **state)
{
	unsigned reached = 1U << NBS_UE_OFF, before = 0;

	(void)state;
	while (reached != before) {
		before = reached;
		for (unsigned s = 0; s < NBS_UE__COUNT; s++)
			for (unsigned e = 0; e < NBSI_UE_EV__COUNT && (before >> s & 1U) != 0; e++)
				reached |= nbsi_ue_table(s, e)->next;
	}
	assert_int_equal(reached, (1U << NBS_UE__COUNT) - 1U);
}

/* ---- what UEs do ---- */

#define WALK_UES 40U

struct walk {
	struct bench b;
	struct walker {
		struct walk *walk;
		struct nbs_ue *ue;
		struct nbs_timer timer;
		uint64_t period_ns;
		enum nbs_rai rai;
		bool off;
		unsigned turn;
	} walker[WALK_UES];
	bool seen[NBS_UE__COUNT][NBS_UE__COUNT]; /* from, to */
};

static void
walk_on_up(void *arg, unsigned ue_index, const uint8_t *packet, size_t len)
{
	struct walk *walk = arg;

	(void)len;
	assert_int_equal(nbs_cell_downlink(walk->b.cell, ue_index, packet, 50), NBS_OK);
}

static void
walk_on_timer(void *arg)
{
	struct walker *walker = arg;
	uint8_t packet[120] = {0x45};

	/* Each eighth UE is switched off between its packets. */
	walker->turn++;
	if (walker->off && walker->turn % 2 == 0)
		(void)nbs_ue_power_off(walker->ue);
	else
		(void)nbs_ue_send(walker->ue, packet, sizeof(packet), walker->rai);
	assert_int_equal(nbs_timer_arm(walker->walk->b.engine, &walker->timer, walker->period_ns),
			 NBS_OK);
}

/* From 110 to 174 dB, some out of coverage; a cell that now and then goes, and is soon full. */
static void
walk_start(struct walk *walk, uint32_t seed, bool attach)
{
	struct bench *b = &walk->b;

	bench_init(b, seed);
	nbs_network_config_default(&b->config);
	b->config.optimisation = (enum nbs_optimisation)(seed % 3);
	b->config.attach = attach;
	b->config.cdrx.enabled = seed % 2 == 0;
	b->config.psm = seed % 4 != 3;
	b->config.edrx_cycle_ns = seed % 4 == 2 ? UINT64_C(20480) * BENCH_MS : 0;
	b->config.t3324_ns = seed % 4 * (10 * BENCH_S);
	b->config.t3412_ns = 600 * BENCH_S;
	b->config.downlink_buffer = seed % 3;
	b->config.max_connections = 8;
	b->config.extended_wait_ns = (1 + seed % 2 * 29) * BENCH_S;
	b->config.preamble_trans_max = 5;
	/* RLC gives up at once, in a cell that is heard farther than it hears. */
	if (seed % 4 == 2) {
		b->config.nrs_power_dbm = 32;
		b->config.max_retx_threshold = 1;
		b->config.t_poll_retransmit_ns = 250 * BENCH_MS;
	}
	/* Short, and many do not get their Msg4 in time; long, and it is the messages behind that
	 * fail. */
	for (unsigned level = 0; level < NBS_CE_LEVELS; level++)
		b->config.ce[level].contention_timer_pp = seed % 8 < 4 ? 8 : 64;
	/* Two while UEs attach; the second is over before the last block under way ends. */
	b->config.outages[0] =
	    (struct nbs_outage){(uint64_t)(14000 + 500 * seed) * BENCH_MS, 3 * BENCH_S};
	b->config.outages[1] =
	    (struct nbs_outage){(uint64_t)(34000 + 250 * seed) * BENCH_MS, 100 * BENCH_MS};
	b->config.outages[2] = (struct nbs_outage){300 * BENCH_S, 22 * BENCH_S};
	b->config.outages[3] = (struct nbs_outage){1100 * BENCH_S, 62 * BENCH_S};
	bench_cell(b);
	nbs_cell_uplink(b->cell, walk_on_up, walk);
	for (unsigned i = 0; i < WALK_UES; i++) {
		struct walker *walker = &walk->walker[i];
		char name[16];
		struct nbs_ue_config ue = {.name = name,
					   .mcl_db = 110.0 + 64.0 * i / WALK_UES,
					   .modem = test_modem(),
					   .start_ns = i % 5 * (10 * BENCH_S)};

		(void)snprintf(name, sizeof(name), "ue/%u", i);
		assert_int_equal(nbs_cell_add_ue(b->cell, &ue, &b->ue), NBS_OK);
		*walker = (struct walker){.walk = walk,
					  .ue = b->ue,
					  .period_ns = (uint64_t)(45 + 3 * i) * BENCH_S,
					  .rai = (enum nbs_rai)(i % 3),
					  .off = i % 8 == 3};
		nbs_timer_init(&walker->timer, walk_on_timer, walker);
		assert_int_equal(nbs_timer_arm(b->engine, &walker->timer,
					       (1 + i) * BENCH_S + i * UINT64_C(7654321)),
				 NBS_OK);
	}
}

/* Looks each 10 ms: what changed went by the table, in one step or in several. */
static void
walk_run(struct walk *walk, uint64_t until_ns)
{
	enum nbs_ue_state last[WALK_UES];

	for (unsigned i = 0; i < WALK_UES; i++)
		last[i] = nbs_ue_state(walk->walker[i].ue);
	while (nbs_now(walk->b.engine) < until_ns) {
		bench_run(&walk->b, nbs_now(walk->b.engine) + 10 * BENCH_MS);
		for (unsigned i = 0; i < WALK_UES; i++) {
			const enum nbs_ue_state now = nbs_ue_state(walk->walker[i].ue);

			walk->seen[last[i]][now] = true;
			last[i] = now;
		}
	}
}

static bool
declared(unsigned from, unsigned to)
{
	for (unsigned e = 0; e < NBSI_UE_EV__COUNT; e++)
		if ((nbsi_ue_table(from, e)->next >> to & 1U) != 0)
			return true;
	return false;
}

/* By way of states that last less than 10 ms: the end of one phase begins the next at once. */
static bool
declared_in_two(unsigned from, unsigned to)
{
	for (unsigned via = 0; via < NBS_UE__COUNT; via++)
		if (declared(from, via) && declared(via, to))
			return true;
	return false;
}

/*
 * The dispatcher counts an event that leads where the table does not say (`illegal`); beside that
 * the states are looked at from outside. All the transitions declared must have occurred, else the
 * table says too much.
 */
static void
test_transitions_are_declared(void **state)
{
	static struct walk walk; /* large */
	bool seen[NBS_UE__COUNT][NBS_UE__COUNT] = {{false}};
	unsigned taken = 0, total = 0;

	(void)state;
	for (uint32_t seed = 1; seed <= 16; seed++) {
		memset(&walk, 0, sizeof(walk));
		walk_start(&walk, seed, seed % 2 == 0);
		walk_run(&walk, 3000 * BENCH_S);
		for (unsigned i = 0; i < WALK_UES; i++) {
			assert_int_equal(nbs_ue_stats(walk.walker[i].ue)->illegal, 0);
			nbs_timer_cancel(&walk.walker[i].timer);
		}
		for (unsigned from = 0; from < NBS_UE__COUNT; from++)
			for (unsigned to = 0; to < NBS_UE__COUNT; to++)
				seen[from][to] |= walk.seen[from][to];
		bench_fini(&walk.b);
	}
	for (unsigned from = 0; from < NBS_UE__COUNT; from++) {
		for (unsigned to = 0; to < NBS_UE__COUNT; to++) {
			if (from == to)
				continue;
			if (seen[from][to] && !declared(from, to) && !declared_in_two(from, to))
				fail_msg("%s to %s is not in the table", nbs_ue_state_name(from),
					 nbs_ue_state_name(to));
			total += declared(from, to);
			taken += declared(from, to) && seen[from][to];
			if (declared(from, to) && !seen[from][to])
				print_message("never seen: %s to %s\n", nbs_ue_state_name(from),
					      nbs_ue_state_name(to));
		}
	}
	assert_int_equal(taken, total);
}

/* The counter works: events without a place in the table, and one that leads astray. */
static void
test_illegal_is_counted(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b, 3);
	bench_cell(&b);
	bench_ue(&b, "meter/1", 125.0);
	assert_int_equal(nbs_ue_state(b.ue), NBS_UE_PSM);
	nbsi_ue_dispatch(b.ue, NBSI_UE_EV_PHASE);
	assert_int_equal(nbs_ue_stats(b.ue)->illegal, 1);
	assert_int_equal(nbs_ue_state(b.ue), NBS_UE_PSM);
	/* The eNB's answer is for who sent a preamble. */
	nbsi_ue_dispatch(b.ue, NBSI_UE_EV_ANSWER);
	assert_int_equal(nbs_ue_stats(b.ue)->illegal, 2);
	/* One that leads where it should not: an access that has been answered has a cell. */
	b.ue->state = NBS_UE_ACCESS;
	b.ue->access_failed = b.ue->no_cell = true;
	nbsi_ue_dispatch(b.ue, NBSI_UE_EV_PHASE);
	assert_int_equal(nbs_ue_state(b.ue), NBS_UE_NO_CELL);
	assert_int_equal(nbs_ue_stats(b.ue)->illegal, 3);
	bench_fini(&b);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_page_shows_table),
	    cmocka_unit_test(test_page_shows_diagram),
	    cmocka_unit_test(test_table_is_whole),
	    cmocka_unit_test(test_all_states_are_reached),
	    cmocka_unit_test(test_transitions_are_declared),
	    cmocka_unit_test(test_illegal_is_counted),
	};

	if (argc > 1 && strcmp(argv[1], "print") == 0) {
		nbsi_ue_print_table(stdout);
		(void)fputc('\n', stdout);
		nbsi_ue_print_diagram(stdout);
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
