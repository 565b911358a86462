/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The register: one case for each verdict, and a large one for the table. */
#include "models/attack/oracle.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define METER_A 0x0a400002U
#define METER_B 0x0a400003U
#define STRANGER 0xcb007142U

static struct nbs_oracle *
two_meters(void)
{
	struct nbs_oracle *oracle = NULL;
	uint32_t sender = 99;

	assert_int_equal(nbs_oracle_new(&oracle), NBS_OK);
	assert_int_equal(nbs_oracle_sender(oracle, "A", METER_A, &sender), NBS_OK);
	assert_int_equal(sender, 0);
	assert_int_equal(nbs_oracle_sender(oracle, "B", METER_B, &sender), NBS_OK);
	assert_int_equal(sender, 1);
	assert_int_equal(nbs_oracle_sent(oracle, 0, 1, (const uint8_t *)"one", 3, 100), NBS_OK);
	assert_int_equal(nbs_oracle_sent(oracle, 1, 1, (const uint8_t *)"uno", 3, 100), NBS_OK);
	return oracle;
}

static enum nbs_verdict
judge(struct nbs_oracle *oracle, const char *name, const char *text, uint32_t from)
{
	const struct nbs_oracle_accepted accepted = {
	    .client_id = name,
	    .payload = (const uint8_t *)text,
	    .len = strlen(text),
	    .from_addr = from,
	    .time_ns = 250,
	    .frame = 7,
	};

	return nbs_oracle_judge(oracle, &accepted);
}

static void
each_verdict_has_its_case(void **state)
{
	struct nbs_oracle *oracle = two_meters();
	const struct nbs_oracle_message *m;

	(void)state;
	assert_int_equal(judge(oracle, "A", "zero", STRANGER), NBS_FORGED);
	assert_int_equal(judge(oracle, "A", "zero", METER_B), NBS_FORGED); /* an insider */
	assert_int_equal(judge(oracle, "A", "zero", METER_A), NBS_ALTERED);
	assert_int_equal(judge(oracle, "B", "one", METER_B), NBS_ELSEWHERE);
	m = nbs_oracle_message(oracle, 0);
	assert_true(m->delivered_ns == NBS_ORACLE_NEVER);
	assert_int_equal(judge(oracle, "A", "one", METER_A), NBS_GENUINE);
	assert_int_equal(m->delivered_ns, 250);
	assert_int_equal(m->frame, 7);
	assert_int_equal(judge(oracle, "A", "one", METER_A), NBS_DUPLICATE);
	assert_int_equal(judge(oracle, "A", "one", STRANGER), NBS_REPLAYED);
	assert_true(nbs_oracle_message(oracle, 1)->delivered_ns == NBS_ORACLE_NEVER); /* lost */
	nbs_oracle_free(oracle);
}

static void
two_senders_may_say_the_same(void **state)
{
	struct nbs_oracle *oracle = two_meters();

	(void)state;
	assert_int_equal(nbs_oracle_sent(oracle, 0, 2, (const uint8_t *)"same", 4, 1), NBS_OK);
	assert_int_equal(nbs_oracle_sent(oracle, 1, 2, (const uint8_t *)"same", 4, 2), NBS_OK);
	assert_int_equal(judge(oracle, "B", "same", METER_B), NBS_GENUINE);
	assert_int_equal(judge(oracle, "A", "same", METER_A), NBS_GENUINE);
	nbs_oracle_free(oracle);
}

static void
a_hundred_thousand_messages_are_all_found(void **state)
{
	struct nbs_oracle *oracle = two_meters();
	char text[16];
	uint32_t i;

	(void)state;
	assert_int_equal(judge(oracle, "A", "m0", METER_A), NBS_ALTERED);
	for (i = 0; i < 100000; i++) {
		(void)snprintf(text, sizeof text, "m%u", i);
		assert_int_equal(
		    nbs_oracle_sent(oracle, 0, i, (const uint8_t *)text, strlen(text), i), NBS_OK);
	}
	for (i = 0; i < 100000; i++) {
		(void)snprintf(text, sizeof text, "m%u", i);
		assert_int_equal(judge(oracle, "A", text, METER_A), NBS_GENUINE);
	}
	assert_int_equal(nbs_oracle_count(oracle), 100002);
	assert_int_equal(nbs_oracle_message(oracle, 2 + 99999)->seq, 99999);
	nbs_oracle_free(oracle);
}

static void
what_is_missing_does_no_harm(void **state)
{
	struct nbs_oracle_accepted accepted = {.client_id = "A", .from_addr = METER_A};
	struct nbs_oracle *oracle = two_meters();
	uint32_t sender;

	(void)state;
	assert_int_equal(nbs_oracle_new(NULL), NBS_E_ARG);
	nbs_oracle_free(NULL);
	assert_int_equal(nbs_oracle_sender(NULL, "C", UINT32_MAX, &sender), NBS_E_ARG);
	assert_int_equal(nbs_oracle_sender(oracle, NULL, UINT32_MAX, &sender), NBS_E_ARG);
	assert_int_equal(nbs_oracle_sender(oracle, "C", UINT32_MAX, NULL), NBS_E_ARG);
	assert_int_equal(nbs_oracle_sent(NULL, 0, 1, (const uint8_t *)"x", 1, 0), NBS_E_ARG);
	assert_int_equal(nbs_oracle_sent(oracle, 0, 1, NULL, 1, 0), NBS_E_ARG);
	assert_int_equal(nbs_oracle_sent(oracle, 2, 1, NULL, 0, 0), NBS_E_ARG);
	assert_int_equal(nbs_oracle_judge(NULL, &accepted), NBS_FORGED);
	assert_int_equal(nbs_oracle_judge(oracle, NULL), NBS_FORGED);
	accepted.len = 1;
	assert_int_equal(nbs_oracle_judge(oracle, &accepted), NBS_FORGED);
	accepted.len = 0;
	assert_int_equal(nbs_oracle_judge(oracle, &accepted), NBS_ALTERED); /* empty, unsent */
	accepted.client_id = NULL;
	assert_int_equal(nbs_oracle_judge(oracle, &accepted), NBS_FORGED);
	assert_int_equal(nbs_oracle_count(NULL), 0);
	assert_int_equal(nbs_oracle_count(oracle), 2);
	assert_null(nbs_oracle_message(NULL, 0));
	assert_non_null(nbs_oracle_message(oracle, 1));
	assert_null(nbs_oracle_message(oracle, 2));
	assert_null(nbs_oracle_message(oracle, SIZE_MAX));
	nbs_oracle_free(oracle);
}

static void
every_verdict_has_words(void **state)
{
	unsigned i;

	(void)state;
	for (i = 0; i < NBS_VERDICT__COUNT; i++)
		assert_string_not_equal(nbs_verdict_str((enum nbs_verdict)i), "unknown verdict");
	assert_string_equal(nbs_verdict_str(NBS_VERDICT__COUNT), "unknown verdict");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_verdict_has_its_case),
	    cmocka_unit_test(two_senders_may_say_the_same),
	    cmocka_unit_test(a_hundred_thousand_messages_are_all_found),
	    cmocka_unit_test(what_is_missing_does_no_harm),
	    cmocka_unit_test(every_verdict_has_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
