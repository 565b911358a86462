/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * crypto: what cryptography costs a device, in software and in hardware, beside what it exchanges.
 * A scenario is run; its operations are those that the library did, its costs those of a profile.
 */
#include "cli/reproduce/papers.h"
#include "cli/reproduce/scenario.h"

#include "cli/cli.h"
#include "models/power/battery_life.h"
#include "models/power/mcu.h"
#include "scenarios/profiles.h"

#include <stdlib.h>
#include <string.h>

#define CRYPTO_MCU "nrf52840"
#define CRYPTO_UJ_PER_MJ 1000.0
#define CRYPTO_NS_PER_MS 1e6

enum crypto_quantity { OPERATIONS, ENERGY_UJ, TIME_MS, SHARE_OF_GIVEN, SHARE_OF_REPORT, DAY_UJ };

static const char *const crypto_phases[] = {"handshake", "records", NULL};
static const char *const crypto_ways[] = {"software", "hardware", NULL};
static const char *const crypto_quantities[] = {[OPERATIONS] = "operations",
						[ENERGY_UJ] = "energy",
						[TIME_MS] = "time",
						[SHARE_OF_GIVEN] = "share of an exchange",
						[SHARE_OF_REPORT] = "share of a simulated report",
						[DAY_UJ] = "energy a day",
						NULL};

struct crypto {
	struct nbs_mcu *mcu;
	json_t *summary;
};

static enum nbs_status
crypto_prepare(const struct reproduce_paper *paper, void **state)
{
	struct crypto *crypto = calloc(1, sizeof(*crypto));
	char *path = cli_text("%s/crypto.yaml", paper->folder);
	const struct reproduce_scenario scenario = {.file = path};
	enum nbs_status status = NBS_E_NOMEM;

	*state = crypto;
	if (crypto != NULL && path != NULL)
		status = nbs_mcu_load(CRYPTO_MCU, paper->messages, &crypto->mcu);
	if (status == NBS_OK)
		status = reproduce_run_scenario(&scenario, &crypto->summary);
	free(path);
	return status;
}

static void
crypto_release(void *state)
{
	struct crypto *crypto = state;

	if (crypto == NULL)
		return;
	nbs_mcu_free(crypto->mcu);
	json_decref(crypto->summary);
	free(crypto);
}

static const json_t *
crypto_fleet(const struct crypto *crypto, const char *name)
{
	size_t i;
	json_t *fleet;

	json_array_foreach(json_object_get(crypto->summary, "fleets"), i, fleet)
	{
		const char *other = json_string_value(json_object_get(fleet, "name"));

		if (other != NULL && strcmp(other, name) == 0)
			return fleet;
	}
	return NULL;
}

/* What the fleet's devices did in a phase. */
static struct nbs_crypto_work
crypto_work(const json_t *fleet, const char *phase)
{
	const json_t *done = json_object_get(json_object_get(fleet, "crypto_work"), phase);
	struct nbs_crypto_work work;

	for (size_t i = 0; i < NBS_CRYPTO__COUNT; i++)
		work.count[i] = (uint64_t)json_integer_value(
		    json_object_get(done, nbs_crypto_op_name((enum nbs_crypto_op)i)));
	return work;
}

static double
fleet_number(const json_t *fleet, const char *object, const char *key)
{
	return json_number_value(json_object_get(json_object_get(fleet, object), key));
}

/* How many handshakes, or records, that work was for. */
static double
crypto_divisor(const json_t *fleet, size_t phase)
{
	return fleet_number(fleet, "dtls", phase == 0 ? "handshakes" : "records");
}

static double
crypto_operations(struct reproduce_input *input, const struct nbs_crypto_work *work, double divisor)
{
	const char *names[NBS_CRYPTO__COUNT + 1] = {NULL};

	for (size_t i = 0; i < NBS_CRYPTO__COUNT; i++)
		names[i] = nbs_crypto_op_name((enum nbs_crypto_op)i);
	return (double)work->count[reproduce_pick(input, "operation", names)] / divisor;
}

/* A device's day with so many handshakes and records. */
static double
crypto_day_mj(struct reproduce_input *input, const struct crypto *crypto, const json_t *fleet,
	      bool hardware)
{
	const char *const columns[] = {"handshakes_day", "records_day"};
	double mj = 0.0;

	for (size_t phase = 0; phase < 2; phase++) {
		const struct nbs_crypto_work work = crypto_work(fleet, crypto_phases[phase]);

		mj += reproduce_number(input, columns[phase], 0, 1e6) *
		      nbs_mcu_crypto_mj(crypto->mcu, hardware, &work) /
		      crypto_divisor(fleet, phase);
	}
	return mj;
}

static double
crypto_value(struct reproduce_input *input, const struct crypto *crypto, const json_t *fleet,
	     enum crypto_quantity quantity)
{
	const size_t phase = quantity == DAY_UJ ? 0 : reproduce_pick(input, "phase", crypto_phases);
	const bool hardware =
	    quantity != OPERATIONS && reproduce_pick(input, "crypto", crypto_ways) != 0;
	const struct nbs_crypto_work work = crypto_work(fleet, crypto_phases[phase]);
	const double divisor = crypto_divisor(fleet, phase);
	const double mj = nbs_mcu_crypto_mj(crypto->mcu, hardware, &work) / divisor;

	switch (quantity) {
	case OPERATIONS:
		return crypto_operations(input, &work, divisor);
	case ENERGY_UJ:
		return mj * CRYPTO_UJ_PER_MJ;
	case TIME_MS:
		return (double)nbs_mcu_crypto_ns(crypto->mcu, hardware, &work) / CRYPTO_NS_PER_MS /
		       divisor;
	case SHARE_OF_GIVEN:
		return mj / reproduce_number(input, "exchange_mJ", 1, 1e5);
	case SHARE_OF_REPORT:
		return mj / (fleet_number(fleet, "battery", "mj_per_day") /
			     (NBS_S_PER_DAY /
			      json_number_value(json_object_get(fleet, "report_period_s"))));
	case DAY_UJ:
		return crypto_day_mj(input, crypto, fleet, hardware) * CRYPTO_UJ_PER_MJ;
	}
	return 0.0;
}

static enum nbs_status
crypto_row(void *state, const struct reproduce_row *row, double *value)
{
	static const char *const fleets[] = {"psk", "ecdhe", NULL};
	const struct crypto *crypto = state;
	struct reproduce_input input = {.row = row};
	const json_t *fleet = crypto_fleet(crypto, fleets[reproduce_pick(&input, "fleet", fleets)]);
	const size_t quantity = reproduce_pick(&input, "quantity", crypto_quantities);

	if (input.status == NBS_OK && fleet == NULL)
		return NBS_E_NOTFOUND;
	if (input.status == NBS_OK)
		*value = crypto_value(&input, crypto, fleet, (enum crypto_quantity)quantity);
	return input.status;
}

static const char *const crypto_inputs[] = {
    "fleet", "phase", "crypto", "operation", "exchange_mJ", "handshakes_day", "records_day", NULL};
static const struct reproduce_table_ops crypto_tables[] = {
    {.file = "table.csv", .inputs = crypto_inputs, .simulate = crypto_row}, {0}};

const struct reproduce_paper_ops reproduce_crypto = {
    .name = "crypto",
    .title = "cryptography in software and in hardware beside what a device exchanges",
    .tables = crypto_tables,
    .prepare = crypto_prepare,
    .release = crypto_release,
};
