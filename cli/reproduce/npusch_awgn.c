/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * npusch-awgn: the link law against published receivers: a simulation in white noise, the minimum
 * requirements of TS 36.104 8.5.1.1.1, a link budget, a simulation with fading.
 *
 * No table is looked up: every value comes from nbs_link_...() as a device in the cell gets it.
 */
#include "cli/reproduce/papers.h"

#include "models/nbiot/link.h"

#include <math.h>
#include <stdlib.h>

#define AWGN_HARQ_TRANSMISSIONS 4U /* TS 36.104 8.5.1.1.1 */
#define AWGN_SNR_LOW_CDB (-6000)   /* in 0.01 dB */
#define AWGN_SNR_HIGH_CDB 6000
#define AWGN_UE_DBM 23.0
#define AWGN_RECEIVERS 2 /* profiles: enum nbs_receiver */

enum awgn_place { IN_BAND, STAND_ALONE, PLACE__COUNT };

/* A link for each receiver profile and place. */
struct awgn {
	struct nbs_link *links[AWGN_RECEIVERS][PLACE__COUNT];
};

static const char *const awgn_receivers[] = {
    [NBS_RX_EVALUATION] = "evaluation", [NBS_RX_MINIMUM] = "minimum", NULL};
static const char *const awgn_scs[] = {"3.75", "15", NULL};

static enum nbs_status
awgn_prepare(const struct reproduce_paper *paper, void **state)
{
	struct awgn *awgn = calloc(1, sizeof(*awgn));
	enum nbs_status status = awgn == NULL ? NBS_E_NOMEM : NBS_OK;
	struct nbs_network_config config;

	(void)paper;
	*state = awgn;
	nbs_network_config_default(&config);
	for (int receiver = 0; receiver < AWGN_RECEIVERS; receiver++) {
		for (int place = 0; place < PLACE__COUNT && status == NBS_OK; place++) {
			config.receiver = (enum nbs_receiver)receiver;
			config.deployment = place == IN_BAND ? NBS_IN_BAND : NBS_STAND_ALONE;
			status = nbs_link_new(&config, &awgn->links[receiver][place]);
		}
	}
	return status;
}

static void
awgn_release(void *state)
{
	struct awgn *awgn = state;

	for (int receiver = 0; awgn != NULL && receiver < AWGN_RECEIVERS; receiver++) {
		for (int place = 0; place < PLACE__COUNT; place++)
			nbs_link_free(awgn->links[receiver][place]);
	}
	free(awgn);
}

/* ---- NPUSCH ---- */

/* The I_MCS that means an I_TBS (TS 36.213 16.5.1.2). */
static uint32_t
mcs_of(uint32_t tones, uint32_t i_tbs)
{
	for (uint32_t i_mcs = 0;; i_mcs++) {
		uint32_t row = 0, qm = 0;

		if (nbs_npusch_mcs(tones, i_mcs, &row, &qm) != NBS_OK || row == i_tbs)
			return i_mcs;
	}
}

static struct nbs_npusch
read_npusch(struct reproduce_input *input, const char *count)
{
	const uint32_t tones = reproduce_whole(input, "tones", 1, 12);

	return (struct nbs_npusch){
	    .scs = reproduce_pick(input, "scs_khz", awgn_scs) == 0 ? NBS_SCS_3K75 : NBS_SCS_15K,
	    .tones = tones,
	    .i_mcs = mcs_of(tones, reproduce_whole(input, "i_tbs", 0, 13)),
	    .n_ru = reproduce_whole(input, count, 1, 10),
	    .n_rep = reproduce_whole(input, "n_rep", 1, 128),
	};
}

/* Blocks got over transmissions spent, up to four of them combined. */
static double
harq_throughput(const struct nbs_link *link, const struct nbs_npusch *npusch, double snr_db)
{
	double spent = 1.0;

	for (uint32_t n = 1; n < AWGN_HARQ_TRANSMISSIONS; n++)
		spent += nbs_link_npusch_bler(link, npusch, snr_db, n);
	return (1.0 - nbs_link_npusch_bler(link, npusch, snr_db, AWGN_HARQ_TRANSMISSIONS)) / spent;
}

/* The least SNR, on a grid of 0.01 dB, with that share of the greatest throughput. */
static double
throughput_snr_db(const struct nbs_link *link, const struct nbs_npusch *npusch, double share)
{
	int low = AWGN_SNR_LOW_CDB, high = AWGN_SNR_HIGH_CDB;

	while (high - low > 1) {
		const int middle = low + (high - low) / 2;

		if (harq_throughput(link, npusch, middle / 100.0) < share)
			low = middle;
		else
			high = middle;
	}
	return high / 100.0;
}

enum awgn_quantity { AWGN_THRESHOLD, AWGN_THROUGHPUT, AWGN_BLER };

