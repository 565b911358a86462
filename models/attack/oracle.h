/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * The ground truth: every genuine application message is registered by its sender, and each
 * message that the cloud accepts is held against that register.
 *
 * Models: what an all-knowing observer would say of an accepted message: genuine, a duplicate,
 * replayed, altered, delivered under another name, or forged.
 * Does not model: what the cloud could have known; a verdict never uses cryptography.
 *
 * A message is its bytes: sender's name and content. Contents must differ from message to message
 * of one sender (reports carry a counter), else a repetition looks like a replay.
 */
#ifndef NBSEC_MODELS_ATTACK_ORACLE_H
#define NBSEC_MODELS_ATTACK_ORACLE_H

#include "sim/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define NBS_ORACLE_NEVER UINT64_MAX /* delivered_ns of a message that was not accepted */

struct nbs_oracle;

enum nbs_verdict {
	NBS_GENUINE,   /**< sent by the named sender, first time */
	NBS_DUPLICATE, /**< the same again from its sender's own address (QoS 1 repeats) */
	NBS_REPLAYED,  /**< the same again from somebody else */
	NBS_ALTERED,   /**< from a sender's address and in its name, but not what it sent */
	NBS_ELSEWHERE, /**< a genuine content under another sender's name */
	NBS_FORGED,    /**< nobody sent it */
	NBS_VERDICT__COUNT
};

/** @return "genuine", "forged", ...; never NULL. */
NBS_API const char *nbs_verdict_str(enum nbs_verdict verdict);

/** A message that a sender truly made, and what became of it. */
struct nbs_oracle_message {
	uint32_t sender; /* as registered */
	uint32_t seq;    /* the sender's own count */
	uint64_t sent_ns;
	uint64_t delivered_ns; /* first acceptance as sent, NBS_ORACLE_NEVER = none */
	uint64_t frame;        /* of that acceptance */
	uint64_t digest;       /* of the content */
};

/** What the cloud accepted. */
struct nbs_oracle_accepted {
	const char *client_id; /* the name under which it was accepted */
	const uint8_t *payload;
	size_t len;
	uint32_t from_addr; /* IPv4 source, host order */
	uint64_t time_ns;
	uint64_t frame;
};

NBS_API enum nbs_status nbs_oracle_new(struct nbs_oracle **oracle);
NBS_API void nbs_oracle_free(struct nbs_oracle *oracle);

/**
 * Adds a genuine sender. @param client_id  not copied, outlives the oracle.
 * @param addr  its own IPv4 address, host order; senders are added with ascending addresses.
 * @param[out] sender  its number, counting from 0.
 */
NBS_API enum nbs_status nbs_oracle_sender(struct nbs_oracle *oracle, const char *client_id,
					  uint32_t addr, uint32_t *sender);

/** Registers a message that its sender makes now. */
NBS_API enum nbs_status nbs_oracle_sent(struct nbs_oracle *oracle, uint32_t sender, uint32_t seq,
					const uint8_t *payload, size_t len, uint64_t now_ns);

/**
 * Judges an accepted message and notes a first delivery.
 * @return NBS_FORGED also when an argument, the name or the content is missing.
 */
NBS_API enum nbs_verdict nbs_oracle_judge(struct nbs_oracle *oracle,
					  const struct nbs_oracle_accepted *accepted);

/** @return messages registered so far. */
NBS_API size_t nbs_oracle_count(const struct nbs_oracle *oracle);

/** @return the i-th message in order of sending; NULL past the last. Valid until the next one. */
NBS_API const struct nbs_oracle_message *nbs_oracle_message(const struct nbs_oracle *oracle,
							    size_t i);

#ifdef __cplusplus
}
#endif
#endif
