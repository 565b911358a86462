/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * phy-arithmetic: what transmissions carry and how long they take, against the reference channels
 * of TS 36.101 A.2.4 and TS 36.104 A.16, the durations of TS 36.211 and the block sizes of
 * TS 36.213.
 */
#include "cli/reproduce/papers.h"

#include "models/nbiot/airtime.h"

#include <math.h>

#define PHY_NS_PER_MS 1e6

static const char *const phy_inputs[] = {"channel", "scs_khz", "tones", "format",
					 "i_mcs",   "n_ru",    "n_rep", NULL};
static const char *const phy_scs[] = {"3.75", "15", NULL};

static enum nbs_scs
phy_spacing(struct reproduce_input *input)
{
	return reproduce_pick(input, "scs_khz", phy_scs) == 0 ? NBS_SCS_3K75 : NBS_SCS_15K;
}

/* ---- NPUSCH format 1 ---- */

enum phy_quantity { PHY_TBS, PHY_QM, PHY_CODED, PHY_SYMBOLS, PHY_RATE, PHY_UNIT, PHY_TX, PHY_SPAN };

static const char *const phy_quantities[] = {
    [PHY_TBS] = "TBS",
    [PHY_QM] = "Qm",
    [PHY_CODED] = "coded bits",
    [PHY_SYMBOLS] = "symbols a resource unit",
    [PHY_RATE] = "code rate",
    [PHY_UNIT] = "resource unit",
    [PHY_TX] = "transmitter on",
    [PHY_SPAN] = "from first to last",
    NULL,
};

static double
phy_npusch_value(const struct nbs_npusch *npusch, const struct nbs_npusch_airtime *airtime,
		 enum phy_quantity quantity)
{
	switch (quantity) {
	case PHY_TBS:
		return airtime->tbs_bits;
	case PHY_QM:
		return airtime->qm;
	case PHY_CODED:
		return airtime->coded_bits;
	case PHY_SYMBOLS:
		return nbs_ru_symbols(npusch->scs, npusch->tones);
	case PHY_RATE:
		return airtime->code_rate;
	case PHY_UNIT:
		return (double)nbs_ru_ns(npusch->scs, npusch->tones) / PHY_NS_PER_MS;
	case PHY_TX:
		return (double)airtime->tx_ns / PHY_NS_PER_MS;
	case PHY_SPAN:
		break;
	}
	return (double)airtime->duration_ns / PHY_NS_PER_MS;
}

/* What the tables of the model do not have stays without a value: 16QAM, say. */
static double
phy_npusch(struct reproduce_input *input)
{
	const enum phy_quantity quantity = reproduce_pick(input, "quantity", phy_quantities);
	const struct nbs_npusch npusch = {
	    .scs = phy_spacing(input),
	    .tones = reproduce_whole(input, "tones", 1, 12),
	    .i_mcs = reproduce_whole(input, "i_mcs", 0, 21),
	    .n_ru = reproduce_whole(input, "n_ru", 1, 10),
	    .n_rep = reproduce_whole(input, "n_rep", 1, 128),
	};
	struct nbs_npusch_airtime airtime;

	if (nbs_npusch_airtime(&npusch, &airtime) != NBS_OK)
		return (double)NAN;
	return phy_npusch_value(&npusch, &airtime, quantity);
}

/* ---- NPUSCH format 2, NPRACH ---- */

static double
phy_ack(struct reproduce_input *input)
{
	static const char *const quantities[] = {"resource unit", "transmitter on", NULL};
	const size_t quantity = reproduce_pick(input, "quantity", quantities);
	const enum nbs_scs scs = phy_spacing(input);

	if (quantity == 0)
		return (double)nbs_ru_format2_ns(scs) / PHY_NS_PER_MS;
	return (double)nbs_npusch_ack_ns(scs, reproduce_whole(input, "n_rep", 1, 128)) /
	       PHY_NS_PER_MS;
}

static double
phy_nprach(struct reproduce_input *input)
{
	static const char *const quantities[] = {"transmitter on", "from first to last", NULL};
	const size_t quantity = reproduce_pick(input, "quantity", quantities);
	const uint32_t format = reproduce_whole(input, "format", 0, 1);
	const uint32_t repetitions = reproduce_whole(input, "n_rep", 1, 128);

	return (double)(quantity == 0 ? nbs_nprach_tx_ns(format, repetitions)
				      : nbs_nprach_duration_ns(format, repetitions)) /
	       PHY_NS_PER_MS;
}

static enum nbs_status
phy_channel(void *state, const struct reproduce_row *row, double *value)
{
	static const char *const channels[] = {"npusch", "ack", "nprach", NULL};
	static double (*const simulate[])(struct reproduce_input *) = {phy_npusch, phy_ack,
								       phy_nprach};
	struct reproduce_input input = {.row = row};

	(void)state;
	*value = simulate[reproduce_pick(&input, "channel", channels)](&input);
	return input.status;
}

/* ---- block sizes ---- */

static const char *const phy_tbs_inputs[] = {"direction", "i_tbs", "n", NULL};

/* With several tones I_TBS is I_MCS (TS 36.213 16.5.1.2). */
static enum nbs_status
phy_block(void *state, const struct reproduce_row *row, double *value)
{
	static const char *const directions[] = {"down", "up", NULL};
	struct reproduce_input input = {.row = row};
	const size_t up = reproduce_pick(&input, "direction", directions);
	const uint32_t i_tbs = reproduce_whole(&input, "i_tbs", 0, 13);
	const uint32_t n = reproduce_whole(&input, "n", 1, 10);
	const struct nbs_npusch npusch = {NBS_SCS_15K, 12, i_tbs, n, 1};
	struct nbs_npusch_airtime airtime;

	(void)state;
	*value = (double)NAN;
	if (up == 0 && nbs_npdsch_tbs(i_tbs, n) != 0)
		*value = nbs_npdsch_tbs(i_tbs, n);
	else if (up == 1 && nbs_npusch_airtime(&npusch, &airtime) == NBS_OK)
		*value = airtime.tbs_bits;
	return input.status;
}

static const struct reproduce_table_ops phy_tables[] = {
    {.file = "table.csv", .inputs = phy_inputs, .simulate = phy_channel},
    {.file = "tbs.csv", .inputs = phy_tbs_inputs, .simulate = phy_block},
    {0},
};

const struct reproduce_paper_ops reproduce_phy_arithmetic = {
    .name = "phy-arithmetic",
    .title = "3GPP reference channels, durations and all block sizes of NB-IoT",
    .tables = phy_tables,
};
