/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Residency accounts. 1 mW for 1 ns is 1 pJ = 1e-9 mJ. */
#include "models/power/account.h"

#include <stddef.h>

#define ACCOUNT_MJ_PER_MW_NS 1e-9

static const char *const account_names[NBS_POWER__COUNT] = {
    [NBS_POWER_OFF] = "off",         [NBS_POWER_BOOT] = "boot",
    [NBS_POWER_WAKE] = "wake",       [NBS_POWER_SYNC] = "sync",
    [NBS_POWER_SI] = "si",           [NBS_POWER_RA] = "ra",
    [NBS_POWER_TX] = "tx",           [NBS_POWER_RX] = "rx",
    [NBS_POWER_MONITOR] = "monitor", [NBS_POWER_ACTIVE] = "active",
    [NBS_POWER_CDRX_ON] = "cdrx_on", [NBS_POWER_CDRX_SLEEP] = "cdrx_sleep",
    [NBS_POWER_PAGING] = "paging",   [NBS_POWER_IDLE] = "idle",
    [NBS_POWER_PTW] = "ptw",         [NBS_POWER_EDRX] = "edrx",
    [NBS_POWER_DOWN] = "down",       [NBS_POWER_PSM] = "psm",
};

static const char *const account_layers[NBS_LAYER__COUNT] = {
    [NBS_LAYER_SLEEP] = "sleep",
    [NBS_LAYER_PAGING] = "paging",
    [NBS_LAYER_ACCESS] = "radio_access",
    [NBS_LAYER_TAIL] = "tail",
    [NBS_LAYER_APPLICATION] = "application",
    [NBS_LAYER_RECORD] = "dtls_record",
    [NBS_LAYER_HANDSHAKE] = "dtls_handshake",
    [NBS_LAYER_RETRANSMISSION] = "retransmission",
};

static int
account_valid(enum nbs_power_state state)
{
	return (int)state >= 0 && state < NBS_POWER__COUNT;
}

const char *
nbs_power_state_name(enum nbs_power_state state)
{
	return account_valid(state) ? account_names[state] : "?";
}

const char *
nbs_power_layer_name(enum nbs_power_layer layer)
{
	return (size_t)layer < NBS_LAYER__COUNT ? account_layers[layer] : "?";
}

void
nbs_account_init(struct nbs_account *account, uint64_t now_ns, enum nbs_power_state state,
		 double power_mw)
{
	*account = (struct nbs_account){
	    .since_ns = now_ns,
	    .state = account_valid(state) ? state : NBS_POWER_OFF,
	    .power_mw = power_mw,
	};
}

void
nbs_account_mark(struct nbs_account *account, const struct nbs_power_mark *mark)
{
	account->mark = *mark;
	if (mark->layer >= NBS_LAYER__COUNT)
		account->mark.layer = NBS_LAYER__COUNT - 1;
	if (mark->cause >= NBS_CAUSE__COUNT)
		account->mark.cause = NBS_CAUSE__COUNT - 1;
}

/* Each part to its layer, the rest to the mark's own: the sum is the whole. */
static void
account_book_layers(struct nbs_account *account, double mj)
{
	const struct nbs_power_mark *mark = &account->mark;
	double rest_mj = mj;

	for (size_t i = 0; i < NBS_MARK_PARTS; i++) {
		double part_mj;

		if (mark->part[i] == 0)
			continue;
		part_mj = mj * ((double)mark->part[i] / NBS_MARK_WHOLE);
		account->layer_mj[NBS_LAYER_APPLICATION + i] += part_mj;
		rest_mj -= part_mj;
	}
	account->layer_mj[mark->layer] += rest_mj;
}

/* The place of a radio power in the list: its own, a new one, or the nearest of a full list. */
static struct nbs_tx_level *
account_level(struct nbs_account *account, int8_t dbm)
{
	struct nbs_tx_level *tx = account->tx;
	uint32_t i = 0;

	while (i < account->tx_count && tx[i].dbm < dbm)
		i++;
	if (i < account->tx_count && tx[i].dbm == dbm)
		return &tx[i];
	if (account->tx_count == NBS_TX_LEVELS) {
		if (i == NBS_TX_LEVELS || (i > 0 && dbm - tx[i - 1].dbm <= tx[i].dbm - dbm))
			i--;
		return &tx[i];
	}
	for (uint32_t k = account->tx_count++; k > i; k--)
		tx[k] = tx[k - 1];
	tx[i] = (struct nbs_tx_level){.dbm = dbm};
	return &tx[i];
}

static void
account_book_level(struct nbs_account *account, uint64_t duration_ns, double mj)
{
	struct nbs_tx_level *level = account_level(account, account->mark.dbm);

	level->time_ns += duration_ns;
	level->energy_mj += mj;
}

enum nbs_status
nbs_account_spend(struct nbs_account *account, uint64_t duration_ns, enum nbs_power_state state,
		  double power_mw)
{
	const double mj = (double)duration_ns * power_mw * ACCOUNT_MJ_PER_MW_NS;

	if (!account_valid(state))
		return NBS_E_ARG;
	account->since_ns += duration_ns;
	account->time_ns[state] += duration_ns;
	account->energy_mj[state] += mj;
	account->cause_mj[account->mark.cause] += mj;
	account_book_layers(account, mj);
	if ((state == NBS_POWER_TX || state == NBS_POWER_RA) && duration_ns > 0)
		account_book_level(account, duration_ns, mj);
	return NBS_OK;
}

enum nbs_status
nbs_account_close(struct nbs_account *account, uint64_t now_ns)
{
	if (now_ns < account->since_ns)
		return NBS_E_ARG;
	return nbs_account_spend(account, now_ns - account->since_ns, account->state,
				 account->power_mw);
}

enum nbs_status
nbs_account_enter(struct nbs_account *account, uint64_t now_ns, enum nbs_power_state state,
		  double power_mw)
{
	enum nbs_status status = NBS_E_ARG;

	if (account_valid(state))
		status = nbs_account_close(account, now_ns);
	if (status != NBS_OK)
		return status;
	account->state = state;
	account->power_mw = power_mw;
	return NBS_OK;
}

uint64_t
nbs_account_time_ns(const struct nbs_account *account)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < NBS_POWER__COUNT; i++)
		sum += account->time_ns[i];
	return sum;
}

double
nbs_account_energy_mj(const struct nbs_account *account)
{
	double sum = 0.0;

	for (size_t i = 0; i < NBS_POWER__COUNT; i++)
		sum += account->energy_mj[i];
	return sum;
}

double
nbs_account_energy_at_mj(const struct nbs_account *account, uint64_t now_ns)
{
	double booked_mj = nbs_account_energy_mj(account);

	if (now_ns <= account->since_ns)
		return booked_mj;
	return booked_mj + account->power_mw * ((double)(now_ns - account->since_ns) / 1e9);
}
