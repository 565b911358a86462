/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * What a state's energy rests on: the one value of a profile that decides it most.
 *
 * Models: a state to a value; several states to one where they share it (whoever receives rests on
 * the receive current), so that an error of it moves them all.
 * Does not model: the lesser values of states that mix two (a cell search receives and waits).
 */
#ifndef NBSEC_MODELS_POWER_BASIS_H
#define NBSEC_MODELS_POWER_BASIS_H

#include "models/power/mcu.h"
#include "models/power/modem.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A value under the name that its profile has it under. */
struct nbs_basis {
	const char *name;              /* "rx", "psm", ...: static; NULL = nothing is spent */
	const struct nbs_value *value; /* in the profile; NULL = nothing is spent */
};

/** @return what a modem's state rests on; nothing for NBS_POWER_OFF. */
NBS_API struct nbs_basis nbs_modem_basis(const struct nbs_modem *modem, enum nbs_power_state state);

/** What a microcontroller spends energy in. */
enum nbs_mcu_state { NBS_MCU_ACTIVE, NBS_MCU_CRYPTO, NBS_MCU_SLEEP, NBS_MCU__COUNT };

/** @return "active", "crypto", "sleep"; "?" outside the enumeration. */
NBS_API const char *nbs_mcu_state_name(enum nbs_mcu_state state);

/** @return what that rests on; of cryptography the cost of what PSK does most, SHA-256. */
NBS_API struct nbs_basis nbs_mcu_basis(const struct nbs_mcu *mcu, bool hardware,
				       enum nbs_mcu_state state);

#ifdef __cplusplus
}
#endif
#endif
