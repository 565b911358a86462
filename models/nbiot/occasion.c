/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The book of NPRACH occasions: who sends a preamble when, and one event for each that is used. */
#include "models/nbiot/contention_internal.h"

#include <stdlib.h>
#include <string.h>

static struct nbsi_occasion **
occasion_bucket(struct nbs_cell *cell, uint64_t end_ns)
{
	return &cell->occasions[end_ns / NBS_SUBFRAME_NS % NBSI_OCCASION_BUCKETS];
}

static void occasion_settle(void *arg);

static enum nbs_status
occasion_open(struct nbs_cell *cell, const struct nbs_ue *ue, uint64_t start_ns, uint64_t end_ns,
	      struct nbsi_occasion **out)
{
	struct nbsi_occasion **bucket = occasion_bucket(cell, end_ns);
	struct nbsi_occasion *occasion = cell->free_occasions;

	if (occasion != NULL)
		cell->free_occasions = occasion->next;
	else
		occasion = malloc(sizeof(*occasion));
	if (occasion == NULL)
		return NBS_E_NOMEM;
	*occasion = (struct nbsi_occasion){.next = *bucket,
					   .cell = cell,
					   .start_ns = start_ns,
					   .end_ns = end_ns,
					   .level = ue->ra.level,
					   .edt = ue->ra.edt};
	*bucket = occasion;
	nbs_timer_init(&occasion->timer, occasion_settle, occasion);
	*out = occasion;
	return nbs_timer_arm(cell->engine, &occasion->timer, end_ns - nbs_now(cell->engine));
}

enum nbs_status
nbsi_occasion_enter(struct nbs_cell *cell, struct nbs_ue *ue, uint64_t start_ns, uint64_t end_ns)
{
	struct nbsi_occasion *occasion = *occasion_bucket(cell, end_ns);
	enum nbs_status status = NBS_OK;

	while (occasion != NULL && (occasion->end_ns != end_ns || occasion->start_ns != start_ns ||
				    occasion->level != ue->ra.level || occasion->edt != ue->ra.edt))
		occasion = occasion->next;
	if (occasion == NULL)
		status = occasion_open(cell, ue, start_ns, end_ns, &occasion);
	if (status != NBS_OK)
		return status;
	ue->ra.on_air = true;
	ue->ra.next = occasion->first;
	occasion->first = ue;
	return NBS_OK;
}

static void
occasion_close(struct nbsi_occasion *occasion)
{
	struct nbs_cell *cell = occasion->cell;
	struct nbsi_occasion **at = occasion_bucket(cell, occasion->end_ns);

	while (*at != occasion)
		at = &(*at)->next;
	*at = occasion->next;
	occasion->next = cell->free_occasions;
	cell->free_occasions = occasion;
}

void
nbsi_occasions_fini(struct nbs_cell *cell)
{
	for (unsigned i = 0; i <= NBSI_OCCASION_BUCKETS; i++) {
		struct nbsi_occasion **list =
		    i < NBSI_OCCASION_BUCKETS ? &cell->occasions[i] : &cell->free_occasions;

		while (*list != NULL) {
			struct nbsi_occasion *occasion = *list;

			*list = occasion->next;
			nbs_timer_cancel(&occasion->timer);
			free(occasion);
		}
	}
}

void
nbsi_contention_draw(struct nbs_ue *ue, uint32_t subcarriers)
{
	ue->ra.subcarrier = (uint32_t)gsl_rng_uniform_int(ue->rng, subcarriers);
}

void
nbsi_contention_sort(struct nbs_ue *first, struct nbs_ue **heads, uint32_t subcarriers)
{
	memset(heads, 0, subcarriers * sizeof(struct nbs_ue *));
	while (first != NULL) {
		struct nbs_ue *ue = first;

		first = ue->ra.next;
		ue->ra.next = heads[ue->ra.subcarrier];
		heads[ue->ra.subcarrier] = ue;
	}
}

/* Contenders that are still there, their preamble no longer on air. */
static struct nbs_ue *
occasion_contenders(struct nbs_ue *first)
{
	struct nbs_ue *left = NULL;

	while (first != NULL) {
		struct nbs_ue *ue = first;

		first = ue->ra.next;
		ue->ra.on_air = false;
		if (ue->finished)
			continue;
		ue->ra.next = left;
		left = ue;
	}
	return left;
}

/* Nobody has been heard yet. */
static void
occasion_clear(struct nbsi_contend *contend)
{
	contend->group_count = contend->heard_count = 0;
	contend->weakest = NULL;
	contend->dci_reps = 0;
	contend->any_rar = false;
}

static void
occasion_settle(void *arg)
{
	struct nbsi_occasion *occasion = arg;
	struct nbs_cell *cell = occasion->cell;
	struct nbsi_contend contend; /* its groups are large, and made when somebody is in them */
	struct nbs_ue *heads[NBS_NPRACH_SUBCARRIERS];
	struct nbs_ue *left = occasion_contenders(occasion->first);
	const uint64_t end_ns = occasion->end_ns;

	contend.cell = cell;
	contend.ce = &cell->config.ce[occasion->level];
	contend.level = occasion->level;
	contend.edt = occasion->edt;
	contend.off_ns = nbsi_cell_off_ns(cell, occasion->start_ns);
	occasion_clear(&contend);
	occasion_close(occasion);
	nbsi_cell_advance(cell);
	cell->stats.occasions++;
	if (cell->config.load == NBS_LOAD_ALONE) {
		while (left != NULL && cell->fault == NBS_OK) {
			struct nbs_ue *ue = left;

			left = ue->ra.next;
			ue->ra.next = NULL;
			occasion_clear(&contend);
			nbsi_contend_listen(&contend, ue);
			nbsi_contend_settle(&contend, end_ns);
		}
		return;
	}
	nbsi_contention_sort(left, heads, NBS_NPRACH_SUBCARRIERS);
	for (uint32_t i = 0; i < NBS_NPRACH_SUBCARRIERS; i++)
		if (heads[i] != NULL)
			nbsi_contend_listen(&contend, heads[i]);
	nbsi_contend_settle(&contend, end_ns);
}
