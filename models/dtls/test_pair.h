/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Test support: a server and any number of clients on the real engine, joined by a delay that may
 * lose datagrams. Every datagram that is sent is logged, lost or not; every op is counted.
 */
#ifndef NBSEC_MODELS_DTLS_TEST_PAIR_H
#define NBSEC_MODELS_DTLS_TEST_PAIR_H

#include "models/dtls/client.h"
#include "models/dtls/server.h"

#define PAIR_EPOCH UINT64_C(1767225600) /* 2026-01-01T00:00:00Z, `date -u -d 2026-01-01 +%s` */
#define PAIR_SERVER_PORT 10001U
#define PAIR_NOTES 4096U /* datagrams and op calls kept */

struct pair;

enum pair_way { PAIR_UP, PAIR_DOWN };

/* A datagram that left an endpoint. */
struct pair_packet {
	enum pair_way way;
	uint64_t time_ns;
	struct nbs_endpoint device;  /* the client's end of it */
	enum nbs_dtls_datagram what; /* the client's own view; RECORD downwards */
	size_t len;
	uint8_t *data;
};

/* A closed() or failed() of the server. */
struct pair_note {
	enum nbs_dtls_reason reason;
	uint64_t handle; /* 0 for failed() */
	uint64_t frame;
	size_t identity_len;
	uint8_t identity[NBS_DTLS_IDENTITY_MAX];
};

struct pair_node {
	struct pair *pair;
	struct nbs_endpoint at;
	struct nbs_dtls_client *client;
	unsigned connected, closed;
	enum nbs_dtls_reason reason;
	int error;
	uint64_t closed_ns;
	unsigned received;
	uint8_t last[64]; /* newest record, cut */
	size_t last_len;
	void (*on_connected)(struct pair_node *node); /* extra work of a test, or NULL */
	void (*on_closed)(struct pair_node *node);
	void (*on_received)(struct pair_node *node);
};

struct pair {
	struct nbs_engine *engine;
	struct nbs_dtls_server *server;
	uint64_t delay_ns;    /* one way */
	unsigned lose_one_in; /* 0 = none */
	bool lose_down;       /* every reply */
	gsl_rng *losses;
	/* Takes a datagram's fate over from delay and losses; calls pair_deliver(), or not. */
	void (*box)(void *arg, const struct pair_packet *packet);
	void *box_arg;
	const uint8_t *key; /* what the server has for every identity but "nobody" */
	size_t key_len;
	struct pair_packet packets[PAIR_NOTES];
	size_t packet_count;
	struct pair_note closed[PAIR_NOTES], failed[PAIR_NOTES];
	size_t closed_count, failed_count;
	unsigned connected, received;
	struct nbs_dtls_session *newest; /* of the newest connected() */
	uint8_t last[64];
	size_t last_len;
	uint64_t last_frame;
	bool echo; /* the server writes back what it receives */
	void (*on_received)(struct pair *pair, struct nbs_dtls_session *session);
};

/* A 16-byte key that both ends have unless a test says otherwise. */
extern const uint8_t pair_key[16];

/* The ops of all pairs: arg is the pair, or the node. */
extern const struct nbs_dtls_server_ops pair_server_ops;
extern const struct nbs_dtls_client_ops pair_client_ops;

/* Settings that a test may change before it hands them on. */
void pair_server_defaults(struct nbs_dtls_server_config *config);
void pair_client_defaults(struct nbs_dtls_client_config *config);

/* config NULL = defaults. All fail the test on trouble. */
struct pair *pair_new(uint32_t seed, const struct nbs_dtls_server_config *config);
void pair_free(struct pair *pair);
void pair_node_init(struct pair_node *node, struct pair *pair, unsigned number,
		    const struct nbs_dtls_client_config *config);
void pair_node_fini(struct pair_node *node);

/*
 * Gives each line of a vector file beside the test, but for comments and blank ones.
 * @return how many there were.
 */
unsigned pair_vectors(const char *path, void (*check)(const char *line));

/* Brings the far end of a packet's way these bytes, after so long. */
void pair_deliver(struct pair *pair, const struct pair_packet *packet, const uint8_t *data,
		  size_t len, uint64_t delay_ns);

/* Runs for so long. */
void pair_run_s(struct pair *pair, uint64_t seconds);

/* Connects and runs until it must be over; fails the test if it is not. */
void pair_connect(struct pair_node *node);

/* The so-manieth datagram of a way, from 0; NULL if there are fewer. */
const struct pair_packet *pair_packet(const struct pair *pair, enum pair_way way, size_t index);

#endif
