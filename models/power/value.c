/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Provenance of a profile's numbers. */
#include "models/power/value.h"

#include <stddef.h>

/*
 * Data sheets: SARA-N2's against what others measured on it: receive 46 mA against 191 mW / 3.6 V =
 * 53 mA (+15 %), sleep 3 against 3.6 uA (+20 %), transmit 220 against 230 mA (+5 %): 15 % as root
 * mean square. The others are assumed around that: docs/models/power.md.
 */
static const struct {
	const char *name;
	double spread;
} value_tags[NBS_TAG__COUNT] = {
    [NBS_MEASURED] = {"measured", 0.05},
    [NBS_DATA_SHEET] = {"data_sheet", 0.15},
    [NBS_DERIVED] = {"derived", 0.20},
    [NBS_ASSUMED] = {"assumed", 0.40},
};

const char *
nbs_tag_name(enum nbs_tag tag)
{
	return (size_t)tag < NBS_TAG__COUNT ? value_tags[tag].name : "?";
}

double
nbs_tag_spread(enum nbs_tag tag)
{
	return (size_t)tag < NBS_TAG__COUNT ? value_tags[tag].spread : 0.0;
}
