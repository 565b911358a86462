/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Walking a path through the summary, and the comparison at its end.
 */
#include "analysis/checks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK_SEGMENT_MAX 127

/* What may name an item of a list, in this order. */
static const char *const check_names[] = {"name", "target", "kind"};

/* @return the item whose key has that text; NULL when none has or, *several set, more than one. */
static const json_t *
list_by_key(const json_t *list, const char *key, const char *text, bool *several)
{
	const json_t *found = NULL;
	size_t i;
	json_t *item;

	json_array_foreach(list, i, item)
	{
		const char *name = json_string_value(json_object_get(item, key));

		if (name == NULL || strcmp(name, text) != 0)
			continue;
		if (found != NULL) {
			*several = true;
			return NULL;
		}
		found = item;
	}
	return found;
}

static const json_t *
list_item(const json_t *list, const char *text, bool *several)
{
	for (size_t i = 0; i < sizeof(check_names) / sizeof(check_names[0]); i++) {
		const json_t *item = list_by_key(list, check_names[i], text, several);

		if (item != NULL || *several)
			return item;
	}
	if (text[0] == '\0' || text[strspn(text, "0123456789")] != '\0' || strlen(text) > 9)
		return NULL;
	return json_array_get(list, strtoul(text, NULL, 10));
}

/* Follows the path; on failure leaves in why what stopped it. */
static const json_t *
path_follow(const json_t *json, const char *path, char *why, size_t why_size)
{
	char segment[CHECK_SEGMENT_MAX + 1];

	for (const char *at = path;;) {
		size_t len = strcspn(at, ".");
		bool several = false;

		if (len > CHECK_SEGMENT_MAX) {
			snprintf(why, why_size, "no such value: a step of the path is too long");
			return NULL;
		}
		memcpy(segment, at, len);
		segment[len] = '\0';
		json = json_is_array(json) ? list_item(json, segment, &several)
					   : json_object_get(json, segment);
		if (json == NULL) {
			snprintf(why, why_size,
				 several ? "no such value: %s fits several, give its number"
					 : "no such value: there is no \"%s\"",
				 segment);
			return NULL;
		}
		if (at[len] == '\0')
			return json;
		at += len + 1;
	}
}

static bool
json_as_number(const json_t *json, double *value)
{
	if (json_is_boolean(json))
		*value = json_is_true(json) ? 1 : 0;
	else if (json_is_number(json))
		*value = json_number_value(json);
	else
		return false;
	return true;
}

static void
describe_bounds(const struct nbs_check *check, char *text, size_t size)
{
	if (check->has_min && check->has_max)
		snprintf(text, size, "expected %.12g to %.12g", check->min, check->max);
	else if (check->has_min)
		snprintf(text, size, "expected at least %.12g", check->min);
	else if (check->has_max)
		snprintf(text, size, "expected at most %.12g", check->max);
	else
		snprintf(text, size, "expected any number");
}

void
nbs_check_evaluate(const json_t *summary, const struct nbs_check *check,
		   struct nbs_check_result *result)
{
	char bounds[64];
	char why[CHECK_SEGMENT_MAX + 64];

	*result = (struct nbs_check_result){0};
	describe_bounds(check, bounds, sizeof(bounds));
	const json_t *json = path_follow(summary, check->path, why, sizeof(why));

	if (json != NULL && !json_as_number(json, &result->value)) {
		snprintf(why, sizeof(why), "%s",
			 json_is_null(json) ? "there is no value, the statistic is of nothing"
					    : "no such value: this is not a number");
		json = NULL;
	}
	if (json == NULL) {
		snprintf(result->text, sizeof(result->text), "%s: %s; %s", check->path, why,
			 bounds);
		return;
	}
	result->found = true;
	result->passed = (!check->has_min || result->value >= check->min) &&
			 (!check->has_max || result->value <= check->max);
	snprintf(result->text, sizeof(result->text), "%s is %.12g, %s", check->path, result->value,
		 bounds);
}
