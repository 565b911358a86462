/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * What nbsec dtls-client and nbsec dtls-server are told alike, and how their values are read.
 */
#ifndef NBSEC_CLI_DTLS_ARGS_H
#define NBSEC_CLI_DTLS_ARGS_H

#include "models/dtls/dtls.h"
#include "sim/net.h"

#include <argp.h>

/** Keys of shared options are long options only and lie above this; a command's own below. */
#define DTLS_KEY_SHARED 0x200

struct dtls_args {
	uint16_t suites[NBS_DTLS_SUITES_MAX];
	size_t suite_count;      /* 0 = the endpoints' default */
	bool cid;                /* --cid was given */
	size_t cid_len;          /* bytes */
	uint64_t timeout_min_ns; /* 0 = not given */
	uint64_t timeout_max_ns; /* 0 = not given */
	const char *keylog;      /* path; NULL = none */
	uint32_t seed;           /* 0 = from the system's entropy */
	bool hex;                /* records as lines of hexadecimal digits */
};

/** The shared options; a command has them as its child, with a dtls_args as the child's input. */
extern const struct argp dtls_args_argp;

/** A key. */
struct dtls_key {
	uint8_t data[NBS_DTLS_PSK_MAX];
	size_t len;
};

/**
 * Reads a key; ends the program with a message if it is none.
 * @param[in] text  the option's value. @param[in] digits  where in it the key is.
 */
void dtls_args_key(const char *option, const char *text, const char *digits, struct dtls_key *key,
		   const struct argp_state *state);

/** Reads a time with its unit, s or ms; ends the program with a message if it is none. */
uint64_t dtls_args_time(const char *option, const char *text, const struct argp_state *state);

/**
 * Reads HOST:PORT; a name is looked up. Ends the program with a message if it leads nowhere.
 * @param[in] option  its name with the dashes and a blank behind, or "" for an argument.
 * @param port_min  0, where the system may choose one, or 1.
 */
struct nbs_endpoint dtls_args_endpoint(const char *option, const char *text, unsigned port_min,
				       const struct argp_state *state);

#endif
