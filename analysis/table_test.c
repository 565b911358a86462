/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The printed answer: numbers as people read them, the grid of the hand-made run to the letter,
 * 120 columns whatever the numbers are, the evidence command.
 */
#include "analysis/format.h"
#include "analysis/summary.h"
#include "analysis/table.h"
#include "analysis/test_run.h"

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void
test_numbers(void **state)
{
	(void)state;
	static const struct {
		double value;
		const char *text;
	} reals[] = {
	    {0, "0.00"},       {2.385, "2.38"},    {9.994, "9.99"},   {9.996, "10.0"},
	    {45.64, "45.6"},   {999.94, "999.9"},  {999.96, "1,000"}, {1234567.5, "1,234,568"},
	    {-12.25, "-12.2"}, {2e30, "2.00e+30"},
	};
	static const struct {
		json_int_t value;
		const char *text;
	} counts[] = {{0, "0"},          {999, "999"},   {1000, "1,000"},
		      {-1000, "-1,000"}, {-100, "-100"}, {1234567, "1,234,567"}};
	static const struct {
		double seconds;
		const char *text;
	} durations[] = {{0, "0 s"},       {2.048, "2.048 s"}, {90, "90 s"},
			 {300, "5 min"},   {3600, "1 h"},      {86400, "24 h"},
			 {5400, "90 min"}, {777600, "216 h"},  {315360000, "3650 days"}};
	static const struct {
		double share;
		const char *text;
	} percents[] = {{0, "0"},        {0.0004, "<0.1"}, {0.0006, "0.1"}, {0.0325, "3.2"},
			{0.0994, "9.9"}, {0.0996, "10"},   {0.514, "51"},   {1, "100"}};
	char text[64];

	for (size_t i = 0; i < sizeof(reals) / sizeof(reals[0]); i++) {
		json_t *value = json_real(reals[i].value);

		nbsi_format_real(text, sizeof(text), value);
		assert_string_equal(text, reals[i].text);
		json_decref(value);
	}
	nbsi_format_real(text, sizeof(text), json_null());
	assert_string_equal(text, "-");
	nbsi_format_real(text, sizeof(text), NULL);
	assert_string_equal(text, "-");
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		nbsi_format_count(text, sizeof(text), counts[i].value);
		assert_string_equal(text, counts[i].text);
	}
	for (size_t i = 0; i < sizeof(percents) / sizeof(percents[0]); i++) {
		nbsi_format_percent(text, sizeof(text), percents[i].share);
		assert_string_equal(text, percents[i].text);
	}
	for (size_t i = 0; i < sizeof(durations) / sizeof(durations[0]); i++) {
		nbsi_duration_text(text, sizeof(text), durations[i].seconds);
		assert_string_equal(text, durations[i].text);
	}
}

static void
test_shell_words(void **state)
{
	(void)state;
	static const char *const words[][2] = {
	    {"out/smart-metering-1", "out/smart-metering-1"},
	    {"", "''"},
	    {"a b", "'a b'"},
	    {"it's", "'it'\\''s'"},
	    {"$(rm -r x)", "'$(rm -r x)'"},
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		char *text = NULL;
		size_t size = 0;
		FILE *out = open_memstream(&text, &size);

		assert_non_null(out);
		nbsi_print_shell_word(out, words[i][0]);
		assert_int_equal(fclose(out), 0);
		assert_string_equal(text, words[i][1]);
		free(text);
	}
}

/* The stream keeps the address of text: a static one, for gcc takes a local one for dangling. */
static char *
print(const json_t *summary)
{
	static char *text;
	static size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	nbs_table_print(out, summary);
	assert_int_equal(fclose(out), 0);
	return text;
}

static json_t *
hand_made(void)
{
	char path[] = "/tmp/nbsec-table-XXXXXX";
	char why[256];
	json_t *summary = NULL;
	int file = mkstemp(path);

	assert_true(file >= 0);
	close(file);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(test_run_write(path), NBS_OK);
	assert_int_equal(nbs_summary_read(path, 1.5, &summary, why, sizeof(why)), NBS_OK);
	unlink(path);
	return summary;
}

