/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nbsec airtime: the values that each channel takes (TS 36.211 10, TS 36.213 16) and what follows
 * from them.
 */
#include "cli/airtime.h"
#include "cli/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AIRTIME_START_MAX_MS 1000000000ULL
#define AIRTIME_LIST_MAX 16U
#define AIRTIME_ACK_CODED_BITS 16U /* TS 36.212 Table 6.3.3-1 */
#define AIRTIME_REPS_MAX 128U      /* NPUSCH and NPRACH */
#define AIRTIME_RMAX_MAX 2048U

/* ---- values ---- */

/* Ends the program: exit status 2, by argp. */
static void
refuse(const struct airtime_args *args, enum airtime_value value, const char *expected)
{
	if (args->text[value] == NULL)
		argp_error(args->state, "%s needs --%s: %s", args->channel,
			   airtime_option_name(value), expected);
	else
		argp_error(args->state, "--%s %s: expected %s", airtime_option_name(value),
			   args->text[value], expected);
	exit(CLI_BAD_INPUT);
}

/* A value of a list, written as the list is. */
struct airtime_list {
	unsigned count;
	double values[AIRTIME_LIST_MAX];
};

static double
pick(const struct airtime_args *args, enum airtime_value value, const struct airtime_list *list)
{
	char expected[256] = "";
	size_t used = 0;

	for (unsigned i = 0; i < list->count; i++) {
		char word[32];

		(void)snprintf(word, sizeof(word), "%g", list->values[i]);
		if (args->text[value] != NULL && strcmp(args->text[value], word) == 0)
			return list->values[i];
		used += (size_t)snprintf(expected + used, sizeof(expected) - used, "%s%s",
					 i == 0                ? ""
					 : i + 1 < list->count ? ", "
							       : " or ",
					 word);
	}
	refuse(args, value, expected);
	return 0;
}

/* The list of a table's look-up, which answers 0 behind its end. */
static uint32_t
pick_from(const struct airtime_args *args, enum airtime_value value, uint32_t (*at)(uint32_t index))
{
	struct airtime_list list = {0};

	while (list.count < AIRTIME_LIST_MAX && at(list.count) != 0) {
		list.values[list.count] = at(list.count);
		list.count++;
	}
	return (uint32_t)pick(args, value, &list);
}

/* low, 2 low, 4 low ... high */
static uint32_t
pick_doubling(const struct airtime_args *args, enum airtime_value value, uint32_t low,
	      uint32_t high)
{
	struct airtime_list list = {0};

	for (uint32_t n = low; n <= high; n *= 2)
		list.values[list.count++] = n;
	return (uint32_t)pick(args, value, &list);
}

static unsigned long long
pick_between(const struct airtime_args *args, enum airtime_value value, unsigned long long low,
	     unsigned long long high, const char *when)
{
	unsigned long long number = low;
	char expected[96];

	if (args->text[value] != NULL && cli_parse_number(args->text[value], low, high, &number))
		return number;
	(void)snprintf(expected, sizeof(expected), "a whole number from %llu to %llu%s", low, high,
		       when);
	refuse(args, value, expected);
	return 0;
}

static enum nbs_scs
pick_scs(const struct airtime_args *args)
{
	static const struct airtime_list list = {2, {3.75, 15}};

	return pick(args, VALUE_SCS, &list) > 4 ? NBS_SCS_15K : NBS_SCS_3K75;
}

static uint32_t
pick_first_tone(const struct airtime_args *args, uint32_t count)
{
	struct airtime_list list = {0};

	if (args->text[VALUE_TONE] == NULL)
		return 0;
	for (uint32_t first = 0; first < NBS_UL_TONES; first += count)
		list.values[list.count++] = first;
	return (uint32_t)pick(args, VALUE_TONE, &list);
}

static enum nbs_deployment
pick_deployment(const struct airtime_args *args)
{
	static const char *const words[] = {
	    [NBS_STAND_ALONE] = "stand-alone", [NBS_GUARD_BAND] = "guard-band", "in-band"};

	if (args->text[VALUE_DEPLOYMENT] == NULL)
		return NBS_IN_BAND;
	for (unsigned i = 0; i < 3; i++) {
		if (strcmp(args->text[VALUE_DEPLOYMENT], words[i]) == 0)
			return (enum nbs_deployment)i;
	}
	refuse(args, VALUE_DEPLOYMENT, "stand-alone, guard-band or in-band");
	return NBS_IN_BAND;
}

static uint64_t
pick_start_ns(const struct airtime_args *args)
{
	if (args->text[VALUE_START] == NULL)
		return 0;
	return pick_between(args, VALUE_START, 0, AIRTIME_START_MAX_MS, " (ms)") *
	       AIRTIME_NS_PER_MS;
}

