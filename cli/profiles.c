/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a device profile says, for people in columns, for programs as JSON.
 */
#include "cli/profiles.h"

#include "cli/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CELL_MAX 32
#define FULL_POWER_DBM 23.0

/* A profile of either kind. */
struct profile {
	const char *kind, *name, *title;
	const void *of;
	bool (*value)(const void *of, size_t index, struct nbs_profile_value *value);
};

static bool
modem_value(const void *of, size_t index, struct nbs_profile_value *value)
{
	return nbs_modem_value(of, index, value);
}

static bool
mcu_value(const void *of, size_t index, struct nbs_profile_value *value)
{
	return nbs_mcu_value(of, index, value);
}

static struct profile
of_modem(const struct nbs_modem *modem)
{
	return (struct profile){"modem", modem->name, modem->title, modem, modem_value};
}

static struct profile
of_mcu(const struct nbs_mcu *mcu)
{
	return (struct profile){"mcu", mcu->name, mcu->title, mcu, mcu_value};
}

/* ---- as JSON ---- */

static json_t *
value_json(const struct nbs_profile_value *one)
{
	return json_pack("{s:s, s:f, s:s, s:s, s:f, s:s}", "name", one->name, "value",
			 one->value->value, "unit", one->unit, "tag", nbs_tag_name(one->value->tag),
			 "spread", one->value->spread, "source", one->value->source);
}

static json_t *
profile_json(const struct profile *profile)
{
	json_t *values = json_array(), *assumed = json_array();
	struct nbs_profile_value one;

	for (size_t i = 0; profile->value(profile->of, i, &one); i++) {
		json_array_append_new(values, value_json(&one));
		if (one.value->tag == NBS_ASSUMED)
			json_array_append_new(assumed, json_string(one.name));
	}
	return json_pack("{s:s, s:s, s:s, s:o, s:o}", "name", profile->name, "title",
			 profile->title, "kind", profile->kind, "assumed", assumed, "values",
			 values);
}

/* They are part of the program and were good when it was built. */
json_t *
cli_modems_json(void)
{
	json_t *list = json_array();

	for (size_t i = 0; nbs_modem_name(i) != NULL; i++) {
		struct nbs_modem *modem = NULL;

		if (nbs_modem_load(nbs_modem_name(i), stderr, &modem) != NBS_OK)
			continue;
		struct profile profile = of_modem(modem);

		json_array_append_new(list, profile_json(&profile));
		nbs_modem_free(modem);
	}
	return list;
}

json_t *
cli_mcus_json(void)
{
	json_t *list = json_array();

	for (size_t i = 0; nbs_mcu_name(i) != NULL; i++) {
		struct nbs_mcu *mcu = NULL;

		if (nbs_mcu_load(nbs_mcu_name(i), stderr, &mcu) != NBS_OK)
			continue;
		struct profile profile = of_mcu(mcu);

		json_array_append_new(list, profile_json(&profile));
		nbs_mcu_free(mcu);
	}
	return list;
}

/* ---- in columns ---- */

/* The value in the unit of a scale, largest first, in which it is 1 or more. */
static const char *
scaled(char cell[CELL_MAX], double value, const char *const units[3])
{
	double factor = 1000.0;
	int i = 0;

	if (value == 0.0)
		return "0";
	for (; i < 2 && value < factor * 0.9999; i++)
		factor /= 1000.0;
	(void)snprintf(cell, CELL_MAX, "%.4g %s", value / factor, units[i]);
	return cell;
}

static const char *
power(char cell[CELL_MAX], double mw)
{
	static const char *const units[] = {"W", "mW", "uW"};

	return scaled(cell, mw, units);
}

static const char *
energy(char cell[CELL_MAX], double mj)
{
	static const char *const units[] = {"J", "mJ", "uJ"};

	return scaled(cell, mj, units);
}

/* Of microseconds; there is nothing shorter than a tenth of one. */
static const char *
duration(char cell[CELL_MAX], double us)
{
	static const char *const units[] = {"s", "ms", "us"};

	return scaled(cell, us / 1000.0, units);
}

static unsigned
count_assumed(const struct profile *profile)
{
	struct nbs_profile_value one;
	unsigned count = 0;

	for (size_t i = 0; profile->value(profile->of, i, &one); i++)
		count += one.value->tag == NBS_ASSUMED;
	return count;
}

static const char *
state(char cell[CELL_MAX], const struct nbs_modem *modem, enum nbs_power_state which)
{
	return power(cell, nbs_modem_power_mw(modem, which, FULL_POWER_DBM));
}

