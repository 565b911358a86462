/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a client does with each message in each state, held against the state machine that
 * dtls-fuzzer learned of mbedTLS 2.16.1 (state_table.txt).
 *
 * A state is told by behaviour: two are the same if all sequences of two more messages have the
 * same answers. The published states differ after one already.
 */
#include "models/dtls/client.h"
#include "models/dtls/test_peer.h"
#include "sim/engine.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define VECTORS "state_table.txt" /* tests run in the folder of their source */
#define PAGE "../../docs/models/dtls.md"
#define STATES 8U
#define REASONS_MAX 8U
#define TIMEOUT_NS (1000 * NBS_NS_PER_S) /* no retransmission: nothing waits here */

static const uint8_t key[16] = {0x6e, 0x0b, 0xd1, 0x45, 0x9a, 0x72, 0x3c, 0xf8,
				0x17, 0xa4, 0xe5, 0x5d, 0x80, 0x2f, 0xc6, 0x39};

static const char *const message_names[PEER__COUNT] = {
    [PEER_HELLO_VERIFY] = "HVR",
    [PEER_SERVER_HELLO] = "SERVER_HELLO",
    [PEER_HELLO_DONE] = "SHD",
    [PEER_CCS] = "CCS",
    [PEER_FINISHED] = "FIN",
    [PEER_APPLICATION] = "APP",
    [PEER_CLOSE_NOTIFY] = "CLOSE_NOTIFY",
    [PEER_FATAL] = "FATAL",
};

/* ---- a client and its peer ---- */

struct run {
	struct nbs_dtls_client *client;
	struct peer peer;
	bool closed;
};

static struct nbs_engine *engine;

static void
run_send(void *arg, const uint8_t *data, size_t len, enum nbs_dtls_datagram what)
{
	struct run *run = arg;

	assert_int_not_equal(what, NBS_DTLS_DATAGRAM_REPEAT);
	peer_hear(&run->peer, data, len);
}

static void
run_connected(void *arg)
{
	const struct run *run = arg;

	assert_true(run->peer.keyed);
}

/* The learned client echoes what it gets. */
static void
run_received(void *arg, const uint8_t *data, size_t len)
{
	struct run *run = arg;

	assert_int_equal(len, strlen(PEER_DATA));
	assert_memory_equal(data, PEER_DATA, len);
	assert_int_equal(nbs_dtls_client_write(run->client, data, len), NBS_OK);
}

static void
run_closed(void *arg, enum nbs_dtls_reason reason, int error)
{
	struct run *run = arg;

	(void)reason;
	assert_true(error < 0);
	assert_false(run->closed);
	run->closed = true;
}

static const struct nbs_dtls_client_ops run_ops = {
    .send = run_send,
    .connected = run_connected,
    .received = run_received,
    .closed = run_closed,
};

static void
run_start(struct run *run)
{
	const uint16_t suite = PEER_SUITE;
	const struct nbs_dtls_client_config config = {
	    .identity = (const uint8_t *)"a",
	    .identity_len = 1,
	    .psk = key,
	    .psk_len = sizeof(key),
	    .suites = &suite,
	    .suite_count = 1,
	    .timeout_min_ns = TIMEOUT_NS,
	    .timeout_max_ns = TIMEOUT_NS,
	    .stream = "dtls/client",
	};

	memset(run, 0, sizeof(*run));
	peer_init(&run->peer, key, sizeof(key));
	assert_int_equal(nbs_dtls_client_new(engine, &config, &run_ops, run, &run->client), NBS_OK);
	assert_int_equal(nbs_dtls_client_connect(run->client), NBS_OK);
}

static void
run_end(struct run *run)
{
	nbs_dtls_client_free(run->client);
	peer_fini(&run->peer);
}

/* One message, and the answer as the learner writes it: what the client sent before the first
 * message belongs to that one's answer; T nothing; X nothing any more. */
static const char *
run_step(struct run *run, enum peer_message what)
{
	static char answer[128];
	uint8_t datagram[PEER_DATAGRAM];
	size_t len = peer_say(&run->peer, what, datagram);
	bool closed = run->closed;

	assert_int_equal(nbs_dtls_client_input(run->client, datagram, len), NBS_OK);
	strcpy(answer, run->peer.heard);
	peer_clear(&run->peer);
	if (closed)
		assert_int_equal(answer[0], '\0');
	if (answer[0] == '\0')
		strcpy(answer, closed ? "X" : "T");
	return answer;
}

/* ---- states ---- */

/* Shortest ways to the states, s0 to s7. */
static const struct {
	unsigned count;
	enum peer_message said[4];
} ways[STATES] = {
    {0, {0}},
    {1, {PEER_FATAL}},
    {1, {PEER_SERVER_HELLO}},
    {1, {PEER_CCS}},
    {1, {PEER_HELLO_VERIFY}},
    {2, {PEER_SERVER_HELLO, PEER_HELLO_DONE}},
    {3, {PEER_SERVER_HELLO, PEER_HELLO_DONE, PEER_CCS}},
    {4, {PEER_SERVER_HELLO, PEER_HELLO_DONE, PEER_CCS, PEER_FINISHED}},
};

