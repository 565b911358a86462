/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each fleet's energy by state, layer, message, radio power, and its microcontrollers'. */
#include "scenarios/outcome_energy.h"

#include "models/power/basis.h"

#include <stdio.h>
#include <stdlib.h>

#define ENERGY_LEVELS 256 /* radio powers that an int8_t can tell apart */

/* Sums over a fleet's devices. */
struct energy_sum {
	uint32_t fleet;
	uint64_t state_ns[NBS_POWER__COUNT];
	struct nbsi_energy whole;
	struct nbs_mcu_account mcu;
	struct nbs_crypto_work work[NBS_DTLS_PHASE__COUNT];
	uint64_t tx_ns[ENERGY_LEVELS]; /* from -128 dBm on */
	double tx_mj[ENERGY_LEVELS];
};

static const char *const energy_phases[NBS_DTLS_PHASE__COUNT] = {
    [NBS_DTLS_PHASE_HANDSHAKE] = "handshake",
    [NBS_DTLS_PHASE_RECORDS] = "records",
};

/* ---- summing ---- */

static void
sum_account(struct energy_sum *sum, const struct nbs_account *account)
{
	for (size_t i = 0; i < NBS_POWER__COUNT; i++)
		sum->state_ns[i] += account->time_ns[i];
	for (uint32_t i = 0; i < account->tx_count; i++) {
		const int at = account->tx[i].dbm - INT8_MIN;

		sum->tx_ns[at] += account->tx[i].time_ns;
		sum->tx_mj[at] += account->tx[i].energy_mj;
	}
}

static void
sum_work(struct energy_sum *sum, const struct nbsi_device *device)
{
	for (unsigned phase = 0; phase < NBS_DTLS_PHASE__COUNT; phase++) {
		const struct nbs_crypto_work *work =
		    nbs_station_work(device->station, (enum nbs_dtls_phase)phase);

		for (size_t i = 0; work != NULL && i < NBS_CRYPTO__COUNT; i++)
			sum->work[phase].count[i] += work->count[i];
	}
}

static void
sum_device(struct energy_sum *sum, const struct nbsi_device *device)
{
	struct nbsi_energy whole;
	struct nbs_mcu_account mcu;

	nbsi_energy_now(device, &whole);
	mcu = nbsi_energy_mcu(device, &whole.load);
	nbsi_energy_add(&sum->whole, &whole);
	nbsi_energy_add_mcu(&sum->mcu, &mcu);
	sum_account(sum, nbs_ue_account(device->ue));
	sum_work(sum, device);
}

/* ---- writing ---- */

static void
write_part(struct nbs_results *results, struct nbs_result_energy row)
{
	if (row.energy_mj > 0 || (row.time_ns > 0 && row.time_ns != NBS_RESULTS_NEVER))
		(void)nbs_results_energy(results, &row);
}

static void
write_modem(const struct energy_sum *sum, const struct nbsi_energy *settled,
	    struct nbs_results *results)
{
	struct nbs_result_energy row = {
	    .fleet = sum->fleet, .is_settled = true, .time_ns = NBS_RESULTS_NEVER};

	for (unsigned i = 0; i < NBS_LAYER__COUNT; i++) {
		row.view = "layer";
		row.part = nbs_power_layer_name((enum nbs_power_layer)i);
		row.energy_mj = sum->whole.layer_mj[i];
		row.settled_mj = settled->layer_mj[i];
		write_part(results, row);
	}
	for (unsigned i = 0; i < NBSI_EXCHANGE__END; i++) {
		row.view = "message";
		row.part = nbsi_exchange_name(i);
		row.energy_mj = sum->whole.cause_mj[i];
		row.settled_mj = settled->cause_mj[i];
		write_part(results, row);
	}
	for (unsigned i = 0; i < NBS_POWER__COUNT; i++) {
		row.view = "state";
		row.part = nbs_power_state_name((enum nbs_power_state)i);
		row.time_ns = sum->state_ns[i];
		row.energy_mj = sum->whole.state_mj[i];
		row.settled_mj = settled->state_mj[i];
		write_part(results, row);
	}
}

static void
write_levels(const struct energy_sum *sum, struct nbs_results *results)
{
	for (int i = 0; i < ENERGY_LEVELS; i++) {
		char dbm[8];
		const struct nbs_result_energy row = {.fleet = sum->fleet,
						      .view = "tx_dbm",
						      .part = dbm,
						      .time_ns = sum->tx_ns[i],
						      .energy_mj = sum->tx_mj[i]};

		(void)snprintf(dbm, sizeof(dbm), "%d", i + INT8_MIN);
		write_part(results, row);
	}
}

