/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Look-ups in the tables of TS 36.213 section 16 and the resource grid of TS 36.211 section 10.
 */
#include "models/nbiot/tables.h"

#define PHY_SI_SHORT_BITS 120U /* si-TB 56 and 120 */

/* TS 36.211 Table 10.1.2.3-1: slots of a resource unit; a slot is 0.5 ms, 2 ms at 3.75 kHz. */
#define PHY_SLOT_15K_NS UINT64_C(500000)
#define PHY_SLOT_3K75_NS UINT64_C(2000000)
#define PHY_SLOTS_SINGLE 16U
#define PHY_SLOTS_3_TONES 8U
#define PHY_SLOTS_6_TONES 4U
#define PHY_SLOTS_12_TONES 2U
#define PHY_SLOTS_FORMAT2 4U
#define PHY_DATA_SYMBOLS_SLOT 6U /* seven, one of them the demodulation reference (10.1.4.2) */

/* TS 36.211 Table 10.1.6.1-1, in Ts = 1 / 30.72 MHz */
#define PHY_NPRACH_CP0_TS UINT64_C(2048)
#define PHY_NPRACH_CP1_TS UINT64_C(8192)
#define PHY_NPRACH_SEQ_TS UINT64_C(40960) /* 5 symbols of 8192 */
#define PHY_NPRACH_GROUPS UINT64_C(4)

/* Resource elements of a downlink subframe (TS 36.211 10.2): 12 subcarriers x 14 symbols. */
#define PHY_RE_SYMBOL 12U
#define PHY_SYMBOLS 14U
#define PHY_IN_BAND_CONTROL 3U /* l_DataStart: symbols left to the LTE cell's PDCCH */
#define PHY_NRS_RE_PORT 8U

/* Column of N_SF or N_RU in the TBS tables, NBS_TBS_COLUMNS = none. */
static uint32_t
phy_column(uint32_t blocks)
{
	uint32_t column = 0;

	while (column < NBS_TBS_COLUMNS && nbsi_block_counts[column] != blocks)
		column++;
	return column;
}

uint32_t
nbs_npdsch_tbs(uint32_t i_tbs, uint32_t n_sf)
{
	const uint32_t column = phy_column(n_sf);

	if (i_tbs >= NBS_TBS_ROWS || column >= NBS_TBS_COLUMNS)
		return 0;
	return nbsi_tbs_dl[i_tbs][column];
}

uint32_t
nbs_npusch_tbs(uint32_t i_tbs, uint32_t n_ru)
{
	const uint32_t column = phy_column(n_ru);

	if (i_tbs >= NBS_TBS_ROWS || column >= NBS_TBS_COLUMNS)
		return 0;
	return nbsi_tbs_ul[i_tbs][column];
}

bool
nbs_npdsch_nb1(enum nbs_deployment deployment, uint32_t i_tbs, uint32_t n_sf)
{
	const uint32_t tbs = nbs_npdsch_tbs(i_tbs, n_sf);
	const uint32_t last_row = deployment == NBS_IN_BAND ? 10U : 12U;

	return tbs != 0 && tbs <= NBS_TBS_DL_NB1_MAX && i_tbs <= last_row;
}

bool
nbs_npusch_nb1(uint32_t tones, uint32_t i_tbs, uint32_t n_ru)
{
	const uint32_t tbs = nbs_npusch_tbs(i_tbs, n_ru);
	const uint32_t last_row = tones == 1 ? 10U : 12U;

	return tbs != 0 && tbs <= NBS_TBS_UL_NB1_MAX && i_tbs <= last_row;
}

uint32_t
nbs_block_count(uint32_t i_sf_or_ru)
{
	return i_sf_or_ru < NBS_TBS_COLUMNS ? nbsi_block_counts[i_sf_or_ru] : 0;
}

uint32_t
nbs_npdsch_n_rep(uint32_t i_rep)
{
	return i_rep < NBSI_NPDSCH_REPS ? nbsi_npdsch_reps[i_rep] : 0;
}

uint32_t
nbs_npusch_n_rep(uint32_t i_rep)
{
	return i_rep < NBSI_NPUSCH_REPS ? nbsi_npusch_reps[i_rep] : 0;
}

enum nbs_status
nbs_npusch_mcs(uint32_t tones, uint32_t i_mcs, uint32_t *i_tbs, uint32_t *qm)
{
	if (tones == 1) {
		if (i_mcs >= NBSI_SINGLE_MCS)
			return NBS_E_RANGE;
		*i_tbs = nbsi_single_i_tbs[i_mcs];
		*qm = i_mcs <= 1 ? 1 : 2;
		return NBS_OK;
	}
	if (!nbs_ul_tones_valid(NBS_SCS_15K, tones) || i_mcs >= NBS_TBS_ROWS)
		return NBS_E_RANGE;
	*i_tbs = i_mcs;
	*qm = 2;
	return NBS_OK;
}

