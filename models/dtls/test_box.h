/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Test support: a box between the ends of a pair that does to datagrams what bad networks and
 * attackers do, and counts what it did. All of it is drawn from a random stream of its own.
 */
#ifndef NBSEC_MODELS_DTLS_TEST_BOX_H
#define NBSEC_MODELS_DTLS_TEST_BOX_H

#include "models/dtls/test_pair.h"

/* Each befalls one datagram in five, jitter all of them. Those behind BOX_SWAP add datagrams and
 * leave the genuine one alone. */
enum box_kind {
	BOX_DROP,
	BOX_DELAY, /* by BOX_LATE_MS: the timer of 1 s runs out meanwhile */
	BOX_DUPLICATE,
	BOX_JITTER,  /* each datagram up to BOX_JITTER_MS later: order is lost */
	BOX_SWAP,    /* overtaken by the next one of its way, within BOX_SWAP_MS */
	BOX_FLIP,    /* a copy with one bit changed, ahead of it */
	BOX_EPOCH,   /* a copy from another epoch */
	BOX_LENGTH,  /* a copy whose header gives another length */
	BOX_GARBAGE, /* a record header with random bytes */
	BOX_HELLO,   /* a ClientHello of somebody else, from the device's address */
	BOX__COUNT
};

#define BOX_BIT(kind) (1U << (kind))
#define BOX_ONE_IN 5U
#define BOX_LATE_MS 3000U
#define BOX_JITTER_MS 300U
#define BOX_SWAP_MS 300U

struct box;

/* A datagram that waits to be overtaken. */
struct box_held {
	struct box *box;
	const struct pair_packet *packet; /* NULL = none */
	struct nbs_timer timer;
};

struct box {
	struct pair *pair;
	gsl_rng *rng;
	unsigned kinds; /* BOX_BIT()s */
	/* Both ends are connected. Before, nothing is flipped, cut or spoofed: records in the clear
	 * can be forged, and a handshake that fails by it fails as RFC 6347 has it. */
	bool live;
	const uint8_t *hello; /* somebody else's, for BOX_HELLO */
	size_t hello_len;
	struct box_held held[2];        /* by way */
	unsigned counts[2][BOX__COUNT]; /* what befell datagrams of a way */
	unsigned lost[2]; /* of those dropped, the ones that start in epoch 1: records */
};

/* Puts the box into the pair's way. hello may be NULL without BOX_HELLO. */
void box_init(struct box *box, struct pair *pair, unsigned kinds);
void box_fini(struct box *box);

/*
 * Brings all datagrams that were ever sent, in order or shuffled, to where they went once more,
 * a millisecond apart. @return how many.
 */
size_t box_replay(struct box *box, bool shuffled);

#endif
