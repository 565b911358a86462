/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The register of genuine messages: an array in order of sending, and a hash over the contents. */
#include "models/attack/oracle.h"

#include "sim/array.h"
#include "sim/hash.h"

#include <stdlib.h>
#include <string.h>

/* Messages, and senders: the table holds an index and one more in 32 bits. */
#define ENTRIES_MAX (UINT32_C(1) << 31)

struct oracle_sender {
	const char *client_id;
	uint32_t addr;
};

struct nbs_oracle {
	struct oracle_sender *senders;
	size_t sender_count, sender_cap;
	struct nbs_oracle_message *messages;
	size_t message_count, message_cap;
	uint32_t *table;  /* index + 1 of a message, 0 = empty; linear probing */
	size_t table_cap; /* a power of two, at least twice message_count */
};

static const char *const verdict_text[NBS_VERDICT__COUNT] = {
    [NBS_GENUINE] = "genuine", [NBS_DUPLICATE] = "duplicate", [NBS_REPLAYED] = "replayed",
    [NBS_ALTERED] = "altered", [NBS_ELSEWHERE] = "elsewhere", [NBS_FORGED] = "forged",
};

const char *
nbs_verdict_str(enum nbs_verdict verdict)
{
	if ((unsigned)verdict >= NBS_VERDICT__COUNT || verdict_text[verdict] == NULL)
		return "unknown verdict";
	return verdict_text[verdict];
}

/* No adversary here, the register is ours. The low bits of FNV-1a are its weak ones. */
static uint64_t
digest(const uint8_t *data, size_t len)
{
	uint64_t hash = nbsi_fnv1a(NBSI_FNV1A_START, data, len);

	return hash ^ hash >> 29;
}

enum nbs_status
nbs_oracle_new(struct nbs_oracle **out)
{
	if (out == NULL)
		return NBS_E_ARG;
	*out = calloc(1, sizeof **out);
	return *out == NULL ? NBS_E_NOMEM : NBS_OK;
}

void
nbs_oracle_free(struct nbs_oracle *oracle)
{
	if (oracle == NULL)
		return;
	free(oracle->senders);
	free(oracle->messages);
	free(oracle->table);
	free(oracle);
}

enum nbs_status
nbs_oracle_sender(struct nbs_oracle *oracle, const char *client_id, uint32_t addr, uint32_t *sender)
{
	enum nbs_status status;
	void *array;

	if (oracle == NULL || client_id == NULL || sender == NULL)
		return NBS_E_ARG;
	if (oracle->sender_count > 0 && oracle->senders[oracle->sender_count - 1].addr >= addr)
		return NBS_E_ARG;
	array = oracle->senders;
	if (oracle->sender_count >= ENTRIES_MAX)
		return NBS_E_RANGE;
	status = nbsi_array_room(&array, sizeof *oracle->senders, oracle->sender_count,
				 &oracle->sender_cap);
	oracle->senders = array;
	if (status != NBS_OK)
		return status;
	oracle->senders[oracle->sender_count] = (struct oracle_sender){client_id, addr};
	*sender = (uint32_t)oracle->sender_count++;
	return NBS_OK;
}

static void
table_put(struct nbs_oracle *oracle, size_t index)
{
	size_t at = oracle->messages[index].digest & (oracle->table_cap - 1);

	while (oracle->table[at] != 0)
		at = (at + 1) & (oracle->table_cap - 1);
	oracle->table[at] = (uint32_t)(index + 1);
}

static enum nbs_status
table_grow(struct nbs_oracle *oracle)
{
	size_t cap = oracle->table_cap == 0 ? 256 : oracle->table_cap * 2;
	uint32_t *table;
	size_t i;

	if ((oracle->message_count + 1) * 2 <= oracle->table_cap)
		return NBS_OK;
	table = calloc(cap, sizeof *table);
	if (table == NULL)
		return NBS_E_NOMEM;
	free(oracle->table);
	oracle->table = table;
	oracle->table_cap = cap;
	for (i = 0; i < oracle->message_count; i++)
		table_put(oracle, i);
	return NBS_OK;
}

