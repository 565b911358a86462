/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * The one error enumeration of the library, and the export macro.
 */
#ifndef NBSEC_SIM_STATUS_H
#define NBSEC_SIM_STATUS_H

#ifdef __cplusplus
extern "C" {
#endif

/** Marks what libnbsec.so exports; everything else is hidden. */
#define NBS_API __attribute__((visibility("default")))

/** What a call came to. Results go out by parameter; the status says whether to read them. */
enum nbs_status {
	NBS_OK = 0,
	NBS_E_INTERNAL,    /**< a fault of ours, or an exception out of ns-3 */
	NBS_E_NOMEM,       /**< memory could not be had */
	NBS_E_ARG,         /**< an argument outside its documented range */
	NBS_E_STATE,       /**< not now: the call does not fit the object's state */
	NBS_E_TRUNCATED,   /**< foreign bytes end before the structure they announce */
	NBS_E_INVALID,     /**< foreign bytes or text that break their own rules */
	NBS_E_RANGE,       /**< a value that the buffer or field cannot hold */
	NBS_E_IO,          /**< the system failed: file, disk, permission */
	NBS_E_NOTFOUND,    /**< no such thing: name, identity, route */
	NBS_E_INTERRUPTED, /**< stopped by the interrupt flag before its end */
	NBS_STATUS__COUNT
};

/** @return a short English sentence part without a full stop; never NULL. */
NBS_API const char *nbs_status_str(enum nbs_status status);

#ifdef __cplusplus
}
#endif
#endif