/* The numbers are those of summary_test.c; every column is as wide as its widest cell. */
static const char hand_made_text[] =
    "by-hand: 5 devices for 12 h, seed 7, 12,345 events in 1.50 s, nbsec 1.2.3\n"
    "PARTIAL: the run was interrupted; it was to be 24 h.\n"
    "network   network-c but for 2 values, inactivity timer 20 s, C-DRX 2.048 s, release "
    "assistance "
    "as, T3324 10 s, eDRX\n"
    "          20.48 s, T3412 12 h, user-plane, apn internet, session by fleet\n"
    "cell      3 carriers: uplink 34 % (NPRACH 25 % of the anchor), downlink 51 %, 1,250 "
    "preambles, "
    "3.2 % collided, 7 without\n"
    "          room for a response, at most 57 connected, 12 turned away\n"
    "nat       12 bindings, 8 of them anew on another port after 30 s of silence, 5 packets from "
    "outside dropped\n"
    "gateway   12 DTLS handshakes, 4 of them resumed; refused: no session 1,200, replayed 5\n"
    "clear     3 devices, no security on UDP 10000, session keepalive, 64 bytes every 1 h; modem "
    "paper-modem, battery 0.01 Wh\n"
    "dtls      2 devices, dtls-psk on UDP 10001, session sleep, 24 to 200 bytes every 30 min to 24 "
    "h; modem paper-modem,\n"
    "          battery 0.01 Wh\n"
    "\n"
    "       messages         latency, s        battery              handshakes   attacks\n"
    "fleet  sent  delivered   p50   p90   p99  mJ/day  DTLS  years  done  bytes  tried  accepted  "
    "proof in pcap/\n"
    "-----  ---------------  ----------------  -------------------  -----------  "
    "---------------------------------\n"
    "clear     6          4  3.00  8.20  9.82   300.0  0.00   0.55     0      0      5         3  "
    "gateway.pcap:3\n"
    "dtls      0          0     -     -     -    78.0  7.00   0.51   2/3  1,343      4         0  "
    "attacker.pcap:21\n"
    "\n"
    "battery   clear: first set-up 25 mJ, once; by later days 1.03 years (p10 0.86), of the 2 of 3 "
    "devices with three reports\n"
    "          or more\n"
    "assumed   clear: 70 % of the energy of later days rests on assumed values: tx\n"
    "outage    clear: 1 out of coverage; battery years of such devices mean little\n"
    "radio     clear: 2 of 6 messages undelivered (no coverage 1, altered 1), accesses given up 2, "
    "connections rejected 5,\n"
    "          packets lost on the way down 6, devices left without a cell 1\n"
    "battery   dtls: first set-up 6 mJ, once; by later days 0.56 years (p10 0.56), of the 1 of 2 "
    "devices with three reports\n"
    "          or more\n"
    "assumed   dtls: 5.6 % of the energy of later days rests on assumed values: mcu_active\n"
    "attack    clientid-spoof on clear: 5 tried, 3 false messages ACCEPTED by the cloud, 2 of them "
    "under a device's name;\n"
    "          attempts: accepted 3, refused-congestion 1, unanswered 1\n"
    "attack    clientid-spoof on dtls: 4 tried, nothing accepted by the cloud; attempts: "
    "refused-handshake 2,\n"
    "          refused-identity 2\n"
    "attack    replay on dtls: not tried\n"
    "note      1 more messages were accepted that no device sent and no attack explains\n";

static void
test_hand_made_run(void **state)
{
	(void)state;
	json_t *summary = hand_made();
	char *text = print(summary);

	assert_string_equal(text, hand_made_text);
	free(text);
	json_decref(summary);
}

/* From the label on the answer reads as wanted; with want NULL the label is not there. */
static void
expect_line(const json_t *summary, const char *label, const char *want)
{
	char got[160] = "";
	char *text = print(summary);
	const char *at = strstr(text, label);

	if (at != NULL)
		snprintf(got, sizeof(got), "%.*s", (int)strlen(want == NULL ? label : want), at);
	free(text);
	assert_string_equal(got, want == NULL ? "" : want);
}

/* What there is nothing to say of is not said. */
static void
test_lines_that_come_and_go(void **state)
{
	(void)state;
	json_t *summary = hand_made();
	json_t *network = json_object_get(summary, "network");
	json_t *cell = json_object_get(summary, "cell");
	json_t *fleet = json_array_get(json_object_get(summary, "fleets"), 0);
	json_t *messages = json_object_get(fleet, "messages");

	json_object_set_new(network, "changes", json_integer(1));
	expect_line(summary, "network", "network   network-c but for 1 value, inactivity");
	json_object_set_new(network, "changes", json_integer(0));
	json_object_set_new(network, "edt", json_true());
	expect_line(summary, "network", "network   network-c, inactivity");
	expect_line(summary, "user-plane", "user-plane with early data, apn internet");
	json_object_set_new(network, "psm", json_false());
	expect_line(summary, "PSM off", "PSM off, eDRX");
	/* One carrier, an idle cell: no share of nothing. */
	json_object_set_new(cell, "carriers", json_integer(1));
	json_object_set_new(cell, "preambles", json_integer(0));
	json_object_set_new(cell, "unanswered", json_integer(0));
	json_object_set_new(cell, "rejects", json_integer(0));
	expect_line(summary, "\ncell",
		    "\ncell      uplink 34 % (NPRACH 25 %), downlink 51 %, 0 preambles, at most 57 "
		    "connected\n");
	json_object_set_new(network, "load", json_string("alone"));
	expect_line(summary, "\ncell", NULL);
	json_object_set_new(summary, "nat", json_null());
	expect_line(summary, "\nnat", NULL);
	/* All was delivered and nothing failed. */
	json_object_set_new(messages, "delivered", json_integer(6));
	json_object_set_new(fleet, "radio", json_object());
	expect_line(summary, "\nradio", NULL);
	/* Later days that cost more than the first have no set-up to speak of. */
	json_object_set_new(fleet, "setup_mj", json_real(-12));
	expect_line(
	    summary, "\nbattery",
	    "\nbattery   clear: by later days 1.03 years (p10 0.86), they cost more than the "
	    "first, of the 2 of 3");
	json_object_set_new(json_object_get(fleet, "battery_years_settled"), "devices",
			    json_integer(3));
	expect_line(
	    summary, "\nbattery",
	    "\nbattery   clear: by later days 1.03 years (p10 0.86), they cost more than the "
	    "first\n");
	json_object_set_new(json_object_get(fleet, "battery_years_settled"), "devices",
			    json_integer(0));
	expect_line(
	    summary, "\nbattery",
	    "\nbattery   clear: the years have the first set-up in them; no device sent the "
	    "three reports that tell later days apart\n");
	json_decref(summary);
}

