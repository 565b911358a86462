/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Checks across keys. A field whose own value was refused is empty or zero here; such fields are
 * passed over, so that one slip gives one message. ClientID lengths: MQTT-SN v1.2 5.3.1; PSK
 * identities: RFC 4279 5.3 (up to 128 bytes must be taken).
 */
#include "models/dtls/authority.h"
#include "scenarios/loader.h"
#include "scenarios/serial.h"
#include "scenarios/suggest.h"
#include "scenarios/suites.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define IDENTITY_MAX NBS_DTLS_IDENTITY_MAX
#define TOPIC_MAX 64U /* bytes of a topic name with its ClientID */
#define SHARES_TOLERANCE 1e-6
#define SHARED_MAX (NBS_PREFIX_MAX + 24U)

/* A list's item by index; the whole scenario's check runs over it side by side with the structs. */
static const struct nbsi_node *
first_item(const struct nbsi_loader *loader, const char *list)
{
	const struct nbsi_node *node = nbsi_node_get(loader->doc.root, list, strlen(list));
	return node != NULL ? node->first : NULL;
}

/* Where to point for a key of an item: at its value, or at the item if the key is not there. */
static struct nbsi_span
place_of(const struct nbsi_node *item, const char *key)
{
	const struct nbsi_node *node = nbsi_node_get(item, key, strlen(key));
	return nbsi_node_place(node != NULL ? node : item);
}

static struct nbsi_span
top_place(const struct nbsi_loader *loader, const char *key)
{
	const struct nbsi_node *node = nbsi_node_get(loader->doc.root, key, strlen(key));
	struct nbsi_span start = {&loader->file, 0, 0};
	return node != NULL ? nbsi_node_place(node) : start;
}

/* ---- fleets ---- */

static size_t
longest(const struct nbs_serial *serial, uint64_t count)
{
	return nbsi_serial_len(serial, count - 1);
}

static void
check_client_id(struct nbsi_loader *loader, const struct nbs_fleet_config *fleet,
		const struct nbsi_node *item)
{
	char path[NBSI_KEY_PATH_MAX], last[SHARED_MAX] = "";
	size_t len = longest(&fleet->client_id, fleet->devices);
	nbs_serial_text(&fleet->client_id, fleet->devices - 1, last, sizeof(last));
	if (len > NBS_CLIENTID_MAX) {
		snprintf(path, sizeof(path), "fleets.%s.client_id", fleet->name);
		nbsi_error(&loader->report, place_of(item, "client_id"), path,
			   "found `%s` for the last device, %zu characters, expected at most %u",
			   last, len, NBS_CLIENTID_MAX);
	}
	size_t topic = strlen(fleet->mqttsn.topic) - strlen("%s") + len;
	if (fleet->mqttsn.topic[0] != '\0' && topic > TOPIC_MAX) {
		snprintf(path, sizeof(path), "fleets.%s.mqttsn.topic", fleet->name);
		nbsi_error(&loader->report, place_of(item, "mqttsn"), path,
			   "found %zu characters with the ClientID filled in, expected at most %u",
			   topic, TOPIC_MAX);
	}
}

/* What the PSK server knows the devices of a fleet by. */
static const struct nbs_serial *
identity_of(const struct nbs_fleet_config *fleet)
{
	return fleet->dtls.identity_is_client_id ? &fleet->client_id : &fleet->dtls.identity;
}

static void
check_dtls(struct nbsi_loader *loader, const struct nbs_fleet_config *fleet,
	   const struct nbsi_node *item)
{
	char path[NBSI_KEY_PATH_MAX], shortest[24], greatest[24];
	size_t len = longest(identity_of(fleet), fleet->devices);
	unsigned most =
	    fleet->security == NBS_SEC_DTLS_ECDHE_ECDSA ? NBS_DTLS_COMMON_NAME_MAX : IDENTITY_MAX;
	snprintf(path, sizeof(path), "fleets.%s.dtls.identity", fleet->name);
	if (len > most)
		nbsi_error(&loader->report, place_of(item, "dtls"), path,
			   "found identities of %zu bytes, expected at most %u", len, most);
	if (fleet->dtls.timeout_min_ns <= fleet->dtls.timeout_max_ns)
		return;
	snprintf(path, sizeof(path), "fleets.%s.dtls.timeout_min", fleet->name);
	nbsi_format_duration(shortest, sizeof(shortest), fleet->dtls.timeout_min_ns);
	nbsi_format_duration(greatest, sizeof(greatest), fleet->dtls.timeout_max_ns);
	nbsi_error(&loader->report, place_of(item, "dtls"), path,
		   "found %s, expected at most timeout_max, %s", shortest, greatest);
}

