/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The cell: its UEs, and IP packets on S1 (TS 23.401 5.1.2) and between decoder and application. */
#include "models/nbiot/calendar.h"
#include "models/nbiot/contention.h"
#include "models/nbiot/delay.h"

#include <stdlib.h>

#define CELL_FIRST_UES 16U

void
nbsi_cell_fault(struct nbs_cell *cell, enum nbs_status status)
{
	if (cell->fault == NBS_OK)
		cell->fault = status;
	nbs_stop(cell->engine);
}

/* ---- packets on their way ---- */

void
nbsi_cell_classify(struct nbs_cell *cell, struct nbsi_packet *packet, bool up)
{
	if (cell->classify != NULL)
		cell->classify(cell->classify_arg, packet->ue->index, up, packet->data, packet->len,
			       &packet->kind);
	if (packet->kind.cause < NBS_CAUSE_OWN || packet->kind.cause >= NBS_CAUSE__COUNT)
		packet->kind.cause = NBS_CAUSE_PACKET;
}

static void
cell_launch(struct nbs_cell *cell, struct nbsi_packet *packet, uint64_t due_ns,
	    void (*fire)(void *arg))
{
	enum nbs_status status;

	nbs_timer_init(&packet->timer, fire, packet);
	nbsi_packet_push(&cell->in_flight, packet);
	status = nbs_timer_arm(cell->engine, &packet->timer, due_ns - nbs_now(cell->engine));
	if (status != NBS_OK)
		nbsi_cell_fault(cell, status);
}

static void
cell_on_gateway(void *arg)
{
	struct nbsi_packet *packet = arg;
	struct nbs_ue *ue = packet->ue;
	struct nbs_cell *cell = ue->cell;

	nbsi_packet_remove(&cell->in_flight, packet);
	ue->stats.messages_up++;
	ue->stats.bytes_up += packet->len;
	if (cell->uplink != NULL)
		cell->uplink(cell->uplink_arg, ue->index, packet->data, packet->len);
	free(packet);
}

/* The MME discards what exceeds serving PLMN rate control. */
static void
cell_on_enb(void *arg)
{
	struct nbsi_packet *packet = arg;
	struct nbs_ue *ue = packet->ue;
	const struct nbs_network_config *config = &ue->cell->config;

	nbsi_packet_remove(&ue->cell->in_flight, packet);
	if (config->optimisation == NBS_CONTROL_PLANE &&
	    !nbsi_rate_take(&ue->rate_down, nbs_now(ue->cell->engine), config->plmn_rate, NULL)) {
		ue->stats.lost_down++;
		free(packet);
		return;
	}
	nbsi_ue_downlink_arrives(ue, packet);
}

static void
cell_on_decoded(void *arg)
{
	struct nbsi_packet *packet = arg;
	struct nbs_ue *ue = packet->ue;

	nbsi_packet_remove(&ue->cell->in_flight, packet);
	if (ue->finished) {
		ue->stats.unreachable++;
		free(packet);
		return;
	}
	ue->stats.messages_down++;
	ue->stats.bytes_down += packet->len;
	if (ue->on_downlink != NULL)
		ue->on_downlink(ue->on_downlink_arg, packet->data, packet->len);
	free(packet);
}

static void
cell_on_held(void *arg)
{
	struct nbsi_packet *packet = arg;
	struct nbs_ue *ue = packet->ue;

	nbsi_packet_remove(&ue->cell->in_flight, packet);
	if (ue->finished) {
		free(packet); /* still told as waiting */
		return;
	}
	ue->held--;
	if (ue->state == NBS_UE_OFF) { /* it went with the supply */
		ue->stats.lost_up++;
		free(packet);
		return;
	}
	nbsi_ue_queue(ue, packet);
}

