/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * A DTLS server with devices, for measurements: no radio, no internet; a datagram is handed over as
 * soon as its sender is done, in the order of sending.
 */
#ifndef NBSEC_CLI_BENCH_DTLS_FLEET_H
#define NBSEC_CLI_BENCH_DTLS_FLEET_H

#include "models/dtls/client.h"
#include "models/dtls/server.h"

#define BENCH_RECORD_BYTES 20U /* of a record's content, both ways */

struct bench_fleet;

/** Devices, not yet made, on an engine of their own. */
enum nbs_status bench_fleet_new(size_t devices, uint64_t park_after_ns, struct bench_fleet **fleet);
void bench_fleet_free(struct bench_fleet *fleet);

/**
 * Makes the client of device i, connects it, frees it: its session lives on in the server. The
 * handshake's cancelled timers leave the engine's queue within connecting: their memory is
 * nobody's.
 */
enum nbs_status bench_fleet_make(struct bench_fleet *fleet, size_t i);
enum nbs_status bench_fleet_connect(struct bench_fleet *fleet, size_t i);
void bench_fleet_drop(struct bench_fleet *fleet, size_t i);

/** A record up, and the server's answer, as long, down. */
enum nbs_status bench_fleet_exchange(struct bench_fleet *fleet, size_t i);

/** A record down to a device whose client has been dropped: nobody reads it. */
enum nbs_status bench_fleet_call(struct bench_fleet *fleet, size_t i);

/** Lets time pass. */
enum nbs_status bench_fleet_run(struct bench_fleet *fleet, uint64_t for_ns);

/** @return the server, for its counters. */
const struct nbs_dtls_server *bench_fleet_server(const struct bench_fleet *fleet);

#endif
