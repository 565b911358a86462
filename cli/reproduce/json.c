/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The same as print.c for programs. What a row does not have is null.
 */
#include "cli/reproduce/reproduce.h"

#include <math.h>

static json_t *
number_or_null(double value)
{
	return isfinite(value) ? json_real(value) : json_null();
}

/* Inputs as numbers where they are some; what the row leaves empty is left out. */
static json_t *
inputs_json(const struct reproduce_row *row)
{
	json_t *inputs = json_object();

	for (const char *const *name = row->table->ops->inputs; *name != NULL; name++) {
		const char *text = reproduce_text(row, *name);
		double number = 0.0;

		if (text[0] == '\0')
			continue;
		json_object_set_new(inputs, *name,
				    cli_csv_number(text, &number) ? json_real(number)
								  : json_string(text));
	}
	return inputs;
}

static json_t *
derived_json(const struct reproduce_paper *paper, const struct reproduce_row *row)
{
	static const char *const names[] = {[REPRODUCE_DIFFERENCE] = "difference",
					    [REPRODUCE_RATIO] = "ratio",
					    [REPRODUCE_SLOPE] = "slope"};
	const struct reproduce_derivation *derivation = &row->derivation;

	if (derivation->kind == REPRODUCE_SIMULATED)
		return json_null();
	return json_pack("{s:s, s:s, s:s, s:f}", "kind", names[derivation->kind], "a",
			 paper->rows[derivation->a].id, "b", paper->rows[derivation->b].id,
			 "divisor", derivation->divisor);
}

static json_t *
row_json(const struct reproduce_paper *paper, const struct reproduce_row *row)
{
	const double relative =
	    row->published == 0.0 ? (double)NAN : row->error / fabs(row->published);
	json_t *json =
	    json_pack("{s:s, s:s, s:s, s:o, s:o}", "id", row->id, "quantity", row->quantity, "unit",
		      row->unit, "inputs", inputs_json(row), "derived", derived_json(paper, row));

	if (json == NULL)
		return NULL;
	json_object_set_new(json, "published", number_or_null(row->published));
	json_object_set_new(json, "simulated", number_or_null(row->simulated));
	json_object_set_new(json, "error", number_or_null(row->error));
	json_object_set_new(json, "relative_error", number_or_null(relative));
	json_object_set_new(json, "tolerance", json_string(row->tolerance_text));
	json_object_set_new(json, "within", json_boolean(row->within));
	json_object_set_new(json, "claimed", json_boolean(row->claimed));
	json_object_set_new(json, "role", json_string(reproduce_role_name(row->role)));
	json_object_set_new(json, "verdict", json_string(reproduce_verdict_name(row->verdict)));
	json_object_set_new(json, "note", json_string(row->note));
	json_object_set_new(json, "source", json_string(row->source));
	json_object_set_new(json, "verified", json_string(reproduce_tag_name(row->tag)));
	return json;
}

static json_t *
worst_json(const struct reproduce_row *row)
{
	if (row == NULL)
		return json_null();
	return json_pack("{s:s, s:s, s:o, s:o}", "id", row->id, "unit", row->unit, "error",
			 number_or_null(row->error), "share_of_tolerance",
			 number_or_null(row->strain));
}

json_t *
reproduce_summary_json(const struct reproduce_paper *paper)
{
	struct reproduce_summary summary;

	reproduce_summarise(paper, &summary);
	return json_pack(
	    "{s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:o, s:o}", "name", paper->ops->name, "title",
	    paper->ops->title, "rows", (json_int_t)summary.rows, "published",
	    (json_int_t)summary.published, "within", (json_int_t)summary.within,
	    "within_calibrated", (json_int_t)summary.calibrated, "claimed",
	    (json_int_t)summary.claimed, "missed", (json_int_t)summary.missed, "worst_claimed",
	    worst_json(summary.worst), "worst_not_claimed", worst_json(summary.worst_unclaimed));
}

json_t *
reproduce_json(const struct reproduce_paper *paper)
{
	json_t *rows = json_array();

	for (size_t i = 0; i < paper->row_count; i++)
		json_array_append_new(rows, row_json(paper, &paper->rows[i]));
	return json_pack("{s:o, s:s, s:o}", "summary", reproduce_summary_json(paper), "folder",
			 paper->folder, "rows", rows);
}
