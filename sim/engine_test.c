/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The engine's contract: order, cancelling, inclusive runs, the interrupt flag, bad arguments. */
#include "sim/engine.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

struct log {
	struct nbs_engine *engine;
	char text[64];
	uint64_t at_ns[64];
	size_t count;
	struct nbs_timer other;
};

static struct nbs_engine *
make_engine(uint32_t seed)
{
	struct nbs_engine_config config = {.seed = seed, .epoch_unix_s = 1767225600};
	struct nbs_engine *engine = NULL;

	assert_int_equal(nbs_engine_new(&config, &engine), NBS_OK);
	return engine;
}

static void
note(struct log *log, char c)
{
	log->at_ns[log->count] = nbs_now(log->engine);
	log->text[log->count++] = c;
}

static void
fire_a(void *arg)
{
	note(arg, 'a');
}

static void
fire_b(void *arg)
{
	note(arg, 'b');
}

static void
fire_chain(void *arg)
{
	struct log *log = arg;

	note(log, 'c');
	assert_int_equal(nbs_schedule(log->engine, 0, fire_b, NULL, log), NBS_OK);
}

static void
events_fire_in_time_order_then_in_posting_order(void **state)
{
	struct log log = {.engine = make_engine(1)};

	(void)state;
	assert_int_equal(nbs_schedule(log.engine, 20, fire_b, NULL, &log), NBS_OK);
	assert_int_equal(nbs_schedule(log.engine, 10, fire_a, NULL, &log), NBS_OK);
	assert_int_equal(nbs_schedule(log.engine, 20, fire_a, NULL, &log), NBS_OK);
	assert_int_equal(nbs_run(log.engine, 100), NBS_OK);
	assert_string_equal(log.text, "aba");
	assert_int_equal(log.at_ns[0], 10);
	assert_int_equal(log.at_ns[1], 20);
	assert_int_equal(nbs_now(log.engine), 100);
	nbs_engine_free(log.engine);
}

static void
a_run_includes_its_last_instant_and_what_that_posts(void **state)
{
	struct log log = {.engine = make_engine(1)};

	(void)state;
	assert_int_equal(nbs_schedule(log.engine, 50, fire_chain, NULL, &log), NBS_OK);
	assert_int_equal(nbs_schedule(log.engine, 51, fire_a, NULL, &log), NBS_OK);
	assert_int_equal(nbs_run(log.engine, 50), NBS_OK);
	assert_string_equal(log.text, "cb");
	assert_int_equal(nbs_run(log.engine, 51), NBS_OK);
	assert_string_equal(log.text, "cba");
	nbs_engine_free(log.engine);
}

/* Posts itself four times over, each for the instant that is. */
static void
fire_long_chain(void *arg)
{
	struct log *log = arg;

	note(log, 'd');
	if (log->count < 4)
		assert_int_equal(nbs_schedule(log->engine, 0, fire_long_chain, NULL, log), NBS_OK);
}

static void
a_run_includes_the_whole_chain_of_its_last_instant(void **state)
{
	struct log log = {.engine = make_engine(1)};

	(void)state;
	assert_int_equal(nbs_schedule(log.engine, 50, fire_long_chain, NULL, &log), NBS_OK);
	assert_int_equal(nbs_schedule(log.engine, 51, fire_a, NULL, &log), NBS_OK);
	assert_int_equal(nbs_run(log.engine, 50), NBS_OK);
	assert_string_equal(log.text, "dddd");
	assert_int_equal(nbs_now(log.engine), 50);
	nbs_engine_free(log.engine);
}

static void
run_inside(void *arg)
{
	struct log *log = arg;

	note(log, 'n');
	assert_int_equal(nbs_run(log->engine, nbs_now(log->engine) + 20), NBS_E_STATE);
	nbs_engine_free(log->engine); /* does nothing here */
	assert_int_equal(nbs_live_objects(), 1);
}

static void
a_run_inside_a_run_is_refused(void **state)
{
	struct log log = {.engine = make_engine(1)};

	(void)state;
	assert_int_equal(nbs_schedule(log.engine, 10, run_inside, NULL, &log), NBS_OK);
	assert_int_equal(nbs_schedule(log.engine, 20, fire_a, NULL, &log), NBS_OK);
	assert_int_equal(nbs_schedule(log.engine, 30, fire_b, NULL, &log), NBS_OK);
	assert_int_equal(nbs_run(log.engine, 20), NBS_OK);
	assert_string_equal(log.text, "na"); /* the outer run ends where it was told to */
	assert_int_equal(nbs_now(log.engine), 20);
	assert_int_equal(nbs_run(log.engine, 30), NBS_OK);
	assert_string_equal(log.text, "nab");
	nbs_engine_free(log.engine);
	assert_int_equal(nbs_live_objects(), 0);
}

static void
a_timer_can_be_cancelled_and_armed_again(void **state)
{
	struct log log = {.engine = make_engine(1)};
	struct nbs_timer timer;

	(void)state;
	nbs_timer_init(&timer, fire_a, &log);
	assert_int_equal(nbs_timer_arm(log.engine, &timer, 10), NBS_OK);
	assert_true(nbs_timer_armed(&timer));
	nbs_timer_cancel(&timer);
	assert_false(nbs_timer_armed(&timer));
	assert_int_equal(nbs_timer_arm(log.engine, &timer, 10), NBS_OK);
	assert_int_equal(nbs_timer_arm(log.engine, &timer, 30), NBS_OK); /* moves it */
	assert_int_equal(timer.due_ns, 30);
	assert_int_equal(nbs_run(log.engine, 100), NBS_OK);
	assert_string_equal(log.text, "a");
	assert_int_equal(log.at_ns[0], 30);
	assert_false(nbs_timer_armed(&timer));
	nbs_engine_free(log.engine);
}