enum nbs_status
nbs_oracle_sent(struct nbs_oracle *oracle, uint32_t sender, uint32_t seq, const uint8_t *payload,
		size_t len, uint64_t now_ns)
{
	enum nbs_status status;
	void *array;

	if (oracle == NULL || (payload == NULL && len > 0))
		return NBS_E_ARG;
	if (sender >= oracle->sender_count)
		return NBS_E_ARG;
	array = oracle->messages;
	if (oracle->message_count >= ENTRIES_MAX)
		return NBS_E_RANGE;
	status = nbsi_array_room(&array, sizeof *oracle->messages, oracle->message_count,
				 &oracle->message_cap);
	oracle->messages = array;
	if (status == NBS_OK)
		status = table_grow(oracle);
	if (status != NBS_OK)
		return status;
	oracle->messages[oracle->message_count] = (struct nbs_oracle_message){
	    .sender = sender,
	    .seq = seq,
	    .sent_ns = now_ns,
	    .delivered_ns = NBS_ORACLE_NEVER,
	    .digest = digest(payload, len),
	};
	table_put(oracle, oracle->message_count);
	oracle->message_count++;
	return NBS_OK;
}

/*
 * The message with this content: of the named sender if it has one, else anybody's. Two senders
 * may have made the same bytes, so the whole run of equal digests is looked at.
 */
static struct nbs_oracle_message *
find_content(struct nbs_oracle *oracle, uint64_t hash, const char *client_id, bool *same_name)
{
	struct nbs_oracle_message *found = NULL;
	size_t at;

	*same_name = false;
	if (oracle->table_cap == 0)
		return NULL;
	for (at = hash & (oracle->table_cap - 1); oracle->table[at] != 0;
	     at = (at + 1) & (oracle->table_cap - 1)) {
		struct nbs_oracle_message *m = &oracle->messages[oracle->table[at] - 1];

		if (m->digest != hash)
			continue;
		found = m;
		*same_name = strcmp(oracle->senders[m->sender].client_id, client_id) == 0;
		if (*same_name)
			break;
	}
	return found;
}

static int
compare_addr(const void *key, const void *element)
{
	uint32_t addr = *(const uint32_t *)key;
	const struct oracle_sender *sender = element;

	return (addr > sender->addr) - (addr < sender->addr);
}

/* Something nobody sent: altered on its way if it comes from the named sender's own address. */
static enum nbs_verdict
judge_unknown(const struct nbs_oracle *oracle, const struct nbs_oracle_accepted *accepted)
{
	const struct oracle_sender *sender = NULL;

	if (oracle->sender_count > 0)
		sender = bsearch(&accepted->from_addr, oracle->senders, oracle->sender_count,
				 sizeof *sender, compare_addr);
	if (sender == NULL || strcmp(sender->client_id, accepted->client_id) != 0)
		return NBS_FORGED;
	return NBS_ALTERED;
}

enum nbs_verdict
nbs_oracle_judge(struct nbs_oracle *oracle, const struct nbs_oracle_accepted *accepted)
{
	struct nbs_oracle_message *m;
	bool same_name;

	if (oracle == NULL || accepted == NULL || accepted->client_id == NULL ||
	    (accepted->payload == NULL && accepted->len > 0))
		return NBS_FORGED;
	m = find_content(oracle, digest(accepted->payload, accepted->len), accepted->client_id,
			 &same_name);
	if (m == NULL)
		return judge_unknown(oracle, accepted);
	if (!same_name)
		return NBS_ELSEWHERE;
	if (m->delivered_ns == NBS_ORACLE_NEVER) {
		m->delivered_ns = accepted->time_ns;
		m->frame = accepted->frame;
		return NBS_GENUINE;
	}
	return accepted->from_addr == oracle->senders[m->sender].addr ? NBS_DUPLICATE
								      : NBS_REPLAYED;
}

size_t
nbs_oracle_count(const struct nbs_oracle *oracle)
{
	return oracle == NULL ? 0 : oracle->message_count;
}

const struct nbs_oracle_message *
nbs_oracle_message(const struct nbs_oracle *oracle, size_t i)
{
	return oracle == NULL || i >= oracle->message_count ? NULL : &oracle->messages[i];
}
