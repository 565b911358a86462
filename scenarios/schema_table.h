/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * What the tables of the scenario language are written with: times in ns, places of fields.
 */
#ifndef NBSEC_SCENARIOS_SCHEMA_TABLE_H
#define NBSEC_SCENARIOS_SCHEMA_TABLE_H

#include "scenarios/schema.h"

#define MS 1e6
#define S 1e9
#define MIN (60 * S)
#define H (60 * MIN)
#define D (24 * H)
#define YEARS_100 (36525 * D)

#define AT(type, field) .offset = offsetof(type, field), .size = sizeof(((type *)0)->field)
#define COUNT_AT(type, field) .count_offset = offsetof(type, field)
#define FLAG_AT(type, field) .flag = offsetof(type, field)

/** The section `network`, schema_network.c. */
extern const struct nbsi_key nbsi_network_keys[];

/** The section `battery`, schema_battery.c. */
extern const struct nbsi_key nbsi_battery_keys[];

/** The mapping `fleets[].mcl.place`, schema_place.c. */
extern const struct nbsi_key nbsi_place_keys[];

#endif