/* ---- channels ---- */

/* Fills in when an uplink transmission that starts at once has ended. */
static void
uplink_calendar(const struct airtime_args *args, uint32_t tones, struct airtime_answer *answer)
{
	const struct nbs_tones place = {pick_first_tone(args, tones), tones};
	const uint64_t start_ns = pick_start_ns(args);
	const uint64_t end_ns = nbs_calendar_npusch_end_ns(
	    args->calendar, start_ns, &place, (uint32_t)(answer->nominal_ns / AIRTIME_NS_PER_MS),
	    &answer->postponed_ns);

	answer->calendar_ns = end_ns == NBS_TIME_NEVER ? NBS_TIME_NEVER : end_ns - start_ns;
}

static void
npusch(const struct airtime_args *args, struct airtime_answer *answer)
{
	static const struct airtime_list one = {1, {1}}, several = {4, {1, 3, 6, 12}};
	struct nbs_npusch block = {.scs = pick_scs(args)};
	struct nbs_npusch_airtime airtime;
	uint32_t i_tbs = 0, qm = 0;

	block.tones = (uint32_t)pick(args, VALUE_TONES, block.scs == NBS_SCS_15K ? &several : &one);
	block.i_mcs = (uint32_t)pick_between(args, VALUE_MCS, 0, block.tones == 1 ? 10 : 13,
					     block.tones == 1 ? " with one tone" : "");
	block.n_ru = pick_from(args, VALUE_NRU, nbs_block_count);
	block.n_rep = pick_from(args, VALUE_NREP, nbs_npusch_n_rep);
	if (nbs_npusch_airtime(&block, &airtime) != NBS_OK ||
	    nbs_npusch_mcs(block.tones, block.i_mcs, &i_tbs, &qm) != NBS_OK)
		return;
	answer->modulation = qm == 1 ? "pi/2-BPSK" : block.tones == 1 ? "pi/4-QPSK" : "QPSK";
	answer->category = nbs_npusch_nb1(block.tones, i_tbs, block.n_ru) ? "NB1" : "NB2";
	answer->bits = airtime.tbs_bits;
	answer->coded_bits = airtime.coded_bits;
	answer->code_rate = airtime.code_rate;
	answer->nominal_ns = airtime.tx_ns;
	uplink_calendar(args, block.tones, answer);
}

/* NPUSCH format 2 is always one tone of pi/2-BPSK (TS 36.211 Table 10.1.3.2-1). */
static void
ack(const struct airtime_args *args, struct airtime_answer *answer)
{
	const enum nbs_scs scs = pick_scs(args);

	answer->modulation = "pi/2-BPSK";
	answer->bits = 1;
	answer->coded_bits = AIRTIME_ACK_CODED_BITS;
	answer->code_rate = 1.0 / AIRTIME_ACK_CODED_BITS;
	answer->nominal_ns =
	    nbs_npusch_ack_ns(scs, pick_doubling(args, VALUE_NREP, 1, AIRTIME_REPS_MAX));
	uplink_calendar(args, 1, answer);
}

/* From the first preamble to the last; when the network lets them begin is left out. */
static void
nprach(const struct airtime_args *args, struct airtime_answer *answer)
{
	static const struct airtime_list formats = {2, {0, 1}};
	const uint32_t format = (uint32_t)pick(args, VALUE_FORMAT, &formats);
	const uint32_t repetitions = pick_doubling(args, VALUE_NREP, 1, AIRTIME_REPS_MAX);

	answer->nominal_ns = nbs_nprach_tx_ns(format, repetitions);
	answer->calendar_ns = nbs_nprach_duration_ns(format, repetitions);
}

static void
npdsch(const struct airtime_args *args, struct airtime_answer *answer)
{
	const enum nbs_deployment place = pick_deployment(args);
	const bool in_band = place == NBS_IN_BAND;
	const uint32_t rmax = args->text[VALUE_RMAX] == NULL
				  ? 1
				  : pick_doubling(args, VALUE_RMAX, 1, AIRTIME_RMAX_MAX);
	struct nbs_npdsch block;
	uint32_t subframes;

	block.i_tbs = (uint32_t)pick_between(args, VALUE_MCS, 0, in_band ? 10 : 13,
					     in_band ? " in-band" : "");
	block.n_sf = pick_from(args, VALUE_NSF, nbs_block_count);
	block.n_rep = pick_from(args, VALUE_NREP, nbs_npdsch_n_rep);
	subframes = nbs_npdsch_subframes(&block);
	answer->modulation = "QPSK";
	answer->category = nbs_npdsch_nb1(place, block.i_tbs, block.n_sf) ? "NB1" : "NB2";
	answer->bits = nbs_npdsch_tbs(block.i_tbs, block.n_sf);
	answer->coded_bits = nbs_dl_bits_default(place) * block.n_sf;
	answer->code_rate = (double)(answer->bits + NBS_TBS_CRC_BITS) / answer->coded_bits;
	answer->nominal_ns = subframes * NBS_SUBFRAME_NS;
	answer->calendar_ns =
	    nbs_calendar_gapped_span_ns(args->calendar, pick_start_ns(args), subframes, rmax);
}

