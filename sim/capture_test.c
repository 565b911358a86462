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

static enum nbs_tap_verdict
count_packet(void *arg, enum nbs_dir dir, struct nbs_packet *packet)
{
	(void)dir;
	(void)packet;
	(*(unsigned *)arg)++;
	return NBS_TAP_PASS;
}

/* Closes the capture when it sees its first packet. */
struct closer {
	struct nbs_capture *capture;
	unsigned seen;
};

static enum nbs_tap_verdict
close_capture(void *arg, enum nbs_dir dir, struct nbs_packet *packet)
{
	struct closer *closer = arg;

	(void)dir;
	(void)packet;
	closer->seen++;
	if (closer->capture != NULL)
		assert_int_equal(nbs_capture_close(closer->capture), NBS_OK);
	closer->capture = NULL;
	return NBS_TAP_PASS;
}

static void
send_hi(struct nbs_udp *udp)
{
	struct nbs_endpoint to = {.addr = 0xc633640a, .port = 10000};

	assert_int_equal(nbs_udp_send(udp, to, (const uint8_t *)"hi", 2, NULL), NBS_OK);
}

/* A tap takes the capture away from under the packet it looks at; each other tap sees them all. */
static void
a_closed_capture_leaves_its_interfaces(void **state)
{
	struct nbs_engine_config config = {.seed = 1, .epoch_unix_s = EPOCH};
	struct nbs_engine *engine = NULL;
	struct nbs_host *host = NULL;
	struct nbs_iface *iface = NULL;
	struct nbs_udp *udp = NULL;
	struct closer closer = {0};
	unsigned seen[2] = {0};
	int i;

	(void)state;
	assert_int_equal(nbs_engine_new(&config, &engine), NBS_OK);
	assert_int_equal(nbs_host_new(engine, NBS_HOST_LIGHT, "h", &host), NBS_OK);
	assert_int_equal(nbs_host_add_iface(host, 0x0a400002, 10, 1358, &iface), NBS_OK);
	assert_int_equal(nbs_udp_open(host, 0, NULL, NULL, &udp), NBS_OK);
	assert_int_equal(nbs_capture_open(engine, "/dev/null", &closer.capture), NBS_OK);
	assert_int_equal(nbs_capture_iface(closer.capture, iface), NBS_OK);
	assert_int_equal(nbs_iface_tap(iface, close_capture, &closer), NBS_OK);
	assert_int_equal(nbs_iface_tap(iface, count_packet, &seen[0]), NBS_OK);
	send_hi(udp);
	send_hi(udp);
	assert_int_equal(closer.seen, 2);
	assert_int_equal(seen[0], 2);
	/* An interface takes four taps: the capture's place is free again. */
	for (i = 0; i < 2; i++)
		assert_int_equal(nbs_iface_tap(iface, count_packet, &seen[1]), NBS_OK);
	assert_int_equal(nbs_iface_tap(iface, count_packet, &seen[1]), NBS_E_RANGE);
	send_hi(udp);
	assert_int_equal(seen[0], 3);
	assert_int_equal(seen[1], 2);
	nbs_host_free(host);
	nbs_engine_free(engine);
	assert_int_equal(nbs_live_objects(), 0);
}

/* Three interfaces go in an order that takes the middle, the first and the last of a list. */
static void
interfaces_may_go_before_the_capture(void **state)
{
	static const int order[3] = {1, 2, 0};
	struct nbs_engine_config config = {.seed = 1, .epoch_unix_s = EPOCH};
	struct nbs_engine *engine = NULL;
	struct nbs_capture *capture = NULL;
	struct nbs_host *host[3];
	struct nbs_iface *iface;
	struct nbs_udp *udp[3];
	uint64_t frames = 0;
	int i, k;

	(void)state;
	assert_int_equal(nbs_engine_new(&config, &engine), NBS_OK);
	assert_int_equal(nbs_capture_open(engine, "/dev/null", &capture), NBS_OK);
	for (i = 0; i < 3; i++) {
		assert_int_equal(nbs_host_new(engine, NBS_HOST_LIGHT, "h", &host[i]), NBS_OK);
		assert_int_equal(nbs_host_add_iface(host[i], 0x0a400002, 10, 1358, &iface), NBS_OK);
		assert_int_equal(nbs_capture_iface(capture, iface), NBS_OK);
		assert_int_equal(nbs_udp_open(host[i], 0, NULL, NULL, &udp[i]), NBS_OK);
	}
	for (i = 0; i < 3; i++) {
		for (k = i; k < 3; k++)
			send_hi(udp[order[k]]);
		frames += 3 - (uint64_t)i;
		assert_int_equal(nbs_capture_frames(capture), frames);
		nbs_host_free(host[order[i]]);
	}
	assert_int_equal(nbs_capture_close(capture), NBS_OK);
	nbs_engine_free(engine);
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
	unsigned i;

	(void)state;
	assert_int_equal(nbs_engine_new(&config, &engine), NBS_OK);
	assert_int_equal(nbs_capture_open(engine, "/nonexistent/x.pcap", &capture), NBS_E_IO);
	assert_int_equal(nbs_capture_open(engine, "/dev/full", &capture), NBS_OK);
	assert_int_equal(nbs_capture_status(capture), NBS_OK);
	assert_int_equal(nbs_capture_write(capture, packet, sizeof packet, NULL), NBS_OK);
	for (i = 0; i < 10000; i++) /* 36 bytes each: more than any buffer of the stream */
		assert_int_equal(nbs_capture_write(capture, packet, sizeof packet, NULL), NBS_OK);
	assert_int_equal(nbs_capture_status(capture), NBS_E_IO); /* known before the end */
	assert_int_equal(nbs_capture_close(capture), NBS_E_IO);
	nbs_engine_free(engine);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_packet_is_stamped_and_numbered),
	    cmocka_unit_test(a_closed_capture_leaves_its_interfaces),
	    cmocka_unit_test(interfaces_may_go_before_the_capture),
	    cmocka_unit_test(a_full_disk_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
