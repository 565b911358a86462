/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The fleets: meters with a host, a radio, an MQTT-SN client and a report every so often. */
#include "models/mqttsn/report.h"
#include "scenarios/draws.h"
#include "scenarios/world.h"

#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_READING_WH 40000000U /* a meter starts somewhere below 40 MWh */
#define WH_PER_REPORT 900U         /* and counts up to 0.9 kWh a report */

/*
 * A meter's 32 kHz crystal runs up to so much fast or slow (assumed; the usual tolerance of tuning
 * fork crystals at room temperature). Without it hourly reports would meet the same phase of the
 * cell's periods all day: 3,600 s is a whole number of NPRACH periods.
 */
#define CLOCK_PPM 20.0

/* ---- a report ---- */

/* Consumption without a random stream: spread over the hours by the golden ratio's fraction. */
static uint64_t
consumed_wh(const struct nbsi_device *device)
{
	return (uint64_t)(device->seq + device->index) * 2654435769U % WH_PER_REPORT;
}

static void
device_report(void *arg)
{
	struct nbsi_device *device = arg;
	struct nbsi_world *world = device->world;
	uint8_t payload[NBS_MQTTSN_PAYLOAD_MAX];
	size_t len;
	enum nbs_status status;

	nbsi_energy_report(device);
	if (device->dead)
		return;
	device->seq++;
	len = nbsi_draw_payload(&device->fleet->payload, device->fleet->payload_bytes,
				device->payload_key, device->seq);
	device->energy_wh += consumed_wh(device);
	nbsi_report_write(device->seq, device->energy_wh, device->client_id, payload, len);
	status = nbs_oracle_sent(world->oracle, device->index, device->seq, payload, len,
				 nbs_now(world->engine));
	if (status == NBS_OK)
		status = nbs_station_publish(device->station, device->seq, payload, len);
	if (status == NBS_OK)
		status = nbs_timer_arm(world->engine, &device->report, device->period_ns);
	if (status != NBS_OK && world->failure == NBS_OK) {
		world->failure = status;
		nbs_stop(world->engine);
	}
}

/* ---- between the layers ---- */

static void
station_sending(void *arg, const struct nbs_station_sending *what)
{
	static const enum nbs_rai rai_of[] = {
	    [NBS_MQTTSN_REPLY_NONE] = NBS_RAI_NO_REPLY,
	    [NBS_MQTTSN_REPLY_ONE] = NBS_RAI_ONE_REPLY,
	    [NBS_MQTTSN_REPLY_MORE] = NBS_RAI_NONE,
	};
	struct nbsi_device *device = arg;

	device->rai = rai_of[what->expect];
	nbsi_traffic_sending(&device->traffic, what);
}

static uint64_t
station_computed_ns(void *arg)
{
	return nbsi_device_computed_ns(arg);
}

static void
station_done(void *arg, uint32_t token, enum nbs_mqttsn_outcome outcome)
{
	struct nbsi_device *device = arg;

	(void)token;
	if (outcome == NBS_MQTTSN_DELIVERED && device->fleet->mqttsn.qos > 0)
		device->acked++;
	if (device->fleet->between_reports == NBS_BETWEEN_OFF && device->ue != NULL)
		(void)nbs_ue_power_off(device->ue); /* a UE off the air already is no fault */
	nbsi_device_settles(device);
}

static const struct nbs_station_ops station_ops = {
    .sending = station_sending,
    .computed_ns = station_computed_ns,
    .done = station_done,
};

static void
device_uplink(void *arg, const uint8_t *packet, size_t len)
{
	struct nbsi_device *device = arg;
	enum nbs_rai rai = device->rai;

	device->rai = NBS_RAI_NONE;
	device->datagrams++;
	(void)nbs_ue_send(device->ue, packet, len, rai); /* a full queue is a lost packet */
}

static void
device_downlink(void *arg, const uint8_t *packet, size_t len)
{
	struct nbsi_device *device = arg;

	device->datagrams++;
	(void)nbs_iface_rx(device->iface, packet, len);
}

