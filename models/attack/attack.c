/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list of built-in attacks. */
#include "models/attack/attack.h"

#include <string.h>

static const struct nbs_attack_ops *const attacks[] = {
    &nbsi_clientid_spoof,
};

const struct nbs_attack_ops *const *
nbs_attack_list(size_t *count)
{
	*count = sizeof attacks / sizeof attacks[0];
	return attacks;
}

const struct nbs_attack_ops *
nbs_attack_find(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof attacks / sizeof attacks[0]; i++)
		if (strcmp(attacks[i]->name, name) == 0)
			return attacks[i];
	return NULL;
}
