/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nbsec battery: the answer for people. */
#include "cli/battery.h"

#include "analysis/format.h"
#include "models/power/battery_life.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define PRINT_CHANGES 4U /* settings worth a line */

static double
number(const json_t *object, const char *key)
{
	return json_number_value(json_object_get(object, key));
}

static const char *
text(const json_t *object, const char *key)
{
	const char *value = json_string_value(json_object_get(object, key));

	return value != NULL ? value : "?";
}

static void
print_question(const json_t *answer)
{
	const json_t *device = json_object_get(answer, "device");
	const json_t *network = json_object_get(answer, "network");
	const bool secured = strcmp(text(device, "security"), "none") != 0;
	char period[32];

	nbsi_duration_text(period, sizeof(period), number(device, "report_period_s"));
	printf("%s, %g bytes every %s, %s%s%s%s%s; %s, release assistance %s; battery %g Wh\n",
	       text(device, "modem"), number(device, "payload_bytes"), period,
	       text(device, "security"), secured ? " with " : "",
	       secured ? text(device, "suite") : "", secured ? ", crypto in " : "",
	       secured ? text(device, "crypto") : "", text(network, "name"),
	       text(network, "assistance"), number(device, "battery_wh"));
}

static void
print_years(const json_t *answer)
{
	const json_t *interval = json_object_get(answer, "years_interval");
	const json_t *assumed = json_object_get(answer, "assumed");
	size_t i;
	json_t *name;

	printf("\n%.2f years (p10 %.2f, p90 %.2f by what the profiles' values may be off), "
	       "%.0f mJ a day\n",
	       number(answer, "years"), number(answer, "years_p10"), number(answer, "years_p90"),
	       number(answer, "mj_per_day"));
	printf("extrapolated from %g days of %g devices: %.3f ",
	       number(answer, "simulated_s") / NBS_S_PER_DAY, number(answer, "devices"),
	       json_number_value(json_array_get(interval, 0)));
	if (json_is_number(json_array_get(interval, 1)))
		printf("to %.3f years at 95 %%\n", json_number_value(json_array_get(interval, 1)));
	else
		puts("years or more at 95 %");
	if (json_array_size(assumed) == 0)
		return;
	printf("%.0f %% of the energy rests on assumed values:",
	       number(answer, "assumed_share") * 100.0);
	json_array_foreach(assumed, i, name)
	    printf("%s %s", i > 0 ? "," : "", json_string_value(name));
	putchar('\n');
}

static void
print_parts(const char *title, const json_t *parts, double whole)
{
	const char *key;
	json_t *value;

	printf("\n%-18s %10s  %6s\n", title, "mJ a day", "share");
	json_object_foreach((json_t *)(uintptr_t)parts, key, value)
	{
		const double mj = json_number_value(value);

		if (mj > 0)
			printf("%-18s %10.2f  %5.1f %%\n", key, mj, 100.0 * mj / whole);
	}
}

/* What the extrapolation leaves out, because it comes once. */
static void
print_setup(const json_t *answer)
{
	double mj = number(json_object_get(answer, "device"), "setup_mj");

	if (mj > 0)
		printf(
		    "          its first day has %.0f mJ more, once: attach, session, handshake\n",
		    mj);
}

/* Shares by bytes say where energy went; two runs say what leaving something out would gain. */
static void
print_security(const json_t *answer)
{
	const json_t *parts = json_object_get(answer, "breakdown_mj_per_day");
	const double mj = number(parts, "dtls_handshake") + number(parts, "dtls_record") +
			  number(parts, "crypto");
	size_t i;
	json_t *change;

	json_array_foreach(json_object_get(answer, "changes"), i, change)
	{
		if (strcmp(text(change, "kind"), "comparison") != 0)
			continue;
		printf("\nsecurity: %.1f mJ a day go into its bytes and operations (%.2f %%);\n"
		       "          a device without it lasts %.2f years (%+.1f %%)\n",
		       mj, 100.0 * mj / number(answer, "mj_per_day"), number(change, "years"),
		       100.0 * (number(change, "years") / number(answer, "years") - 1.0));
		print_setup(answer);
	}
}

/* @return whether a line was printed. */
static bool
print_change(const json_t *change)
{
	if (!(number(change, "gain_years") > 0.005))
		return false;
	printf("  %+7.2f years  %s\n", number(change, "gain_years"), text(change, "change"));
	return true;
}

static void
print_changes(const json_t *answer)
{
	const json_t *changes = json_object_get(answer, "changes");
	unsigned settings = 0;
	size_t i;
	json_t *change;

	puts("\nwhat would gain most, one at a time:");
	json_array_foreach(changes, i, change)
	{
		if (strcmp(text(change, "kind"), "setting") == 0 && settings < PRINT_CHANGES)
			settings += print_change(change);
	}
	if (settings == 0)
		puts("  no setting of device or network that was tried");
	puts("and of what was asked for:");
	json_array_foreach(changes, i, change)
	{
		if (strcmp(text(change, "kind"), "application") == 0 ||
		    strcmp(text(change, "kind"), "place") == 0)
			(void)print_change(change);
	}
}

static void
print_lifetime(const json_t *answer)
{
	const json_t *lifetime = json_object_get(answer, "lifetime");

	if (json_is_number(json_object_get(lifetime, "years")))
		printf("\nsimulated until empty: %.3f years, %+.2f %% of the extrapolation\n",
		       number(lifetime, "years"),
		       100.0 * (number(lifetime, "years") / number(answer, "years") - 1.0));
}

void
battery_print(const json_t *answer)
{
	print_question(answer);
	print_years(answer);
	print_parts("by layer", json_object_get(answer, "breakdown_mj_per_day"),
		    number(answer, "mj_per_day"));
	print_parts("by message", json_object_get(answer, "by_message_mj_per_day"),
		    number(answer, "mj_per_day"));
	print_security(answer);
	print_changes(answer);
	print_lifetime(answer);
}
