/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The gateway's topic filters: filter_vectors.txt through the plain matcher and through the tree.
 */
#include "models/mqttsn/gateway_internal.h"
#include "models/mqttsn/test_hex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define VECTORS "filter_vectors.txt"
#define LINE_MAX_CHARS 256U

struct vector {
	char line[LINE_MAX_CHARS];
	const char *filter, *name, *result;
};

struct world {
	struct nbs_engine *engine;
	struct nbs_mqttsn_gateway *gateway;
	struct nbsi_gw_client *client;
};

/* A comment is "# " and a line without '|': "# | sport | match" is a vector. */
static bool
next_vector(FILE *file, struct vector *v)
{
	char *rest = v->line;

	do {
		if (fgets(v->line, sizeof v->line, file) == NULL)
			return false;
	} while (strchr(v->line, '|') == NULL || strncmp(v->line, "#   ", 4) == 0);
	v->filter = th_cut(&rest);
	v->name = th_cut(&rest);
	v->result = th_cut(&rest);
	return true;
}

static struct nbs_mqttsn_bytes
bytes(const char *text)
{
	return (struct nbs_mqttsn_bytes){(const uint8_t *)text, strlen(text)};
}

static enum nbs_status
send_nowhere(void *arg, const struct nbs_mqttsn_peer *peer, const uint8_t *data, size_t len)
{
	(void)arg, (void)peer, (void)data, (void)len;
	return NBS_OK;
}

static int
set_up(void **state)
{
	static const struct nbs_mqttsn_gateway_ops ops = {.send = send_nowhere};
	const struct nbs_engine_config engine = {.seed = 1};
	struct nbs_mqttsn_gateway_config config;
	struct world *w = test_calloc(1, sizeof *w);

	nbs_mqttsn_gateway_config_default(&config);
	assert_int_equal(nbs_engine_new(&engine, &w->engine), NBS_OK);
	assert_int_equal(nbs_mqttsn_gateway_new(w->engine, &config, &ops, NULL, &w->gateway),
			 NBS_OK);
	w->client = nbsi_gw_client_new(w->gateway, (const uint8_t *)"m1", 2);
	assert_non_null(w->client);
	*state = w;
	return 0;
}

static int
tear_down(void **state)
{
	struct world *w = *state;

	nbs_mqttsn_gateway_free(w->gateway);
	nbs_engine_free(w->engine);
	test_free(w);
	return 0;
}

static void
count(void *arg, struct nbsi_gw_sub *sub)
{
	(void)sub;
	(*(unsigned *)arg)++;
}

/* @return how many subscriptions of the tree the name matches. */
static unsigned
matches_in_tree(struct world *w, const char *name)
{
	struct nbsi_gw_topic *topic =
	    nbsi_gw_topic_get(w->gateway, (const uint8_t *)name, strlen(name));
	unsigned found = 0;

	assert_non_null(topic);
	nbsi_gw_match(w->gateway, topic, count, &found);
	nbsi_gw_topic_put(w->gateway, topic);
	return found;
}

static void
vectors_one_by_one(void **state)
{
	struct world *w = *state;
	FILE *file = fopen(VECTORS, "r");
	unsigned lines = 0;
	struct vector v;

	assert_non_null(file);
	while (next_vector(file, &v)) {
		const struct nbs_mqttsn_bytes filter = bytes(v.filter);
		bool want = strcmp(v.result, "match") == 0;

		lines++;
		if (strcmp(v.result, "-") == 0) {
			assert_false(nbsi_gw_filter_valid(&filter));
			continue;
		}
		assert_true(want || strcmp(v.result, "no match") == 0);
		assert_true(nbsi_gw_filter_valid(&filter));
		if (nbsi_gw_filter_matches(&filter, v.name, strlen(v.name)) != want)
			fail_msg("matcher: %s | %s is not a %s", v.filter, v.name, v.result);
		assert_int_equal(nbsi_gw_subscribe(w->client, &filter, 1, 0), NBS_OK);
		if (matches_in_tree(w, v.name) != (want ? 1 : 0))
			fail_msg("tree: %s | %s is not a %s", v.filter, v.name, v.result);
		nbsi_gw_unsubscribe(w->client, &filter);
		assert_int_equal(matches_in_tree(w, v.name), 0);
		/* Nothing of the tree is left. */
		assert_null(w->gateway->root);
		assert_int_equal(w->gateway->filters.count, 0);
	}
	(void)fclose(file);
	assert_true(lines >= 45);
}

