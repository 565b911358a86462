/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * The summary's `battery` of a fleet: everyday life extrapolated, what it goes into, how far it can
 * be trusted. By devices with three reports or more; without any its years are null.
 */
#ifndef NBSEC_ANALYSIS_SUMMARY_BATTERY_H
#define NBSEC_ANALYSIS_SUMMARY_BATTERY_H

#include "analysis/fleets.h"

/** Reads what energy went into, and how long devices lived: needs the devices to have been read. */
void nbsi_fleets_read_energy(struct nbsi_fleets *fleets);

/** @return the object `battery`, NULL without memory. */
json_t *nbsi_fleet_battery(const struct nbsi_fleet *fleet);

#endif
