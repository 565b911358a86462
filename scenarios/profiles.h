/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * Device profiles as files: modems and microcontrollers.
 *
 * A profile is a YAML mapping with `kind`, `name`, `title` and the values that its table lists,
 * each with where it comes from. Those of models/power/profiles/ and models/power/mcus/ are
 * compiled into the library. Nothing has a default: a value that is not there is an error.
 */
#ifndef NBSEC_SCENARIOS_PROFILES_H
#define NBSEC_SCENARIOS_PROFILES_H

#include "models/power/mcu.h"
#include "models/power/modem.h"
#include "sim/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/** What a file is about, as its top level says. */
enum nbs_profile_kind { NBS_PROFILE_NONE, NBS_PROFILE_MODEM, NBS_PROFILE_MCU };

/** @return the kind of the file at a path; NBS_PROFILE_NONE also when it cannot be read. */
NBS_API enum nbs_profile_kind nbs_profile_kind(const char *path);

/**
 * Loads a profile.
 * @param[in]  base      name of one that comes with the program, or a file's path.
 * @param[in]  messages  where errors are told, NULL = nowhere.
 * @param[out] modem     freed with nbs_modem_free(); untouched on error.
 * @retval NBS_E_INVALID  the file cannot be read or something in it is wrong: reported.
 */
NBS_API enum nbs_status nbs_modem_load(const char *base, FILE *messages, struct nbs_modem **modem);
NBS_API enum nbs_status nbs_mcu_load(const char *base, FILE *messages, struct nbs_mcu **mcu);
NBS_API void nbs_modem_free(struct nbs_modem *modem);
NBS_API void nbs_mcu_free(struct nbs_mcu *mcu);

/** @return the name of a profile that comes with the program; NULL behind the last. */
NBS_API const char *nbs_modem_name(size_t index);
NBS_API const char *nbs_mcu_name(size_t index);

/** One value of a profile, for lists and reports. */
struct nbs_profile_value {
	char name[48];    /* as the file has it: "psm", "software.aes_block"; "tx at 23 dBm" */
	const char *unit; /* of the value: "mA"; "" = a ratio */
	const struct nbs_value *value;
};

/**
 * The values of a profile in the order of its table.
 * @param[out] value  points into the profile.
 * @return false behind the last, and nothing written.
 */
NBS_API bool nbs_modem_value(const struct nbs_modem *modem, size_t index,
			     struct nbs_profile_value *value);
NBS_API bool nbs_mcu_value(const struct nbs_mcu *mcu, size_t index,
			   struct nbs_profile_value *value);

#endif