/* Both answers to each sequence of two messages, ';' behind each: room for 24 bytes apiece. */
#define SIGNATURE ((size_t)2 * PEER__COUNT * PEER__COUNT * 24)

static char signatures[STATES][SIGNATURE];

static void
run_to(struct run *run, unsigned state)
{
	run_start(run);
	for (unsigned i = 0; i < ways[state].count; i++)
		(void)run_step(run, ways[state].said[i]);
}

/* The behaviour behind a state, or behind one more message with input >= 0. */
static void
behaviour(unsigned state, int input, char signature[SIGNATURE])
{
	size_t used = 0;

	for (unsigned pair = 0; pair < PEER__COUNT * PEER__COUNT; pair++) {
		enum peer_message first = pair / PEER__COUNT, second = pair % PEER__COUNT;
		struct run run;

		run_to(&run, state);
		if (input >= 0)
			(void)run_step(&run, (enum peer_message)input);
		used += (size_t)snprintf(signature + used, SIGNATURE - used, "%s;",
					 run_step(&run, first));
		assert_true(used < SIGNATURE);
		used += (size_t)snprintf(signature + used, SIGNATURE - used, "%s;",
					 run_step(&run, second));
		assert_true(used < SIGNATURE);
		run_end(&run);
	}
}

/* The number of the state that behaves so; STATES if none does. */
static unsigned
state_of(const char *signature)
{
	unsigned state = 0;

	while (state < STATES && strcmp(signatures[state], signature) != 0)
		state++;
	return state;
}

/* "output -> sN" of a cell. */
static void
observe(unsigned state, enum peer_message input, char cell[64])
{
	char signature[SIGNATURE];
	struct run run;
	int used;

	run_to(&run, state);
	used = snprintf(cell, 64, "%s -> ", run_step(&run, input));
	run_end(&run);
	behaviour(state, (int)input, signature);
	(void)snprintf(cell + used, 64 - (size_t)used, "s%u", state_of(signature));
}

/* ---- the vector file ---- */

struct cell {
	char published[64], ours[64], reason[32];
};

static struct cell cells[STATES][PEER__COUNT];
static char reasons[REASONS_MAX][32];
static unsigned reason_count;

/* Copies a field without the blanks around it; @return where the next one starts. */
static const char *
field(const char *at, char *out, size_t size)
{
	size_t len = strcspn(at, "|\n");
	const char *next = at[len] == '|' ? at + len + 1 : at + len;

	for (; len != 0 && *at == ' '; len--)
		at++;
	while (len != 0 && at[len - 1] == ' ')
		len--;
	assert_true(len < size);
	memcpy(out, at, len);
	out[len] = '\0';
	return next;
}

static void
read_cell(const char *line)
{
	char state[8] = "", input[16] = "";
	struct cell cell;
	unsigned row, column = 0;

	line = field(line, state, sizeof(state));
	line = field(line, input, sizeof(input));
	line = field(line, cell.published, sizeof(cell.published));
	line = field(line, cell.ours, sizeof(cell.ours));
	(void)field(line, cell.reason, sizeof(cell.reason));
	row = (unsigned)(state[1] - '0'); /* behind the 's' */
	assert_true(row < STATES && state[2] == '\0');
	while (column < PEER__COUNT && strcmp(message_names[column], input) != 0)
		column++;
	assert_true(column < PEER__COUNT);
	assert_int_equal(cells[row][column].published[0], '\0'); /* each cell once */
	cells[row][column] = cell;
}

static int
setup(void **state)
{
	const struct nbs_engine_config config = {.seed = 5, .epoch_unix_s = 1767225600};
	FILE *file = fopen(VECTORS, "r");
	char line[512];

	(void)state;
	if (file == NULL || nbs_engine_new(&config, &engine) != NBS_OK)
		return -1;
	while (fgets(line, sizeof(line), file) != NULL) {
		if (sscanf(line, "# reason %31[a-z-]:", reasons[reason_count]) == 1)
			reason_count++;
		else if (line[0] == 's')
			read_cell(line);
		assert_true(reason_count < REASONS_MAX);
	}
	fclose(file);
	for (unsigned s = 0; s < STATES; s++)
		behaviour(s, -1, signatures[s]);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	nbs_engine_free(engine);
	return 0;
}

/* ---- tests ---- */

/* Eight states that differ: as many as the model has. */
static void
test_states_differ(void **state)
{
	(void)state;
	for (unsigned s = 0; s < STATES; s++)
		assert_int_equal(state_of(signatures[s]), s);
}