/* When a packet that leaves at from_ns has crossed S1; packets of a UE keep their order. */
static uint64_t
cell_cross_s1(const struct nbs_ue *ue, uint64_t from_ns, uint64_t *latest_ns)
{
	uint64_t due_ns = from_ns + nbsi_delay_draw(&ue->cell->config.s1_delay, ue->rng);

	if (due_ns < *latest_ns)
		due_ns = *latest_ns;
	*latest_ns = due_ns;
	return due_ns;
}

void
nbsi_cell_deliver_up(struct nbs_cell *cell, struct nbsi_packet *packet, uint64_t at_ns)
{
	cell_launch(cell, packet, cell_cross_s1(packet->ue, at_ns, &packet->ue->s1_up_ns),
		    cell_on_gateway);
}

void
nbsi_cell_deliver_down(struct nbs_cell *cell, struct nbsi_packet *packet, uint64_t at_ns)
{
	cell_launch(cell, packet, at_ns, cell_on_decoded);
}

void
nbsi_cell_hold(struct nbs_cell *cell, struct nbsi_packet *packet, uint64_t at_ns)
{
	cell_launch(cell, packet, at_ns, cell_on_held);
}

enum nbs_status
nbs_cell_downlink(struct nbs_cell *cell, unsigned ue_index, const uint8_t *packet, size_t len)
{
	struct nbs_ue *ue = cell != NULL ? nbs_cell_ue(cell, ue_index) : NULL;
	struct nbsi_packet *copy;

	if (cell == NULL || packet == NULL || len == 0 || len > NBSI_PACKET_MAX)
		return NBS_E_ARG;
	if (ue == NULL)
		return NBS_E_NOTFOUND;
	copy = nbsi_packet_new(ue, packet, len);
	if (copy == NULL)
		return NBS_E_NOMEM;
	nbsi_cell_classify(cell, copy, false);
	cell_launch(cell, copy, cell_cross_s1(ue, nbs_now(cell->engine), &ue->s1_down_ns),
		    cell_on_enb);
	return cell->fault;
}

void
nbs_cell_classify(struct nbs_cell *cell, nbs_cell_classify_fn fn, void *arg)
{
	if (cell == NULL)
		return;
	cell->classify = fn;
	cell->classify_arg = arg;
}

/* ---- the air ---- */

void
nbsi_cell_advance(struct nbs_cell *cell)
{
	const uint64_t now = nbs_now(cell->engine);

	for (unsigned i = 0; i < cell->carrier_count; i++)
		nbsi_carrier_advance(cell->carriers[i], now);
}

/* The outage that holds at a time; NULL on the air. */
static const struct nbs_outage *
cell_outage(const struct nbs_cell *cell, uint64_t t_ns)
{
	for (unsigned i = 0; i < NBS_OUTAGES; i++) {
		const struct nbs_outage *outage = &cell->config.outages[i];

		if (t_ns >= outage->start_ns && t_ns - outage->start_ns < outage->duration_ns)
			return outage;
	}
	return NULL;
}

bool
nbsi_cell_on_air(const struct nbs_cell *cell, uint64_t t_ns)
{
	return cell_outage(cell, t_ns) == NULL;
}

uint64_t
nbsi_cell_off_ns(const struct nbs_cell *cell, uint64_t t_ns)
{
	uint64_t off_ns = NBS_TIME_NEVER;

	if (!nbsi_cell_on_air(cell, t_ns))
		return t_ns;
	for (unsigned i = 0; i < NBS_OUTAGES; i++) {
		const struct nbs_outage *outage = &cell->config.outages[i];

		if (outage->duration_ns > 0 && outage->start_ns >= t_ns &&
		    outage->start_ns < off_ns)
			off_ns = outage->start_ns;
	}
	return off_ns;
}

uint64_t
nbsi_cell_off_since_ns(const struct nbs_cell *cell, uint64_t t_ns)
{
	const struct nbs_outage *outage = cell_outage(cell, t_ns);

	return outage != NULL ? outage->start_ns : t_ns;
}

