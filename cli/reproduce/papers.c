/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The list of papers.
 */
#include "cli/reproduce/papers.h"

static const struct reproduce_paper_ops *const papers_all[] = {
    &reproduce_phy_arithmetic, &reproduce_handshake_energy, &reproduce_npusch_awgn,
    &reproduce_norway,         &reproduce_nrf9160,          &reproduce_crypto,
};

const struct reproduce_paper_ops *const *
reproduce_papers(size_t *count)
{
	*count = sizeof(papers_all) / sizeof(papers_all[0]);
	return papers_all;
}