static void
check_suite(struct nbsi_loader *loader, const struct nbs_fleet_config *fleet,
	    const struct nbsi_node *item)
{
	const struct nbs_dtls_suite *suite = nbsi_fleet_suite(fleet);
	const char *prefix = nbsi_suite_prefix(fleet->security);
	char path[NBSI_KEY_PATH_MAX];
	if (strncmp(suite->name, prefix, strlen(prefix)) == 0)
		return;
	snprintf(path, sizeof(path), "fleets.%s.dtls.suite", fleet->name);
	nbsi_error(&loader->report, place_of(nbsi_node_get(item, "dtls", 4), "suite"), path,
		   "found `%s`, expected one that begins with `%s`: security is `%s`", suite->name,
		   prefix, nbsi_security_name(fleet->security));
}

/* Two fleets must not share a name, a ClientID (one would take the other over) or an identity. */
static void
check_pair(struct nbsi_loader *loader, const struct nbs_fleet_config *first,
	   const struct nbs_fleet_config *fleet, const struct nbsi_node *item)
{
	char path[NBSI_KEY_PATH_MAX], shared[SHARED_MAX];
	if (strcmp(first->name, fleet->name) == 0 && fleet->name[0] != '\0')
		nbsi_error(&loader->report, place_of(item, "name"), "fleets",
			   "found a second fleet `%s`, expected each name once", fleet->name);
	if (nbsi_serial_overlap(&first->client_id, first->devices, &fleet->client_id,
				fleet->devices, shared, sizeof(shared))) {
		snprintf(path, sizeof(path), "fleets.%s.client_id", fleet->name);
		nbsi_error(&loader->report, place_of(item, "client_id"), path,
			   "found `%s` in fleet `%s` too, expected ClientIDs of its own", shared,
			   first->name);
		return;
	}
	if (first->security != NBS_SEC_NONE && fleet->security != NBS_SEC_NONE &&
	    nbsi_serial_overlap(identity_of(first), first->devices, identity_of(fleet),
				fleet->devices, shared, sizeof(shared))) {
		snprintf(path, sizeof(path), "fleets.%s.dtls.identity", fleet->name);
		nbsi_error(&loader->report, place_of(item, "dtls"), path,
			   "found `%s` in fleet `%s` too, expected identities of its own", shared,
			   first->name);
	}
}

/* Shares of a mix; what was refused has left a 0 and is passed over. */
static void
check_sum(struct nbsi_loader *loader, const struct nbs_fleet_config *fleet,
	  const struct nbsi_node *item, const char *key, double sum)
{
	char path[NBSI_KEY_PATH_MAX];
	if (loader->report.errors > 0 || fabs(sum - 1) <= SHARES_TOLERANCE)
		return;
	snprintf(path, sizeof(path), "fleets.%s.%s.mix", fleet->name, key);
	const char *last = strrchr(key, '.');
	const struct nbsi_node *parent =
	    last == NULL ? item : nbsi_node_get(item, key, (size_t)(last - key));
	nbsi_error(&loader->report, place_of(parent, last == NULL ? key : last + 1), path,
		   "found shares that sum to %.6g, expected 1", sum);
}

static void
check_mixes(struct nbsi_loader *loader, const struct nbs_fleet_config *fleet,
	    const struct nbsi_node *item)
{
	double sum = 0;
	for (uint32_t i = 0; i < fleet->mcl_db.points; i++)
		sum += fleet->mcl_db.mix[i].share;
	if (fleet->mcl_db.kind == NBS_DIST_MIX)
		check_sum(loader, fleet, item, "mcl", sum);
	sum = 0;
	for (uint32_t i = 0; i < fleet->period_points; i++)
		sum += fleet->period_mix[i].share;
	const struct nbsi_node *period =
	    nbsi_node_get(nbsi_node_get(item, "report", 6), "period", 6);
	if (period != NULL && period->kind == NBSI_NODE_MAP)
		check_sum(loader, fleet, item, "report.period", sum);
}

