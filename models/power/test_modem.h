/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A modem for tests of models: the currents of u-blox's SARA-N2 data sheet, written out here so
 * that no profile file can move what a test expects.
 */
#ifndef NBSEC_MODELS_POWER_TEST_MODEM_H
#define NBSEC_MODELS_POWER_TEST_MODEM_H

#include "models/power/modem.h"

/* Static storage. */
const struct nbs_modem *test_modem(void);

#endif
