/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * What the tables of the scenario language are written with: times in ns, places of fields.
 */
#ifndef NBSEC_SCENARIOS_SCHEMA_TABLE_H
#define NBSEC_SCENARIOS_SCHEMA_TABLE_H

#include "scenarios/schema.h"
#include "scenarios/serial.h"

#define MS 1e6
#define S 1e9
#define MIN (60 * S)
#define H (60 * MIN)
#define D (24 * H)
#define YEARS_100 (36525 * D)

#define AT(type, field) .offset = offsetof(type, field), .size = sizeof(((type *)0)->field)
#define COUNT_AT(type, field) .count_offset = offsetof(type, field)
#define FLAG_AT(type, field) .flag = offsetof(type, field)

/* Serial numbers: NBS_CLIENTID_MAX or NBS_PREFIX_MAX characters at most before the digits. */
/* clang-format off */
#define SERIAL_KEYS(type, field, longest)                                                          \
	{"prefix", NBSI_PREFIX, .min = 0, .max = (longest), .fallback = "",             \
	 .shown = "nothing", AT(type, field.prefix), .help = "stands before the digits"},      \
	{"first", NBSI_WHOLE, .min = 0, .max = (double)NBSI_SERIAL_FIRST_MAX,                  \
	 .required = true, AT(type, field.first), .help = "number of the first; counts up"},   \
	{"digits", NBSI_WHOLE, .min = 1, .max = NBSI_SERIAL_DIGITS_MAX, .fallback = "1",       \
	 AT(type, field.digits), .help = "padded with zeros to so many digits"}
/* clang-format on */

/** The sections `gateway` and `fleets[].dtls`, schema_dtls.c. */
extern const struct nbsi_key nbsi_gateway_keys[];
extern const struct nbsi_key nbsi_dtls_keys[];

/** The section `network`, schema_network.c. */
extern const struct nbsi_key nbsi_network_keys[];

/** The section `battery`, schema_battery.c. */
extern const struct nbsi_key nbsi_battery_keys[];

/** The mapping `fleets[].mcl.place`, schema_place.c. */
extern const struct nbsi_key nbsi_place_keys[];

#endif
