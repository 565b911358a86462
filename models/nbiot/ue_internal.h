/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * The structs behind nbs_ue and nbs_cell, and what cell.c and ue.c know of each other.
 */
#ifndef NBSEC_MODELS_NBIOT_UE_INTERNAL_H
#define NBSEC_MODELS_NBIOT_UE_INTERNAL_H

#include "models/nbiot/cell.h"
#include "models/nbiot/messages.h"
#include "models/nbiot/packet.h"
#include "models/nbiot/radio.h"
#include "models/nbiot/timeline.h"

#define NBSI_PACKET_MAX 1500U  /* bytes of an IP packet, TS 36.323 4.3.1 allows 1600 */
#define NBSI_QUEUE_MAX 64U     /* uplink packets that may wait */
#define NBSI_BLOCK_ATTEMPTS 8U /* HARQ and RLC together, then the packet is given up */
#define NBSI_NAS_ATTEMPTS 5U   /* TS 24.301 5.6.1.6 counts service request attempts to 5 */
#define NBSI_T3411_NS (10U * NBS_NS_PER_S) /* TS 24.301 10.2, between two attempts */

struct nbs_ue {
	struct nbs_cell *cell;
	struct nbsi_radio *radio;
	const struct nbs_modem *modem;
	gsl_rng *rng;
	unsigned index;
	enum nbs_ue_state state;
	enum nbsi_purpose purpose; /* of the access under way or failed last */
	unsigned level;            /* coverage level of the present connection */
	unsigned nas_attempts;     /* accesses failed in a row */
	unsigned replies_due;      /* downlink packets that release assistance announced */
	enum nbs_rai last_rai;     /* of the last uplink packet carried */
	bool finished;
	bool released;               /* the phase under way ends in the release */
	bool access_failed;          /* the phase under way ends without a connection */
	uint64_t reported_ns;        /* uplink data queued up to here is known to the eNB */
	uint64_t connected_since_ns; /* NBS_TIME_NEVER = no connection */
	uint64_t
	    cdrx_from_ns; /* connected and waiting: here C-DRX begins; NBS_TIME_NEVER = does not */
	uint64_t tau_due_ns;              /* T3412; NBS_TIME_NEVER = stopped */
	struct nbs_timer phase;           /* end of the timeline */
	struct nbs_timer tau;             /* fires at tau_due_ns or earlier, then looks again */
	struct nbsi_timeline *timeline;   /* of the phase under way; NULL in OFF and PSM */
	struct nbsi_cycle paging;         /* idle mode */
	struct nbsi_cycle cdrx;           /* connected mode; cycle_ns 0 = receiver stays open */
	struct nbsi_packet_list uplink;   /* waiting for the radio */
	struct nbsi_packet_list downlink; /* at the eNB or MME, waiting for the UE */
	nbs_ue_downlink_fn on_downlink;
	void *on_downlink_arg;
	struct nbs_account account;
	struct nbs_ue_stats stats;
};

struct nbs_cell {
	struct nbs_engine *engine;
	struct nbs_network_config config;
	struct nbsi_radio_table radios;
	struct nbsi_timeline_pool timelines;
	struct nbsi_packet_list in_flight; /* on S1 or on the radio, each with its timer armed */
	struct nbs_ue **ues;
	unsigned count, capacity;
	nbs_cell_uplink_fn uplink;
	void *uplink_arg;
	enum nbs_status fault; /* first failure inside an event; the run was stopped there */
};

/** What can happen to a UE. */
enum nbsi_ue_event {
	NBSI_UE_EV_SEND,     /* a packet from above has been queued */
	NBSI_UE_EV_DOWNLINK, /* a packet has arrived at the eNB or MME and been queued */
	NBSI_UE_EV_PHASE,    /* the phase is over; in OFF: switched on; in IDLE: T3324 ran out */
	NBSI_UE_EV_T3412,    /* periodic tracking area update is due */
	NBSI_UE_EV__COUNT
};

/** Runs the handler of the present state; an illegal pair is counted. */
void nbsi_ue_dispatch(struct nbs_ue *ue, enum nbsi_ue_event event);

/** Books what has happened up to now_ns and drops the rest of the phase. */
enum nbs_status nbsi_ue_book(struct nbs_ue *ue, uint64_t now_ns);

/** What the UE's two timers call. */
void nbsi_ue_on_phase_timer(void *arg);
void nbsi_ue_on_tau_timer(void *arg);

/** Makes a UE for a cell. */
enum nbs_status nbsi_ue_new(struct nbs_cell *cell, unsigned index,
			    const struct nbs_ue_config *config, struct nbs_ue **out);
void nbsi_ue_free(struct nbs_ue *ue);

/** A downlink packet is at the eNB or MME. Takes the packet, which is in no list. */
void nbsi_ue_downlink_arrives(struct nbs_ue *ue, struct nbsi_packet *packet);

/** A downlink packet was decoded at at_ns: hands it to the application then. */
void nbsi_cell_deliver_down(struct nbs_cell *cell, struct nbsi_packet *packet, uint64_t at_ns);

/** An uplink packet was decoded by the eNB at at_ns: the gateway has it S1 later. */
void nbsi_cell_deliver_up(struct nbs_cell *cell, struct nbsi_packet *packet, uint64_t at_ns);

/** Something failed inside an event: keeps the first reason and stops the run. */
void nbsi_cell_fault(struct nbs_cell *cell, enum nbs_status status);

#endif
