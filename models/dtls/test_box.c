/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Test support, see test_box.h. */
#include "models/dtls/test_box.h"

#include "models/dtls/record.h"

#include <gsl/gsl_randist.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COPY 2048U     /* bytes: room for any datagram */
#define EARLY_EPOCH 3U /* no handshake comes so far, nor buffers it: that would be epoch 1 or 2 */

static unsigned
box_draw(struct box *box, unsigned n)
{
	return (unsigned)gsl_rng_uniform_int(box->rng, n);
}

/* Whether the kind befalls this datagram; counted if so. */
static bool
box_does(struct box *box, const struct pair_packet *packet, enum box_kind kind)
{
	if ((box->kinds & BOX_BIT(kind)) == 0 || box_draw(box, BOX_ONE_IN) != 0)
		return false;
	box->counts[packet->way][kind]++;
	return true;
}

static void
box_deliver(struct box *box, const struct pair_packet *packet, uint64_t delay_ns)
{
	pair_deliver(box->pair, packet, packet->data, packet->len, delay_ns);
}

/* ---- bad records ---- */

/* A copy, to be spoilt. */
static void
box_copy(const struct pair_packet *packet, uint8_t copy[COPY])
{
	assert_true(packet->len <= COPY);
	memcpy(copy, packet->data, packet->len);
}

static void
box_flip(struct box *box, const struct pair_packet *packet)
{
	uint8_t copy[COPY];
	unsigned bit = box_draw(box, (unsigned)packet->len * 8);

	box_copy(packet, copy);
	copy[bit / 8] ^= (uint8_t)(1U << bit % 8);
	pair_deliver(box->pair, packet, copy, packet->len, box->pair->delay_ns);
}

/* The first record alone: another one behind it would be genuine. */
static void
box_epoch(struct box *box, const struct pair_packet *packet)
{
	struct nbsi_dtls_cursor cursor = {packet->data, packet->len,
					  packet->data[0] == NBSI_DTLS_CID};
	struct nbsi_dtls_record first;
	uint8_t copy[COPY];
	unsigned epoch = EARLY_EPOCH + box_draw(box, 0x10000 - EARLY_EPOCH);

	box_copy(packet, copy);
	if (box->live && box_draw(box, 2) == 0) /* live, the old and the next epoch too */
		epoch = box_draw(box, 2) * 2;
	copy[3] = (uint8_t)(epoch >> 8);
	copy[4] = (uint8_t)epoch;
	assert_true(nbsi_dtls_next(&cursor, &first));
	pair_deliver(box->pair, packet, copy, packet->len - cursor.left, box->pair->delay_ns);
}

/* The length stands at the end of the header, behind the connection ID of a record that has one. */
static void
box_length(struct box *box, const struct pair_packet *packet)
{
	size_t at = NBSI_DTLS_HEADER - 2 + (packet->data[0] == NBSI_DTLS_CID ? 1 : 0);
	uint8_t copy[COPY];

	box_copy(packet, copy);
	copy[at] ^= (uint8_t)box_draw(box, 2);
	copy[at + 1] ^= (uint8_t)(1 + box_draw(box, 255));
	pair_deliver(box->pair, packet, copy, packet->len, box->pair->delay_ns);
}

static void
box_garbage(struct box *box, const struct pair_packet *packet)
{
	size_t body = box_draw(box, 100);
	uint8_t data[NBSI_DTLS_HEADER + 100];

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)box_draw(box, 256);
	data[0] = (uint8_t)(NBSI_DTLS_CCS + box_draw(box, 6));
	data[1] = 0xfe;
	data[2] = 0xfd;
	data[3] = 0;
	data[4] = box->live ? 1 : EARLY_EPOCH;
	memset(data + 5, 0, 4); /* not too far in front */
	data[11] = 0;
	data[12] = (uint8_t)body;
	pair_deliver(box->pair, packet, data, NBSI_DTLS_HEADER + body, box->pair->delay_ns);
}

