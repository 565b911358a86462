/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The attackers of a scenario: a host each on the internet, and the log of what came of them. */
#include "scenarios/world.h"
#include "sim/array.h"

#include <stdlib.h>
#include <string.h>

/* ---- what an attacker tells ---- */

static enum nbs_status
attack_guess(void *arg, unsigned n, char *client_id, size_t size)
{
	const struct nbsi_attack *attack = arg;

	return nbs_serial_text(&attack->config->guess, n % attack->config->guess_count, client_id,
			       size);
}

static void
attack_begun(void *arg, unsigned n, const char *client_id, struct nbs_endpoint from)
{
	struct nbsi_attack *attack = arg;
	struct nbsi_attempt *attempt;
	void *array = attack->attempts;
	enum nbs_status status;

	(void)n; /* attempts begin in order: n is the array's index */
	status =
	    nbsi_array_room(&array, sizeof *attempt, attack->attempt_count, &attack->attempt_cap);
	attack->attempts = array;
	if (status != NBS_OK) {
		attack->world->failure = status;
		nbs_stop(attack->world->engine);
		return;
	}
	attempt = &attack->attempts[attack->attempt_count++];
	memset(attempt, 0, sizeof *attempt);
	(void)snprintf(attempt->client_id, sizeof attempt->client_id, "%s", client_id);
	attempt->time_ns = nbs_now(attack->world->engine);
	attempt->port = from.port;
}

static void
attack_ended(void *arg, unsigned n, bool turned_away, const char *outcome)
{
	struct nbsi_attack *attack = arg;
	struct nbsi_attempt *attempt;

	if (n >= attack->attempt_count)
		return;
	attempt = &attack->attempts[n];
	if (attempt->accepted || attempt->outcome[0] != '\0')
		return;
	attempt->refused = turned_away;
	(void)snprintf(attempt->outcome, sizeof attempt->outcome, "%s", outcome);
}

/* ---- what the gateway tells ---- */

static struct nbsi_attack *
attack_of(const struct nbsi_world *world, uint32_t addr)
{
	uint32_t i = addr - NBSI_ATTACKER_ADDR;

	return i < world->attack_count ? &world->attacks[i] : NULL;
}

/* The latest attempt from that port: ports are used again only after thousands of attempts. */
static struct nbsi_attempt *
attempt_of(const struct nbsi_attack *attack, uint16_t port)
{
	size_t i;

	for (i = attack->attempt_count; i > 0; i--)
		if (attack->attempts[i - 1].port == port)
			return &attack->attempts[i - 1];
	return NULL;
}

void
nbsi_attacks_accepted(struct nbsi_world *world, struct nbs_endpoint from, const char *client_id,
		      enum nbs_verdict verdict, uint64_t frame)
{
	struct nbsi_attack *attack = attack_of(world, from.addr);
	struct nbsi_attempt *attempt = attack == NULL ? NULL : attempt_of(attack, from.port);
	struct nbsi_acceptance *acceptance;
	void *array = world->acceptances;

	if (nbsi_array_room(&array, sizeof *acceptance, world->acceptance_count,
			    &world->acceptance_cap) != NBS_OK) {
		world->failure = NBS_E_NOMEM;
		nbs_stop(world->engine);
		return;
	}
	world->acceptances = array;
	acceptance = &world->acceptances[world->acceptance_count++];
	memset(acceptance, 0, sizeof *acceptance);
	acceptance->attack = attack == NULL ? UINT32_MAX : (uint32_t)(attack - world->attacks);
	(void)snprintf(acceptance->client_id, sizeof acceptance->client_id, "%s", client_id);
	acceptance->time_ns = nbs_now(world->engine);
	acceptance->frame = frame;
	acceptance->verdict = verdict;
	if (attack != NULL)
		attack->accepted++;
	if (attempt != NULL && !attempt->accepted) {
		attempt->accepted = true;
		attempt->frame = frame;
	}
}

void
nbsi_attacks_refused(struct nbsi_world *world, struct nbs_endpoint from, const char *why,
		     uint64_t frame)
{
	struct nbsi_attack *attack = attack_of(world, from.addr);
	struct nbsi_attempt *attempt = attack == NULL ? NULL : attempt_of(attack, from.port);

	if (attempt == NULL || attempt->accepted || attempt->frame != 0)
		return;
	(void)snprintf(attempt->outcome, sizeof attempt->outcome, "%s", why);
	attempt->refused = true;
	attempt->frame = frame;
}

/* ---- making them ---- */

static enum nbs_status
make_attack_host(struct nbsi_attack *attack)
{
	struct nbsi_world *world = attack->world;
	struct nbs_iface *iface = NULL;
	enum nbs_status status;

	status = nbs_host_new(world->engine, NBS_HOST_NS3, attack->name, &attack->host);
	if (status == NBS_OK)
		status =
		    nbs_host_add_iface(attack->host, attack->addr, 24, NBSI_INTERNET_MTU, &iface);
	if (status == NBS_OK)
		status = nbs_host_default_route(attack->host, iface);
	if (status == NBS_OK)
		status = nbs_capture_iface(world->captures[NBSI_CAP_ATTACKER], iface);
	if (status == NBS_OK)
		status = nbs_wan_join(world->internet, &world->scenario->internet, iface,
				      attack->addr, 32);
	return status;
}

