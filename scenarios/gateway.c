/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The gateway's host and service, its keys, and what the ground truth says of what it accepts. */
#include "scenarios/suites.h"
#include "scenarios/world.h"

#include <string.h>

/* Sessions to be resumed where there is no limit. Handshakes of fleets that never resume count
 * too: a server cannot know. */
#define RESUMABLE_ALL 10000000U

/* Who stands behind an address that the gateway sees. */
static uint32_t
true_sender(const struct nbsi_world *world, struct nbs_endpoint from)
{
	struct nbs_endpoint inside = from;

	(void)nbs_nat_inside(world->nat, from, &inside); /* else it is no address of the NAT's */
	return inside.addr;
}

static void
gateway_accepted(void *arg, const struct nbs_mqttsn_accepted *message)
{
	struct nbsi_world *world = arg;
	const struct nbs_oracle_accepted accepted = {
	    .client_id = message->client_id,
	    .payload = message->payload,
	    .len = message->len,
	    .from_addr = true_sender(world, message->peer->addr),
	    .time_ns = nbs_now(world->engine),
	    .frame = message->frame,
	};
	enum nbs_verdict verdict = nbs_oracle_judge(world->oracle, &accepted);

	/* A false message that is repeated for want of an answer is still one message. */
	if (verdict != NBS_GENUINE && verdict != NBS_DUPLICATE && !message->dup)
		nbsi_attacks_accepted(world, message->peer->addr, message->client_id, verdict,
				      message->frame);
}

static void
gateway_refused(void *arg, struct nbs_endpoint from, const char *client_id,
		const char *psk_identity, uint64_t frame)
{
	(void)client_id;
	(void)psk_identity;
	nbsi_attacks_refused(arg, from, "ClientID is another's PSK identity or not its own", frame);
}

static void
gateway_dtls_failed(void *arg, struct nbs_endpoint from, enum nbs_dtls_reason reason,
		    uint64_t frame)
{
	nbsi_attacks_refused(arg, from, nbs_dtls_reason_str(reason), frame);
}

/* A device with a certificate has a key that nobody was told: so its ClientID is not to be had in
 * the clear either. */
static enum nbs_status
gateway_psk(void *arg, struct nbs_dtls_identity identity, uint8_t *key, size_t cap, size_t *len)
{
	const struct nbsi_device *device = nbsi_device_by_identity(arg, identity);

	if (device == NULL || cap < device->psk_len)
		return NBS_E_NOTFOUND;
	memcpy(key, device->psk, device->psk_len);
	*len = device->psk_len;
	return NBS_OK;
}

static void
keylog_line(void *arg, const char *text)
{
	struct nbsi_world *world = arg;

	(void)fprintf(world->keylog, "%s\n", text); /* ferror() is asked at the end */
}

static const struct nbs_service_ops gateway_ops = {
    .accepted = gateway_accepted,
    .refused = gateway_refused,
    .dtls_failed = gateway_dtls_failed,
    .psk = gateway_psk,
};

/* Fleets that use connection IDs agree on their length: the loader has made sure of it. */
static size_t
cid_len(const struct nbs_scenario *scenario)
{
	size_t i;

	for (i = 0; i < scenario->fleet_count; i++)
		if (scenario->fleets[i].security == NBS_SEC_DTLS_PSK_CID)
			return scenario->fleets[i].dtls.cid;
	return 0;
}

/* Whether any fleet resumes, and by tickets. */
static bool
resumes(const struct nbs_scenario *scenario, bool by_ticket)
{
	size_t i;

	for (i = 0; i < scenario->fleet_count; i++) {
		const struct nbs_fleet_config *fleet = &scenario->fleets[i];

		if (fleet->security != NBS_SEC_NONE &&
		    (by_ticket ? fleet->dtls.resumption == NBS_DTLS_RESUME_TICKET
			       : fleet->dtls.resumption != NBS_DTLS_RESUME_NONE))
			return true;
	}
	return false;
}

static void
fill_resumption(const struct nbs_scenario *scenario, struct nbs_dtls_server_config *dtls)
{
	if (!resumes(scenario, false))
		return;
	dtls->resumable_limit =
	    scenario->gateway.resumable != 0 ? scenario->gateway.resumable : RESUMABLE_ALL;
	dtls->resumable_ns = scenario->gateway.resumable_ns;
	dtls->tickets = resumes(scenario, true);
}

static void
fill_dtls(const struct nbs_scenario *scenario, struct nbs_dtls_server_config *dtls)
{
	dtls->cookies = scenario->gateway.cookies;
	dtls->cookie_threshold = scenario->gateway.cookie_threshold;
	dtls->half_open_limit = scenario->gateway.half_open_limit;
	dtls->session_limit = scenario->gateway.session_limit;
	dtls->stale_ns = scenario->gateway.stale_ns;
	dtls->idle_ns = scenario->gateway.session_idle_ns;
	dtls->timeout_min_ns = scenario->gateway.timeout_min_ns;
	dtls->timeout_max_ns = scenario->gateway.timeout_max_ns;
	dtls->mtu = (uint16_t)scenario->gateway.mtu;
	dtls->park_after_ns = scenario->gateway.park_after_ns;
	dtls->hide_unknown = scenario->gateway.hide_unknown;
	dtls->stream = "gateway/dtls";
	dtls->cid_len = cid_len(scenario);
	fill_resumption(scenario, dtls);
}

static enum nbs_status
start_service(struct nbsi_world *world)
{
	const struct nbs_dtls_keylog keylog = {.line = keylog_line, .arg = world};
	struct nbs_service_config config = {.host = world->gateway};
	uint16_t suites[NBS_DTLS_SUITES_MAX];
	size_t padding = NBS_DTLS_CID_PADDING;
	enum nbs_status status;

	nbs_mqttsn_gateway_config_default(&config.gateway);
	config.gateway.bind_identity = world->scenario->gateway.bind_identity;
	config.gateway.max_saved = world->scenario->gateway.max_saved;
	fill_dtls(world->scenario, &config.dtls);
	config.dtls.keylog = &keylog;
	config.dtls.credentials = world->certificates.gateway;
	config.dtls.suites = suites;
	config.dtls.suite_count = nbsi_scenario_suites(world->scenario, suites);
	if (world->scenario->gateway.cid_padding != 0)
		padding = world->scenario->gateway.cid_padding;
	status = nbs_dtls_set_cid_padding(padding);
	if (status != NBS_OK)
		return status;
	return nbs_service_new(world->engine, &config, &gateway_ops, world, &world->service);
}

enum nbs_status
nbsi_gateway_init(struct nbsi_world *world)
{
	const struct nbs_link_params *link = &world->scenario->internet;
	struct nbs_iface *iface = NULL;
	enum nbs_status status;

	status = nbs_host_new(world->engine, NBS_HOST_NS3, "gateway", &world->gateway);
	if (status == NBS_OK)
		status = nbs_host_add_iface(world->gateway, NBSI_GATEWAY_ADDR, 24,
					    NBSI_INTERNET_MTU, &iface);
	if (status == NBS_OK)
		status = nbs_host_default_route(world->gateway, iface);
	if (status == NBS_OK)
		status = nbs_capture_iface(world->captures[NBSI_CAP_GATEWAY], iface);
	if (status == NBS_OK)
		status = nbs_wan_join(world->internet, link, iface, NBSI_GATEWAY_ADDR, 32);
	if (status == NBS_OK)
		status = start_service(world);
	return status == NBS_OK ? NBS_OK : nbsi_say(world, status, "the gateway");
}