/* What the model of places refuses, once each key's own value is right. */
static void
check_where(struct nbsi_loader *loader, const struct nbs_fleet_config *fleet,
	    const struct nbsi_node *item)
{
	char path[NBSI_KEY_PATH_MAX], why[128];
	if (fleet->mcl_db.kind != NBS_DIST_PLACE || loader->report.errors > 0 ||
	    nbs_place_config_check(&fleet->place, why, sizeof(why)) == NBS_OK)
		return;
	snprintf(path, sizeof(path), "fleets.%s.mcl.place", fleet->name);
	nbsi_error(&loader->report, place_of(nbsi_node_get(item, "mcl", 3), "place"), path, "%s",
		   why);
}

static void
check_payload(struct nbsi_loader *loader, const struct nbs_fleet_config *fleet,
	      const struct nbsi_node *item)
{
	char path[NBSI_KEY_PATH_MAX];
	if (fleet->payload.alpha <= 0 || fleet->payload.min <= fleet->payload.max)
		return;
	snprintf(path, sizeof(path), "fleets.%s.report.payload.pareto", fleet->name);
	nbsi_error(&loader->report, place_of(nbsi_node_get(item, "report", 6), "payload"), path,
		   "found `min` above `max`, expected the smaller size first");
}

/* One gateway gives all connection IDs: of one length, and each device another one. */
static void
check_cids(struct nbsi_loader *loader, const struct nbs_scenario *scenario)
{
	const struct nbsi_node *item = first_item(loader, "fleets");
	const struct nbs_fleet_config *first = NULL;
	char path[NBSI_KEY_PATH_MAX];
	uint64_t devices = 0;
	for (size_t i = 0; i < scenario->fleet_count; i++, item = item->next) {
		const struct nbs_fleet_config *fleet = &scenario->fleets[i];
		if (fleet->security != NBS_SEC_DTLS_PSK_CID)
			continue;
		devices += fleet->devices;
		first = first == NULL ? fleet : first;
		if (fleet->dtls.cid == first->dtls.cid)
			continue;
		snprintf(path, sizeof(path), "fleets.%s.dtls.cid", fleet->name);
		nbsi_error(&loader->report, place_of(item, "dtls"), path,
			   "found %u B, expected %u B as in fleet `%s`: one gateway gives them all",
			   fleet->dtls.cid, first->dtls.cid, first->name);
		return;
	}
	if (first == NULL || first->dtls.cid == 0 || first->dtls.cid > 2 ||
	    devices <= UINT64_C(1) << 8 * first->dtls.cid)
		return;
	snprintf(path, sizeof(path), "fleets.%s.dtls.cid", first->name);
	nbsi_error(&loader->report, top_place(loader, "fleets"), path,
		   "found %u B for %llu devices, expected more: each needs an ID of its own",
		   first->dtls.cid, (unsigned long long)devices);
}

static void
check_crypto(struct nbsi_loader *loader, const struct nbs_fleet_config *fleet,
	     const struct nbsi_node *item)
{
	char path[NBSI_KEY_PATH_MAX];
	if (!fleet->crypto_hardware || fleet->mcu_profile == NULL ||
	    !fleet->mcu_profile->no_hardware)
		return;
	snprintf(path, sizeof(path), "fleets.%s.crypto", fleet->name);
	nbsi_error(&loader->report, place_of(item, "crypto"), path,
		   "found `hardware`, expected `software`: %s has no accelerator",
		   fleet->mcu_profile->name);
}

/* A device that sleeps says for how long, and the gateway keeps messages for so long. */
static void
check_session(struct nbsi_loader *loader, const struct nbs_fleet_config *fleet,
	      const struct nbsi_node *item)
{
	char path[NBSI_KEY_PATH_MAX];
	if (fleet->mqttsn.session != NBS_SESSION_SLEEP || fleet->mqttsn.keepalive_s > 0 ||
	    loader->report.errors > 0)
		return;
	snprintf(path, sizeof(path), "fleets.%s.mqttsn.keepalive", fleet->name);
	nbsi_error(&loader->report, place_of(nbsi_node_get(item, "mqttsn", 6), "keepalive"), path,
		   "found 0 with `session: sleep`, expected 1 s or more");
}

