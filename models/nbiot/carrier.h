/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * The air as a shared resource: 180 kHz of downlink subframes and 180 kHz of uplink tones, booked
 * ahead.
 *
 * Models: one NB-IoT carrier pair with its calendar; DCIs at the candidates of their search space,
 * NPDSCH and NPUSCH at the delays that a DCI can name, HARQ-ACKs on their sixteen resources, RARs
 * with the uplink grants of their Msg3s; downlink gaps, uplink gaps, postponement over NPRACH. Who
 * finds a place taken gets the next one: queues grow by themselves.
 * Does not model: two DCIs in one subframe (aggregation level 1), preemption: what is booked stays
 * booked. A phase books ahead of time, so a later comer may fill holes but pushes nobody back.
 *
 * Times are ns since SFN 0; starts and ends lie on subframe borders. Nothing may be booked before
 * the latest now_ns told by nbsi_carrier_advance(), nor NBSI_BOOK_AHEAD_NS beyond it.
 * With NBS_LOAD_ALONE everything is always free, and statistics run all the same.
 */
#ifndef NBSEC_MODELS_NBIOT_CARRIER_H
#define NBSEC_MODELS_NBIOT_CARRIER_H

#include "models/nbiot/calendar.h"

#define NBSI_BOOK_AHEAD_NS (UINT64_C(120000) * NBS_SUBFRAME_NS)
#define NBSI_RAR_MAX 12U /* responses in 680 bits, TS 36.321 6.1.5 */

struct nbsi_carrier;

/** What has been booked, in subframes and in subframes times tones of 15 kHz. */
struct nbsi_carrier_stats {
	uint64_t dci_sf;    /* NPDCCH, downlink subframes */
	uint64_t npdsch_sf; /* NPDSCH, downlink subframes */
	uint64_t npusch_tone_ms;
	uint64_t ack_tone_ms;
	uint64_t nprach_tone_ms; /* set aside for NPRACH up to the latest advance */
	/*
	 * Bookings later than on an empty carrier: not the first candidate or delay; of a HARQ-ACK
	 * not the first k0; of a RAR also fewer responses than asked for, but not a Msg3's delay.
	 */
	uint64_t waits;
};

/** NPDCCH search space of a coverage level. */
struct nbsi_space {
	uint32_t rmax;
	double g;
	uint32_t offset_8th;
};

/** A DCI and what it announces. Without an announcement of its kind a field is 0. */
struct nbsi_grant {
	uint64_t dci_start_ns, dci_end_ns;
	uint64_t start_ns, end_ns;         /* block on air, gaps and postponements inside */
	uint64_t ack_start_ns, ack_end_ns; /* HARQ-ACK of a downlink block */
	uint64_t postponed_ns;             /* share of NPRACH in the uplink block or HARQ-ACK */
};

/** An uplink transmission asked for: so many tones for so long with the transmitter on. */
struct nbsi_ul_need {
	uint32_t tones; /* 1, 3, 6, 12 */
	uint32_t tx_ms;
};

/** A RAR and the Msg3s that it grants. */
struct nbsi_rar {
	uint64_t dci_start_ns, dci_end_ns, start_ns, end_ns;
	unsigned count; /* responses in it: the first so many of those asked for */
	struct {
		uint64_t start_ns, end_ns, postponed_ns;
	} msg3[NBSI_RAR_MAX];
};

/**
 * @param[in] anchor  false: a carrier without synchronisation, broadcast and NPRACH.
 * @param[out] carrier  freed by nbsi_carrier_free(). Keeps no pointer to config.
 */
enum nbs_status nbsi_carrier_new(const struct nbs_network_config *config, bool anchor,
				 struct nbsi_carrier **carrier);
void nbsi_carrier_free(struct nbsi_carrier *carrier);

/** @return the calendar of its downlink. */
const struct nbs_calendar *nbsi_carrier_calendar(const struct nbsi_carrier *carrier);

/** Tells the time: what lies before it is forgotten. Going backwards does nothing. */
void nbsi_carrier_advance(struct nbsi_carrier *carrier, uint64_t now_ns);

/** @return what has been booked, NPRACH counted up to the latest advance. */
const struct nbsi_carrier_stats *nbsi_carrier_stats(struct nbsi_carrier *carrier);

/**
 * Books DCI N1, the NPDSCH at the first of the eight delays that is free, and the HARQ-ACK at the
 * first of its sixteen resources that is free; if there is none, tries the next candidate.
 * @param from_ns    the UE listens from here on
 * @param until_ns   the DCI is on air before this
 * @param dci_reps   repetitions of the DCI, divides space->rmax
 * @param subframes  of NPDSCH, 0 = the DCI announces nothing (it alone is booked)
 * @param ack_ms     HARQ-ACK, transmitter on, one tone; 0 = none
 * @return false if there is no place before until_ns; nothing is booked then
 */
bool nbsi_book_downlink(struct nbsi_carrier *carrier, const struct nbsi_space *space,
			uint64_t from_ns, uint64_t until_ns, uint32_t dci_reps, uint32_t subframes,
			uint32_t ack_ms, struct nbsi_grant *grant);

/** Books DCI N0 and the NPUSCH at the first of the four delays and places in frequency free. */
bool nbsi_book_uplink(struct nbsi_carrier *carrier, const struct nbsi_space *space,
		      uint64_t from_ns, uint64_t until_ns, uint32_t dci_reps,
		      const struct nbsi_ul_need *need, struct nbsi_grant *grant);

/**
 * Books a RAR with as many responses, from the first on, as find an uplink place for their Msg3 at
 * one of the four delays of a RAR grant; one whose Msg3 finds none ends the list.
 * The first candidate with room for one response is taken, with as many as it has room for.
 * @param subframes  [n - 1]: NPDSCH subframes of a RAR with n responses, not falling with n; count
 *                   values
 * @param msg3       [n]: what the Msg3 of each response needs; count values
 * @param count      responses asked for, 1..NBSI_RAR_MAX
 */
bool nbsi_book_rar(struct nbsi_carrier *carrier, const struct nbsi_space *space, uint64_t from_ns,
		   uint64_t until_ns, uint32_t dci_reps, const uint32_t *subframes,
		   const struct nbsi_ul_need *msg3, unsigned count, struct nbsi_rar *rar);

/** Books an uplink transmission without a DCI, at the first free place from from_ns on. */
bool nbsi_book_tones(struct nbsi_carrier *carrier, uint64_t from_ns, uint64_t until_ns,
		     const struct nbsi_ul_need *need, struct nbsi_grant *grant);

#endif
