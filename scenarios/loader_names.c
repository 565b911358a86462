/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The names that a scenario may use for attacks: those that the models register. */
#include "models/attack/attack.h"
#include "scenarios/schema.h"

const char *
nbsi_attack_name(size_t index)
{
	size_t count = 0;
	const struct nbs_attack_ops *const *attacks = nbs_attack_list(&count);
	return index < count ? attacks[index]->name : NULL;
}
