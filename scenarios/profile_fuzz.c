/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as a device profile of either kind. Whatever is accepted has finite values, each with a
 * source, and powers that a simulation can use.
 */
#include "scenarios/loader.h"

#include <math.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_value(const struct nbs_profile_value *one)
{
	const struct nbs_value *value = one->value;
	if (!isfinite(value->value) || value->value < 0.0 || value->spread < 0.0 ||
	    value->spread > 2.0 || value->source[0] == '\0' || value->tag >= NBS_TAG__COUNT)
		abort();
}

static void
check_modem(struct nbs_modem *modem)
{
	struct nbs_profile_value one;
	for (size_t i = 0; nbs_modem_value(modem, i, &one); i++)
		check_value(&one);
	for (int i = 0; i < NBS_POWER__COUNT; i++) {
		for (double dbm = -70.0; dbm <= 40.0; dbm += 5.0) {
			double mw = nbs_modem_power_mw(modem, (enum nbs_power_state)i, dbm);
			if (!isfinite(mw) || mw < 0.0 || mw > 1e5)
				abort();
		}
	}
	nbs_modem_free(modem);
}

static void
check_mcu(struct nbs_mcu *mcu)
{
	struct nbs_profile_value one;
	struct nbs_crypto_work work = {{1, 1, 1, 1, 1, 1, 1, 1}};
	for (size_t i = 0; nbs_mcu_value(mcu, i, &one); i++)
		check_value(&one);
	double software = nbs_mcu_crypto_mj(mcu, false, &work);
	double hardware = nbs_mcu_crypto_mj(mcu, true, &work);
	if (!isfinite(software) || software < 0.0 || !isfinite(hardware) || hardware < 0.0)
		abort();
	nbs_mcu_free(mcu);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static FILE *messages;
	if (messages == NULL)
		messages = fopen("/dev/null", "w");
	/* Of its own size, so that a read past its end is seen. */
	char *text = malloc(size > 0 ? size : 1);
	if (text == NULL || messages == NULL)
		abort();
	for (size_t i = 0; i < size; i++)
		text[i] = (char)data[i];
	void *profile = NULL;
	if (nbsi_profile_parse("fuzz", text, size, NBS_PROFILE_MODEM, messages, &profile) == NBS_OK)
		check_modem(profile);
	if (nbsi_profile_parse("fuzz", text, size, NBS_PROFILE_MCU, messages, &profile) == NBS_OK)
		check_mcu(profile);
	free(text);
	return 0;
}