uint64_t
nbsi_cell_back_ns(const struct nbs_cell *cell, uint64_t t_ns)
{
	const struct nbs_outage *outage = cell_outage(cell, t_ns);

	if (outage == NULL)
		return t_ns;
	return outage->duration_ns < NBS_TIME_NEVER - outage->start_ns
		   ? outage->start_ns + outage->duration_ns
		   : NBS_TIME_NEVER;
}

void
nbsi_cell_connected(struct nbs_cell *cell, bool begins)
{
	if (!begins) {
		cell->stats.connected--;
		return;
	}
	if (++cell->stats.connected > cell->stats.connected_max)
		cell->stats.connected_max = cell->stats.connected;
}

/* Arms the timer for the next outage that begins later than now, or now if first. */
static enum nbs_status
cell_arm_outage(struct nbs_cell *cell, uint64_t now, bool first)
{
	uint64_t next_ns = NBS_TIME_NEVER;

	for (unsigned i = 0; i < NBS_OUTAGES; i++) {
		const struct nbs_outage *outage = &cell->config.outages[i];
		const bool later = outage->start_ns > now || (first && outage->start_ns == now);

		if (outage->duration_ns > 0 && later && outage->start_ns < next_ns)
			next_ns = outage->start_ns;
	}
	if (next_ns == NBS_TIME_NEVER)
		return NBS_OK;
	return nbs_timer_arm(cell->engine, &cell->outage, next_ns - now);
}

static void
cell_on_outage(void *arg)
{
	struct nbs_cell *cell = arg;
	enum nbs_status status;

	for (unsigned i = 0; i < cell->count; i++)
		nbsi_ue_dispatch(cell->ues[i], NBSI_UE_EV_OUTAGE);
	status = cell_arm_outage(cell, nbs_now(cell->engine), false);
	if (status != NBS_OK)
		nbsi_cell_fault(cell, status);
}

static enum nbs_status
cell_make_carriers(struct nbs_cell *cell)
{
	const unsigned count = 1U + cell->config.non_anchor_carriers;
	enum nbs_status status = NBS_OK;

	cell->carriers = calloc(count, sizeof(struct nbsi_carrier *));
	if (cell->carriers == NULL)
		return NBS_E_NOMEM;
	while (cell->carrier_count < count && status == NBS_OK) {
		status = nbsi_carrier_new(&cell->config, cell->carrier_count == 0,
					  &cell->carriers[cell->carrier_count]);
		cell->carrier_count += status == NBS_OK;
	}
	return status;
}

void
nbs_cell_get_stats(const struct nbs_cell *cell, struct nbs_cell_stats *stats)
{
	const uint64_t now = nbs_now(cell->engine);
	double dl_booked = 0, dl_valid = 0, ul_booked = 0, nprach = 0;
	const double ul_total = 12.0 * (double)now / (double)NBS_NS_PER_MS;

	*stats = cell->stats;
	stats->elapsed_ns = now;
	stats->carriers = cell->carrier_count;
	for (unsigned i = 0; i < cell->carrier_count; i++) {
		const struct nbsi_carrier_stats *one = nbsi_carrier_stats(cell->carriers[i]);
		const struct nbs_calendar *calendar = nbsi_carrier_calendar(cell->carriers[i]);

		stats->waits += one->waits;
		dl_booked += (double)(one->dci_sf + one->npdsch_sf);
		dl_valid +=
		    (double)now / (double)NBS_NS_PER_MS * nbs_calendar_valid_share(calendar);
		ul_booked += (double)(one->npusch_tone_ms + one->ack_tone_ms);
		if (i == 0)
			nprach = (double)nbs_calendar_nprach_tone_ms(calendar, now);
	}
	if (now == 0)
		return;
	stats->dl_share = dl_booked / dl_valid;
	stats->nprach_share = nprach / ul_total;
	stats->ul_share = (ul_booked + nprach) / (ul_total * (double)cell->carrier_count);
}

