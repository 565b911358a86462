/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a device's energy went into, and when its battery is empty. */
#include "scenarios/energy.h"

#include "scenarios/world.h"

#include <string.h>

/* ---- moments ---- */

void
nbsi_energy_work(const struct nbsi_device *device, struct nbs_crypto_work *sum)
{
	const struct nbs_crypto_work *handshakes =
	    nbs_station_work(device->station, NBS_DTLS_PHASE_HANDSHAKE);
	const struct nbs_crypto_work *records =
	    nbs_station_work(device->station, NBS_DTLS_PHASE_RECORDS);

	for (size_t i = 0; i < NBS_CRYPTO__COUNT; i++)
		sum->count[i] = handshakes != NULL ? handshakes->count[i] + records->count[i] : 0;
}

void
nbsi_energy_now(const struct nbsi_device *device, struct nbsi_energy *energy)
{
	struct nbs_account account;

	if (device->dead) { /* its timers still run out, and cost nothing any more */
		*energy = device->last;
		return;
	}
	nbs_ue_account_now(device->ue, &account);
	energy->t_ns = nbs_now(device->world->engine);
	energy->modem_mj = nbs_account_energy_mj(&account);
	memcpy(energy->state_mj, account.energy_mj, sizeof(energy->state_mj));
	memcpy(energy->layer_mj, account.layer_mj, sizeof(energy->layer_mj));
	memcpy(energy->cause_mj, account.cause_mj, sizeof(energy->cause_mj));
	energy->load.elapsed_ns = energy->t_ns;
	energy->load.reports = device->seq;
	energy->load.datagrams = device->datagrams;
	nbsi_energy_work(device, &energy->load.work);
}

static void
energy_combine(struct nbsi_energy *sum, const struct nbsi_energy *other, int sign)
{
	const uint64_t one = (uint64_t)(int64_t)sign; /* unsigned arithmetic wraps as wanted */

	sum->t_ns += one * other->t_ns;
	sum->modem_mj += sign * other->modem_mj;
	for (size_t i = 0; i < NBS_POWER__COUNT; i++)
		sum->state_mj[i] += sign * other->state_mj[i];
	for (size_t i = 0; i < NBS_LAYER__COUNT; i++)
		sum->layer_mj[i] += sign * other->layer_mj[i];
	for (size_t i = 0; i < NBS_CAUSE__COUNT; i++)
		sum->cause_mj[i] += sign * other->cause_mj[i];
	sum->load.elapsed_ns += one * other->load.elapsed_ns;
	sum->load.reports += one * other->load.reports;
	sum->load.datagrams += one * other->load.datagrams;
	for (size_t i = 0; i < NBS_CRYPTO__COUNT; i++)
		sum->load.work.count[i] += one * other->load.work.count[i];
}

struct nbsi_energy
nbsi_energy_between(const struct nbsi_energy *from, const struct nbsi_energy *to)
{
	struct nbsi_energy between = *to;

	energy_combine(&between, from, -1);
	return between;
}

void
nbsi_energy_add(struct nbsi_energy *sum, const struct nbsi_energy *more)
{
	energy_combine(sum, more, 1);
}

/* ---- the microcontroller ---- */

struct nbs_mcu_account
nbsi_energy_mcu(const struct nbsi_device *device, const struct nbs_mcu_load *load)
{
	struct nbs_mcu_account account = {0};

	if (device->fleet->mcu_profile != NULL)
		nbs_mcu_charge(device->fleet->mcu_profile, device->fleet->crypto_hardware, load,
			       &account);
	return account;
}

double
nbsi_energy_mcu_mj(const struct nbs_mcu_account *account)
{
	return account->active_mj + account->crypto_mj + account->sleep_mj;
}

void
nbsi_energy_add_mcu(struct nbs_mcu_account *sum, const struct nbs_mcu_account *more)
{
	sum->active_ns += more->active_ns;
	sum->crypto_ns += more->crypto_ns;
	sum->sleep_ns += more->sleep_ns;
	sum->active_mj += more->active_mj;
	sum->crypto_mj += more->crypto_mj;
	sum->sleep_mj += more->sleep_mj;
}

/* ---- at a report ---- */

/*
 * The first report sets the session up, once in a device's life: what follows is everyday life. A
 * device that never had a connection does not live any.
 */
static void
energy_settle(struct nbsi_device *device, const struct nbsi_energy *between,
	      const struct nbs_mcu_account *mcu)
{
	struct nbsi_world *world = device->world;
	struct nbsi_fleet_energy *fleet =
	    &world->fleet_energy[device->fleet - world->scenario->fleets];

	device->settled.ns += between->t_ns;
	device->settled.modem_mj += between->modem_mj;
	device->settled.mcu_mj += nbsi_energy_mcu_mj(mcu);
	nbsi_energy_add(&fleet->sum, between);
	nbsi_energy_add_mcu(&fleet->mcu, mcu);
}

/* Its modem falls silent where it stands; what it still had to say is not delivered. */
static void
energy_drain(struct nbsi_device *device, uint64_t duration_ns, double mj)
{
	struct nbsi_world *world = device->world;

	const enum nbs_status status = nbs_battery_draw(&device->battery, duration_ns, mj);

	if (status != NBS_OK && world->failure == NBS_OK) {
		world->failure = status;
		nbs_stop(world->engine);
	}
	if (!nbs_battery_empty(&device->battery))
		return;
	device->dead = true;
	(void)nbs_ue_finish(device->ue, nbs_now(world->engine));
	if (--world->alive == 0)
		nbs_stop(world->engine);
}

void
nbsi_energy_report(struct nbsi_device *device)
{
	struct nbsi_energy now, between;
	struct nbs_mcu_account mcu;

	nbsi_energy_now(device, &now);
	between = nbsi_energy_between(&device->last, &now);
	mcu = nbsi_energy_mcu(device, &between.load);
	if (device->seq >= 2 && device->connected)
		energy_settle(device, &between, &mcu);
	device->last = now;
	device->connected = nbs_ue_stats(device->ue)->connections > 0;
	if (device->world->scenario->battery.until_empty)
		energy_drain(device, between.t_ns, between.modem_mj + nbsi_energy_mcu_mj(&mcu));
}