/* What comes with a datagram, ahead of it. */
static void
box_forge(struct box *box, const struct pair_packet *packet)
{
	if (box_does(box, packet, BOX_EPOCH))
		box_epoch(box, packet);
	if (box_does(box, packet, BOX_GARBAGE))
		box_garbage(box, packet);
	if (!box->live)
		return;
	if (box_does(box, packet, BOX_FLIP))
		box_flip(box, packet);
	if (box_does(box, packet, BOX_LENGTH))
		box_length(box, packet);
	if (packet->way == PAIR_UP && box_does(box, packet, BOX_HELLO))
		pair_deliver(box->pair, packet, box->hello, box->hello_len, box->pair->delay_ns);
}

/* ---- order ---- */

/* Nothing came to overtake it. */
static void
box_let_go(void *arg)
{
	struct box_held *held = arg;

	box_deliver(held->box, held->packet, held->box->pair->delay_ns);
	held->packet = NULL;
}

static void
box_hold(struct box_held *held, const struct pair_packet *packet)
{
	held->packet = packet;
	assert_int_equal(
	    nbs_timer_arm(held->box->pair->engine, &held->timer, BOX_SWAP_MS * NBS_NS_PER_MS),
	    NBS_OK);
}

/* The packet has gone: what was held goes behind it. */
static void
box_overtaken(struct box *box, enum pair_way way)
{
	struct box_held *held = &box->held[way];

	if (held->packet == NULL)
		return;
	nbs_timer_cancel(&held->timer);
	box_let_go(held);
	box->counts[way][BOX_SWAP]++;
}

static void
box_take(void *arg, const struct pair_packet *packet)
{
	struct box *box = arg;
	uint64_t delay = box->pair->delay_ns;

	box_forge(box, packet);
	if (box_does(box, packet, BOX_DROP)) {
		box->lost[packet->way] += packet->data[4] == 1;
		return;
	}
	if (box_does(box, packet, BOX_DELAY))
		delay += BOX_LATE_MS * NBS_NS_PER_MS;
	if ((box->kinds & BOX_BIT(BOX_JITTER)) != 0) {
		delay += box_draw(box, BOX_JITTER_MS) * NBS_NS_PER_MS;
		box->counts[packet->way][BOX_JITTER]++;
	}
	if (box_does(box, packet, BOX_DUPLICATE))
		box_deliver(box, packet, delay + box_draw(box, BOX_JITTER_MS) * NBS_NS_PER_MS);
	if ((box->kinds & BOX_BIT(BOX_SWAP)) != 0 && box->held[packet->way].packet == NULL &&
	    box_draw(box, BOX_ONE_IN) == 0) {
		box_hold(&box->held[packet->way], packet);
		return;
	}
	box_deliver(box, packet, delay);
	box_overtaken(box, packet->way);
}

/* ---- life ---- */

void
box_init(struct box *box, struct pair *pair, unsigned kinds)
{
	memset(box, 0, sizeof(*box));
	box->pair = pair;
	box->kinds = kinds;
	assert_int_equal(nbs_rng_new(pair->engine, "test/box", &box->rng), NBS_OK);
	for (unsigned way = 0; way < 2; way++) {
		box->held[way].box = box;
		nbs_timer_init(&box->held[way].timer, box_let_go, &box->held[way]);
	}
	pair->box = box_take;
	pair->box_arg = box;
}

void
box_fini(struct box *box)
{
	for (unsigned way = 0; way < 2; way++)
		nbs_timer_cancel(&box->held[way].timer);
	gsl_rng_free(box->rng);
	box->pair->box = NULL;
}

size_t
box_replay(struct box *box, bool shuffled)
{
	size_t count = box->pair->packet_count;
	size_t *order = calloc(count, sizeof(*order));

	assert_non_null(order);
	for (size_t i = 0; i < count; i++)
		order[i] = i;
	if (shuffled)
		gsl_ran_shuffle(box->rng, order, count, sizeof(*order));
	for (size_t i = 0; i < count; i++)
		box_deliver(box, &box->pair->packets[order[i]],
			    box->pair->delay_ns + i * NBS_NS_PER_MS);
	free(order);
	return count;
}
