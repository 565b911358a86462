/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * The discrete-event engine: virtual time, timers, random streams.
 *
 * Models: one event queue (ns-3's, PriorityQueueScheduler) with nanosecond time; named random
 * streams; an interrupt flag and a progress call-back that cost nothing while unused.
 * Does not model: more than one engine a process at a time (ns-3's simulator is a singleton);
 * threads; wall-clock time.
 */
#ifndef NBSEC_SIM_ENGINE_H
#define NBSEC_SIM_ENGINE_H

#include "sim/status.h"

#include <gsl/gsl_rng.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define NBS_NS_PER_US UINT64_C(1000)
#define NBS_NS_PER_MS UINT64_C(1000000)
#define NBS_NS_PER_S UINT64_C(1000000000)

/** Seeds that ns-3's MRG32k3a takes (its component modulus 2 is 4294944443). */
#define NBS_SEED_MIN UINT32_C(1)
#define NBS_SEED_MAX UINT32_C(4294944442)

struct nbs_engine;

/** What an engine starts from. */
struct nbs_engine_config {
	uint32_t seed;         /* NBS_SEED_MIN..NBS_SEED_MAX */
	uint64_t epoch_unix_s; /* zero of virtual time, as Unix time; stamps captures, DTLS clock */
};

/**
 * Makes the engine. Fails with NBS_E_STATE while another one lives.
 * @param[out] engine  owned by the caller, freed by nbs_engine_free().
 */
NBS_API enum nbs_status nbs_engine_new(const struct nbs_engine_config *config,
				       struct nbs_engine **engine);

/** @return handles of this library (engines, hosts, sockets, networks, captures) not yet freed. */
NBS_API uint64_t nbs_live_objects(void);

/**
 * Ends the simulation. Everything made on the engine must have been freed before. NULL is fine;
 * a call from inside an event does nothing.
 */
NBS_API void nbs_engine_free(struct nbs_engine *engine);

/** @return virtual time in ns since the epoch; 0 without an engine. */
NBS_API uint64_t nbs_now(const struct nbs_engine *engine);

/** @return Unix time of virtual zero, in s; 0 without an engine. */
NBS_API uint64_t nbs_epoch_unix_s(const struct nbs_engine *engine);

/** @return events taken off the queue so far: ours, ns-3's own, and cancelled ones; 0 likewise. */
NBS_API uint64_t nbs_events(const struct nbs_engine *engine);

/**
 * A timer: lives in its owner's struct, zero-initialised or set with nbs_timer_init().
 * It never allocates for the owner; it must be cancelled before the owner's memory goes.
 */
struct nbs_timer {
	void (*fire)(void *arg); /* called once at the due time */
	void *arg;               /* owner's, handed to fire() */
	void *pending;           /* private to the engine; NULL = not armed */
	uint64_t due_ns;         /* when it fires; meaningful while armed */
};

/** Sets what the timer calls. The timer must not be armed. NULL is fine. */
NBS_API void nbs_timer_init(struct nbs_timer *timer, void (*fire)(void *arg), void *arg);

/** Arms (or re-arms) the timer to fire delay_ns from now. */
NBS_API enum nbs_status nbs_timer_arm(struct nbs_engine *engine, struct nbs_timer *timer,
				      uint64_t delay_ns);

/** Disarms the timer; harmless when it is not armed. */
NBS_API void nbs_timer_cancel(struct nbs_timer *timer);

/** @return whether the timer is waiting to fire; NULL is not. */
NBS_API bool nbs_timer_armed(const struct nbs_timer *timer);

/**
 * Runs fire(arg) once after delay_ns, with no handle to cancel it by. If the engine is freed
 * before, drop(arg) is called instead (may be NULL), so that arg's memory is not lost.
 */
NBS_API enum nbs_status nbs_schedule(struct nbs_engine *engine, uint64_t delay_ns,
				     void (*fire)(void *arg), void (*drop)(void *arg), void *arg);

/**
 * Runs events up to and including until_ns (since the epoch), also those that events of this last
 * instant post for the same instant, however long the chain.
 * @retval NBS_E_STATE        called from inside an event; nothing has run.
 * @retval NBS_E_INTERRUPTED  the interrupt flag was seen; nbs_now() tells where.
 */
NBS_API enum nbs_status nbs_run(struct nbs_engine *engine, uint64_t until_ns);

/** Ends nbs_run() after the running event. */
NBS_API void nbs_stop(struct nbs_engine *engine);

/** The flag a signal handler sets; read before each event. NULL = none. */
NBS_API void nbs_engine_interrupt_flag(struct nbs_engine *engine,
				       const volatile sig_atomic_t *flag);

/** Calls progress(arg) about every 16384 events, from inside nbs_run(). NULL = none. */
NBS_API void nbs_engine_progress(struct nbs_engine *engine, void (*progress)(void *arg), void *arg);

/**
 * A random stream of its own for the model called name (ns-3 stream = 63-bit FNV-1a of name).
 * The same seed and name give the same numbers, whatever else runs.
 * @param[out] rng  gsl_rng over ns-3's MRG32k3a, 32-bit range; freed by gsl_rng_free().
 */
NBS_API enum nbs_status nbs_rng_new(struct nbs_engine *engine, const char *name, gsl_rng **rng);

#ifdef __cplusplus
}
#endif
#endif