/* UEs have the index of their device. */
static void
device_classify(void *arg, unsigned ue_index, bool up, const uint8_t *packet, size_t len,
		struct nbs_packet_kind *kind)
{
	struct nbsi_world *world = arg;
	struct nbsi_device *device = &world->devices[ue_index];

	nbsi_traffic_classify(&device->traffic, device->fleet->security != NBS_SEC_NONE, up, packet,
			      len, kind);
}

/* ---- making one ---- */

/*
 * A coupling loss from a place. A place beyond the limits is a possible one, so it is not drawn
 * again: the device counts as standing at the limit.
 */
static enum nbs_status
draw_place_mcl_db(const struct nbs_place *place, gsl_rng *rng, double *mcl_db)
{
	struct nbs_place_draw draw;
	enum nbs_status status = nbs_place_draw(place, rng, &draw);

	if (status == NBS_OK)
		*mcl_db = fmax(NBS_MCL_MIN_DB, fmin(NBS_MCL_MAX_DB, draw.coupling_db));
	return status;
}

static enum nbs_status
make_names(struct nbsi_device *device, uint64_t number)
{
	const struct nbs_fleet_config *fleet = device->fleet;
	const struct nbs_serial *identity =
	    fleet->dtls.identity_is_client_id ? &fleet->client_id : &fleet->dtls.identity;
	size_t size = strlen(fleet->mqttsn.topic) + NBS_CLIENTID_MAX + 1;
	enum nbs_status status;

	status =
	    nbs_serial_text(&fleet->client_id, number, device->client_id, sizeof device->client_id);
	if (status == NBS_OK)
		status =
		    nbs_serial_text(identity, number, device->identity, sizeof device->identity);
	if (status != NBS_OK)
		return status;
	device->topic = malloc(size);
	if (device->topic == NULL)
		return NBS_E_NOMEM;
	return nbs_station_topic(fleet->mqttsn.topic, device->client_id, device->topic, size);
}

static enum nbs_status
make_radio(struct nbsi_device *device)
{
	struct nbsi_world *world = device->world;
	char name[NBS_NAME_MAX + NBS_CLIENTID_MAX + 8];
	struct nbs_ue_config config = {
	    .name = name,
	    .mcl_db = device->mcl_db,
	    .modem = device->fleet->modem_profile,
	    .start_ns = device->power_on_ns,
	};
	enum nbs_status status;

	(void)snprintf(name, sizeof name, "ue/%s/%s", device->fleet->name, device->client_id);
	if (config.modem == NULL)
		return NBS_E_NOTFOUND;
	status = nbs_cell_add_ue(world->cell, &config, &device->ue);
	if (status == NBS_OK)
		status = nbs_core_ue_addr(nbs_ue_index(device->ue), &device->addr);
	return status;
}

static enum nbs_status
make_host(struct nbsi_device *device)
{
	enum nbs_status status;

	status = nbs_host_new(device->world->engine, device->fleet->stack, device->client_id,
			      &device->host);
	if (status == NBS_OK)
		status = nbs_host_add_iface(device->host, device->addr, NBS_CORE_PREFIX,
					    NBSI_RADIO_MTU, &device->iface);
	if (status == NBS_OK)
		status = nbs_host_default_route(device->host, device->iface);
	if (status != NBS_OK)
		return status;
	nbs_iface_attach(device->iface, device_uplink, device);
	nbs_ue_on_downlink(device->ue, device_downlink, device);
	return NBS_OK;
}

