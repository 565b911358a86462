/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * A number of a device profile with where it comes from and how far it can be trusted.
 *
 * Models: four kinds of provenance, and a spread (relative standard deviation) that goes with each
 * unless the profile gives its own.
 * Does not model: correlation between two values of a profile.
 */
#ifndef NBSEC_MODELS_POWER_VALUE_H
#define NBSEC_MODELS_POWER_VALUE_H

#include "sim/status.h"

#ifdef __cplusplus
extern "C" {
#endif

#define NBS_SOURCE_MAX 255U /* characters of a value's source */

/** How far a value can be trusted. */
enum nbs_tag {
	NBS_MEASURED,   /* on a device of this kind */
	NBS_DATA_SHEET, /* by its maker */
	NBS_DERIVED,    /* arithmetic on the two above; the source shows it */
	NBS_ASSUMED,    /* nobody measured it */
	NBS_TAG__COUNT
};

/** A number with its provenance; the unit is in the name of the field that holds it. */
struct nbs_value {
	double value;
	enum nbs_tag tag;
	double spread; /* relative standard deviation, 0..2 */
	char source[NBS_SOURCE_MAX + 1];
};

/** @return "measured", "data_sheet", "derived", "assumed"; "?" outside the enumeration. */
NBS_API const char *nbs_tag_name(enum nbs_tag tag);

/**
 * @return the relative standard deviation of a value of that kind where its profile gives none;
 *         docs/models/power.md says what they rest on.
 */
NBS_API double nbs_tag_spread(enum nbs_tag tag);

#ifdef __cplusplus
}
#endif
#endif
