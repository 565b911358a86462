/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Captures by libpcap: LINKTYPE_RAW, nanosecond stamps on the scenario's own calendar. */
#include "sim/capture.h"

#include "sim/net_internal.h"

#include <pcap/pcap.h>
#include <stdlib.h>

#define SNAPLEN 65535 /* bytes; larger than any IPv4 packet here */

/* An interface that the capture looks at. */
struct capture_site {
	struct nbs_capture *capture;
	struct nbs_iface *iface;
	struct capture_site *next, **place; /* place points to what points here */
};

struct nbs_capture {
	struct nbs_engine *engine;
	pcap_t *pcap;
	pcap_dumper_t *dumper;
	struct capture_site *sites;
	uint64_t frames;
};

enum nbs_status
nbs_capture_open(struct nbs_engine *engine, const char *path, struct nbs_capture **out)
{
	struct nbs_capture *capture;

	if (engine == NULL || path == NULL || out == NULL)
		return NBS_E_ARG;
	capture = calloc(1, sizeof *capture);
	if (capture == NULL)
		return NBS_E_NOMEM;
	capture->engine = engine;
	capture->pcap =
	    pcap_open_dead_with_tstamp_precision(DLT_RAW, SNAPLEN, PCAP_TSTAMP_PRECISION_NANO);
	if (capture->pcap == NULL) {
		free(capture);
		return NBS_E_NOMEM;
	}
	capture->dumper = pcap_dump_open(capture->pcap, path);
	if (capture->dumper == NULL) {
		pcap_close(capture->pcap);
		free(capture);
		return NBS_E_IO;
	}
	nbsi_live_add();
	*out = capture;
	return NBS_OK;
}

enum nbs_status
nbs_capture_write(struct nbs_capture *capture, const uint8_t *packet, size_t len, uint64_t *frame)
{
	struct pcap_pkthdr header = {0};
	uint64_t now;

	if (capture == NULL || packet == NULL)
		return NBS_E_ARG;
	if (len > SNAPLEN)
		return NBS_E_RANGE;
	now = nbs_now(capture->engine);
	header.ts.tv_sec = (time_t)(nbs_epoch_unix_s(capture->engine) + now / NBS_NS_PER_S);
	header.ts.tv_usec = (suseconds_t)(now % NBS_NS_PER_S); /* ns, by the file's precision */
	header.caplen = (bpf_u_int32)len;
	header.len = (bpf_u_int32)len;
	pcap_dump((u_char *)capture->dumper, &header, packet);
	capture->frames++;
	if (frame != NULL)
		*frame = capture->frames;
	return NBS_OK;
}

static enum nbs_tap_verdict
capture_tap(void *arg, enum nbs_dir dir, struct nbs_packet *packet)
{
	const struct capture_site *site = arg;
	uint64_t frame = 0;

	(void)dir;
	(void)nbs_capture_write(site->capture, packet->data, packet->len, &frame);
	if (packet->frame == 0)
		packet->frame = frame;
	return NBS_TAP_PASS;
}

/* The interface goes before the capture. */
static void
site_gone(void *arg)
{
	struct capture_site *site = arg;

	*site->place = site->next;
	if (site->next != NULL)
		site->next->place = site->place;
	free(site);
}

enum nbs_status
nbs_capture_iface(struct nbs_capture *capture, struct nbs_iface *iface)
{
	struct capture_site *site;
	enum nbs_status status;

	if (capture == NULL || iface == NULL)
		return NBS_E_ARG;
	site = calloc(1, sizeof *site);
	if (site == NULL)
		return NBS_E_NOMEM;
	status = nbsi_iface_tap(iface, capture_tap, site_gone, site);
	if (status != NBS_OK) {
		free(site);
		return status;
	}
	site->capture = capture;
	site->iface = iface;
	site->place = &capture->sites;
	site->next = capture->sites;
	if (site->next != NULL)
		site->next->place = &site->next;
	capture->sites = site;
	return NBS_OK;
}

uint64_t
nbs_capture_frames(const struct nbs_capture *capture)
{
	return capture == NULL ? 0 : capture->frames;
}

enum nbs_status
nbs_capture_status(const struct nbs_capture *capture)
{
	if (capture == NULL)
		return NBS_E_ARG;
	return ferror(pcap_dump_file(capture->dumper)) != 0 ? NBS_E_IO : NBS_OK;
}

enum nbs_status
nbs_capture_close(struct nbs_capture *capture)
{
	struct capture_site *site, *next;
	enum nbs_status status = NBS_OK;

	if (capture == NULL)
		return NBS_OK;
	for (site = capture->sites; site != NULL; site = next) {
		next = site->next;
		nbsi_iface_untap(site->iface, capture_tap, site);
		free(site);
	}
	/* pcap_dump() has no result; the stream remembers the first write that failed. */
	if (pcap_dump_flush(capture->dumper) != 0 || ferror(pcap_dump_file(capture->dumper)))
		status = NBS_E_IO;
	pcap_dump_close(capture->dumper);
	pcap_close(capture->pcap);
	free(capture);
	nbsi_live_remove();
	return status;
}
