/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * The papers, one file of code each. papers.c lists them.
 */
#ifndef NBSEC_CLI_REPRODUCE_PAPERS_H
#define NBSEC_CLI_REPRODUCE_PAPERS_H

#include "cli/reproduce/reproduce.h"

extern const struct reproduce_paper_ops reproduce_phy_arithmetic;
extern const struct reproduce_paper_ops reproduce_handshake_energy;
extern const struct reproduce_paper_ops reproduce_npusch_awgn;
extern const struct reproduce_paper_ops reproduce_norway;
extern const struct reproduce_paper_ops reproduce_nrf9160;
extern const struct reproduce_paper_ops reproduce_crypto;

#endif