static enum nbs_status
make_station(struct nbsi_device *device)
{
	const struct nbs_fleet_config *fleet = device->fleet;
	bool secured = fleet->security != NBS_SEC_NONE;
	char stream[NBS_NAME_MAX + NBS_CLIENTID_MAX + 8];
	uint16_t suites[NBS_DTLS_SUITES_MAX];
	struct nbs_dtls_client_config dtls;
	const struct nbs_station_config config = {
	    .host = device->host,
	    .gateway = {.addr = NBSI_GATEWAY_ADDR,
			.port = secured ? NBS_MQTTSN_DTLS_PORT : NBS_MQTTSN_PORT},
	    .mqttsn = {.client_id = device->client_id,
		       .topic = device->topic,
		       .keepalive_s = fleet->mqttsn.keepalive_s,
		       .session = fleet->mqttsn.session == NBS_SESSION_SLEEP
				      ? NBS_MQTTSN_SESSION_SLEEP
				      : NBS_MQTTSN_SESSION_KEEPALIVE,
		       .qos = (uint8_t)fleet->mqttsn.qos,
		       .t_retry_ns = fleet->mqttsn.t_retry_ns,
		       .n_retry = fleet->mqttsn.n_retry,
		       .session_lost = fleet->mqttsn.session_lost == NBS_LOST_RESEND
					   ? NBS_MQTTSN_LOST_RESEND
					   : NBS_MQTTSN_LOST_DROP},
	    .dtls = secured ? &dtls : NULL,
	    .renew_ns = fleet->dtls.renew_after_ns,
	    .handshake_retries = fleet->dtls.handshake_retries,
	    .handshake_wait_ns = fleet->dtls.handshake_wait_ns,
	};

	(void)snprintf(stream, sizeof stream, "dtls/%s/%s", fleet->name, device->client_id);
	nbsi_device_dtls_config(device, stream, suites, &dtls);
	return nbs_station_new(device->world->engine, &config, &station_ops, device,
			       &device->station);
}

/*
 * The random streams of a fleet. Places come from one stream for all fleets, so that device 7 of
 * two fleets with the same distribution hangs equally deep: what differs between the fleets is then
 * their protocol, not their luck (common random numbers).
 */
struct fleet_streams {
	gsl_rng *place;
	gsl_rng *own;
	struct nbs_place *places; /* what places are like; NULL: coupling losses are given */
};

/* What each device draws, in this order. */
static enum nbs_status
draw_device(struct nbsi_device *device, struct fleet_streams *streams, uint64_t *phase_ns)
{
	const struct nbs_fleet_config *fleet = device->fleet;
	gsl_rng *rng = streams->own;
	uint64_t period_ns = nbsi_draw_period_ns(fleet, rng);
	uint64_t period_us = period_ns / NBS_NS_PER_US;
	enum nbs_status status = NBS_OK;
	double ppm;

	if (streams->places != NULL)
		status = draw_place_mcl_db(streams->places, streams->place, &device->mcl_db);
	else
		device->mcl_db = nbsi_draw_mcl_db(&fleet->mcl_db, streams->place);
	device->power_on_ns = nbsi_draw_below_ns(fleet->power_on_ns, rng);
	*phase_ns =
	    device->power_on_ns + nbsi_draw_below_ns(fleet->report_spread_ns == NBS_SPREAD_PERIOD
							 ? period_ns
							 : fleet->report_spread_ns,
						     rng);
	ppm = gsl_ran_flat(rng, -CLOCK_PPM, CLOCK_PPM);
	device->period_ns = (uint64_t)((double)period_us * (1.0 + ppm * 1e-6)) * NBS_NS_PER_US;
	device->energy_wh = gsl_rng_uniform_int(rng, FIRST_READING_WH);
	nbsi_device_draw_key(device, rng);
	if (fleet->payload.alpha > 0)
		device->payload_key = (uint64_t)gsl_rng_get(rng) << 32 ^ gsl_rng_get(rng);
	return status;
}