/* Repetitions of a candidate, TS 36.213 Table 16.6-1: an eighth of Rmax and up. */
static void
npdcch(const struct airtime_args *args, struct airtime_answer *answer)
{
	static const struct airtime_list gs = {8, {1.5, 2, 4, 8, 16, 32, 48, 64}};
	const uint32_t rmax = pick_doubling(args, VALUE_RMAX, 1, AIRTIME_RMAX_MAX);
	const double g = pick(args, VALUE_G, &gs);
	const uint32_t repetitions = pick_doubling(args, VALUE_NREP, rmax < 8 ? 1 : rmax / 8, rmax);
	const uint64_t start_ns = pick_start_ns(args);
	uint64_t candidate_ns;

	if (nbs_npdcch_period_ns(rmax, g) == 0)
		refuse(args, VALUE_G, "a period Rmax x G of 4 ms or more");
	answer->modulation = "QPSK";
	answer->bits = NBS_DCI_BITS;
	answer->coded_bits = nbs_dl_bits_default(pick_deployment(args));
	answer->code_rate = (double)(NBS_DCI_BITS + NBS_DCI_CRC_BITS) / answer->coded_bits;
	answer->nominal_ns = repetitions * NBS_SUBFRAME_NS;
	candidate_ns =
	    nbs_calendar_npdcch_start_ns(args->calendar, start_ns, rmax, g, 0, repetitions);
	answer->wait_ns = candidate_ns - start_ns;
	answer->calendar_ns =
	    answer->wait_ns +
	    nbs_calendar_gapped_span_ns(args->calendar, candidate_ns, repetitions, rmax);
}

#define BIT(value) (1U << (value))

static const struct airtime_channel {
	const char *name;
	unsigned options; /* bits of enum airtime_value that may be given */
	const char *takes;
	void (*answer)(const struct airtime_args *args, struct airtime_answer *answer);
} airtime_channels[] = {
    {"npusch",
     BIT(VALUE_SCS) | BIT(VALUE_TONES) | BIT(VALUE_TONE) | BIT(VALUE_MCS) | BIT(VALUE_NRU) |
	 BIT(VALUE_NREP) | BIT(VALUE_START),
     "--scs, --tones, --mcs, --nru, --nrep, --tone, --start", npusch},
    {"npdsch",
     BIT(VALUE_MCS) | BIT(VALUE_NSF) | BIT(VALUE_NREP) | BIT(VALUE_DEPLOYMENT) | BIT(VALUE_RMAX) |
	 BIT(VALUE_START),
     "--mcs, --nsf, --nrep, --deployment, --rmax, --start", npdsch},
    {"nprach", BIT(VALUE_FORMAT) | BIT(VALUE_NREP), "--format, --nrep", nprach},
    {"npdcch",
     BIT(VALUE_RMAX) | BIT(VALUE_G) | BIT(VALUE_NREP) | BIT(VALUE_DEPLOYMENT) | BIT(VALUE_START),
     "--rmax, --g, --nrep, --deployment, --start", npdcch},
    {"ack", BIT(VALUE_SCS) | BIT(VALUE_NREP) | BIT(VALUE_TONE) | BIT(VALUE_START),
     "--scs, --nrep, --tone, --start", ack},
};
#define AIRTIME_CHANNELS (sizeof(airtime_channels) / sizeof(airtime_channels[0]))

static const struct airtime_channel *
find_channel(const struct airtime_args *args)
{
	for (size_t i = 0; i < AIRTIME_CHANNELS; i++) {
		if (strcmp(airtime_channels[i].name, args->channel) == 0)
			return &airtime_channels[i];
	}
	argp_error(args->state, "--channel %s: expected npusch, npdsch, nprach, npdcch or ack",
		   args->channel);
	exit(CLI_BAD_INPUT);
}

void
airtime_answer(struct airtime_args *args)
{
	const struct airtime_channel *channel = find_channel(args);

	for (unsigned i = 0; i < VALUE__COUNT; i++) {
		if (args->text[i] != NULL && (channel->options & BIT(i)) == 0)
			argp_error(args->state, "--%s %s: %s takes %s", airtime_option_name(i),
				   args->text[i], channel->name, channel->takes);
	}
	channel->answer(args, &args->answer);
}