static bool
is_whole_fleet(const struct nbs_fleet_config *fleet)
{
	return fleet->devices > 0 && fleet->client_id.digits > 0;
}

static void
check_fleets(struct nbsi_loader *loader, const struct nbs_scenario *scenario)
{
	const struct nbsi_node *item = first_item(loader, "fleets");
	uint64_t devices = 0;
	for (size_t i = 0; i < scenario->fleet_count; i++, item = item->next) {
		const struct nbs_fleet_config *fleet = &scenario->fleets[i];
		devices += fleet->devices;
		if (!is_whole_fleet(fleet))
			continue;
		check_client_id(loader, fleet, item);
		check_mixes(loader, fleet, item);
		check_where(loader, fleet, item);
		check_payload(loader, fleet, item);
		check_crypto(loader, fleet, item);
		check_session(loader, fleet, item);
		if (fleet->security != NBS_SEC_NONE) {
			check_dtls(loader, fleet, item);
			check_suite(loader, fleet, item);
		}
		for (size_t j = 0; j < i; j++) {
			if (is_whole_fleet(&scenario->fleets[j]))
				check_pair(loader, &scenario->fleets[j], fleet, item);
		}
	}
	if (devices > NBSI_DEVICES_MAX)
		nbsi_error(&loader->report, top_place(loader, "fleets"), "fleets",
			   "found %llu devices in all, expected at most %u (one address each)",
			   (unsigned long long)devices, NBSI_DEVICES_MAX);
}

/* ---- attacks and checks: names that must exist ---- */

static const struct nbs_fleet_config *
find_fleet(const struct nbs_scenario *scenario, const char *name, size_t len)
{
	for (size_t i = 0; i < scenario->fleet_count; i++) {
		const char *candidate = scenario->fleets[i].name;
		if (strlen(candidate) == len && memcmp(candidate, name, len) == 0)
			return &scenario->fleets[i];
	}
	return NULL;
}

/* "one of the fleets clear, dtls; did you mean `clear`?" */
static void
describe_fleets(const struct nbs_scenario *scenario, const char *name, size_t len, char *text,
		size_t size)
{
	struct nbsi_suggest nearest;
	nbsi_suggest_init(&nearest, name, len);
	text[0] = '\0';
	for (size_t i = 0; i < scenario->fleet_count; i++) {
		nbsi_suggest_offer(&nearest, scenario->fleets[i].name);
		if (i < 8)
			nbsi_append(text, size, "%s%s", i == 0 ? "" : ", ",
				    scenario->fleets[i].name);
	}
	if (scenario->fleet_count > 8)
		nbsi_append(text, size, " and %zu more", scenario->fleet_count - 8);
	if (nearest.best != NULL && nearest.best[0] != '\0')
		nbsi_append(text, size, "; did you mean `%s`?", nearest.best);
}

static void
refuse_fleet(struct nbsi_loader *loader, const struct nbs_scenario *scenario,
	     struct nbsi_span place, const char *path, const char *name, size_t len)
{
	char fleets[NBSI_EXPECTS_MAX], quoted[NBSI_QUOTE_MAX];
	describe_fleets(scenario, name, len, fleets, sizeof(fleets));
	nbsi_error(&loader->report, place, path, "found %s, expected one of the fleets %s",
		   nbsi_quote(quoted, name, len), fleets);
}

static void
check_attack(struct nbsi_loader *loader, const struct nbs_scenario *scenario, size_t index,
	     const struct nbsi_node *item)
{
	const struct nbs_attack_config *attack = &scenario->attacks[index];
	char path[64];
	const struct nbs_fleet_config *target =
	    find_fleet(scenario, attack->target, strlen(attack->target));
	if (target == NULL && attack->target[0] != '\0') {
		snprintf(path, sizeof(path), "attacks.%zu.target", index);
		refuse_fleet(loader, scenario, place_of(item, "target"), path, attack->target,
			     strlen(attack->target));
	}
	if (attack->guess_count > 0 && attack->guess.digits > 0 &&
	    longest(&attack->guess, attack->guess_count) > NBS_CLIENTID_MAX) {
		snprintf(path, sizeof(path), "attacks.%zu.guess", index);
		nbsi_error(&loader->report, place_of(item, "guess"), path,
			   "found ClientIDs of %zu characters, expected at most %u",
			   longest(&attack->guess, attack->guess_count), NBS_CLIENTID_MAX);
	}
	if (attack->credentials == NBS_CRED_INSIDER && target != NULL &&
	    target->security == NBS_SEC_NONE) {
		snprintf(path, sizeof(path), "attacks.%zu.credentials", index);
		nbsi_error(&loader->report, place_of(item, "credentials"), path,
			   "found `insider`, expected `none`: fleet `%s` has no keys to hold",
			   target->name);
	}
}