static void
print_modem(const struct nbs_modem *modem)
{
	char cells[5][CELL_MAX];
	const struct profile profile = of_modem(modem);

	printf("%-10s %4.3g V %9s %9s %9s %9s %9s %8u  %s\n", modem->name, modem->supply_v.value,
	       state(cells[0], modem, NBS_POWER_PSM), state(cells[1], modem, NBS_POWER_IDLE),
	       state(cells[2], modem, NBS_POWER_RX), state(cells[3], modem, NBS_POWER_TX),
	       energy(cells[4], modem->wake_mj.value), count_assumed(&profile), modem->title);
}

void
cli_modems_print(void)
{
	printf("%-10s %6s %9s %9s %9s %9s %9s %8s\n", "", "supply", "psm", "idle", "rx",
	       "tx 23 dBm", "wake", "assumed");
	for (size_t i = 0; nbs_modem_name(i) != NULL; i++) {
		struct nbs_modem *modem = NULL;

		if (nbs_modem_load(nbs_modem_name(i), stderr, &modem) == NBS_OK)
			print_modem(modem);
		nbs_modem_free(modem);
	}
}

static void
print_mcu(const struct nbs_mcu *mcu)
{
	char cells[5][CELL_MAX];
	const struct profile profile = of_mcu(mcu);
	double volt = mcu->supply_v.value;

	printf("%-11s %4.3g V %9s %9s %9s %9s %9s %8u  %s\n", mcu->name, volt,
	       power(cells[0], volt * mcu->active_ma.value),
	       power(cells[1], volt * mcu->sleep_ma.value),
	       duration(cells[2], mcu->software.op_us[NBS_CRYPTO_SHA256_BLOCK].value),
	       duration(cells[3], mcu->software.op_us[NBS_CRYPTO_ECP_MUL].value),
	       mcu->no_hardware ? "none"
				: duration(cells[4], mcu->hardware.op_us[NBS_CRYPTO_ECP_MUL].value),
	       count_assumed(&profile), mcu->title);
}

void
cli_mcus_print(void)
{
	printf("%-11s %6s %9s %9s %9s %9s %9s %8s\n", "", "supply", "active", "sleep", "SHA-256",
	       "P-256", "hardware", "assumed");
	for (size_t i = 0; nbs_mcu_name(i) != NULL; i++) {
		struct nbs_mcu *mcu = NULL;

		if (nbs_mcu_load(nbs_mcu_name(i), stderr, &mcu) == NBS_OK)
			print_mcu(mcu);
		nbs_mcu_free(mcu);
	}
}

/* ---- the check of one ---- */

static void
print_good(const char *base, const struct profile *profile)
{
	struct nbs_profile_value one;
	unsigned values = 0, assumed = count_assumed(profile), shown = 0;

	while (profile->value(profile->of, values, &one))
		values++;
	printf("%s: good: %s %s, %s, %u values\n", base, profile->kind, profile->name,
	       profile->title, values);
	if (assumed > 0)
		printf("rests on %u assumed values:", assumed);
	for (size_t i = 0; i < values; i++) {
		(void)profile->value(profile->of, i, &one);
		if (one.value->tag == NBS_ASSUMED)
			printf("%s %s", shown++ == 0 ? "" : ",", one.name);
	}
	if (assumed > 0)
		putchar('\n');
}

/* profile is read when status is NBS_OK. */
static int
tell(const char *base, const struct profile *profile, enum nbs_status status, char *messages,
     bool json)
{
	int printed = CLI_DONE;

	if (json && status == NBS_OK)
		printed =
		    cli_print_json(json_pack("{s:s, s:b, s:[], s:o}", "file", base, "valid", 1,
					     "messages", "profile", profile_json(profile)));
	else if (json)
		printed = cli_print_json(cli_refusal_json(base, messages));
	else if (status == NBS_OK)
		print_good(base, profile);
	else
		(void)fputs(messages, stderr);
	return printed == CLI_DONE ? cli_exit_of(status) : printed;
}

/* Either kind: the one that is not meant stays NULL. */
static int
check_one(const char *base, bool json, bool is_mcu)
{
	struct nbs_modem *modem = NULL;
	struct nbs_mcu *mcu = NULL;
	struct profile profile = {0};
	char *text = NULL;
	size_t size = 0;
	FILE *messages = open_memstream(&text, &size);
	enum nbs_status status;
	int exit_status;

	if (messages == NULL)
		return cli_no_memory();
	status =
	    is_mcu ? nbs_mcu_load(base, messages, &mcu) : nbs_modem_load(base, messages, &modem);
	if (status == NBS_OK)
		profile = is_mcu ? of_mcu(mcu) : of_modem(modem);
	if (fclose(messages) != 0 || text == NULL)
		exit_status = cli_no_memory();
	else
		exit_status = tell(base, &profile, status, text, json);
	free(text);
	nbs_modem_free(modem);
	nbs_mcu_free(mcu);
	return exit_status;
}

int
cli_modem_check(const char *base, bool json)
{
	return check_one(base, json, false);
}

int
cli_mcu_check(const char *base, bool json)
{
	return check_one(base, json, true);
}
