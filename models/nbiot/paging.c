/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Paging frames and occasions: TS 36.304 7.1, 7.2 (FDD, NPDCCH), 7.3 and its Annex B. UE_ID is
 * IMSI mod 4096, as there are no paging carriers besides the anchor. With nB below one frame
 * (T = 128, T/256) N is 1: the clause leaves that case open.
 */
#include "models/nbiot/paging.h"

#include "models/nbiot/phy.h"

#define PAGING_IMSI_MODULUS 4096U                /* 7.1, P-RNTI on NPDCCH */
#define PAGING_PTW_FRAMES 256U                   /* 7.3, SFN = 256 x i_eDRX */
#define PAGING_PTW_STARTS 4U                     /* 7.3, i_eDRX */
#define PAGING_HASH_SHIFT 20U                    /* 7.3, the 12 highest of 32 bits on NPDCCH */
#define PAGING_GENERATOR UINT32_C(0x04C11DB7)    /* 7.3, without x^32 */
#define PAGING_HASH_INITIAL UINT32_C(0xFFFFFFFF) /* 7.3, x^31 + ... + 1 ahead of the number */

struct paging_density {
	uint32_t frames;    /* N: paging frames a cycle */
	uint32_t occasions; /* Ns: occasions a paging frame */
};

/* 7.1: N = min(T, nB), Ns = max(1, nB / T). All are powers of two: nothing is rounded. */
static struct paging_density
paging_density(double nb_t, uint32_t t_frames)
{
	struct paging_density density = {t_frames, 1};
	double nb = nb_t * t_frames;

	if (nb_t > 1.0)
		density.occasions = (uint32_t)nb_t;
	else
		density.frames = nb < 1.0 ? 1U : (uint32_t)nb;
	return density;
}

/* 7.2, FDD, NPDCCH: the subframe of occasion i_s of Ns. */
static uint32_t
paging_subframe(uint32_t occasions, uint32_t i_s)
{
	static const uint32_t one = 9;
	static const uint32_t two[] = {4, 9};
	static const uint32_t four[] = {0, 4, 5, 9};

	if (occasions == 1)
		return one;
	return occasions == 2 ? two[i_s] : four[i_s];
}

static uint64_t
paging_occasion_ns(const struct nbs_network_config *config, uint32_t ue_id)
{
	uint32_t t_frames = (uint32_t)(config->idle_drx_cycle_ns / NBS_FRAME_NS);
	struct paging_density density = paging_density(config->nb_t, t_frames);
	uint32_t frame = t_frames / density.frames * (ue_id % density.frames);
	uint32_t i_s = ue_id / density.frames % density.occasions;

	return frame * NBS_FRAME_NS + paging_subframe(density.occasions, i_s) * NBS_SUBFRAME_NS;
}

/* The frame check sequence of 7.3: a CRC of 32 bits, highest bit first, nothing reflected. */
uint32_t
nbsi_paging_hash(uint32_t s_tmsi_low)
{
	uint32_t rest = s_tmsi_low ^ PAGING_HASH_INITIAL;

	for (unsigned bit = 0; bit < 32; bit++)
		rest = (rest << 1) ^ ((rest >> 31) != 0 ? PAGING_GENERATOR : 0U);
	return ~rest >> PAGING_HASH_SHIFT;
}

/* 7.3: hyperframe and window of extended DRX; a window longer than the cycle is all of it. */
static void
paging_window(const struct nbs_network_config *config, uint32_t ue_number, struct nbsi_cycle *out)
{
	uint64_t hyperframes = config->edrx_cycle_ns / NBS_HYPER_NS;
	uint64_t hash = nbsi_paging_hash(ue_number);

	if (hyperframes == 0) {
		out->gate_cycle_ns = out->gate_on_ns = out->gate_offset_ns = 0;
		return;
	}
	out->gate_cycle_ns = hyperframes * NBS_HYPER_NS;
	out->gate_on_ns = config->ptw_ns < out->gate_cycle_ns ? config->ptw_ns : out->gate_cycle_ns;
	out->gate_offset_ns =
	    hash % hyperframes * NBS_HYPER_NS +
	    hash / hyperframes % PAGING_PTW_STARTS * PAGING_PTW_FRAMES * NBS_FRAME_NS;
}

void
nbsi_paging_cycle(const struct nbs_network_config *config, uint32_t ue_id, uint64_t on_ns,
		  struct nbsi_cycle *out)
{
	out->cycle_ns = config->idle_drx_cycle_ns;
	out->on_ns = on_ns < out->cycle_ns ? on_ns : out->cycle_ns;
	out->offset_ns = paging_occasion_ns(config, ue_id % PAGING_IMSI_MODULUS);
	paging_window(config, ue_id, out);
}
