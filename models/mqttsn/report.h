/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * The content of a meter's report, as meters make it and attackers imitate it.
 *
 * Models: text that can be read in a capture with the naked eye: a counter that makes every report
 * different, the reading in kWh, the serial number, dots up to the wanted size.
 * Does not model: a metering protocol (DLMS, LwM2M objects).
 */
#ifndef NBSEC_MODELS_MQTTSN_REPORT_H
#define NBSEC_MODELS_MQTTSN_REPORT_H

#include <stddef.h>
#include <stdint.h>

/** Fills payload[0..len): "n=00000012 kWh=001234.567 id=SM24-100001....", cut where len ends. */
void nbsi_report_write(uint32_t n, uint64_t reading_wh, const char *id, uint8_t *payload,
		       size_t len);

#endif