static void
write_mcu(const struct energy_sum *sum, const struct nbs_mcu_account *settled,
	  struct nbs_results *results)
{
	const struct {
		uint64_t ns;
		double mj, settled_mj;
	} parts[NBS_MCU__COUNT] = {
	    [NBS_MCU_ACTIVE] = {sum->mcu.active_ns, sum->mcu.active_mj, settled->active_mj},
	    [NBS_MCU_CRYPTO] = {sum->mcu.crypto_ns, sum->mcu.crypto_mj, settled->crypto_mj},
	    [NBS_MCU_SLEEP] = {sum->mcu.sleep_ns, sum->mcu.sleep_mj, settled->sleep_mj},
	};

	for (unsigned i = 0; i < NBS_MCU__COUNT; i++)
		write_part(results, (struct nbs_result_energy){
					.fleet = sum->fleet,
					.view = "mcu",
					.part = nbs_mcu_state_name((enum nbs_mcu_state)i),
					.time_ns = parts[i].ns,
					.energy_mj = parts[i].mj,
					.is_settled = true,
					.settled_mj = parts[i].settled_mj});
}

static void
write_basis(uint32_t fleet, const char *view, const char *part, struct nbs_basis basis,
	    struct nbs_results *results)
{
	const struct nbs_result_basis row = {
	    .fleet = fleet,
	    .view = view,
	    .part = part,
	    .value = basis.name,
	    .tag = basis.value != NULL ? nbs_tag_name(basis.value->tag) : NULL,
	    .spread = basis.value != NULL ? basis.value->spread : 0.0};

	if (basis.value != NULL)
		(void)nbs_results_basis(results, &row);
}

static void
write_bases(const struct energy_sum *sum, const struct nbs_fleet_config *fleet,
	    struct nbs_results *results)
{
	for (unsigned i = 0; i < NBS_POWER__COUNT; i++) {
		const enum nbs_power_state state = (enum nbs_power_state)i;

		if (sum->state_ns[i] > 0)
			write_basis(sum->fleet, "state", nbs_power_state_name(state),
				    nbs_modem_basis(fleet->modem_profile, state), results);
	}
	for (unsigned i = 0; i < NBS_MCU__COUNT && fleet->mcu_profile != NULL; i++) {
		const enum nbs_mcu_state state = (enum nbs_mcu_state)i;

		write_basis(sum->fleet, "mcu", nbs_mcu_state_name(state),
			    nbs_mcu_basis(fleet->mcu_profile, fleet->crypto_hardware, state),
			    results);
	}
}

static void
write_work(const struct energy_sum *sum, struct nbs_results *results)
{
	for (unsigned phase = 0; phase < NBS_DTLS_PHASE__COUNT; phase++) {
		for (unsigned op = 0; op < NBS_CRYPTO__COUNT; op++) {
			const struct nbs_result_work row = {
			    .fleet = sum->fleet,
			    .phase = energy_phases[phase],
			    .operation = nbs_crypto_op_name((enum nbs_crypto_op)op),
			    .count = sum->work[phase].count[op]};

			if (row.count > 0)
				(void)nbs_results_work(results, &row);
		}
	}
}

struct nbs_result_battery
nbsi_outcome_battery(const struct nbsi_world *world)
{
	struct nbs_result_battery battery = {.nominal_wh = world->scenario->battery.capacity_wh};

	/* Devices have been made with it: it is not refused. */
	(void)nbs_battery_life(&world->battery, &battery.life);
	return battery;
}

enum nbs_status
nbsi_outcome_energy(const struct nbsi_world *world, struct nbs_results *results)
{
	const struct nbs_scenario *scenario = world->scenario;
	struct energy_sum *sums = calloc(scenario->fleet_count, sizeof(*sums));
	size_t i;

	if (sums == NULL)
		return NBS_E_NOMEM;
	for (i = 0; i < world->device_count; i++)
		sum_device(&sums[world->devices[i].fleet - scenario->fleets], &world->devices[i]);
	for (i = 0; i < scenario->fleet_count; i++) {
		sums[i].fleet = (uint32_t)i;
		write_modem(&sums[i], &world->fleet_energy[i].sum, results);
		write_levels(&sums[i], results);
		write_mcu(&sums[i], &world->fleet_energy[i].mcu, results);
		write_bases(&sums[i], &scenario->fleets[i], results);
		write_work(&sums[i], results);
	}
	free(sums);
	return NBS_OK;
}
