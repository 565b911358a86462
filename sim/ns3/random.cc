// SPDX-License-Identifier: GPL-2.0-or-later
// Named random streams: ns-3's MRG32k3a (L'Ecuyer 1999) behind the gsl_rng interface.
#include "sim/hash.h"
#include "sim/ns3/engine_internal.h"

#include <cstring>
#include <ns3/rng-stream.h>
#include <type_traits>

namespace
{

constexpr unsigned long MODULUS_1 = 4294967087UL; // m1 of MRG32k3a: outputs are 1..m1

// gsl_rng_free() and gsl_rng_clone() treat the state as plain bytes.
static_assert(std::is_trivially_destructible<ns3::RngStream>::value, "state is freed as bytes");

// The name's hash, cut to the 63 bits that ns-3 leaves to its users.
uint64_t
StreamOf(const char *name)
{
	return nbsi_fnv1a(NBSI_FNV1A_START, name, std::strlen(name)) & UINT64_C(0x7fffffffffffffff);
}

// gsl_rng_set(): stream 0 of another seed. GSL's own call with 0 at allocation does nothing,
// because nbs_rng_new() fills the state right after.
void
Set(void *state, unsigned long seed)
{
	if (seed == 0 || seed > NBS_SEED_MAX)
		return;
	new (state) ns3::RngStream(static_cast<uint32_t>(seed), 0, 0);
}

double
GetDouble(void *state)
{
	return static_cast<ns3::RngStream *>(state)->RandU01();
}

unsigned long
Get(void *state)
{
	double scaled = GetDouble(state) * static_cast<double>(MODULUS_1 + 1);
	return static_cast<unsigned long>(scaled + 0.5) - 1;
}

const gsl_rng_type RNG_TYPE = {
    "nbsec-mrg32k3a", MODULUS_1 - 1, 0, sizeof(ns3::RngStream), Set, Get, GetDouble,
};

} // namespace

extern "C" enum nbs_status
nbs_rng_new(struct nbs_engine *engine, const char *name, gsl_rng **out)
{
	if (engine == nullptr || name == nullptr || out == nullptr)
		return NBS_E_ARG;
	return nbs::Guard([&] {
		gsl_rng *rng = gsl_rng_alloc(&RNG_TYPE);
		if (rng == nullptr)
			return NBS_E_NOMEM;
		new (rng->state) ns3::RngStream(engine->seed, StreamOf(name), 0);
		*out = rng;
		return NBS_OK;
	});
}
