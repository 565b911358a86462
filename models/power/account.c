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

enum nbs_status
nbs_account_spend(struct nbs_account *account, uint64_t duration_ns, enum nbs_power_state state,
		  double power_mw)
{
	if (!account_valid(state))
		return NBS_E_ARG;
	account->since_ns += duration_ns;
	account->time_ns[state] += duration_ns;
	account->energy_mj[state] += (double)duration_ns * power_mw * ACCOUNT_MJ_PER_MW_NS;
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
