/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which paths can lead to a number of the summary: so that a mistyped check is told before a run
 * and not after it. `*` stands for one step of any name; a test holds the list against a summary.
 */
#include "analysis/checks.h"

#include <stddef.h>
#include <string.h>

static const char *const check_paths[] = {
    "attacks.*.accepted",
    "attacks.*.accepted_as.*",
    "attacks.*.accepted_as_device",
    "attacks.*.attempts",
    "attacks.*.evidence.*.frame",
    "attacks.*.evidence.*.time_s",
    "attacks.*.outcomes.*",
    "attacks.*.refused",
    "cell.captured",
    "cell.carriers",
    "cell.collided",
    "cell.connected",
    "cell.connected_max",
    "cell.detected",
    "cell.dl_share",
    "cell.nprach_share",
    "cell.occasions",
    "cell.preambles",
    "cell.rejects",
    "cell.responses",
    "cell.ul_share",
    "cell.unanswered",
    "cell.waits",
    "duration_s",
    "events",
    "fleets.*.battery.assumed_share",
    "fleets.*.battery.breakdown_mj_per_day.*",
    "fleets.*.battery.by_message_mj_per_day.*",
    "fleets.*.battery.by_state_mj_per_day.*",
    "fleets.*.battery.devices",
    "fleets.*.battery.lifetime.devices",
    "fleets.*.battery.lifetime.years",
    "fleets.*.battery.mcu_mj_per_day.*",
    "fleets.*.battery.mj_per_day",
    "fleets.*.battery.mj_per_day_interval.*",
    "fleets.*.battery.years",
    "fleets.*.battery.years_interval.*",
    "fleets.*.battery.years_p10",
    "fleets.*.battery.years_p50",
    "fleets.*.battery.years_p90",
    "fleets.*.battery_wh",
    "fleets.*.battery_years.mean",
    "fleets.*.battery_years.p10",
    "fleets.*.battery_years.p90",
    "fleets.*.battery_years_settled.devices",
    "fleets.*.battery_years_settled.mean",
    "fleets.*.battery_years_settled.p10",
    "fleets.*.battery_years_settled.p90",
    "fleets.*.crypto_work.handshake.*",
    "fleets.*.crypto_work.records.*",
    "fleets.*.devices",
    "fleets.*.dtls.bytes_down",
    "fleets.*.dtls.bytes_up",
    "fleets.*.dtls.failed",
    "fleets.*.dtls.handshakes",
    "fleets.*.dtls.messages",
    "fleets.*.dtls.records",
    "fleets.*.dtls.resumed",
    "fleets.*.dtls.started",
    "fleets.*.energy_by_state_mj.*",
    "fleets.*.energy_mj_per_day.mean",
    "fleets.*.energy_mj_per_day.p50",
    "fleets.*.energy_mj_per_day.p90",
    "fleets.*.messages.acked",
    "fleets.*.messages.delivered",
    "fleets.*.messages.latency_s.mean",
    "fleets.*.messages.latency_s.p50",
    "fleets.*.messages.latency_s.p90",
    "fleets.*.messages.latency_s.p99",
    "fleets.*.messages.latency_s.within_10_s",
    "fleets.*.messages.sent",
    "fleets.*.payload_bytes",
    "fleets.*.payload_max_bytes",
    "fleets.*.payload_min_bytes",
    "fleets.*.port",
    "fleets.*.radio.attaches",
    "fleets.*.radio.backoffs",
    "fleets.*.radio.collisions",
    "fleets.*.radio.connections",
    "fleets.*.radio.devices_by_ce_level.*",
    "fleets.*.radio.devices_in_outage",
    "fleets.*.radio.edt",
    "fleets.*.radio.end_states.*",
    "fleets.*.radio.illegal",
    "fleets.*.radio.level_climbs",
    "fleets.*.radio.link_failures",
    "fleets.*.radio.lost_down",
    "fleets.*.radio.lost_up",
    "fleets.*.radio.missed_pages",
    "fleets.*.radio.no_response",
    "fleets.*.radio.pagings",
    "fleets.*.radio.ra_attempts",
    "fleets.*.radio.ra_failures",
    "fleets.*.radio.rate_held",
    "fleets.*.radio.reestablishments",
    "fleets.*.radio.rejects",
    "fleets.*.radio.releases",
    "fleets.*.radio.searches",
    "fleets.*.radio.si_reads",
    "fleets.*.radio.taus",
    "fleets.*.radio.undelivered_why.*",
    "fleets.*.radio.unreachable",
    "fleets.*.report_period_max_s",
    "fleets.*.report_period_min_s",
    "fleets.*.report_period_s",
    "fleets.*.security_mj_per_day",
    "fleets.*.setup_mj",
    "fleets.*.time_by_state_s.*",
    "fleets.*.tx_by_dbm.*.mj",
    "fleets.*.tx_by_dbm.*.s",
    "gateway.bind_identity",
    "gateway.cookies",
    "gateway.dtls.closed.*",
    "gateway.dtls.cookies",
    "gateway.dtls.failed.*",
    "gateway.dtls.handshakes",
    "gateway.dtls.moves",
    "gateway.dtls.resumable",
    "gateway.dtls.resumed",
    "gateway.dtls.retransmissions",
    "gateway.dtls.sessions",
    "nat.dropped_inbound",
    "nat.exhausted",
    "nat.expired",
    "nat.living",
    "nat.made",
    "nat.rebound",
    "nat.refused",
    "network.as_security",
    "network.c_drx",
    "network.c_drx_cycle_s",
    "network.changes",
    "network.edrx",
    "network.edrx_cycle_s",
    "network.edt",
    "network.inactivity_timer_s",
    "network.max_tones",
    "network.nat_binding_s",
    "network.psm",
    "network.ptw_s",
    "network.release_assistance",
    "network.t3324_s",
    "network.t3412_s",
    "partial",
    "seed",
    "simulated_s",
    "unattributed_accepted",
    "wall_s",
};

/* Step by step; the outcome of an attack may hold dots and blanks, so a last `*` takes the rest. */
static bool
path_fits(const char *path, const char *pattern)
{
	for (;;) {
		size_t step = strcspn(path, "."), want = strcspn(pattern, ".");
		bool any = want == 1 && pattern[0] == '*';

		if (step == 0)
			return false;
		if (any && pattern[want] == '\0')
			return true;
		if (!any && (step != want || strncmp(path, pattern, step) != 0))
			return false;
		if (path[step] == '\0' || pattern[want] == '\0')
			return path[step] == pattern[want];
		path += step + 1;
		pattern += want + 1;
	}
}

bool
nbs_check_path_known(const char *path)
{
	for (size_t i = 0; i < sizeof(check_paths) / sizeof(check_paths[0]); i++) {
		if (path_fits(path, check_paths[i]))
			return true;
	}
	return false;
}