/* An attack is called by its target, or by its index where a fleet has several. */
static bool
names_attack(const struct nbs_scenario *scenario, const char *name, size_t len)
{
	size_t matches = 0;
	for (size_t i = 0; i < scenario->attack_count; i++) {
		const char *target = scenario->attacks[i].target;
		char number[24];
		snprintf(number, sizeof(number), "%zu", i);
		matches += strlen(target) == len && memcmp(target, name, len) == 0;
		if (strlen(number) == len && memcmp(number, name, len) == 0)
			return true;
	}
	return matches == 1;
}

static void
check_path(struct nbsi_loader *loader, const struct nbs_scenario *scenario, const char *value,
	   struct nbsi_span place, const char *path)
{
	bool fleet = strncmp(value, "fleets.", 7) == 0;
	bool attack = strncmp(value, "attacks.", 8) == 0;
	if (!fleet && !attack)
		return;
	const char *name = strchr(value, '.') + 1;
	size_t len = strcspn(name, ".");
	if (fleet && find_fleet(scenario, name, len) == NULL)
		refuse_fleet(loader, scenario, place, path, name, len);
	char quoted[NBSI_QUOTE_MAX];
	if (attack && !names_attack(scenario, name, len))
		nbsi_error(&loader->report, place, path,
			   "found %s, expected the target of one attack (or an attack's index)",
			   nbsi_quote(quoted, name, len));
}

static void
check_check(struct nbsi_loader *loader, const struct nbs_scenario *scenario, size_t index,
	    const struct nbsi_node *item)
{
	const struct nbs_check_config *check = &scenario->checks[index];
	char path[64];
	snprintf(path, sizeof(path), "checks.%zu.value", index);
	check_path(loader, scenario, check->value, place_of(item, "value"), path);
	snprintf(path, sizeof(path), "checks.%zu", index);
	bool said = nbsi_node_get(item, "min", 3) != NULL || nbsi_node_get(item, "max", 3) != NULL;
	if (item->kind == NBSI_NODE_MAP && !said)
		nbsi_error(&loader->report, place_of(item, "value"), path,
			   "found no limit, expected `min`, `max` or both");
	if (check->has_min && check->has_max && check->min > check->max)
		nbsi_error(&loader->report, place_of(item, "min"), path,
			   "found `min` above `max`, expected values that can be met");
}

/* ---- the rest ---- */

/* Capture files hold 32-bit seconds. */
static void
check_end(struct nbsi_loader *loader, const struct nbs_scenario *scenario)
{
	uint64_t end = scenario->start_unix_s + scenario->duration_ns / NBS_NS_PER_S;
	if (end > UINT32_MAX)
		nbsi_error(&loader->report, top_place(loader, "duration"), "duration",
			   "found an end after 2106-02-07T06:28:15Z, expected an earlier one: "
			   "captures cannot stamp it");
}

void
nbsi_check_scenario(struct nbsi_loader *loader, const struct nbs_scenario *scenario)
{
	nbsi_check_network(loader, &scenario->network);
	nbsi_check_battery(loader, scenario);
	check_end(loader, scenario);
	check_fleets(loader, scenario);
	check_cids(loader, scenario);
	nbsi_check_dtls(loader, scenario);
	const struct nbsi_node *item = first_item(loader, "attacks");
	for (size_t i = 0; i < scenario->attack_count; i++, item = item->next)
		check_attack(loader, scenario, i, item);
	item = first_item(loader, "checks");
	for (size_t i = 0; i < scenario->check_count; i++, item = item->next)
		check_check(loader, scenario, i, item);
}
