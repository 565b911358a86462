/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nbsec bench dtls: what sessions take, live and parked, and what a second of CPU time does with
 * them. Memory is what malloc has in use, its own headers included, so it is the same each time.
 */
#include "analysis/format.h"
#include "cli/bench.h"
#include "cli/bench_dtls_fleet.h"
#include "cli/cli.h"
#include "sim/engine.h"

#include <malloc.h>
#include <math.h>
#include <stdio.h>
#include <time.h>

#define DTLS_LIVE 1000U
#define DTLS_PARKED 50000U
#define DTLS_ROUNDS 100U /* exchanges of each live session */
#define DTLS_BATCH 1000U /* devices that come, or are woken, between two silences */
#define DTLS_PARK_AFTER_NS (UINT64_C(3600) * NBS_NS_PER_S)
#define DTLS_LABEL 40 /* columns */
#define DTLS_COLUMN 12
#define DTLS_TEXT 32

/* Budgets: docs/performance.md. */
#define BUDGET_PAIR_BYTES (15 * 1024)
#define BUDGET_PARKED_BYTES 1024

struct dtls_bench {
	const volatile sig_atomic_t *interrupt;
	struct bench_fleet *fleet;
	size_t live, parked;
	/* Results. Bytes are NAN where malloc does not tell what it has in use. */
	double pair_bytes, session_bytes, parked_bytes;
	double handshakes, exchanges, wakes, parkings; /* a second of CPU time */
};

/* ---- instruments ---- */

static double
cpu_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double
heap_bytes(void)
{
	const struct mallinfo2 info = mallinfo2();

	return (double)info.uordblks + (double)info.hblkhd;
}

/* Bytes each, from a heap before; a malloc that counts nothing has nothing before either. */
static double
bytes_each(double before, double now, size_t count)
{
	return before > 0 ? (now - before) / (double)count : NAN;
}

static double
per_s(size_t count, double seconds)
{
	return seconds > 0 ? (double)count / seconds : NAN;
}

/* ---- steps ---- */

/* Does something to the devices from first on, until it is interrupted. */
static enum nbs_status
for_each(struct dtls_bench *bench, size_t first, size_t count,
	 enum nbs_status (*step)(struct bench_fleet *fleet, size_t i))
{
	enum nbs_status status = NBS_OK;

	for (size_t i = first; i < first + count && status == NBS_OK; i++)
		status = *bench->interrupt != 0 ? NBS_E_INTERRUPTED : step(bench->fleet, i);
	return status;
}

static enum nbs_status
come_and_speak(struct bench_fleet *fleet, size_t i)
{
	enum nbs_status status = bench_fleet_make(fleet, i);

	if (status == NBS_OK)
		status = bench_fleet_connect(fleet, i);
	if (status == NBS_OK)
		status = bench_fleet_exchange(fleet, i);
	return status;
}

static enum nbs_status
come_and_go(struct bench_fleet *fleet, size_t i)
{
	enum nbs_status status = come_and_speak(fleet, i);

	bench_fleet_drop(fleet, i);
	return status;
}

/* Device 0 comes first and is not counted: with it the server has made what all sessions share. */
static enum nbs_status
measure_live(struct dtls_bench *bench)
{
	double heap = 0, start = 0;
	enum nbs_status status = come_and_speak(bench->fleet, 0);

	heap = heap_bytes();
	if (status == NBS_OK)
		status = for_each(bench, 1, bench->live, bench_fleet_make);
	start = cpu_s();
	if (status == NBS_OK)
		status = for_each(bench, 1, bench->live, bench_fleet_connect);
	bench->handshakes = per_s(bench->live, cpu_s() - start);
	start = cpu_s();
	for (unsigned round = 0; round < DTLS_ROUNDS && status == NBS_OK; round++)
		status = for_each(bench, 1, bench->live, bench_fleet_exchange);
	bench->exchanges = per_s(DTLS_ROUNDS * bench->live, cpu_s() - start);
	bench->pair_bytes = bytes_each(heap, heap_bytes(), bench->live);
	for (size_t i = 1; i <= bench->live; i++)
		bench_fleet_drop(bench->fleet, i);
	bench->session_bytes = bytes_each(heap, heap_bytes(), bench->live);
	return status;
}

static size_t
batch_of(size_t first, size_t last)
{
	return last - first + 1 < DTLS_BATCH ? last - first + 1 : DTLS_BATCH;
}

static enum nbs_status
silence(struct dtls_bench *bench, size_t parked)
{
	enum nbs_status status = bench_fleet_run(bench->fleet, 2 * DTLS_PARK_AFTER_NS);

	if (status == NBS_OK && nbs_dtls_server_parked(bench_fleet_server(bench->fleet)) != parked)
		status = NBS_E_INTERNAL;
	return status;
}

static enum nbs_status
park_all(struct dtls_bench *bench)
{
	enum nbs_status status = NBS_OK;

	for (size_t i = 1; i <= bench->parked && status == NBS_OK; i += DTLS_BATCH) {
		const size_t batch = batch_of(i, bench->parked);

		status = for_each(bench, i, batch, come_and_go);
		if (status == NBS_OK)
			status = silence(bench, i + batch);
	}
	return status;
}

