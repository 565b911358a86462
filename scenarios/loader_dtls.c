/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks across the keys of DTLS: settings that need one another. */
#include "scenarios/loader.h"
#include "scenarios/suites.h"

#include <string.h>

/* A section by its key, and where to point for a key in it. */
static struct nbsi_span
dtls_place(const struct nbsi_node *section, const struct nbsi_node *whole, const char *key)
{
	const struct nbsi_node *node = nbsi_node_get(section, key, strlen(key));

	if (node == NULL)
		node = section != NULL ? section : whole;
	return nbsi_node_place(node);
}

/* Refuses a key of the gateway. */
static void
refuse_gateway(struct nbsi_loader *loader, const char *key, const char *text)
{
	const struct nbsi_node *gateway = nbsi_node_get(loader->doc.root, "gateway", 7);
	char path[NBSI_KEY_PATH_MAX];

	snprintf(path, sizeof(path), "gateway.%s", key);
	nbsi_error(&loader->report, dtls_place(gateway, loader->doc.root, key), path, "%s", text);
}

static void
check_timeouts(struct nbsi_loader *loader, const struct nbs_scenario *scenario)
{
	char shortest[24], greatest[24], text[96];

	nbsi_format_duration(shortest, sizeof(shortest), scenario->gateway.timeout_min_ns);
	nbsi_format_duration(greatest, sizeof(greatest), scenario->gateway.timeout_max_ns);
	snprintf(text, sizeof(text), "found %s, expected at most timeout_max, %s", shortest,
		 greatest);
	refuse_gateway(loader, "timeout_min", text);
}

static void
check_gateway(struct nbsi_loader *loader, const struct nbs_scenario *scenario)
{
	if (scenario->gateway.timeout_min_ns > scenario->gateway.timeout_max_ns)
		check_timeouts(loader, scenario);
	if (scenario->gateway.cookie_threshold != 0 && !scenario->gateway.cookies)
		refuse_gateway(
		    loader, "cookie_threshold",
		    "found a threshold with `cookies: off`, expected 0 or `cookies: on`");
	if (scenario->gateway.stale_ns != 0 && scenario->gateway.session_limit == 0)
		refuse_gateway(loader, "stale",
			       "found a time without a session_limit, expected 0 or a limit");
	if (scenario->gateway.resumable_ns % NBS_NS_PER_S != 0)
		refuse_gateway(loader, "resumable_for",
			       "found a broken second, expected whole ones");
}

/* Refuses a key of a fleet's DTLS. */
static void
refuse_fleet_dtls(struct nbsi_loader *loader, const struct nbs_fleet_config *fleet,
		  const struct nbsi_node *item, const char *key, const char *text)
{
	char path[NBSI_KEY_PATH_MAX];

	snprintf(path, sizeof(path), "fleets.%s.dtls.%s", fleet->name, key);
	nbsi_error(&loader->report, dtls_place(nbsi_node_get(item, "dtls", 4), item, key), path,
		   "%s", text);
}

/*
 * Bytes of the fleet's longest ClientHello (models/dtls/handshake_sizes.txt, option_sizes.txt):
 * with the cookie, and with the session or ticket of a resumption.
 */
static unsigned
hello_bytes(const struct nbs_fleet_config *fleet, bool cookie)
{
	uint16_t suites[NBS_DTLS_SUITES_MAX];
	unsigned bytes = 97 - 2 + 2 * (unsigned)nbsi_fleet_suites(fleet, suites);

	bytes += nbsi_fleet_suite(fleet)->ecdhe ? 16 : 0; /* groups, point formats */
	bytes += fleet->security == NBS_SEC_DTLS_PSK_CID ? 5 + fleet->dtls.own_cid : 0;
	bytes += fleet->dtls.max_fragment != 0 ? 5 : 0;
	bytes -= fleet->dtls.no_extended_master_secret ? 4 : 0;
	bytes -= fleet->dtls.no_encrypt_then_mac ? 4 : 0;
	bytes += fleet->dtls.resumption != NBS_DTLS_RESUME_NONE ? 32 : 0;
	bytes += fleet->dtls.resumption == NBS_DTLS_RESUME_TICKET ? 4 + 149 : 0;
	return bytes + (cookie ? 32 : 0);
}

/* Bytes of the longest record that a device of the fleet sends: MQTT-SN's header and the report. */
static unsigned
report_bytes(const struct nbs_fleet_config *fleet, unsigned padding)
{
	const struct nbs_dtls_suite *suite = nbsi_fleet_suite(fleet);
	unsigned payload = fleet->payload.alpha > 0 ? fleet->payload.max : fleet->payload_bytes;
	unsigned plain = payload + 7; /* PUBLISH, v1.2 5.4.12 */

	if (plain > 255)
		plain += 2; /* Length in three octets, 5.2.1 */
	if (fleet->security != NBS_SEC_DTLS_PSK_CID || fleet->dtls.cid == 0)
		return plain + suite->record_bytes;
	return (plain + 1 + padding - 1) / padding * padding + suite->record_bytes +
	       fleet->dtls.cid;
}

