/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * Physical-layer tables and constants of NB-IoT (FDD): transport block sizes, resource units,
 * repetitions, scheduling delays, preambles.
 *
 * Models: TS 36.211 10.1 and 10.2, TS 36.213 16.3 to 16.5; Cat-NB1 limits of Rel-13 as predicates.
 * Does not model: TDD; 16QAM and the other additions after Rel-14; Cat-NB2's second HARQ process.
 *
 * Functions take the value (N_RU = 10), not the index of the DCI field (I_RU = 7), unless the name
 * of the parameter begins with i_. An argument that the tables do not know gives 0.
 */
#ifndef NBSEC_MODELS_NBIOT_PHY_H
#define NBSEC_MODELS_NBIOT_PHY_H

#include "models/nbiot/config.h"

#ifdef __cplusplus
extern "C" {
#endif

#define NBS_SUBFRAME_NS UINT64_C(1000000)  /* TS 36.211 4.1 */
#define NBS_FRAME_NS UINT64_C(10000000)    /* TS 36.211 4.1 */
#define NBS_HYPER_NS UINT64_C(10240000000) /* 1024 frames, one turn of the SFN */
#define NBS_SIB1_FRAMES 256U /* in which SIB1-NB has all its repetitions, TS 36.331 5.2.1.2a */
#define NBS_NPRACH_SUBCARRIERS 48U              /* of 3.75 kHz in 180 kHz, TS 36.211 10.1.6 */
#define NBS_TBS_CRC_BITS 24U                    /* NPUSCH and NPDSCH, TS 36.212 6.3.2, 6.4.2 */
#define NBS_DCI_CRC_BITS 16U                    /* TS 36.212 6.4.3.2 */
#define NBS_DCI_BITS 23U                        /* formats N0 and N1, TS 36.212 6.4.3 */
#define NBS_DCI_N2_BITS 15U                     /* paging, direct indication */
#define NBS_TBS_UL_NB1_MAX 1000U                /* bits, TS 36.306 Table 4.1C-2, Cat-NB1 */
#define NBS_TBS_DL_NB1_MAX 680U                 /* bits, TS 36.306 Table 4.1C-1, Cat-NB1 */
#define NBS_TBS_ROWS 14U                        /* I_TBS 0..13 */
#define NBS_TBS_COLUMNS 8U                      /* I_SF, I_RU 0..7 */
#define NBS_MSG3_BITS 88U                       /* TS 36.213 Table 16.3.3-1 */
#define NBS_UL_GAP_NS UINT64_C(40000000)        /* TS 36.211 10.1.3.6, 10.1.6.1 */
#define NBS_UL_GAP_AFTER_NS UINT64_C(256000000) /* of NPUSCH, TS 36.211 10.1.3.6 */
#define NBS_NPRACH_GAP_AFTER 64U                /* repetitions, TS 36.211 10.1.6.1 */
#define NBS_DL_SWITCH_SUBFRAMES 4U              /* NPDSCH counts from n + 5, TS 36.213 16.4.1 */

enum nbs_scs { NBS_SCS_3K75, NBS_SCS_15K }; /* uplink subcarrier spacing */

/** @return NPDSCH transport block in bits (TS 36.213 Table 16.4.1.5.1-1), 0 = no such entry. */
NBS_API uint32_t nbs_npdsch_tbs(uint32_t i_tbs, uint32_t n_sf);

/** @return NPUSCH transport block in bits (TS 36.213 Table 16.5.1.2-2), 0 = no such entry. */
NBS_API uint32_t nbs_npusch_tbs(uint32_t i_tbs, uint32_t n_ru);

/** @return whether a Cat-NB1 device of Rel-13 takes this NPDSCH entry (in-band: I_TBS <= 10). */
NBS_API bool nbs_npdsch_nb1(enum nbs_deployment deployment, uint32_t i_tbs, uint32_t n_sf);

/** @return whether a Cat-NB1 device of Rel-13 may send this NPUSCH entry (1 tone: I_TBS <= 10). */
NBS_API bool nbs_npusch_nb1(uint32_t tones, uint32_t i_tbs, uint32_t n_ru);

/** @return N_SF or N_RU of index 0..7 (TS 36.213 Tables 16.4.1.3-1, 16.5.1.1-2). */
NBS_API uint32_t nbs_block_count(uint32_t i_sf_or_ru);

/** @return N_Rep of NPDSCH for I_Rep 0..15 (TS 36.213 Table 16.4.1.3-2). */
NBS_API uint32_t nbs_npdsch_n_rep(uint32_t i_rep);

/** @return N_Rep of NPUSCH for I_Rep 0..7 (TS 36.213 Table 16.5.1.1-3). */
NBS_API uint32_t nbs_npusch_n_rep(uint32_t i_rep);

/**
 * NPUSCH format 1 (TS 36.213 16.5.1.2): one tone maps I_MCS 0..10 through Table 16.5.1.2-1,
 * several tones take I_TBS = I_MCS 0..13.
 * @param[out] i_tbs, qm  row of the TBS table, and bits a symbol (1 pi/2-BPSK, 2 QPSK)
 * @retval NBS_E_RANGE  no such tones or I_MCS
 */
NBS_API enum nbs_status nbs_npusch_mcs(uint32_t tones, uint32_t i_mcs, uint32_t *i_tbs,
				       uint32_t *qm);

/** @return whether spacing and number of tones go together: 3.75 kHz 1; 15 kHz 1, 3, 6, 12. */
NBS_API bool nbs_ul_tones_valid(enum nbs_scs scs, uint32_t tones);

/** @return one resource unit of NPUSCH format 1 in ns (TS 36.211 Table 10.1.2.3-1). */
NBS_API uint64_t nbs_ru_ns(enum nbs_scs scs, uint32_t tones);

/** @return one resource unit of NPUSCH format 2 (HARQ-ACK) in ns (same table). */
NBS_API uint64_t nbs_ru_format2_ns(enum nbs_scs scs);

/** @return data symbols in a resource unit of format 1: 96 with one tone, 144 with several. */
NBS_API uint32_t nbs_ru_symbols(enum nbs_scs scs, uint32_t tones);

/** @return bandwidth that the tones fill, in Hz. */
NBS_API double nbs_ul_bandwidth_hz(enum nbs_scs scs, uint32_t tones);

/** @return one NPRACH preamble in ns: format 0 5.6 ms, format 1 6.4 ms (TS 36.211 10.1.6.1). */
NBS_API uint64_t nbs_nprach_preamble_ns(uint32_t format);

/** @return k0 of DCI N1 in NB-IoT downlink subframes (TS 36.213 Table 16.4.1-1). */
NBS_API uint32_t nbs_npdsch_k0(uint32_t i_delay, uint32_t rmax);

/** @return k0 of DCI N0 in subframes: 8, 16, 32, 64 (TS 36.213 Table 16.5.1-1). */
NBS_API uint32_t nbs_npusch_k0(uint32_t i_delay);

/** @return delay of the grant in a RAR in subframes: 12, 16, 32, 64 (TS 36.213 16.3.3). */
NBS_API uint32_t nbs_rar_k0(uint32_t i_delay);

/** @return k0 of HARQ-ACK in subframes, resource field 0..15 (TS 36.213 Tables 16.4.2-1, -2). */
NBS_API uint32_t nbs_ack_k0(enum nbs_scs scs, uint32_t field);

/** @return backoff parameter of an indicator in ns (TS 36.321 Table 7.2-2); 0 without one. */
NBS_API uint64_t nbs_backoff_ns(uint32_t index);

/** @return subframes of a copy of an SI message of so many bits (TS 36.213 16.4.1.3). */
NBS_API uint32_t nbs_si_copy_subframes(uint32_t tb_bits);

/**
 * Coded bits of NPDSCH or NPDCCH in one subframe, QPSK (TS 36.211 10.2.3.4, 10.2.5.5).
 * In-band: l_DataStart = 3.
 * @param nrs_ports  1 or 2
 * @param crs_ports  1, 2 or 4 in-band; ignored else
 */
NBS_API uint32_t nbs_dl_bits_per_subframe(enum nbs_deployment deployment, uint32_t nrs_ports,
					  uint32_t crs_ports);

/** @return the same with 2 NRS ports and, in-band, 2 CRS ports: what the model runs with. */
NBS_API uint32_t nbs_dl_bits_default(enum nbs_deployment deployment);

#ifdef __cplusplus
}
#endif
#endif
