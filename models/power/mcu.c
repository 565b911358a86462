/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a microcontroller spends: operations times their cost, awake times, and sleep for the rest.
 */
#include "models/power/mcu.h"

#include <stddef.h>

#define MCU_NS_PER_US 1e3
#define MCU_NS_PER_MS 1e6
#define MCU_MJ_PER_MW_NS 1e-9

static const struct nbs_mcu_crypto *
mcu_way(const struct nbs_mcu *mcu, bool hardware)
{
	return hardware ? &mcu->hardware : &mcu->software;
}

uint64_t
nbs_mcu_crypto_ns(const struct nbs_mcu *mcu, bool hardware, const struct nbs_crypto_work *work)
{
	const struct nbs_mcu_crypto *way = mcu_way(mcu, hardware);
	double ns = 0.0;

	for (size_t i = 0; i < NBS_CRYPTO__COUNT; i++)
		ns += (double)work->count[i] * way->op_us[i].value * MCU_NS_PER_US;
	return (uint64_t)(ns + 0.5);
}

double
nbs_mcu_crypto_mj(const struct nbs_mcu *mcu, bool hardware, const struct nbs_crypto_work *work)
{
	return (double)nbs_mcu_crypto_ns(mcu, hardware, work) * mcu->supply_v.value *
	       mcu_way(mcu, hardware)->current_ma.value * MCU_MJ_PER_MW_NS;
}

void
nbs_mcu_charge(const struct nbs_mcu *mcu, bool hardware, const struct nbs_mcu_load *load,
	       struct nbs_mcu_account *account)
{
	const double volt = mcu->supply_v.value;
	const double awake_ms = (double)load->reports * mcu->report_ms.value +
				(double)load->datagrams * mcu->datagram_ms.value;
	uint64_t busy_ns;

	account->active_ns = (uint64_t)(awake_ms * MCU_NS_PER_MS + 0.5);
	account->crypto_ns = nbs_mcu_crypto_ns(mcu, hardware, &load->work);
	busy_ns = account->active_ns + account->crypto_ns;
	account->sleep_ns = load->elapsed_ns > busy_ns ? load->elapsed_ns - busy_ns : 0;
	account->active_mj =
	    (double)account->active_ns * volt * mcu->active_ma.value * MCU_MJ_PER_MW_NS;
	account->crypto_mj = nbs_mcu_crypto_mj(mcu, hardware, &load->work);
	account->sleep_mj =
	    (double)account->sleep_ns * volt * mcu->sleep_ma.value * MCU_MJ_PER_MW_NS;
}
