/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The cell: its UEs, and IP packets on S1 (TS 23.401 5.1.2) and between decoder and application. */
#include "models/nbiot/ue_internal.h"

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

static void
cell_on_enb(void *arg)
{
	struct nbsi_packet *packet = arg;

	nbsi_packet_remove(&packet->ue->cell->in_flight, packet);
	nbsi_ue_downlink_arrives(packet->ue, packet);
}

static void
cell_on_decoded(void *arg)
{
	struct nbsi_packet *packet = arg;
	struct nbs_ue *ue = packet->ue;

	nbsi_packet_remove(&ue->cell->in_flight, packet);
	if (!ue->finished) {
		ue->stats.messages_down++;
		ue->stats.bytes_down += packet->len;
	}
	if (!ue->finished && ue->on_downlink != NULL)
		ue->on_downlink(ue->on_downlink_arg, packet->data, packet->len);
	free(packet);
}

void
nbsi_cell_deliver_up(struct nbs_cell *cell, struct nbsi_packet *packet, uint64_t at_ns)
{
	cell_launch(cell, packet, at_ns + cell->config.s1_delay_ns, cell_on_gateway);
}

void
nbsi_cell_deliver_down(struct nbs_cell *cell, struct nbsi_packet *packet, uint64_t at_ns)
{
	cell_launch(cell, packet, at_ns, cell_on_decoded);
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
	cell_launch(cell, copy, nbs_now(cell->engine) + cell->config.s1_delay_ns, cell_on_enb);
	return cell->fault;
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
	status = nbsi_radio_table_init(&cell->radios, config);
	if (status != NBS_OK) {
		free(cell);
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