/*
 * RFC 6347 4.2.1 has a hello fit in a datagram for the cookie's sake, and mbedTLS takes no others;
 * a record is never fragmented.
 */
static void
check_mtu(struct nbsi_loader *loader, const struct nbs_scenario *scenario,
	  const struct nbs_fleet_config *fleet, const struct nbsi_node *item)
{
	unsigned padding = scenario->gateway.cid_padding;
	unsigned hello = hello_bytes(fleet, scenario->gateway.cookies);
	unsigned report = report_bytes(fleet, padding != 0 ? padding : NBS_DTLS_CID_PADDING);
	char text[160];

	if (fleet->dtls.mtu == 0)
		return;
	if (fleet->dtls.resumption == NBS_DTLS_RESUME_TICKET &&
	    fleet->security == NBS_SEC_DTLS_ECDHE_ECDSA)
		snprintf(text, sizeof(text),
			 "found %u B, expected none: mbedTLS's tickets hold the certificate, and a "
			 "ClientHello must fit",
			 fleet->dtls.mtu);
	else if (fleet->dtls.mtu < hello)
		snprintf(text, sizeof(text),
			 "found %u B, expected %u B or more: a ClientHello with what this fleet "
			 "has in it must fit, as mbedTLS takes none in fragments",
			 fleet->dtls.mtu, hello);
	else if (fleet->dtls.mtu < report)
		snprintf(text, sizeof(text),
			 "found %u B, expected %u B or more: a report must fit in one record",
			 fleet->dtls.mtu, report);
	else
		return;
	refuse_fleet_dtls(loader, fleet, item, "mtu", text);
}

/* Keys that say something to no purpose are a slip: each beside what it would need. */
static void
check_needless(struct nbsi_loader *loader, const struct nbs_fleet_config *fleet,
	       const struct nbsi_node *item)
{
	const bool cid = fleet->security == NBS_SEC_DTLS_PSK_CID;
	const bool keyed = fleet->security != NBS_SEC_DTLS_ECDHE_ECDSA;
	const struct {
		const char *key;
		bool needed;
		const char *text;
	} keys[] = {
	    {"cid", cid, "found a length, expected `security: dtls-psk-cid` beside it"},
	    {"own_cid", cid, "found a length, expected `security: dtls-psk-cid` beside it"},
	    {"key", keyed, "found a word, expected none: this fleet has certificates"},
	    {"key_length", keyed, "found a length, expected none: this fleet has certificates"},
	    {"handshake_wait", fleet->dtls.handshake_retries != 0,
	     "found a time, expected `handshake_retries` beside it"},
	};
	const struct nbsi_node *dtls = nbsi_node_get(item, "dtls", 4);

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (!keys[i].needed &&
		    nbsi_node_get(dtls, keys[i].key, strlen(keys[i].key)) != NULL)
			refuse_fleet_dtls(loader, fleet, item, keys[i].key, keys[i].text);
	}
}

static void
check_fleet(struct nbsi_loader *loader, const struct nbs_fleet_config *fleet,
	    const struct nbsi_node *item)
{
	if (fleet->dtls.keep == NBS_KEEP_SESSION && fleet->dtls.resumption == NBS_DTLS_RESUME_NONE)
		refuse_fleet_dtls(
		    loader, fleet, item, "keep",
		    "found `session` with `resumption: none`, expected `session-id` or "
		    "`ticket` there: nothing else needs it");
	if (fleet->dtls.keep == NBS_KEEP_FLASH && nbsi_fleet_suite(fleet)->block_bytes != 0)
		refuse_fleet_dtls(loader, fleet, item, "keep",
				  "found `flash` with a CBC suite, expected another one: mbedTLS "
				  "writes down associations with AEAD suites alone");
	if (fleet->dtls.renew_after_ns != 0 && fleet->security == NBS_SEC_DTLS_PSK_CID)
		refuse_fleet_dtls(loader, fleet, item, "renew_after",
				  "found a time with `dtls-psk-cid`, expected 0: a connection ID "
				  "makes it needless");
}

void
nbsi_check_dtls(struct nbsi_loader *loader, const struct nbs_scenario *scenario)
{
	const struct nbsi_node *fleets = nbsi_node_get(loader->doc.root, "fleets", 6);
	const struct nbsi_node *item = fleets != NULL ? fleets->first : NULL;

	if (loader->report.errors > 0)
		return; /* what was refused is 0 here */
	check_gateway(loader, scenario);
	for (size_t i = 0; i < scenario->fleet_count && item != NULL; i++, item = item->next) {
		if (scenario->fleets[i].security != NBS_SEC_NONE) {
			check_fleet(loader, &scenario->fleets[i], item);
			check_mtu(loader, scenario, &scenario->fleets[i], item);
			check_needless(loader, &scenario->fleets[i], item);
		}
	}
}
