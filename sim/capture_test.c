/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Captures: what libpcap reads back is what passed, when it passed, in nanoseconds. */
#include "sim/capture.h"

#include <pcap/pcap.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define EPOCH 1767225600U /* 2026-01-01T00:00:00Z */

static void
send_one(void *arg)
{
	struct nbs_endpoint to = {.addr = 0xc633640a, .port = 10000};
	uint64_t frame = 0;

	assert_int_equal(nbs_udp_send(arg, to, (const uint8_t *)"hi", 2, &frame), NBS_OK);
	assert_int_equal(frame, 1);
}

static void
a_packet_is_stamped_and_numbered(void **state)
{
	struct nbs_engine_config config = {.seed = 1, .epoch_unix_s = EPOCH};
	char path[] = "/tmp/nbsec-capture-XXXXXX", errbuf[PCAP_ERRBUF_SIZE];
	struct nbs_engine *engine = NULL;
	struct nbs_capture *capture = NULL;
	struct nbs_host *host = NULL;
	struct nbs_iface *iface = NULL;
	struct nbs_udp *udp = NULL;
	struct pcap_pkthdr *header;
	const u_char *bytes;
	pcap_t *pcap;
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(close(fd), 0);
	assert_int_equal(nbs_engine_new(&config, &engine), NBS_OK);
	assert_int_equal(nbs_capture_open(engine, path, &capture), NBS_OK);
	assert_int_equal(nbs_host_new(engine, NBS_HOST_LIGHT, "h", &host), NBS_OK);
	assert_int_equal(nbs_host_add_iface(host, 0x0a400002, 10, 1358, &iface), NBS_OK);
	assert_int_equal(nbs_capture_iface(capture, iface), NBS_OK);
	assert_int_equal(nbs_udp_open(host, 0, NULL, NULL, &udp), NBS_OK);
	assert_int_equal(nbs_schedule(engine, 3600 * NBS_NS_PER_S + 123456789, send_one, NULL, udp),
			 NBS_OK);
	assert_int_equal(nbs_run(engine, 7200 * NBS_NS_PER_S), NBS_OK);
	assert_int_equal(nbs_capture_frames(capture), 1);
	assert_int_equal(nbs_capture_close(capture), NBS_OK);
	nbs_host_free(host);
	nbs_engine_free(engine);

	pcap = pcap_open_offline_with_tstamp_precision(path, PCAP_TSTAMP_PRECISION_NANO, errbuf);
	assert_non_null(pcap);
	assert_int_equal(pcap_datalink(pcap), DLT_RAW);
	assert_int_equal(pcap_next_ex(pcap, &header, &bytes), 1);
	assert_int_equal(header->ts.tv_sec, EPOCH + 3600);
	assert_int_equal(header->ts.tv_usec, 123456789);
	assert_int_equal(header->caplen, 30);
	assert_int_equal(header->len, 30);
	assert_memory_equal(bytes + 28, "hi", 2);
	assert_int_equal(pcap_next_ex(pcap, &header, &bytes), PCAP_ERROR_BREAK);
	pcap_close(pcap);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(nbs_live_objects(), 0);
}

/* /dev/full takes the open and refuses each write: the loss is told, not swallowed. */
static void
a_full_disk_is_told(void **state)
{
	struct nbs_engine_config config = {.seed = 1, .epoch_unix_s = EPOCH};
	struct nbs_engine *engine = NULL;
	struct nbs_capture *capture = NULL;
	static const uint8_t packet[20] = {0x45};

	(void)state;
	assert_int_equal(nbs_engine_new(&config, &engine), NBS_OK);
	assert_int_equal(nbs_capture_open(engine, "/nonexistent/x.pcap", &capture), NBS_E_IO);
	assert_int_equal(nbs_capture_open(engine, "/dev/full", &capture), NBS_OK);
	assert_int_equal(nbs_capture_write(capture, packet, sizeof packet, NULL), NBS_OK);
	assert_int_equal(nbs_capture_close(capture), NBS_E_IO);
	nbs_engine_free(engine);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_packet_is_stamped_and_numbered),
	    cmocka_unit_test(a_full_disk_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