static void
test_every_cell(void **state)
{
	unsigned wrong = 0;

	(void)state;
	for (unsigned s = 0; s < STATES; s++) {
		for (unsigned i = 0; i < PEER__COUNT; i++) {
			const struct cell *cell = &cells[s][i];
			char seen[64];

			observe(s, i, seen);
			if (strcmp(seen, cell->ours) == 0)
				continue;
			wrong++;
			print_error("s%u | %s | %s | seen: %s, file: %s\n", s, message_names[i],
				    cell->published, seen, cell->ours);
		}
	}
	assert_int_equal(wrong, 0);
}

static bool
is_reason(const char *name)
{
	for (unsigned i = 0; i < reason_count; i++) {
		if (strcmp(reasons[i], name) == 0)
			return true;
	}
	return false;
}

/* A cell has a reason, of those at the head of the file, where it differs, and only there. */
static void
test_every_difference_is_explained(void **state)
{
	bool used[REASONS_MAX] = {false};

	(void)state;
	for (unsigned s = 0; s < STATES; s++) {
		for (unsigned i = 0; i < PEER__COUNT; i++) {
			const struct cell *cell = &cells[s][i];
			bool same = strcmp(cell->published, cell->ours) == 0;

			assert_true(cell->published[0] != '\0');
			if (same)
				assert_string_equal(cell->reason, "");
			else
				assert_true(is_reason(cell->reason));
			for (unsigned r = 0; r < reason_count; r++)
				used[r] |= strcmp(reasons[r], cell->reason) == 0;
		}
	}
	for (unsigned r = 0; r < reason_count; r++)
		assert_true(used[r]);
}

/* CH+ of s0: the second ClientHello carries the cookie (RFC 6347 4.2.1), as does that of s4. */
static void
test_cookie_is_returned(void **state)
{
	struct run run;

	(void)state;
	run_start(&run);
	assert_int_equal(run.peer.cookie_seen_len, 0);
	assert_string_equal(run_step(&run, PEER_HELLO_VERIFY), "CH+");
	assert_int_equal(run.peer.cookie_seen_len, 20);
	assert_memory_equal(run.peer.cookie_seen, "\xc0\x0c\x1e", 3);
	assert_string_equal(run_step(&run, PEER_HELLO_VERIFY), "CH");
	assert_int_equal(run.peer.cookie_seen_len, 20);
	run_end(&run);
}

/*
 * The sink s3 is of the mapper's making: a server that does not change its epoch with an early
 * ChangeCipherSpec goes on, and the client with it (RFC 6347 4.2.2 lets records come early).
 */
static void
test_early_ccs_is_no_sink(void **state)
{
	struct run run;

	(void)state;
	run_start(&run);
	run.peer.stays = true;
	assert_string_equal(run_step(&run, PEER_CCS), "CH");
	assert_string_equal(run_step(&run, PEER_SERVER_HELLO), "T");
	assert_string_equal(run_step(&run, PEER_HELLO_DONE), "CKE, CCS, FIN");
	run.peer.stays = false;
	assert_string_equal(run_step(&run, PEER_CCS), "T");
	assert_string_equal(run_step(&run, PEER_FINISHED), "T");
	assert_true(nbs_dtls_client_is_connected(run.client));
	assert_string_equal(run_step(&run, PEER_APPLICATION), "APP");
	run_end(&run);
}

/* Adds a row of the page's table: what is ours, and the published cell where it differs. */
static void
page_row(unsigned s, char *table, size_t size)
{
	size_t used = strlen(table);

	used += (size_t)snprintf(table + used, size - used, "| s%u ", s);
	for (unsigned i = 0; i < PEER__COUNT && used < size; i++) {
		const struct cell *cell = &cells[s][i];

		used += (size_t)snprintf(table + used, size - used, "| %s ", cell->ours);
		if (cell->reason[0] != '\0' && used < size)
			used += (size_t)snprintf(table + used, size - used, "(%s: %s) ",
						 cell->reason, cell->published);
	}
	if (used < size)
		used += (size_t)snprintf(table + used, size - used, "|\n");
	assert_true(used < size);
}

/* docs/models/dtls.md has this very table. */
static void
test_page_has_the_table(void **state)
{
	char table[8192] = "| state ";
	FILE *file = fopen(PAGE, "r");
	char *page = NULL;
	size_t size = 0;

	(void)state;
	assert_non_null(file);
	assert_true(getdelim(&page, &size, '\0', file) > 0);
	fclose(file);
	for (unsigned i = 0; i < PEER__COUNT; i++) {
		strcat(table, "| ");
		strcat(table, message_names[i]);
		strcat(table, " ");
	}
	strcat(table, "|\n|---|---|---|---|---|---|---|---|---|\n");
	for (unsigned s = 0; s < STATES; s++)
		page_row(s, table, sizeof(table));
	if (strstr(page, table) == NULL)
		print_error("%s\n", table);
	assert_non_null(strstr(page, table));
	free(page);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_states_differ),
	    cmocka_unit_test(test_every_cell),
	    cmocka_unit_test(test_every_difference_is_explained),
	    cmocka_unit_test(test_cookie_is_returned),
	    cmocka_unit_test(test_early_ccs_is_no_sink),
	    cmocka_unit_test(test_page_has_the_table),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
