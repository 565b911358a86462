/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Batteries. The open-circuit voltage falls linearly over the charge, and a pulse takes its current
 * times the internal resistance off it (a Thevenin cell): what is left when that meets the device's
 * least voltage is stranded. Self-discharge doubles every 10 K (the usual reading of Arrhenius for
 * cells; assumed), capacity below 20 C falls by a share of nominal per kelvin (of the data sheet).
 */
#include "models/power/battery.h"

#include <math.h>
#include <stdio.h>

#define BATTERY_MJ_PER_J 1000.0
#define BATTERY_NS_PER_YEAR (NBS_DAYS_PER_YEAR * 86400.0 * 1e9)
#define BATTERY_MJ_PER_MW_NS 1e-9
#define BATTERY_NOMINAL_C 20.0
#define BATTERY_DOUBLING_K 10.0
#define BATTERY_TR45820_J (5.0 * NBS_J_PER_WH)
#define BATTERY_MV_PER_V 1000.0

void
nbs_battery_default(struct nbs_battery_config *config)
{
	*config = (struct nbs_battery_config){
	    .capacity_j = BATTERY_TR45820_J, .usable = 1.0, .temperature_c = BATTERY_NOMINAL_C};
}

/* ---- what is refused ---- */

static bool
battery_within(double value, double low, double high, const char *what, char *why, size_t why_size)
{
	if (value >= low && value <= high)
		return true;
	(void)snprintf(why, why_size, "%s: found %g, expected %g to %g", what, value, low, high);
	return false;
}

static bool
battery_check_cutoff(const struct nbs_battery_config *config, char *why, size_t why_size)
{
	const double full_v = config->cutoff.full_v;

	if (!config->cutoff.enabled)
		return true;
	if (!battery_within(full_v, 0.5, 100.0, "full voltage, V", why, why_size) ||
	    !battery_within(config->cutoff.empty_v, 0.0, full_v, "empty voltage, V", why,
			    why_size) ||
	    !battery_within(config->cutoff.stop_v, 0.0, full_v, "cut-off voltage, V", why,
			    why_size) ||
	    !battery_within(config->cutoff.resistance_ohm, 0.0, 1000.0, "resistance, ohm", why,
			    why_size) ||
	    !battery_within(config->cutoff.pulse_ma, 0.0, 5000.0, "pulse current, mA", why,
			    why_size))
		return false;
	return battery_within(nbs_battery_stranded(config), 0.0, 0.99,
			      "share of the charge that the cut-off leaves unused", why, why_size);
}

enum nbs_status
nbs_battery_check(const struct nbs_battery_config *config, char *why, size_t why_size)
{
	const bool good =
	    battery_within(config->capacity_j, 1.0, 1e9, "capacity, J", why, why_size) &&
	    battery_within(config->usable, 0.01, 1.0, "usable share", why, why_size) &&
	    battery_within(config->self_discharge, 0.0, 0.9, "self-discharge a year", why,
			   why_size) &&
	    battery_within(config->quiescent_mw, 0.0, 1e4, "quiescent power, mW", why, why_size) &&
	    battery_within(config->temperature_c, -40.0, 85.0, "temperature, C", why, why_size) &&
	    battery_within(config->derating_per_k, 0.0, 0.016, "derating per kelvin", why,
			   why_size) &&
	    battery_check_cutoff(config, why, why_size);

	return good ? NBS_OK : NBS_E_RANGE;
}

/* ---- what follows from it ---- */

double
nbs_battery_stranded(const struct nbs_battery_config *config)
{
	const double span_v = config->cutoff.full_v - config->cutoff.empty_v;
	const double sag_v =
	    config->cutoff.pulse_ma / BATTERY_MV_PER_V * config->cutoff.resistance_ohm;
	const double least_v =
	    config->cutoff.stop_v + sag_v; /* open-circuit, as the device stops */

	if (!config->cutoff.enabled || least_v <= config->cutoff.empty_v)
		return 0.0;
	if (least_v >= config->cutoff.full_v)
		return 1.0;
	return (least_v - config->cutoff.empty_v) / span_v;
}

