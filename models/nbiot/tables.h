/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The number tables of TS 36.213 section 16, as printed; phy.h has the functions over them. */
#ifndef NBSEC_MODELS_NBIOT_TABLES_H
#define NBSEC_MODELS_NBIOT_TABLES_H

#include "models/nbiot/phy.h"

#define NBSI_NPDSCH_REPS 16U /* I_Rep 0..15 */
#define NBSI_NPUSCH_REPS 8U  /* I_Rep 0..7 */
#define NBSI_SINGLE_MCS 11U  /* I_MCS 0..10 with one tone */

extern const uint16_t nbsi_tbs_dl[NBS_TBS_ROWS][NBS_TBS_COLUMNS]; /* bits */
extern const uint16_t nbsi_tbs_ul[NBS_TBS_ROWS][NBS_TBS_COLUMNS]; /* bits */
extern const uint8_t nbsi_block_counts[NBS_TBS_COLUMNS];          /* N_SF, N_RU */
extern const uint16_t nbsi_npdsch_reps[NBSI_NPDSCH_REPS];
extern const uint8_t nbsi_npusch_reps[NBSI_NPUSCH_REPS];
extern const uint8_t nbsi_single_i_tbs[NBSI_SINGLE_MCS]; /* I_TBS of I_MCS with one tone */
extern const uint16_t nbsi_k0_n1[2][8];                  /* [0] Rmax < 128, [1] Rmax >= 128 */
extern const uint8_t nbsi_k0_n0[4];
extern const uint8_t nbsi_k0_rar[4];
extern const uint8_t nbsi_k0_ack_15k[4];
extern const uint8_t nbsi_k0_ack_3k75[2];

#endif