/* Each is woken once by a record to its device, and parked again. */
static enum nbs_status
wake_all(struct dtls_bench *bench)
{
	double waking = 0, parking = 0;
	enum nbs_status status = NBS_OK;

	for (size_t i = 1; i <= bench->parked && status == NBS_OK; i += DTLS_BATCH) {
		double start = cpu_s();

		status = for_each(bench, i, batch_of(i, bench->parked), bench_fleet_call);
		waking += cpu_s() - start;
		start = cpu_s();
		if (status == NBS_OK)
			status = silence(bench, bench->parked + 1);
		parking += cpu_s() - start;
	}
	bench->wakes = per_s(bench->parked, waking);
	bench->parkings = per_s(bench->parked, parking);
	return status;
}

static enum nbs_status
measure_parked(struct dtls_bench *bench)
{
	double heap = 0;
	enum nbs_status status = come_and_go(bench->fleet, 0);

	if (status == NBS_OK)
		status = silence(bench, 1);
	heap = heap_bytes();
	if (status == NBS_OK)
		status = park_all(bench);
	bench->parked_bytes = bytes_each(heap, heap_bytes(), bench->parked);
	if (status == NBS_OK)
		status = wake_all(bench);
	return status;
}

/* One fleet after the other: the process has one engine. */
static enum nbs_status
measure(struct dtls_bench *bench, size_t devices, uint64_t park_after_ns,
	enum nbs_status (*part)(struct dtls_bench *bench))
{
	enum nbs_status status = bench_fleet_new(devices + 1, park_after_ns, &bench->fleet);

	if (status != NBS_OK)
		return status;
	status = part(bench);
	bench_fleet_free(bench->fleet);
	bench->fleet = NULL;
	return status;
}

/* ---- output ---- */

static bool
is_over(double value, double budget)
{
	return value > budget; /* not if it is unknown */
}

static void
print_row(const char *label, double value, double budget)
{
	char text[DTLS_TEXT] = "not counted", limit[DTLS_TEXT];

	if (!isnan(value))
		nbsi_format_count(text, sizeof(text), llround(value));
	printf("%-*s%*s", DTLS_LABEL, label, DTLS_COLUMN, text);
	if (budget > 0) {
		nbsi_format_count(limit, sizeof(limit), llround(budget));
		printf("  %s(budget %s)",
		       isnan(value)             ? ""
		       : is_over(value, budget) ? "over "
						: "within ",
		       limit);
	}
	putchar('\n');
}

static int
print_all(const struct dtls_bench *bench)
{
	print_row("live sessions", (double)bench->live, 0);
	print_row("  bytes each, both ends", bench->pair_bytes, BUDGET_PAIR_BYTES);
	print_row("  bytes each, the server's end", bench->session_bytes, 0);
	print_row("parked sessions", (double)bench->parked, 0);
	print_row("  bytes each, with all that is kept", bench->parked_bytes, BUDGET_PARKED_BYTES);
	puts("a second of CPU time, client and server together");
	print_row("  handshakes, with cookie", bench->handshakes, 0);
	print_row("  records of 20 bytes, sealed and opened", 2 * bench->exchanges, 0);
	puts("a second of CPU time, the server alone");
	print_row("  wakes, with a record of 20 bytes each", bench->wakes, 0);
	print_row("  parkings", bench->parkings, 0);
	return cli_flush(CLI_DONE);
}

static json_t *
bytes_json(double bytes)
{
	return isnan(bytes) ? json_null() : json_integer(llround(bytes));
}

static int
print_json(const struct dtls_bench *bench)
{
	return cli_print_json(json_pack(
	    "{s:s, s:I, s:o, s:o, s:i, s:I, s:o, s:i, s:f, s:f, s:f, s:f}", "version", cli_version,
	    "live", (json_int_t)bench->live, "live_pair_bytes", bytes_json(bench->pair_bytes),
	    "live_session_bytes", bytes_json(bench->session_bytes), "budget_live_pair_bytes",
	    BUDGET_PAIR_BYTES, "parked", (json_int_t)bench->parked, "parked_bytes",
	    bytes_json(bench->parked_bytes), "budget_parked_bytes", BUDGET_PARKED_BYTES,
	    "handshakes_per_cpu_s", bench->handshakes, "records_per_cpu_s", 2 * bench->exchanges,
	    "wakes_per_cpu_s", bench->wakes, "parkings_per_cpu_s", bench->parkings));
}

int
bench_dtls(const struct bench_args *args)
{
	struct dtls_bench bench = {.interrupt = cli_interrupt_catch(),
				   .live = args->live != 0 ? args->live : DTLS_LIVE,
				   .parked = args->parked != 0 ? args->parked : DTLS_PARKED};
	enum nbs_status status = measure(&bench, bench.live, 0, measure_live);

	if (status == NBS_OK)
		status = measure(&bench, bench.parked, DTLS_PARK_AFTER_NS, measure_parked);
	if (status == NBS_E_INTERRUPTED)
		return CLI_SIGNAL + *bench.interrupt;
	if (status != NBS_OK)
		return cli_fail(CLI_SYSTEM, "bench dtls: %s", nbs_status_str(status));
	int exit_status = args->json ? print_json(&bench) : print_all(&bench);

	if (exit_status == CLI_DONE && (is_over(bench.pair_bytes, BUDGET_PAIR_BYTES) ||
					is_over(bench.parked_bytes, BUDGET_PARKED_BYTES)))
		exit_status = CLI_CHECK_FAILED;
	return exit_status;
}
