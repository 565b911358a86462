/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What each state's energy rests on. */
#include "models/power/basis.h"

#include <stddef.h>

#define BASIS(profile, field, label) \
	((struct nbs_basis){.name = (label), .value = &(profile)->field})

struct nbs_basis
nbs_modem_basis(const struct nbs_modem *modem, enum nbs_power_state state)
{
	switch (state) {
	case NBS_POWER_BOOT:
		return BASIS(modem, boot_mj, "boot");
	case NBS_POWER_WAKE:
		return BASIS(modem, wake_mj, "wake");
	case NBS_POWER_DOWN:
		return BASIS(modem, down_mj, "down");
	case NBS_POWER_SYNC:
		return BASIS(modem, sync_rx_share, "sync_rx_share");
	case NBS_POWER_SI:
	case NBS_POWER_RX:
	case NBS_POWER_MONITOR:
	case NBS_POWER_CDRX_ON:
	case NBS_POWER_PAGING:
		return BASIS(modem, rx_ma, "rx");
	case NBS_POWER_RA:
	case NBS_POWER_TX: /* full power is what counts */
		return BASIS(modem, tx[modem->tx_points - 1].current_ma, "tx");
	case NBS_POWER_ACTIVE:
		return BASIS(modem, active_ma, "active");
	case NBS_POWER_CDRX_SLEEP:
		return BASIS(modem, cdrx_sleep_ma, "cdrx_sleep");
	case NBS_POWER_IDLE:
		return BASIS(modem, idle_ma, "idle");
	case NBS_POWER_PTW:
		return BASIS(modem, ptw_ma, "ptw");
	case NBS_POWER_EDRX:
		return BASIS(modem, edrx_ma, "edrx");
	case NBS_POWER_PSM:
		return BASIS(modem, psm_ma, "psm");
	case NBS_POWER_OFF:
	case NBS_POWER__COUNT:
		break;
	}
	return (struct nbs_basis){0};
}

static const char *const basis_mcu_states[NBS_MCU__COUNT] = {
    [NBS_MCU_ACTIVE] = "active",
    [NBS_MCU_CRYPTO] = "crypto",
    [NBS_MCU_SLEEP] = "sleep",
};

const char *
nbs_mcu_state_name(enum nbs_mcu_state state)
{
	return (size_t)state < NBS_MCU__COUNT ? basis_mcu_states[state] : "?";
}

struct nbs_basis
nbs_mcu_basis(const struct nbs_mcu *mcu, bool hardware, enum nbs_mcu_state state)
{
	switch (state) {
	case NBS_MCU_ACTIVE:
		return BASIS(mcu, active_ma, "mcu_active");
	case NBS_MCU_SLEEP:
		return BASIS(mcu, sleep_ma, "mcu_sleep");
	case NBS_MCU_CRYPTO:
		return hardware ? BASIS(mcu, hardware.op_us[NBS_CRYPTO_SHA256_BLOCK], "crypto")
				: BASIS(mcu, software.op_us[NBS_CRYPTO_SHA256_BLOCK], "crypto");
	case NBS_MCU__COUNT:
		break;
	}
	return (struct nbs_basis){0};
}