static void
check_widths(const char *text)
{
	for (const char *line = text; *line != '\0'; line += strcspn(line, "\n") + 1) {
		size_t len = strcspn(line, "\n");

		if (len > 120)
			fail_msg("%zu columns: %.*s", len, (int)len, line);
		assert_true(len == 0 || line[len - 1] != ' ');
	}
}

/* 60,000 devices with long names for ten years: numbers stay whole, names give way. */
static void
test_wide_numbers(void **state)
{
	(void)state;
	json_t *summary = hand_made();
	json_t *fleet = json_array_get(json_object_get(summary, "fleets"), 0);
	json_t *messages = json_object_get(fleet, "messages");
	json_t *attack = json_array_get(json_object_get(summary, "attacks"), 0);
	static const char name[] =
	    "a-fleet-with-a-name-of-sixty-three-characters-that-is-the-longest";

	json_object_set_new(fleet, "name", json_string(name));
	json_object_set_new(attack, "target", json_string(name));
	json_object_set_new(fleet, "devices", json_integer(60000));
	json_object_set_new(messages, "sent", json_integer(5259600000));
	json_object_set_new(messages, "delivered", json_integer(5259599999));
	json_object_set_new(json_object_get(messages, "latency_s"), "p99", json_real(123456));
	json_object_set_new(json_object_get(fleet, "energy_mj_per_day"), "mean", json_real(123456));
	json_object_set_new(json_object_get(fleet, "dtls"), "bytes_up", json_integer(35580000));
	json_object_set_new(attack, "attempts", json_integer(1000000));
	json_object_set_new(json_object_get(summary, "cell"), "preambles",
			    json_integer(5259600000));
	json_object_set_new(json_object_get(fleet, "radio"), "lost_up", json_integer(5259600000));
	char *text = print(summary);

	check_widths(text);
	assert_non_null(strstr(text, "5,259,600,000"));
	assert_non_null(strstr(text, "5,259,599,999"));
	assert_non_null(strstr(text, "123,456"));
	assert_non_null(strstr(text, "35,580,000"));
	assert_non_null(strstr(text, "1,000,000"));
	assert_non_null(strstr(text, "gateway.pcap:3\n"));
	free(text);
	json_decref(summary);
}

/* A summary of another program's making must not bring the printer down. */
static void
test_empty_summary(void **state)
{
	(void)state;
	static const char *const texts[] = {
	    "{}", "{\"fleets\": 1, \"attacks\": {}}",
	    "{\"fleets\": [1, {}], \"attacks\": [null, {\"evidence\": [{}]}], \"network\": []}"};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		json_t *summary = json_loads(texts[i], 0, NULL);
		char *text = print(summary);

		assert_non_null(strstr(text, "network"));
		free(text);
		json_decref(summary);
	}
}

static void
test_evidence(void **state)
{
	(void)state;
	json_t *summary = hand_made();
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	assert_true(nbs_table_print_evidence(out, summary, "out/a b", "pcaps/mqttsn-dtls.lua"));
	json_object_del(summary, "attacks");
	assert_false(nbs_table_print_evidence(out, summary, "out/a b", "pcaps/mqttsn-dtls.lua"));
	assert_int_equal(fclose(out), 0);
	assert_string_equal(
	    text,
	    "  tshark -X lua_script:pcaps/mqttsn-dtls.lua -o 'tls.keylog_file:out/a b/keys.log' "
	    "\\\n"
	    "    -d udp.port==10000,mqttsn -d udp.port==10001,dtls -d udp.port==1883,mqttsn \\\n"
	    "    -r 'out/a b/pcap/gateway.pcap' -O mqttsn,dtls -Y frame.number==3\n");
	free(text);
	json_decref(summary);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_numbers),       cmocka_unit_test(test_shell_words),
	    cmocka_unit_test(test_hand_made_run), cmocka_unit_test(test_lines_that_come_and_go),
	    cmocka_unit_test(test_wide_numbers),  cmocka_unit_test(test_empty_summary),
	    cmocka_unit_test(test_evidence),
	};

	return cmocka_run_group_tests_name("table", tests, NULL, NULL);
}