bool
nbs_ul_tones_valid(enum nbs_scs scs, uint32_t tones)
{
	if (scs == NBS_SCS_3K75)
		return tones == 1;
	return scs == NBS_SCS_15K && (tones == 1 || tones == 3 || tones == 6 || tones == 12);
}

/* Slots of a resource unit of format 1; the spacing has been checked against the tones. */
static uint32_t
phy_ru_slots(uint32_t tones)
{
	switch (tones) {
	case 1:
		return PHY_SLOTS_SINGLE;
	case 3:
		return PHY_SLOTS_3_TONES;
	case 6:
		return PHY_SLOTS_6_TONES;
	default:
		return PHY_SLOTS_12_TONES;
	}
}

uint64_t
nbs_ru_ns(enum nbs_scs scs, uint32_t tones)
{
	if (!nbs_ul_tones_valid(scs, tones))
		return 0;
	return phy_ru_slots(tones) * (scs == NBS_SCS_15K ? PHY_SLOT_15K_NS : PHY_SLOT_3K75_NS);
}

uint64_t
nbs_ru_format2_ns(enum nbs_scs scs)
{
	return PHY_SLOTS_FORMAT2 * (scs == NBS_SCS_15K ? PHY_SLOT_15K_NS : PHY_SLOT_3K75_NS);
}

uint32_t
nbs_ru_symbols(enum nbs_scs scs, uint32_t tones)
{
	if (!nbs_ul_tones_valid(scs, tones))
		return 0;
	return tones * phy_ru_slots(tones) * PHY_DATA_SYMBOLS_SLOT;
}

double
nbs_ul_bandwidth_hz(enum nbs_scs scs, uint32_t tones)
{
	return (double)tones * (scs == NBS_SCS_15K ? 15000.0 : 3750.0);
}

uint64_t
nbs_nprach_preamble_ns(uint32_t format)
{
	const uint64_t cp = format == 0 ? PHY_NPRACH_CP0_TS : PHY_NPRACH_CP1_TS;

	if (format > 1)
		return 0;
	/* Ts = 1e9 / 30,720,000 ns = 3125 / 96 ns; both formats come out whole. */
	return PHY_NPRACH_GROUPS * (cp + PHY_NPRACH_SEQ_TS) * 3125 / 96;
}

uint32_t
nbs_npdsch_k0(uint32_t i_delay, uint32_t rmax)
{
	return i_delay < 8 ? nbsi_k0_n1[rmax >= 128][i_delay] : 0;
}

uint32_t
nbs_npusch_k0(uint32_t i_delay)
{
	return i_delay < 4 ? nbsi_k0_n0[i_delay] : 0;
}

uint32_t
nbs_rar_k0(uint32_t i_delay)
{
	return i_delay < 4 ? nbsi_k0_rar[i_delay] : 0;
}

uint32_t
nbs_ack_k0(enum nbs_scs scs, uint32_t field)
{
	if (field > 15)
		return 0;
	return scs == NBS_SCS_15K ? nbsi_k0_ack_15k[field / 4] : nbsi_k0_ack_3k75[field / 8];
}

/*
 * CRS elements after the control symbols (TS 36.211 6.10.1.2): a port has two elements in each of
 * its symbols. Ports 0 and 1 use symbols 0, 4, 7, 11 of the subframe: three remain. Ports 2 and 3
 * use symbols 1 and 8: one remains.
 */
static uint32_t
phy_crs_elements(uint32_t crs_ports)
{
	const uint32_t first_pair = crs_ports < 2 ? crs_ports : 2;

	return first_pair * 2 * 3 + (crs_ports - first_pair) * 2;
}

/* 0, then 256 ms doubled up to index 12; the indices above are reserved. */
uint64_t
nbs_backoff_ns(uint32_t index)
{
	if (index == 0 || index >= NBS_BACKOFF_NONE)
		return 0;
	return UINT64_C(256) * NBS_SUBFRAME_NS << (index - 1U);
}

uint32_t
nbs_si_copy_subframes(uint32_t tb_bits)
{
	return tb_bits <= PHY_SI_SHORT_BITS ? 2U : 8U;
}

uint32_t
nbs_dl_bits_per_subframe(enum nbs_deployment deployment, uint32_t nrs_ports, uint32_t crs_ports)
{
	uint32_t elements = PHY_RE_SYMBOL * PHY_SYMBOLS;

	if (nrs_ports < 1 || nrs_ports > 2)
		return 0;
	if (deployment == NBS_IN_BAND) {
		if (crs_ports != 1 && crs_ports != 2 && crs_ports != 4)
			return 0;
		elements -= PHY_RE_SYMBOL * PHY_IN_BAND_CONTROL + phy_crs_elements(crs_ports);
	}
	return 2 * (elements - nrs_ports * PHY_NRS_RE_PORT);
}

uint32_t
nbs_dl_bits_default(enum nbs_deployment deployment)
{
	return nbs_dl_bits_per_subframe(deployment, 2, 2);
}
