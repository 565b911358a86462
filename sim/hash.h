/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * FNV-1a, 64 bit (Fowler, Noll, Vo): names of streams and tables of our own. It does not stand up
 * to an adversary. Shared inside the library.
 */
#ifndef NBSEC_SIM_HASH_H
#define NBSEC_SIM_HASH_H

#include <stddef.h>
#include <stdint.h>

#define NBSI_FNV1A_START UINT64_C(0xcbf29ce484222325) /* offset basis */
#define NBSI_FNV1A_PRIME UINT64_C(0x100000001b3)

/** @return the hash of what was hashed to `hash` so far, followed by data. */
static inline uint64_t
nbsi_fnv1a(uint64_t hash, const void *data, size_t len)
{
	const unsigned char *octet = (const unsigned char *)data; /* C++ reads this, too */
	size_t i;

	for (i = 0; i < len; i++)
		hash = (hash ^ octet[i]) * NBSI_FNV1A_PRIME;
	return hash;
}

#endif