static void
drop(void *arg)
{
	(*(int *)arg)++;
}

static void
never(void *arg)
{
	(void)arg;
	fail_msg("an event beyond the run's end fired");
}

static void
freeing_the_engine_drops_what_waits_and_disarms_timers(void **state)
{
	struct nbs_engine *engine = make_engine(1);
	struct nbs_timer timer;
	int drops = 0;

	(void)state;
	nbs_timer_init(&timer, never, NULL);
	assert_int_equal(nbs_timer_arm(engine, &timer, 1000), NBS_OK);
	assert_int_equal(nbs_schedule(engine, 1000, never, drop, &drops), NBS_OK);
	assert_int_equal(nbs_run(engine, 999), NBS_OK);
	nbs_engine_free(engine);
	assert_int_equal(drops, 1);
	assert_false(nbs_timer_armed(&timer));
	assert_int_equal(nbs_live_objects(), 0);
}

static volatile sig_atomic_t interrupt_flag;

static void
raise_flag(void *arg)
{
	note(arg, 'r');
	interrupt_flag = 1;
}

static void
the_interrupt_flag_ends_a_run_early(void **state)
{
	struct log log = {.engine = make_engine(1)};

	(void)state;
	interrupt_flag = 0;
	nbs_engine_interrupt_flag(log.engine, &interrupt_flag);
	assert_int_equal(nbs_schedule(log.engine, 10, raise_flag, NULL, &log), NBS_OK);
	assert_int_equal(nbs_schedule(log.engine, 20, fire_a, NULL, &log), NBS_OK);
	assert_int_equal(nbs_schedule(log.engine, 30, fire_b, NULL, &log), NBS_OK);
	assert_int_equal(nbs_run(log.engine, 100), NBS_E_INTERRUPTED);
	assert_string_equal(log.text, "ra"); /* the event that sees the flag is the last one */
	assert_int_equal(nbs_now(log.engine), 20);
	interrupt_flag = 0;
	/* The next run is whole: the first one's end marker at 100 does not stop it. */
	assert_int_equal(nbs_schedule(log.engine, 150, fire_a, NULL, &log), NBS_OK);
	assert_int_equal(nbs_run(log.engine, 200), NBS_OK);
	assert_string_equal(log.text, "raba");
	nbs_engine_free(log.engine);
}

static void
bad_arguments_are_refused(void **state)
{
	struct nbs_engine_config config = {.seed = 0, .epoch_unix_s = 0};
	struct nbs_engine *engine = NULL, *second = NULL;
	struct nbs_timer timer;

	(void)state;
	assert_int_equal(nbs_engine_new(&config, &engine), NBS_E_ARG); /* ns-3 aborts on seed 0 */
	config.seed = NBS_SEED_MAX + 1;
	assert_int_equal(nbs_engine_new(&config, &engine), NBS_E_ARG);
	config.seed = NBS_SEED_MAX;
	assert_int_equal(nbs_engine_new(&config, &engine), NBS_OK);
	assert_int_equal(nbs_engine_new(&config, &second), NBS_E_STATE);
	nbs_timer_init(&timer, never, NULL);
	assert_int_equal(nbs_timer_arm(engine, &timer, UINT64_MAX), NBS_E_ARG);
	assert_int_equal(nbs_timer_arm(engine, &timer, (uint64_t)INT64_MAX + 1), NBS_E_ARG);
	assert_int_equal(nbs_schedule(engine, 1, NULL, NULL, NULL), NBS_E_ARG);
	assert_int_equal(nbs_run(engine, 10), NBS_OK);
	assert_int_equal(nbs_run(engine, 9), NBS_E_ARG); /* time does not run backwards */
	nbs_engine_free(engine);
}

static void
every_status_has_words(void **state)
{
	unsigned i, k;

	(void)state;
	for (i = 0; i < NBS_STATUS__COUNT; i++) {
		const char *text = nbs_status_str((enum nbs_status)i);

		assert_string_not_equal(text, "unknown status");
		for (k = 0; k < i; k++)
			assert_string_not_equal(text, nbs_status_str((enum nbs_status)k));
	}
	assert_string_equal(nbs_status_str(NBS_STATUS__COUNT), "unknown status");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(events_fire_in_time_order_then_in_posting_order),
	    cmocka_unit_test(a_run_includes_its_last_instant_and_what_that_posts),
	    cmocka_unit_test(a_run_includes_the_whole_chain_of_its_last_instant),
	    cmocka_unit_test(a_run_inside_a_run_is_refused),
	    cmocka_unit_test(a_timer_can_be_cancelled_and_armed_again),
	    cmocka_unit_test(freeing_the_engine_drops_what_waits_and_disarms_timers),
	    cmocka_unit_test(the_interrupt_flag_ends_a_run_early),
	    cmocka_unit_test(bad_arguments_are_refused),
	    cmocka_unit_test(every_status_has_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
