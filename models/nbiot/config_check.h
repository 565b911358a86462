/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * What the checks of a network's configuration share: how a fault is told.
 */
#ifndef NBSEC_MODELS_NBIOT_CONFIG_CHECK_H
#define NBSEC_MODELS_NBIOT_CONFIG_CHECK_H

#include "models/nbiot/config.h"

#define NBSI_NET(field) offsetof(struct nbs_network_config, field)
#define NBSI_CE(level, field)                                    \
	(NBSI_NET(ce) + (level) * sizeof(struct nbs_ce_config) + \
	 offsetof(struct nbs_ce_config, field))

/** A check under way. */
struct nbsi_config_check {
	const struct nbs_network_config *config;
	nbs_network_fault_fn fault;
	void *arg;
	unsigned count;
	bool
	    levels_sound; /* coverage levels, value by value: else conditions would tell it again */
	bool si_sound;    /* the same of SI */
};

/** Tells one fault. */
void nbsi_config_refuse(struct nbsi_config_check *check, size_t field, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** Conditions between several fields; all values may still be anything. */
void nbsi_config_cross(struct nbsi_config_check *check);

#endif
