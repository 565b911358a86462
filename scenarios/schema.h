/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * The scenario language as one table: each key with its type, unit, range, default, help and the
 * place in struct nbs_scenario that it fills. The loader reads by it, `nbsec check --schema` and
 * the key reference in docs/scenarios.md are printed from it.
 */
#ifndef NBSEC_SCENARIOS_SCHEMA_H
#define NBSEC_SCENARIOS_SCHEMA_H

#include "scenarios/scenario.h"
#include "scenarios/units.h"

#define NBSI_EXPECTS_MAX 512U /* bytes of an "expected ..." text */

enum nbsi_type {
	NBSI_TEXT,   /* characters; min, max = how many */
	NBSI_NAME,   /* letters, digits, - and _ */
	NBSI_MODEM,  /* a modem's name or file, or the file's keys: see profiles.h */
	NBSI_MCU,    /* the same for microcontrollers, or none */
	NBSI_ATTACK, /* a NAME of the attack list */
	NBSI_PREFIX, /* what stands before a serial number's digits */
	NBSI_TOPIC,  /* a topic name with one %s */
	NBSI_PATH,   /* into summary.json */
	NBSI_BASE,   /* a network's name or file: read before the table is, see networks.h */
	NBSI_WORD,   /* one of words, stored as its index in an enum, counted from min */
	NBSI_SWITCH, /* on or off */
	NBSI_WHOLE,  /* whole number, 0 or more */
	NBSI_NUMBER,
	NBSI_NUMBERS, /* list of exactly max_items numbers */
	NBSI_DURATION,
	NBSI_DURATIONS, /* list of exactly max_items durations */
	NBSI_BACKOFF,   /* a duration of the backoff table or off, stored as the indicator */
	NBSI_NB,        /* one of words, stored as 4, 2, 1, 1/2 .. in their order */
	NBSI_TIME,      /* ISO 8601 in UTC */
	/* A value, or a mapping with one key that says how it is drawn. The flag, if there is one,
	 * is the offset of an enum told which: 0 the value, 1 the first key of the table .. */
	NBSI_DIST,          /* of numbers; keys count from the field */
	NBSI_DURATION_DIST, /* keys count from the struct that the table is for */
	NBSI_WHOLE_DIST,    /* the same */
	NBSI_MAP,
	NBSI_MAP_OR_SWITCH, /* a switch that fills the flag, or a mapping */
	NBSI_MAP_OR_WORD,   /* the word fills the flag with true, a mapping with false */
	NBSI_MAP_OR_OFF,    /* off fills the duration at offset with 0 */
	NBSI_LIST,          /* of mappings, allocated */
	NBSI_ITEMS,         /* of at most max_items mappings, in place */
	NBSI_VALUE,         /* struct nbs_value: a mapping of a number, tag, source, spread */
	NBSI_TYPE__COUNT
};

/** One key. A table of keys ends with a NULL name. */
struct nbsi_key {
	const char *name;
	enum nbsi_type type;
	enum nbsi_unit unit;
	double min, max;      /* in the unit stored, durations in ns; max <= min = no range */
	const char *fallback; /* default as written in YAML; NULL = what the struct starts with */
	const char *shown;    /* default in words, where fallback cannot say it */
	bool required;        /* in a mapping that is there */
	size_t offset, size;  /* of the field, in the struct that the table is for */
	size_t flag;      /* offset of a bool told whether (or how) the key is there; 0 = none */
	uint64_t step_ns; /* durations stored as multiples of it; 0 = in ns */
	const char *const *words;    /* NULL-terminated */
	const struct nbsi_key *keys; /* of a mapping or of list items, offsets from this field */
	size_t max_items;
	size_t item_size;    /* of a list's items */
	size_t count_offset; /* of a list: offset of its size_t count; of items: of a uint32_t */
	bool fixed;          /* items: one for each slot; what a slot's mapping leaves out stays */
	const char *help;
};

/** What the top level fills: the scenario, and what only the loader wants to know. */
struct nbsi_root {
	struct nbs_scenario scenario; /* first: offsets into either are the same */
	enum nbs_host_kind stack;     /* of fleets that do not say */
};

/** @return the top level's keys. */
const struct nbsi_key *nbsi_schema(void);

/** @return the keys of the section `network`; offsets in struct nbs_scenario. */
const struct nbsi_key *nbsi_schema_network(void);

/** @return the keys of a network's file besides those; offsets in struct nbs_network_file. */
const struct nbsi_key *nbsi_schema_network_head(void);

/** @return the keys of a modem's file; offsets in struct nbs_modem. */
const struct nbsi_key *nbsi_schema_modem(void);

/** @return the keys of a microcontroller's file; offsets in struct nbs_mcu. */
const struct nbsi_key *nbsi_schema_mcu(void);

/** Something that a scenario may well ask for and that there is no model of. */
struct nbsi_unmodelled {
	const char *name; /* of the key, wherever it stands */
	const char *why;
};

/** @return a table that ends with a NULL name. */
const struct nbsi_unmodelled *nbsi_schema_unmodelled(void);

#define NBSI_KEYS_MAX 128U /* keys in one mapping */

/** @return the key called name in a table; NULL if there is none. */
const struct nbsi_key *nbsi_schema_find(const struct nbsi_key *keys, const char *name, size_t len);

/** Writes what a key takes: "a duration with its unit (..), 1 s to 10 d". */
void nbsi_schema_expects(const struct nbsi_key *key, char *text, size_t size);

/** Writes the range alone: "1 s to 10 d"; "" if there is none. */
void nbsi_schema_range(const struct nbsi_key *key, char *text, size_t size);

/** The attack known at an index; NULL behind the last. */
const char *nbsi_attack_name(size_t index);

/** The most devices that a cell's addresses suffice for: 10.64.0.0/10 less net and broadcast. */
#define NBSI_DEVICES_MAX 4194302U

#endif