double
nbs_battery_usable_j(const struct nbs_battery_config *config)
{
	const double below_k = fmax(0.0, BATTERY_NOMINAL_C - config->temperature_c);
	const double cold = fmax(0.0, 1.0 - config->derating_per_k * below_k);

	return config->capacity_j * config->usable * cold * (1.0 - nbs_battery_stranded(config));
}

/* Rates double, shares follow: 1 - (1 - s)^(2^((T - 20) / 10)). */
double
nbs_battery_self_discharge(const struct nbs_battery_config *config)
{
	const double above_k = fmax(0.0, config->temperature_c - BATTERY_NOMINAL_C);

	return -expm1(log1p(-config->self_discharge) * exp2(above_k / BATTERY_DOUBLING_K));
}

/* ---- how long it lasts ---- */

enum nbs_status
nbs_battery_life_years(double usable_j, double self_discharge, double mj_per_day, double *years)
{
	if (!isfinite(usable_j) || !isfinite(mj_per_day) || usable_j <= 0.0 || mj_per_day <= 0.0 ||
	    !(self_discharge >= 0.0 && self_discharge < 1.0))
		return NBS_E_ARG;
	*years = nbs_battery_time(usable_j, mj_per_day / BATTERY_MJ_PER_J * NBS_DAYS_PER_YEAR,
				  nbs_battery_rate(self_discharge));
	return NBS_OK;
}

enum nbs_status
nbs_battery_years(double capacity_j, double mj_per_day, double *years)
{
	return nbs_battery_life_years(capacity_j, 0.0, mj_per_day, years);
}

/* ---- a life, simulated ---- */

enum nbs_status
nbs_battery_init(struct nbs_battery *battery, const struct nbs_battery_config *config,
		 uint64_t now_ns)
{
	char why[128];

	if (nbs_battery_check(config, why, sizeof(why)) != NBS_OK)
		return NBS_E_RANGE;
	*battery = (struct nbs_battery){
	    .left_mj = nbs_battery_usable_j(config) * BATTERY_MJ_PER_J,
	    .rate_per_ns =
		nbs_battery_rate(nbs_battery_self_discharge(config)) / BATTERY_NS_PER_YEAR,
	    .quiescent_mw = config->quiescent_mw,
	    .at_ns = now_ns,
	    .empty_ns = UINT64_MAX,
	};
	return NBS_OK;
}

/* E(t) = E e^(-kt) - P (1 - e^(-kt)) / k, with both terms by expm1. */
enum nbs_status
nbs_battery_draw(struct nbs_battery *battery, uint64_t duration_ns, double mj)
{
	const double ns = (double)duration_ns, k = battery->rate_per_ns;
	const double drawn_mj = mj + battery->quiescent_mw * ns * BATTERY_MJ_PER_MW_NS;
	double left_mj;

	if (!isfinite(mj) || mj < 0.0)
		return NBS_E_ARG;
	if (nbs_battery_empty(battery))
		return NBS_OK;
	left_mj = battery->left_mj - drawn_mj;
	if (k > 0.0 && duration_ns > 0)
		left_mj = battery->left_mj * exp(-k * ns) + drawn_mj * expm1(-k * ns) / (k * ns);
	if (left_mj <= 0.0) {
		const double after_ns = drawn_mj > 0.0 && duration_ns > 0
					    ? nbs_battery_time(battery->left_mj, drawn_mj / ns, k)
					    : 0.0;

		battery->empty_ns = battery->at_ns + (uint64_t)fmin(after_ns, ns);
		left_mj = 0.0;
	}
	battery->left_mj = left_mj;
	battery->at_ns += duration_ns;
	return NBS_OK;
}

bool
nbs_battery_empty(const struct nbs_battery *battery)
{
	return battery->empty_ns != UINT64_MAX;
}
