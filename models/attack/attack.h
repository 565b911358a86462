/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * Attackers behind one interface.
 *
 * Models: an attacker as an object that is started, makes attempts on its own host and tells each
 * attempt's beginning and end. Whether an attempt succeeded is not its to say: the ground-truth
 * register judges what the cloud accepted.
 * Does not model: attackers inside the radio or the operator's network (a later version).
 */
#ifndef NBSEC_MODELS_ATTACK_ATTACK_H
#define NBSEC_MODELS_ATTACK_ATTACK_H

#include "models/dtls/certificate.h"
#include "models/dtls/dtls.h"
#include "sim/net.h"

#ifdef __cplusplus
extern "C" {
#endif

#define NBS_ATTACK_ABI 1U

/** What an attacker is given. Pointers stay valid for the attacker's life. */
struct nbs_attack_env {
	uint32_t size; /* of this struct: new fields come at its end */
	struct nbs_engine *engine;
	struct nbs_host *host;        /* its own, an ns3 node on the internet side */
	const char *name;             /* prefix of its random streams */
	struct nbs_endpoint target;   /* the gateway's port that the target fleet uses */
	bool dtls;                    /* that port speaks DTLS */
	const char *topic;            /* topic names there; "%s" stands for the ClientID */
	unsigned payload_bytes;       /* size of a report there */
	uint64_t start_ns, period_ns; /* first attempt, then from one to the next */
	unsigned attempts;            /* at most */
	const uint8_t *identity; /* PSK identity of its key; NULL = none, or any: a group's key */
	size_t identity_len;
	const uint8_t *psk; /* with its key */
	size_t psk_len;

	/** The guess for attempt n (from 0): writes a ClientID. */
	enum nbs_status (*guess)(void *arg, unsigned n, char *client_id, size_t size);
	/** An attempt begins (0, 1, 2, ... in order): everything it sends comes from `from`. */
	void (*begun)(void *arg, unsigned n, const char *client_id, struct nbs_endpoint from);
	/**
	 * It is over, as far as the attacker can tell: "acknowledged", "rejected", "unanswered",
	 * ...
	 * @param turned_away  the far end said no; false for success and for silence.
	 */
	void (*ended)(void *arg, unsigned n, bool turned_away, const char *outcome);
	void *arg;
	uint16_t suite; /* that the target fleet offers; 0 = NBS_DTLS_PSK_AES_128_CCM_8 */
	/* With a suite that has certificates, what it shows: an insider's, or one that it made
	 * itself. Else NULL. */
	const struct nbs_dtls_credentials *credentials;
};

/** A kind of attack. new: makes it, not started; start: arms its first attempt; free: any time. */
struct nbs_attack_ops {
	uint32_t abi_version; /* NBS_ATTACK_ABI */
	uint32_t size;        /* sizeof(struct nbs_attack_ops) */
	const char *name;     /* as scenarios write it */
	const char *summary;  /* one line */
	enum nbs_status (*make)(const struct nbs_attack_env *env, void **attack);
	enum nbs_status (*start)(void *attack);
	void (*destroy)(void *attack);
};

/** @return the attack of that name, NULL if there is none. */
NBS_API const struct nbs_attack_ops *nbs_attack_find(const char *name);

/** @return the table of all built-in attacks. */
NBS_API const struct nbs_attack_ops *const *nbs_attack_list(size_t *count);

extern const struct nbs_attack_ops nbsi_clientid_spoof;

#ifdef __cplusplus
}
#endif
#endif