static enum nbs_status
make_device(struct nbsi_device *device, uint64_t number, struct fleet_streams *streams)
{
	struct nbsi_world *world = device->world;
	uint64_t phase_ns;
	uint32_t sender;
	enum nbs_status status;

	device->traffic.down_record_bytes = nbsi_fleet_suite(device->fleet)->record_bytes;
	status = nbs_battery_init(&device->battery, &world->battery, 0);
	if (status == NBS_OK)
		status = draw_device(device, streams, &phase_ns);
	if (status == NBS_OK)
		status = make_names(device, number);
	if (status == NBS_OK)
		status = make_radio(device);
	if (status == NBS_OK)
		status = make_host(device);
	if (status == NBS_OK && device->fleet->security == NBS_SEC_DTLS_ECDHE_ECDSA)
		status = nbsi_certificates_issue(&world->certificates, device->identity,
						 &device->credentials);
	if (status == NBS_OK)
		status = make_station(device);
	if (status == NBS_OK)
		status = nbsi_device_memory_init(device, streams->own);
	if (status == NBS_OK)
		status = nbs_oracle_sender(world->oracle, device->client_id, device->addr, &sender);
	if (status == NBS_OK) {
		nbs_timer_init(&device->report, device_report, device);
		status = nbs_timer_arm(world->engine, &device->report, phase_ns);
	}
	if (status != NBS_OK)
		return nbsi_say(world, status, "fleet `%s`, device %llu (coupling loss %.2f dB)",
				device->fleet->name, (unsigned long long)number, device->mcl_db);
	return NBS_OK;
}

static enum nbs_status
make_fleet(struct nbsi_world *world, const struct nbs_fleet_config *fleet, uint32_t *index)
{
	char name[NBS_NAME_MAX + 8];
	struct fleet_streams streams = {0};
	enum nbs_status status;
	unsigned i;

	(void)snprintf(name, sizeof name, "fleet/%s", fleet->name);
	status = nbs_rng_new(world->engine, name, &streams.own);
	if (status == NBS_OK)
		status = nbs_rng_new(world->engine, "places", &streams.place);
	if (status == NBS_OK && fleet->mcl_db.kind == NBS_DIST_PLACE)
		status = nbs_place_new(&fleet->place, &streams.places);
	for (i = 0; i < fleet->devices && status == NBS_OK; i++) {
		struct nbsi_device *device = &world->devices[*index];

		device->world = world;
		device->fleet = fleet;
		device->index = (*index)++;
		device->place_in_fleet = i;
		status = make_device(device, i, &streams);
	}
	gsl_rng_free(streams.own);
	gsl_rng_free(streams.place);
	nbs_place_free(streams.places);
	return status;
}

enum nbs_status
nbsi_devices_init(struct nbsi_world *world)
{
	const struct nbs_scenario *scenario = world->scenario;
	enum nbs_status status = NBS_OK;
	uint32_t index = 0;
	size_t i;

	for (i = 0; i < scenario->fleet_count; i++)
		world->device_count += scenario->fleets[i].devices;
	if (scenario->fleet_count == 0 || world->device_count == 0)
		return NBS_E_ARG;
	world->devices = calloc(world->device_count, sizeof *world->devices);
	world->fleet_energy = calloc(scenario->fleet_count, sizeof *world->fleet_energy);
	if (world->devices == NULL || world->fleet_energy == NULL)
		return NBS_E_NOMEM;
	world->alive = world->device_count;
	nbs_cell_classify(world->cell, device_classify, world);
	for (i = 0; i < scenario->fleet_count && status == NBS_OK; i++)
		status = make_fleet(world, &scenario->fleets[i], &index);
	return status == NBS_OK ? nbsi_identities_index(world) : status;
}

void
nbsi_devices_fini(struct nbsi_world *world)
{
	size_t i;

	for (i = 0; world->devices != NULL && i < world->device_count; i++) {
		struct nbsi_device *device = &world->devices[i];

		nbs_timer_cancel(&device->report);
		nbs_timer_cancel(&device->restart);
		nbs_station_free(device->station);
		nbs_dtls_credentials_free(device->credentials);
		nbs_host_free(device->host);
		free(device->topic);
	}
	free(world->by_identity);
	free(world->fleet_energy);
	free(world->devices);
}