/* All filters at once: the tree finds as many as the plain matcher does, one by one. */
static void
vectors_all_at_once(void **state)
{
	struct world *w = *state;
	struct vector v, other;
	FILE *file = fopen(VECTORS, "r");
	FILE *again;

	assert_non_null(file);
	while (next_vector(file, &v)) {
		const struct nbs_mqttsn_bytes filter = bytes(v.filter);

		if (strcmp(v.result, "-") != 0)
			assert_int_equal(nbsi_gw_subscribe(w->client, &filter, 1, 0), NBS_OK);
	}
	rewind(file);
	while (next_vector(file, &v)) {
		char seen[4096] = "\n";
		unsigned want = 0;

		again = fopen(VECTORS, "r");
		assert_non_null(again);
		while (next_vector(again, &other)) {
			const struct nbs_mqttsn_bytes filter = bytes(other.filter);
			char mark[LINE_MAX_CHARS + 2];

			(void)snprintf(mark, sizeof mark, "\n%s\n", other.filter);
			if (strcmp(other.result, "-") == 0 || strstr(seen, mark) != NULL)
				continue;
			assert_true(strlen(seen) + strlen(mark) < sizeof seen);
			strcat(seen, mark + 1);
			want += nbsi_gw_filter_matches(&filter, v.name, strlen(v.name));
		}
		(void)fclose(again);
		assert_int_equal(matches_in_tree(w, v.name), want);
	}
	(void)fclose(file);
}

static void
subscribing_twice_changes_the_one_there_is(void **state)
{
	const struct nbs_mqttsn_bytes filter = bytes("a/+");
	struct world *w = *state;

	assert_int_equal(nbsi_gw_subscribe(w->client, &filter, 1, 0), NBS_OK);
	assert_int_equal(nbsi_gw_subscribe(w->client, &filter, 0, 0), NBS_OK);
	assert_int_equal(matches_in_tree(w, "a/b"), 1);
	assert_int_equal(w->client->subs->qos, 0);
	assert_null(w->client->subs->client_next);
}

static void
many_levels(void **state)
{
	struct world *w = *state;
	struct nbs_mqttsn_bytes filter;
	char text[300];

	/* 32 levels are 31 slashes; one more is refused. */
	memset(text, '/', sizeof text);
	filter = (struct nbs_mqttsn_bytes){(const uint8_t *)text, 31};
	assert_true(nbsi_gw_filter_valid(&filter));
	filter.len = 32;
	assert_false(nbsi_gw_filter_valid(&filter));
	/* A name may have more: it costs no more than the tree is deep. */
	text[255] = '\0';
	filter = bytes("#");
	assert_int_equal(nbsi_gw_subscribe(w->client, &filter, 0, 0), NBS_OK);
	assert_int_equal(matches_in_tree(w, text), 1);
	/* Names of more than 255 octets are refused as filters. */
	memset(text, 'a', sizeof text);
	filter = (struct nbs_mqttsn_bytes){(const uint8_t *)text, 255};
	assert_true(nbsi_gw_filter_valid(&filter));
	filter.len = 256;
	assert_false(nbsi_gw_filter_valid(&filter));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(vectors_one_by_one, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(vectors_all_at_once, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(subscribing_twice_changes_the_one_there_is, set_up,
					    tear_down),
	    cmocka_unit_test_setup_teardown(many_levels, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
