/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What adaptation picks beside what the link adaptation of ns3-lena-nb picks from its tables. Run
 * by hand it prints the table of docs/models/nbiot-link.md, where each difference is explained.
 */
#include "models/nbiot/adapt.h"

#include "models/nbiot/phy_test_util.h"

#define MS UINT64_C(1000000)

static void
print_grant(const struct nbs_npusch_choice *choice)
{
	print_message(" | %s%u x %u RU x %u: %u ms", choice->in_outage ? "outage " : "",
		      choice->npusch.tones, choice->npusch.n_ru, choice->npusch.n_rep,
		      (unsigned)(choice->tx_ns / MS));
}

static void
within(uint64_t found, uint64_t published, double low, double high)
{
	assert_true((double)found >= low * (double)published);
	assert_true((double)found <= high * (double)published);
}

/*
 * Profile `evaluation`: 0.5 to 2.5 times the best entry of the published table, on all sixteen
 * rows. Profile `minimum`: 0.25 to 2.4 times the published choice up to 154 dB. At 164 dB the
 * published rows live on 12 tones, whose receiver averages its estimate over 12 times the pilots.
 */
static void
uplink(void **state)
{
	struct nbs_link *evaluation = test_link_new(NBS_RX_EVALUATION, NBS_IN_BAND);
	struct nbs_link *minimum = test_link_new(NBS_RX_MINIMUM, NBS_IN_BAND);
	FILE *file = test_open("vectors/lena_airtime.csv");
	struct test_line line;

	(void)state;
	print_message("bits, dB | LENA-NB's choice | its best | evaluation | minimum\n");
	while (test_next(file, &line)) {
		struct nbs_npusch_choice ours, low;
		const uint32_t bits = test_uint(&line, 1);
		const double loss_db = test_double(&line, 2);

		if (strcmp(line.fields[0], "up") != 0)
			continue;
		assert_int_equal(nbs_adapt_npusch(evaluation, loss_db, bits, &ours), NBS_OK);
		assert_int_equal(nbs_adapt_npusch(minimum, loss_db, bits, &low), NBS_OK);
		within(ours.tx_ns, test_uint(&line, 14) * MS, 0.5, 2.5);
		if (loss_db < 160)
			within(low.tx_ns, test_uint(&line, 8) * MS, 0.25, 2.4);
		print_message("%u, %.0f | %u ms | %u ms", bits, loss_db, test_uint(&line, 8),
			      test_uint(&line, 14));
		print_grant(&ours);
		print_grant(&low);
		print_message("\n");
	}
	(void)fclose(file);
	nbs_link_free(evaluation);
	nbs_link_free(minimum);
}

/* Profile `minimum`: 0.25 to 2.3 times the published subframes. `evaluation` needs no more. */
static void
downlink(void **state)
{
	FILE *file = test_open("vectors/lena_airtime.csv");
	struct test_line line;

	(void)state;
	while (test_next(file, &line)) {
		if (strcmp(line.fields[0], "down") != 0)
			continue;
		print_message("%s %s, %s dB | %s", line.fields[3], line.fields[1], line.fields[2],
			      line.fields[4]);
		for (int receiver = 0; receiver < 2; receiver++) {
			struct nbs_network_config config;
			struct nbs_link *link = NULL;
			struct nbs_npdsch_choice choice;

			nbs_network_config_default(&config);
			config.receiver = (enum nbs_receiver)receiver;
			config.deployment =
			    strcmp(line.fields[3], "in-band") == 0 ? NBS_IN_BAND : NBS_STAND_ALONE;
			config.nrs_power_dbm =
			    (config.deployment == NBS_IN_BAND ? 35 : 43) - 10 * log10(12);
			assert_int_equal(nbs_link_new(&config, &link), NBS_OK);
			assert_int_equal(nbs_adapt_npdsch(link, test_double(&line, 2),
							  test_uint(&line, 1), &choice),
					 NBS_OK);
			if (receiver == NBS_RX_MINIMUM)
				within(choice.subframes, test_uint(&line, 4), 0.25, 2.3);
			else
				assert_true(choice.subframes <= test_uint(&line, 4));
			print_message(" | %u (%u x %u)", choice.subframes, choice.npdsch.n_sf,
				      choice.npdsch.n_rep);
			nbs_link_free(link);
		}
		print_message("\n");
	}
	(void)fclose(file);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(uplink), cmocka_unit_test(downlink)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