/* ---- life ---- */

enum nbs_status
nbs_cell_new(struct nbs_engine *engine, const struct nbs_network_config *config,
	     struct nbs_cell **out)
{
	struct nbs_cell *cell;
	enum nbs_status status;

	if (engine == NULL || config == NULL || out == NULL)
		return NBS_E_ARG;
	status = nbs_network_config_check(config, NULL, 0);
	if (status != NBS_OK)
		return status;
	cell = calloc(1, sizeof(*cell));
	if (cell == NULL)
		return NBS_E_NOMEM;
	cell->engine = engine;
	cell->config = *config;
	nbs_timer_init(&cell->outage, cell_on_outage, cell);
	status = nbsi_radio_table_init(&cell->radios, config);
	if (status == NBS_OK)
		status = cell_make_carriers(cell);
	if (status == NBS_OK)
		status = cell_arm_outage(cell, nbs_now(engine), true);
	if (status != NBS_OK) {
		nbs_cell_free(cell);
		return status;
	}
	*out = cell;
	return NBS_OK;
}

void
nbs_cell_free(struct nbs_cell *cell)
{
	if (cell == NULL)
		return;
	(void)nbsi_packet_clear(&cell->in_flight);
	for (unsigned i = 0; i < cell->count; i++)
		nbsi_ue_free(cell->ues[i]);
	free(cell->ues);
	nbsi_occasions_fini(cell);
	nbs_timer_cancel(&cell->outage);
	for (unsigned i = 0; i < cell->carrier_count; i++)
		nbsi_carrier_free(cell->carriers[i]);
	free(cell->carriers);
	nbsi_timeline_pool_fini(&cell->timelines);
	nbsi_radio_table_fini(&cell->radios);
	free(cell);
}

static enum nbs_status
cell_reserve(struct nbs_cell *cell)
{
	unsigned capacity = cell->capacity == 0 ? CELL_FIRST_UES : cell->capacity * 2U;
	struct nbs_ue **ues;

	if (cell->count < cell->capacity)
		return NBS_OK;
	ues = realloc(cell->ues, capacity * sizeof(struct nbs_ue *));
	if (ues == NULL)
		return NBS_E_NOMEM;
	cell->ues = ues;
	cell->capacity = capacity;
	return NBS_OK;
}

enum nbs_status
nbs_cell_add_ue(struct nbs_cell *cell, const struct nbs_ue_config *config, struct nbs_ue **ue)
{
	enum nbs_status status;

	if (cell == NULL || config == NULL || ue == NULL || config->name == NULL ||
	    config->modem == NULL)
		return NBS_E_ARG;
	status = cell->fault;
	if (status == NBS_OK)
		status = cell_reserve(cell);
	if (status == NBS_OK)
		status = nbsi_ue_new(cell, cell->count, config, &cell->ues[cell->count]);
	if (status == NBS_OK)
		*ue = cell->ues[cell->count++];
	return status;
}

enum nbs_status
nbs_cell_finish(struct nbs_cell *cell, uint64_t now_ns)
{
	enum nbs_status status = cell->fault;

	for (unsigned i = 0; i < cell->count; i++) {
		enum nbs_status one = nbs_ue_finish(cell->ues[i], now_ns);

		if (status == NBS_OK)
			status = one;
	}
	return status;
}

struct nbs_ue *
nbs_cell_ue(const struct nbs_cell *cell, unsigned ue_index)
{
	return ue_index < cell->count ? cell->ues[ue_index] : NULL;
}

unsigned
nbs_cell_ue_count(const struct nbs_cell *cell)
{
	return cell->count;
}

const struct nbs_network_config *
nbs_cell_config(const struct nbs_cell *cell)
{
	return &cell->config;
}

void
nbs_cell_uplink(struct nbs_cell *cell, nbs_cell_uplink_fn fn, void *arg)
{
	cell->uplink = fn;
	cell->uplink_arg = arg;
}