static const char *const awgn_quantities[] = {
    [AWGN_THRESHOLD] = "SNR at 10 % block errors",
    [AWGN_THROUGHPUT] = "SNR at 70 % throughput",
    [AWGN_BLER] = "block errors",
    NULL,
};

static double
budget_bler(const struct nbs_link *link, const struct nbs_npusch *npusch, double mcl_db)
{
	const double bandwidth_hz = nbs_ul_bandwidth_hz(npusch->scs, npusch->tones);

	return nbs_link_npusch_bler(link, npusch, nbs_ul_snr_db(AWGN_UE_DBM, mcl_db, bandwidth_hz),
				    1);
}

static enum nbs_status
awgn_row(void *state, const struct reproduce_row *row, double *value)
{
	const struct awgn *awgn = state;
	struct reproduce_input input = {.row = row};
	const enum awgn_quantity quantity = reproduce_pick(&input, "quantity", awgn_quantities);
	const size_t receiver = reproduce_pick(&input, "receiver", awgn_receivers);
	const struct nbs_link *link = awgn->links[receiver][IN_BAND];
	const struct nbs_npusch npusch = read_npusch(&input, "n_ru");

	if (quantity == AWGN_THRESHOLD)
		*value = nbs_link_npusch_snr10_db(link, &npusch, 1) -
			 reproduce_number(&input, "receiver_loss_db", 0, 20);
	else if (quantity == AWGN_THROUGHPUT)
		*value = throughput_snr_db(link, &npusch, 0.7);
	else
		*value = budget_bler(link, &npusch, reproduce_number(&input, "mcl_db", 100, 200));
	return input.status;
}

/* ---- fading, both directions ---- */

static enum nbs_status
check_bits(struct reproduce_input *input, uint32_t bits)
{
	/* The row names the block twice, by size and by its place in the table. */
	if (bits != 0)
		(void)reproduce_whole(input, "tbs_bits", bits, bits);
	return input->status;
}

static double
fading_up(const struct nbs_link *link, struct reproduce_input *input)
{
	const struct nbs_npusch npusch = read_npusch(input, "n");
	struct nbs_npusch_airtime airtime;

	if (nbs_npusch_airtime(&npusch, &airtime) == NBS_OK)
		(void)check_bits(input, airtime.tbs_bits);
	return nbs_link_npusch_snr10_db(link, &npusch, 1);
}

static double
fading_down(const struct nbs_link *link, struct reproduce_input *input)
{
	const struct nbs_npdsch npdsch = {
	    .i_tbs = reproduce_whole(input, "i_tbs", 0, 13),
	    .n_sf = reproduce_whole(input, "n", 1, 10),
	    .n_rep = reproduce_whole(input, "n_rep", 1, 2048),
	};

	(void)check_bits(input, nbs_npdsch_tbs(npdsch.i_tbs, npdsch.n_sf));
	return nbs_link_npdsch_snr10_db(link, &npdsch, 1);
}

static enum nbs_status
fading_row(void *state, const struct reproduce_row *row, double *value)
{
	static const char *const directions[] = {"up", "down", NULL};
	static const char *const places[] = {
	    [IN_BAND] = "in-band", [STAND_ALONE] = "stand-alone", NULL};
	static const char *const quantities[] = {"SNR at 10 % block errors", NULL};
	const struct awgn *awgn = state;
	struct reproduce_input input = {.row = row};

	(void)reproduce_pick(&input, "quantity", quantities);
	if (reproduce_pick(&input, "direction", directions) == 0)
		*value = fading_up(awgn->links[NBS_RX_MINIMUM][IN_BAND], &input);
	else
		*value = fading_down(
		    awgn->links[NBS_RX_MINIMUM][reproduce_pick(&input, "deployment", places)],
		    &input);
	return input.status;
}

static const char *const awgn_inputs[] = {
    "receiver", "receiver_loss_db", "scs_khz", "tones", "i_tbs", "n_ru", "n_rep", "mcl_db", NULL};
static const char *const fading_inputs[] = {
    "direction", "deployment", "scs_khz", "tones", "tbs_bits", "i_tbs", "n", "n_rep", NULL};

static const struct reproduce_table_ops awgn_tables[] = {
    {.file = "table.csv", .inputs = awgn_inputs, .simulate = awgn_row},
    {.file = "fading.csv", .inputs = fading_inputs, .simulate = fading_row},
    {0},
};

const struct reproduce_paper_ops reproduce_npusch_awgn = {
    .name = "npusch-awgn",
    .title = "NPUSCH thresholds in white noise, 3GPP minimum requirements, fading",
    .tables = awgn_tables,
    .prepare = awgn_prepare,
    .release = awgn_release,
};
