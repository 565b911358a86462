/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * What the C++ half of the shim shares: the engine's insides and the guard of every entry.
 */
#ifndef NBSEC_SIM_NS3_ENGINE_INTERNAL_H
#define NBSEC_SIM_NS3_ENGINE_INTERNAL_H

#include "sim/engine.h"

#include <new>

struct nbs_engine {
	uint32_t seed;
	uint64_t epoch_unix_s;
	const volatile sig_atomic_t *interrupt;
	void (*progress)(void *arg);
	void *progress_arg;
	uint64_t fired;      /* events of ours since the start, for the progress call-back */
	uint64_t run_serial; /* tells a stop event of an earlier run from the present one */
	bool interrupted;
	bool running; /* inside nbs_run() */
};

namespace nbs
{

/** Runs a piece of ns-3 code; no exception leaves an extern "C" entry. */
template <typename F>
enum nbs_status
Guard(F body) noexcept
{
	try {
		return body();
	} catch (const std::bad_alloc &) {
		return NBS_E_NOMEM;
	} catch (...) {
		return NBS_E_INTERNAL;
	}
}

} // namespace nbs

#endif
