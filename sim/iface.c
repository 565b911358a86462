/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Interfaces: taps, counters, the ways in and out of a host. */
#include "sim/ipv4.h"
#include "sim/net_internal.h"

#include <stdlib.h>
#include <string.h>

void
nbs_iface_attach(struct nbs_iface *iface, nbs_iface_tx_fn tx, void *arg)
{
	if (iface == NULL)
		return;
	iface->tx = tx;
	iface->tx_arg = arg;
}

uint32_t
nbs_iface_addr(const struct nbs_iface *iface)
{
	return iface == NULL ? 0 : iface->addr;
}

void
nbs_iface_get_stats(const struct nbs_iface *iface, struct nbs_iface_stats *stats)
{
	if (stats != NULL)
		*stats = iface == NULL ? (struct nbs_iface_stats){0} : iface->stats;
}

/* Closes the holes that taken-off taps left. */
static void
close_up(struct nbs_iface *iface)
{
	uint8_t from, to = 0;

	for (from = 0; from < iface->tap_count; from++)
		if (iface->taps[from].fn != NULL)
			iface->taps[to++] = iface->taps[from];
	iface->tap_count = to;
}

enum nbs_status
nbsi_iface_tap(struct nbs_iface *iface, nbs_tap_fn tap, void (*gone)(void *arg), void *arg)
{
	if (iface == NULL || tap == NULL)
		return NBS_E_ARG;
	if (iface->taps == NULL) {
		iface->taps = calloc(NBSI_TAPS_MAX, sizeof *iface->taps);
		if (iface->taps == NULL)
			return NBS_E_NOMEM;
	}
	if (iface->tap_count == NBSI_TAPS_MAX)
		close_up(iface);
	if (iface->tap_count == NBSI_TAPS_MAX)
		return NBS_E_RANGE;
	iface->taps[iface->tap_count++] = (struct nbsi_tap){.fn = tap, .gone = gone, .arg = arg};
	return NBS_OK;
}

enum nbs_status
nbs_iface_tap(struct nbs_iface *iface, nbs_tap_fn tap, void *arg)
{
	return nbsi_iface_tap(iface, tap, NULL, arg);
}

/* Leaves a hole rather than moving the others up: this may be one of them calling. */
void
nbsi_iface_untap(struct nbs_iface *iface, nbs_tap_fn tap, const void *arg)
{
	unsigned i;

	for (i = 0; i < iface->tap_count; i++)
		if (iface->taps[i].fn == tap && iface->taps[i].arg == arg)
			iface->taps[i] = (struct nbsi_tap){0};
}

/* Shows the packet to each tap in turn; false when one dropped it. */
static bool
pass_taps(struct nbs_iface *iface, enum nbs_dir dir, struct nbs_packet *packet)
{
	unsigned i;

	for (i = 0; i < iface->tap_count; i++) {
		const struct nbsi_tap *tap = &iface->taps[i];

		if (tap->fn != NULL && tap->fn(tap->arg, dir, packet) == NBS_TAP_DROP) {
			iface->stats.tap_drops++;
			return false;
		}
	}
	return true;
}

enum nbs_status
nbsi_iface_out(struct nbs_iface *iface, const uint8_t *bytes, size_t len)
{
	uint8_t buf[NBS_MTU_MAX];
	struct nbs_packet packet = {.data = buf, .len = len, .cap = sizeof buf};

	if (len < NBS_IPV4_HEADER || len > iface->mtu)
		return NBS_E_RANGE;
	memcpy(buf, bytes, len);
	nbsi_udp_checksum_nonzero(buf, len);
	if (!pass_taps(iface, NBS_DIR_OUT, &packet))
		return NBS_OK;
	iface->out_frame = packet.frame;
	iface->stats.packets_out++;
	iface->stats.bytes_out += packet.len;
	if (iface->tx != NULL)
		iface->tx(iface->tx_arg, packet.data, packet.len);
	return NBS_OK;
}

enum nbs_status
nbs_iface_rx(struct nbs_iface *iface, const uint8_t *bytes, size_t len)
{
	uint8_t buf[NBS_MTU_MAX];
	struct nbs_packet packet = {.data = buf, .len = len, .cap = sizeof buf};
	struct nbsi_ipv4_view view;

	if (iface == NULL || bytes == NULL)
		return NBS_E_ARG;
	if (len > iface->mtu) {
		iface->stats.bad_in++;
		return NBS_E_RANGE;
	}
	memcpy(buf, bytes, len);
	if (!pass_taps(iface, NBS_DIR_IN, &packet))
		return NBS_OK;
	if (nbsi_ipv4_parse(packet.data, packet.len, &view) != NBS_OK) {
		iface->stats.bad_in++;
		return NBS_OK; /* dropped like a real host does; the counter tells */
	}
	iface->stats.packets_in++;
	iface->stats.bytes_in += packet.len;
	return iface->host->ops->up(iface, packet.data, packet.len, packet.frame);
}
