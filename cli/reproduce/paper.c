/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A paper from its tables to its verdicts.
 */
#include "cli/reproduce/reproduce.h"

#include "cli/cli.h"

#include <stdlib.h>

static enum nbs_status
paper_load(struct reproduce_paper *paper)
{
	enum nbs_status status = NBS_OK;

	for (const struct reproduce_table_ops *table = paper->ops->tables;
	     table->file != NULL && status == NBS_OK; table++)
		status = reproduce_table_load(paper, table);
	return status;
}

static enum nbs_status
paper_simulate(struct reproduce_paper *paper)
{
	enum nbs_status status = NBS_OK;

	if (paper->ops->prepare != NULL)
		status = paper->ops->prepare(paper, &paper->state);
	for (size_t i = 0; i < paper->row_count && status == NBS_OK; i++) {
		struct reproduce_row *row = &paper->rows[i];

		if (row->derivation.kind == REPRODUCE_SIMULATED)
			status = row->table->ops->simulate(paper->state, row, &row->simulated);
		else
			row->simulated = reproduce_derive(paper, row);
		reproduce_judge(row);
	}
	return status;
}

enum nbs_status
reproduce_paper_run(const struct reproduce_paper_ops *ops, const char *papers, FILE *messages,
		    struct reproduce_paper **paper)
{
	struct reproduce_paper *made = calloc(1, sizeof(*made));
	enum nbs_status status = NBS_E_NOMEM;

	if (made == NULL)
		return status;
	made->ops = ops;
	made->messages = messages;
	made->folder = cli_text("%s/%s", papers, ops->name);
	if (made->folder != NULL)
		status = paper_load(made);
	if (status == NBS_OK)
		status = paper_simulate(made);
	if (status == NBS_OK)
		*paper = made;
	else
		reproduce_paper_free(made);
	return status;
}

void
reproduce_paper_free(struct reproduce_paper *paper)
{
	if (paper == NULL)
		return;
	if (paper->ops->release != NULL)
		paper->ops->release(paper->state);
	for (size_t i = 0; i < paper->table_count; i++)
		cli_csv_fini(&paper->tables[i].csv);
	free(paper->rows);
	free(paper->folder);
	free(paper);
}

static void
summary_worst(const struct reproduce_row **worst, const struct reproduce_row *row)
{
	if (*worst == NULL || row->strain > (*worst)->strain)
		*worst = row;
}

void
reproduce_summarise(const struct reproduce_paper *paper, struct reproduce_summary *summary)
{
	*summary = (struct reproduce_summary){.rows = paper->row_count};
	for (size_t i = 0; i < paper->row_count; i++) {
		const struct reproduce_row *row = &paper->rows[i];

		if (row->verdict == REPRODUCE_PREDICTION)
			continue;
		summary->published++;
		summary->within += row->within;
		summary->calibrated += row->within && row->role == REPRODUCE_CALIBRATED;
		summary->claimed += row->claimed;
		summary->missed += row->verdict == REPRODUCE_MISS;
		summary_worst(row->claimed ? &summary->worst : &summary->worst_unclaimed, row);
	}
}
