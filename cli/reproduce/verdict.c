/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tolerances and verdicts.
 */
#include "cli/reproduce/reproduce.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define VERDICT_RANGE ".."
#define VERDICT_ABSOLUTE "+-"

/*
 * Decimal numbers are not what doubles hold: -3.11 + 3.01 exceeds -0.1 by 1e-16. Where a tolerance
 * is not 0, so much of the values' size is no miss.
 */
#define VERDICT_SLACK 1e-12

static const char *const verdict_names[REPRODUCE_VERDICT__COUNT] = {
    [REPRODUCE_OK] = "ok",
    [REPRODUCE_MISS] = "MISS",
    [REPRODUCE_PREDICTION] = "prediction",
    [REPRODUCE_NOT_CLAIMED] = "not claimed",
};

const char *
reproduce_verdict_name(enum reproduce_verdict verdict)
{
	return verdict_names[verdict];
}

/* ---- tolerances ---- */

/* A number that is the text without its last len characters. */
static bool
number_before(const char *text, size_t len, double *number)
{
	char part[64];
	const size_t all = strlen(text);

	if (all < len || all - len >= sizeof(part))
		return false;
	memcpy(part, text, all - len);
	part[all - len] = '\0';
	return cli_csv_number(part, number);
}

static bool
parse_range(const char *text, const char *dots, struct reproduce_tolerance *tolerance)
{
	tolerance->kind = REPRODUCE_RANGE;
	return number_before(text, strlen(dots), &tolerance->low) &&
	       cli_csv_number(dots + strlen(VERDICT_RANGE), &tolerance->high) &&
	       tolerance->low <= tolerance->high;
}

bool
reproduce_tolerance_parse(const char *text, struct reproduce_tolerance *tolerance)
{
	const size_t len = strlen(text);
	const char *dots = strstr(text, VERDICT_RANGE);

	*tolerance = (struct reproduce_tolerance){.kind = REPRODUCE_NONE};
	if (len == 0)
		return true;
	if (strcmp(text, "0") == 0) {
		tolerance->kind = REPRODUCE_EXACT;
		return true;
	}
	if (dots != NULL)
		return parse_range(text, dots, tolerance);
	if (strncmp(text, VERDICT_ABSOLUTE, strlen(VERDICT_ABSOLUTE)) == 0) {
		tolerance->kind = REPRODUCE_ABSOLUTE;
		return cli_csv_number(text + strlen(VERDICT_ABSOLUTE), &tolerance->high) &&
		       tolerance->high > 0.0;
	}
	if (text[len - 1] != '%' || !number_before(text, 1, &tolerance->high))
		return false;
	tolerance->kind = REPRODUCE_RELATIVE;
	tolerance->high /= 100.0;
	return tolerance->high > 0.0;
}

/* ---- verdicts ---- */

/* How far the tolerance lets the simulated value be from the published one, on its side of it. */
static double
verdict_room(const struct reproduce_row *row)
{
	const struct reproduce_tolerance *tolerance = &row->tolerance;

	switch (tolerance->kind) {
	case REPRODUCE_RELATIVE:
		return tolerance->high * fabs(row->published);
	case REPRODUCE_ABSOLUTE:
		return tolerance->high;
	case REPRODUCE_RANGE:
		return row->error > 0.0 ? tolerance->high - row->published
					: row->published - tolerance->low;
	case REPRODUCE_EXACT:
	case REPRODUCE_NONE:
		break;
	}
	return 0.0;
}

/* A published value at an end of its range is a bound: what is within it has no error to rank. */
static bool
verdict_is_bound(const struct reproduce_row *row)
{
	const struct reproduce_tolerance *tolerance = &row->tolerance;

	return tolerance->kind == REPRODUCE_RANGE &&
	       (row->published == tolerance->low || row->published == tolerance->high);
}

static double
verdict_slack(const struct reproduce_row *row)
{
	return row->tolerance.kind == REPRODUCE_EXACT
		   ? 0.0
		   : VERDICT_SLACK * (fabs(row->published) + fabs(row->simulated));
}

static void
verdict_measure(struct reproduce_row *row)
{
	row->error = row->simulated - row->published;
	const double room = verdict_room(row);
	const double size = fabs(row->error);

	row->within = size <= room + verdict_slack(row);
	if (!row->within)
		row->strain = room > 0.0 ? size / room : (double)INFINITY;
	else if (room == 0.0 || verdict_is_bound(row))
		row->strain = 0.0;
	else
		row->strain = fmin(size / room, 1.0);
}

void
reproduce_judge(struct reproduce_row *row)
{
	row->error = (double)NAN;
	row->strain = (double)INFINITY;
	row->within = false;
	if (row->published_text[0] == '\0') {
		row->strain = 0.0;
		row->verdict = REPRODUCE_PREDICTION;
		return;
	}
	if (isfinite(row->simulated))
		verdict_measure(row);
	if (!row->claimed)
		row->verdict = REPRODUCE_NOT_CLAIMED;
	else
		row->verdict = row->within ? REPRODUCE_OK : REPRODUCE_MISS;
}
