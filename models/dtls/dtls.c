/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The names of the reasons. */
#include "models/dtls/dtls.h"

static const char *const reason_names[NBS_DTLS_REASON__COUNT] = {
    [NBS_DTLS_PEER_CLOSE] = "peer closed",
    [NBS_DTLS_ALERT] = "fatal alert",
    [NBS_DTLS_TIMEOUT] = "timed out",
    [NBS_DTLS_ERROR] = "protocol error",
    [NBS_DTLS_REPLACED] = "replaced by a new handshake",
    [NBS_DTLS_EVICTED] = "evicted at the session limit",
    [NBS_DTLS_NOT_DTLS] = "not DTLS",
    [NBS_DTLS_NO_SESSION] = "no session",
    [NBS_DTLS_BAD_HELLO] = "ClientHello refused",
    [NBS_DTLS_UNKNOWN_IDENTITY] = "unknown PSK identity",
    [NBS_DTLS_BAD_MAC] = "not authentic",
    [NBS_DTLS_REPLAY] = "replayed",
};

const char *
nbs_dtls_reason_str(enum nbs_dtls_reason reason)
{
	if ((unsigned)reason >= NBS_DTLS_REASON__COUNT || reason_names[reason] == NULL)
		return "unknown reason";
	return reason_names[reason];
}