/* The insider holds the credential of the target fleet's first device. */
static const struct nbsi_device *
insider_device(const struct nbsi_world *world, const struct nbs_fleet_config *fleet)
{
	size_t i;

	for (i = 0; i < world->device_count; i++)
		if (world->devices[i].fleet == fleet)
			return &world->devices[i];
	return NULL;
}

static enum nbs_status
start_attack(struct nbsi_attack *attack)
{
	const struct nbsi_world *world = attack->world;
	const struct nbs_fleet_config *fleet = &world->scenario->fleets[attack->target];
	const struct nbsi_device *insider = NULL;
	bool dtls = fleet->security != NBS_SEC_NONE;
	struct nbs_attack_env env = {
	    .size = sizeof env,
	    .engine = world->engine,
	    .host = attack->host,
	    .name = attack->name,
	    .target = {.addr = NBSI_GATEWAY_ADDR,
		       .port = dtls ? NBS_MQTTSN_DTLS_PORT : NBS_MQTTSN_PORT},
	    .dtls = dtls,
	    .topic = fleet->mqttsn.topic,
	    .payload_bytes = fleet->payload_bytes,
	    .start_ns = attack->config->start_ns,
	    .period_ns = attack->config->period_ns,
	    .attempts = attack->config->attempts,
	    .guess = attack_guess,
	    .begun = attack_begun,
	    .ended = attack_ended,
	    .arg = attack,
	    .suite = nbsi_fleet_suite(fleet)->number,
	};
	enum nbs_status status;

	if (attack->config->credentials == NBS_CRED_INSIDER)
		insider = insider_device(world, fleet);
	if (insider != NULL && fleet->security != NBS_SEC_DTLS_ECDHE_ECDSA) {
		env.psk = insider->psk;
		env.psk_len = insider->psk_len;
	}
	/* The group's key opens under any member's identity, so the guess serves as that too. */
	if (fleet->security == NBS_SEC_DTLS_ECDHE_ECDSA) {
		env.credentials =
		    insider != NULL ? insider->credentials : world->certificates.attacker;
	} else if (insider != NULL && !fleet->dtls.group_key) {
		env.identity = (const uint8_t *)insider->identity;
		env.identity_len = strlen(insider->identity);
	}
	status = attack->ops->make(&env, &attack->attack);
	return status == NBS_OK ? attack->ops->start(attack->attack) : status;
}

static uint32_t
fleet_index(const struct nbs_scenario *scenario, const char *name)
{
	uint32_t i = 0;

	while (i + 1 < scenario->fleet_count && strcmp(scenario->fleets[i].name, name) != 0)
		i++;
	return i; /* the loader has made sure that there is one of that name */
}

static enum nbs_status
make_attack(struct nbsi_attack *attack, size_t index)
{
	size_t size = strlen(attack->config->kind) + strlen(attack->config->target) + 32;
	enum nbs_status status;

	attack->addr = NBSI_ATTACKER_ADDR + (uint32_t)index;
	attack->target = fleet_index(attack->world->scenario, attack->config->target);
	attack->ops = nbs_attack_find(attack->config->kind);
	attack->name = malloc(size);
	if (attack->name == NULL)
		return NBS_E_NOMEM;
	(void)snprintf(attack->name, size, "attack/%zu/%s/%s", index, attack->config->kind,
		       attack->config->target);
	if (attack->ops == NULL)
		return nbsi_say(attack->world, NBS_E_NOTFOUND, "attack `%s`", attack->config->kind);
	status = make_attack_host(attack);
	if (status == NBS_OK)
		status = start_attack(attack);
	return status == NBS_OK ? NBS_OK : nbsi_say(attack->world, status, "%s", attack->name);
}

enum nbs_status
nbsi_attacks_init(struct nbsi_world *world)
{
	const struct nbs_scenario *scenario = world->scenario;
	enum nbs_status status = NBS_OK;
	size_t i;

	if (scenario->attack_count == 0)
		return NBS_OK;
	if (scenario->attack_count > NBSI_ATTACKS_MAX)
		return nbsi_say(world, NBS_E_RANGE, "%zu attacks, at most %u",
				scenario->attack_count, NBSI_ATTACKS_MAX);
	world->attacks = calloc(scenario->attack_count, sizeof *world->attacks);
	if (world->attacks == NULL)
		return NBS_E_NOMEM;
	for (i = 0; i < scenario->attack_count && status == NBS_OK; i++) {
		struct nbsi_attack *attack = &world->attacks[world->attack_count++];

		attack->world = world;
		attack->config = &scenario->attacks[i];
		status = make_attack(attack, i);
	}
	return status;
}

void
nbsi_attacks_fini(struct nbsi_world *world)
{
	size_t i;

	for (i = 0; i < world->attack_count; i++) {
		struct nbsi_attack *attack = &world->attacks[i];

		if (attack->attack != NULL)
			attack->ops->destroy(attack->attack);
		nbs_host_free(attack->host);
		free(attack->attempts);
		free(attack->name);
	}
	free(world->attacks);
}
