/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A device's DTLS: key, client, what it keeps over a sleep and a restart; the gateway's store of
 * keys.
 */
#include "scenarios/draws.h"
#include "scenarios/suites.h"
#include "scenarios/world.h"

#include <stdlib.h>
#include <string.h>

/* ---- keys ---- */

void
nbsi_device_draw_key(struct nbsi_device *device, gsl_rng *rng)
{
	const struct nbs_fleet_config *fleet = device->fleet;
	const struct nbsi_device *first = device - device->place_in_fleet;
	const unsigned len = fleet->dtls.key_bytes != 0 ? fleet->dtls.key_bytes : NBSI_PSK_LEN;
	unsigned i;

	/* A short key is the start of a usual one, so that nothing else that is drawn moves. */
	for (i = 0; i < len || i < NBSI_PSK_LEN; i++)
		device->psk[i] = (uint8_t)gsl_rng_uniform_int(rng, 256);
	device->psk_len = (uint8_t)len;
	if (fleet->dtls.group_key)
		memcpy(device->psk, first->psk, len);
}

/* ---- the client ---- */

void
nbsi_device_dtls_config(const struct nbsi_device *device, const char *stream, uint16_t *suites,
			struct nbs_dtls_client_config *config)
{
	static const uint16_t fragments[] = {0, 512, 1024}; /* in the order of the schema's words */
	const struct nbs_fleet_config *fleet = device->fleet;
	const bool keyed = device->credentials == NULL;

	*config = (struct nbs_dtls_client_config){
	    .identity = keyed ? (const uint8_t *)device->identity : NULL,
	    .identity_len = keyed ? strlen(device->identity) : 0,
	    .psk = keyed ? device->psk : NULL,
	    .psk_len = keyed ? device->psk_len : 0,
	    .credentials = device->credentials,
	    .suites = suites,
	    .suite_count = nbsi_fleet_suites(fleet, suites),
	    .cid = fleet->security == NBS_SEC_DTLS_PSK_CID,
	    .cid_len = fleet->security == NBS_SEC_DTLS_PSK_CID ? fleet->dtls.own_cid : 0,
	    .timeout_min_ns = fleet->dtls.timeout_min_ns,
	    .timeout_max_ns = fleet->dtls.timeout_max_ns,
	    .mtu = (uint16_t)fleet->dtls.mtu,
	    .resumption = fleet->dtls.resumption,
	    .options = {.no_extended_master_secret = fleet->dtls.no_extended_master_secret,
			.no_encrypt_then_mac = fleet->dtls.no_encrypt_then_mac,
			.max_fragment = fragments[fleet->dtls.max_fragment]},
	    .stream = stream,
	};
}

uint64_t
nbsi_device_computed_ns(struct nbsi_device *device)
{
	const struct nbs_mcu *mcu = device->fleet->mcu_profile;
	struct nbs_crypto_work work = {0};
	uint64_t before;

	if (mcu == NULL || device->station == NULL ||
	    nbs_station_work(device->station, NBS_DTLS_PHASE_HANDSHAKE) == NULL)
		return 0;
	nbsi_energy_work(device, &work);
	before = device->computed_ns;
	device->computed_ns = nbs_mcu_crypto_ns(mcu, device->fleet->crypto_hardware, &work);
	return (device->computed_ns - before) / NBS_NS_PER_US * NBS_NS_PER_US;
}

/* ---- memory ---- */

/* The keys are derived when the device starts, not when it next sends: that delays nothing. */
static enum nbs_status
device_reads(struct nbsi_device *device)
{
	enum nbs_status status = nbs_station_restart(device->station);

	if (status == NBS_OK)
		(void)nbsi_device_computed_ns(device);
	return status;
}

/* Between two reports; one that waits makes the restart wait. */
static void
device_restarts(struct nbsi_device *device)
{
	const struct nbs_fleet_config *fleet = device->fleet;
	enum nbs_status status;

	if (fleet->security != NBS_SEC_NONE && fleet->dtls.keep == NBS_KEEP_FLASH)
		status = device_reads(device);
	else
		status = nbs_station_forget(device->station, fleet->dtls.keep == NBS_KEEP_SESSION);
	device->restart_due = status != NBS_OK;
}

/* The modem sleeps, and the host with it unless it waits for an answer: what is in RAM may go. */
static void
device_sleeps(void *arg)
{
	struct nbsi_device *device = arg;
	enum nbs_keep keep = device->fleet->dtls.keep;

	if (device->dead)
		return;
	if (device->restart_due)
		device_restarts(device);
	if (device->fleet->security == NBS_SEC_NONE)
		return;
	if (keep == NBS_KEEP_SESSION || keep == NBS_KEEP_NOTHING)
		(void)nbs_station_forget(device->station, keep == NBS_KEEP_SESSION);
}

static void
device_restart_fired(void *arg)
{
	struct nbsi_device *device = arg;

	if (device->dead)
		return;
	device_restarts(device);
	(void)nbs_timer_arm(device->world->engine, &device->restart,
			    device->fleet->restart_every_ns);
}

void
nbsi_device_settles(struct nbsi_device *device)
{
	enum nbs_ue_state state;

	if (device->ue == NULL || device->dead)
		return; /* it is being made, or gone */
	if (device->restart_due)
		device_restarts(device);
	state = nbs_ue_state(device->ue);
	if (state == NBS_UE_PSM || state == NBS_UE_OFF)
		device_sleeps(device);
}

enum nbs_status
nbsi_device_memory_init(struct nbsi_device *device, gsl_rng *rng)
{
	uint64_t every_ns = device->fleet->restart_every_ns;

	nbs_ue_on_sleep(device->ue, device_sleeps, device);
	nbs_timer_init(&device->restart, device_restart_fired, device);
	if (every_ns == 0)
		return NBS_OK;
	return nbs_timer_arm(device->world->engine, &device->restart,
			     device->power_on_ns + nbsi_draw_below_ns(every_ns, rng));
}

/* ---- the store of the gateway ---- */

static int
compare_identities(const void *a, const void *b)
{
	const struct nbsi_device *const *da = a, *const *db = b;

	return strcmp((*da)->identity, (*db)->identity);
}

static int
compare_to_identity(const void *key, const void *element)
{
	const struct nbs_dtls_identity *identity = key;
	const struct nbsi_device *const *device = element;
	size_t len = strlen((*device)->identity);
	size_t common = identity->len < len ? identity->len : len;
	int order = memcmp(identity->data, (*device)->identity, common);

	if (order != 0)
		return order;
	return (identity->len > len) - (identity->len < len);
}

enum nbs_status
nbsi_identities_index(struct nbsi_world *world)
{
	size_t i;

	world->by_identity = calloc(world->device_count, sizeof *world->by_identity);
	if (world->by_identity == NULL)
		return NBS_E_NOMEM;
	for (i = 0; i < world->device_count; i++) {
		const struct nbs_fleet_config *fleet = world->devices[i].fleet;

		if (fleet != NULL && fleet->security != NBS_SEC_NONE)
			world->by_identity[world->identity_count++] = &world->devices[i];
	}
	qsort(world->by_identity, world->identity_count, sizeof *world->by_identity,
	      compare_identities);
	return NBS_OK;
}

const struct nbsi_device *
nbsi_device_by_identity(const struct nbsi_world *world, struct nbs_dtls_identity identity)
{
	struct nbsi_device **found = NULL;

	if (world->identity_count > 0)
		found = bsearch(&identity, world->by_identity, world->identity_count, sizeof *found,
				compare_to_identity);
	return found == NULL ? NULL : *found;
}
