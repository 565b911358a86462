/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a device gets out of a battery, and how long that lasts. The ideal one is the convention of
 * TR 45.820 5.4; what takes from it is in docs/models/power.md, Battery, with its sources.
 */
#include "models/power/battery.h"

#include <stdarg.h>
#include <stdio.h>

#define BATTERY_TR45820_WH 5.0
#define BATTERY_REFERENCE_C 20.0
#define BATTERY_DOUBLING_K \
	10.0 /* self-discharge doubles with every one: Arrhenius' rule of thumb */
#define BATTERY_V_PER_MA_OHM 1e-3

void
nbs_battery_config_default(struct nbs_battery_config *config)
{
	*config = (struct nbs_battery_config){
	    .capacity_j = BATTERY_TR45820_WH * NBS_J_PER_WH,
	    .usable = 1.0,
	    .temperature_c = BATTERY_REFERENCE_C,
	};
}

/* ---- checks ---- */

/* A check under way: the first fault is kept. */
struct battery_check {
	char *why;
	size_t size;
	enum nbs_status status;
};

static void __attribute__((format(printf, 2, 3)))
battery_refuse(struct battery_check *check, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (check->status == NBS_OK && check->size > 0)
		(void)vsnprintf(check->why, check->size, format, args);
	va_end(args);
	check->status = NBS_E_RANGE;
}

static void
battery_between(struct battery_check *check, const char *name, double found, double low,
		double high)
{
	if (!(found >= low && found <= high)) /* so for NaN */
		battery_refuse(check, "%s: found %g, expected %g to %g", name, found, low, high);
}

/* The part of the capacity that the cold leaves. */
static double
battery_cold(const struct nbs_battery_config *config)
{
	return 1.0 -
	       config->derating_per_k * fmax(0.0, BATTERY_REFERENCE_C - config->temperature_c);
}

/* What the current peak takes off the voltage. */
static double
battery_sag_v(const struct nbs_battery_config *config)
{
	return config->peak_ma * config->resistance_ohm * BATTERY_V_PER_MA_OHM;
}

static void
battery_check_values(struct battery_check *check, const struct nbs_battery_config *config)
{
	battery_between(check, "capacity", config->capacity_j / NBS_J_PER_WH, NBS_BATTERY_WH_MIN,
			NBS_BATTERY_WH_MAX);
	battery_between(check, "usable", config->usable, NBS_BATTERY_USABLE_MIN, 1.0);
	battery_between(check, "self_discharge", config->self_discharge_per_year, 0.0,
			NBS_BATTERY_SELF_DISCHARGE_MAX);
	battery_between(check, "quiescent", config->quiescent_mw, 0.0,
			NBS_BATTERY_QUIESCENT_MAX_MW);
	battery_between(check, "temperature", config->temperature_c, NBS_BATTERY_TEMPERATURE_MIN_C,
			NBS_BATTERY_TEMPERATURE_MAX_C);
	battery_between(check, "derating_per_k", config->derating_per_k, 0.0,
			NBS_BATTERY_DERATING_MAX);
	if (check->status == NBS_OK && battery_cold(config) <= 0.0)
		battery_refuse(check,
			       "derating_per_k: found %g, expected less than %g: at %g C nothing "
			       "would be left",
			       config->derating_per_k,
			       1.0 / (BATTERY_REFERENCE_C - config->temperature_c),
			       config->temperature_c);
}

/* Of a cut-off that is on. */
static void
battery_check_cutoff(struct battery_check *check, const struct nbs_battery_config *config)
{
	battery_between(check, "cutoff_voltage", config->cutoff_v, 0.0, NBS_BATTERY_VOLTAGE_MAX_V);
	battery_between(check, "full_voltage", config->full_v, 0.0, NBS_BATTERY_VOLTAGE_MAX_V);
	battery_between(check, "empty_voltage", config->empty_v, 0.0, NBS_BATTERY_VOLTAGE_MAX_V);
	battery_between(check, "resistance", config->resistance_ohm, 0.0,
			NBS_BATTERY_RESISTANCE_MAX_OHM);
	battery_between(check, "peak_current", config->peak_ma, 0.0, NBS_BATTERY_PEAK_MAX_MA);
	if (check->status != NBS_OK)
		return;
	if (config->full_v <= config->empty_v)
		battery_refuse(check,
			       "full_voltage: found %g V, expected more than empty_voltage, "
			       "%g V",
			       config->full_v, config->empty_v);
	else if (config->cutoff_v + battery_sag_v(config) >= config->full_v)
		battery_refuse(check,
			       "cutoff_voltage: found %g V, expected less than %g V, what "
			       "a full battery has under peak_current",
			       config->cutoff_v, config->full_v - battery_sag_v(config));
}

enum nbs_status
nbs_battery_check(const struct nbs_battery_config *config, char *why, size_t why_size)
{
	struct battery_check check = {why, why == NULL ? 0 : why_size, NBS_OK};

	if (config == NULL)
		return NBS_E_ARG;
	if (check.size > 0)
		why[0] = '\0';
	battery_check_values(&check, config);
	if (config->cutoff_v != 0.0)
		battery_check_cutoff(&check, config);
	return check.status;
}

/* ---- life ---- */

/*
 * The open-circuit voltage falls linearly with the charge left: v(x) = e + (f - e) x, x = 0..1. The
 * device stops when v = c + I R, with x of the charge left; the energy still there is the integral
 * of v up to that x, of the whole: (v^2 - e^2) / (f^2 - e^2), as of a capacitor.
 */
double
nbs_battery_unused(const struct nbs_battery_config *config)
{
	const double stop_v = config->cutoff_v + battery_sag_v(config);
	const double empty_v = config->empty_v;

	if (config->cutoff_v == 0.0 || stop_v <= empty_v)
		return 0.0;
	if (stop_v >= config->full_v)
		return 1.0;
	return (stop_v - empty_v) * (stop_v + empty_v) /
	       ((config->full_v - empty_v) * (config->full_v + empty_v));
}

enum nbs_status
nbs_battery_life(const struct nbs_battery_config *config, struct nbs_battery_life *life)
{
	enum nbs_status status = nbs_battery_check(config, NULL, 0);
	double heat_k;

	if (status != NBS_OK)
		return status;
	heat_k = fmax(0.0, config->temperature_c - BATTERY_REFERENCE_C);
	life->usable_mj = config->capacity_j * NBS_MJ_PER_J * config->usable *
			  battery_cold(config) * (1.0 - nbs_battery_unused(config));
	life->rate_per_year =
	    nbs_battery_rate(config->self_discharge_per_year) * exp2(heat_k / BATTERY_DOUBLING_K);
	life->quiescent_mw = config->quiescent_mw;
	return NBS_OK;
}

enum nbs_status
nbs_battery_years(double capacity_j, double mj_per_day, double *years)
{
	const struct nbs_battery_life ideal = {.usable_mj = capacity_j * NBS_MJ_PER_J};

	if (!isfinite(capacity_j) || !isfinite(mj_per_day) || capacity_j <= 0.0 ||
	    mj_per_day <= 0.0)
		return NBS_E_ARG;
	*years = nbs_battery_life_years(&ideal, mj_per_day);
	return NBS_OK;
}
