/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A battery in use. Between two changes of the load the power is constant, and dE/dt = -P - k E has
 * the solution of battery_life.h: a draw is one step along it, however long.
 */
#include "models/power/battery.h"

#define DRAW_NS_PER_S 1e9
#define DRAW_NS_PER_US 1000U
#define DRAW_US_PER_S 1e6

enum nbs_status
nbs_battery_init(struct nbs_battery *battery, const struct nbs_battery_config *config,
		 uint64_t now_ns)
{
	struct nbs_battery_life life;
	enum nbs_status status = nbs_battery_life(config, &life);

	if (status != NBS_OK)
		return status;
	*battery = (struct nbs_battery){
	    .start_mj = life.usable_mj,
	    .left_mj = life.usable_mj,
	    .board_mw = life.quiescent_mw,
	    .rate_per_s = life.rate_per_year / (NBS_DAYS_PER_YEAR * NBS_S_PER_DAY),
	    .now_ns = now_ns,
	    .empty_ns = NBS_BATTERY_NOT_EMPTY,
	};
	return NBS_OK;
}

/*
 * The step over `seconds`: E(t) = E0 - (P + k E0) phi with phi = (1 - exp(-k t))/k, which is t
 * where k is 0; expm1() keeps its digits. Of the loss P t went to the loads.
 */
static void
draw_step(struct nbs_battery *battery, double seconds, double load_mw)
{
	const double rate = battery->rate_per_s;
	const double power_mw = load_mw + battery->board_mw;
	const double phi = rate > 0.0 ? -expm1(-rate * seconds) / rate : seconds;

	battery->load_mj += load_mw * seconds;
	battery->board_mj += battery->board_mw * seconds;
	battery->leaked_mj += rate * battery->left_mj * phi - power_mw * (seconds - phi);
	battery->left_mj = fmax(0.0, battery->left_mj - (power_mw + rate * battery->left_mj) * phi);
}

static void
draw_end(struct nbs_battery *battery, uint64_t at_ns)
{
	battery->left_mj = 0.0;
	battery->now_ns = at_ns;
	battery->empty_ns = at_ns;
}

/* Energy that leaves in no time. */
static void
draw_at_once(struct nbs_battery *battery, double mj)
{
	if (mj >= battery->left_mj) {
		battery->load_mj += battery->left_mj;
		draw_end(battery, battery->now_ns);
		return;
	}
	battery->load_mj += mj;
	battery->left_mj -= mj;
}

/* Whether it is empty at the end, and if so after how many seconds. */
static bool
draw_ends(const struct nbs_battery *battery, double seconds, double load_mw, double *end_s)
{
	const double power_mw = load_mw + battery->board_mw;

	/* What leaks away alone is never gone; and most draws are far from taking all, even if
	 * self-discharge did not slow down: no logarithm for them. */
	if (power_mw <= 0.0 ||
	    (power_mw + battery->rate_per_s * battery->left_mj) * seconds < battery->left_mj)
		return false;
	*end_s = nbs_battery_span(battery->left_mj, power_mw, battery->rate_per_s);
	return *end_s <= seconds;
}

enum nbs_status
nbs_battery_draw(struct nbs_battery *battery, uint64_t duration_ns, double mj)
{
	const double seconds = (double)duration_ns / DRAW_NS_PER_S;
	uint64_t until_ns;
	double end_s;

	if (!isfinite(mj) || mj < 0.0 ||
	    __builtin_add_overflow(battery->now_ns, duration_ns, &until_ns))
		return NBS_E_ARG;
	if (nbs_battery_empty(battery))
		return NBS_E_STATE;
	if (duration_ns == 0) {
		draw_at_once(battery, mj);
	} else if (draw_ends(battery, seconds, mj / seconds, &end_s)) {
		const uint64_t end_ns =
		    battery->now_ns + (uint64_t)llround(end_s * DRAW_US_PER_S) * DRAW_NS_PER_US;

		draw_step(battery, end_s, mj / seconds);
		draw_end(battery, end_ns < until_ns ? end_ns : until_ns);
	} else {
		draw_step(battery, seconds, mj / seconds);
		battery->now_ns = until_ns;
	}
	return NBS_OK;
}

double
nbs_battery_left_mj(const struct nbs_battery *battery)
{
	return battery->left_mj;
}

bool
nbs_battery_empty(const struct nbs_battery *battery)
{
	return battery->empty_ns != NBS_BATTERY_NOT_EMPTY;
}
