/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * The structs behind nbs_ue and nbs_cell, and what cell.c, contention.c and ue.c know of each
 * other.
 */
#ifndef NBSEC_MODELS_NBIOT_UE_INTERNAL_H
#define NBSEC_MODELS_NBIOT_UE_INTERNAL_H

#include "models/nbiot/carrier.h"
#include "models/nbiot/cell.h"
#include "models/nbiot/messages.h"
#include "models/nbiot/packet.h"
#include "models/nbiot/radio.h"
#include "models/nbiot/rate.h"
#include "models/nbiot/timeline.h"

#define NBSI_PACKET_MAX 1500U /* bytes of an IP packet, TS 36.323 4.3.1 allows 1600 */
#define NBSI_QUEUE_MAX 64U    /* uplink packets that may wait */
#define NBSI_NAS_ATTEMPTS 5U  /* TS 24.301 5.6.1.6 counts service request attempts to 5 */
#define NBSI_SI_VALID_NS (86400U * NBS_NS_PER_S) /* TS 36.331 5.2.2.3: 24 h */
#define NBSI_BARRED_NS (300U * NBS_NS_PER_S)     /* TS 36.304 5.3.1: up to 300 s */

#define NBSI_FAILURES_MOST 3U /* radio link failures in a row before what waits is given up */

/* A UE without a cell looks again after 30 s, then twice as long each time up to an hour: assumed,
 * TS 36.304 leaves it to the UE. */
#define NBSI_SEARCH_FIRST_NS (30U * NBS_NS_PER_S)
#define NBSI_SEARCH_MOST_NS (3600U * NBS_NS_PER_S)

/** What a random access is for. */
enum nbsi_ra_kind {
	NBSI_RA_IDLE,       /* a connection */
	NBSI_RA_CONNECTED,  /* a grant in a connection: Msg3 carries C-RNTI and buffer status */
	NBSI_RA_REESTABLISH /* the connection after a radio link failure */
};

/** A random access under way; a contender while its preamble is on air. */
struct nbsi_ra {
	enum nbsi_ra_kind kind;
	unsigned level;       /* coverage level of this attempt */
	uint32_t attempt;     /* PREAMBLE_TRANSMISSION_COUNTER, from 1 */
	uint32_t in_level;    /* attempts in this level */
	uint64_t deadline_ns; /* T300 or T301; NBS_TIME_NEVER in a connection */
	uint64_t backoff_ns;  /* backoff parameter value, TS 36.321 5.1.4 */
	uint32_t subcarrier;  /* of this attempt, 0 .. contention subcarriers - 1 */
	double preamble_dbm;  /* of this attempt */
	bool edt;             /* early data's preamble */
	bool on_air;          /* a preamble is: the occasion moves the UE on */
	bool won;             /* contention is: the phase under way is what it was for */
	uint64_t drawn_ns;    /* the pen was laid down here, while others are drawn */
	struct nbs_ue *next;  /* in the same occasion */
};

struct nbs_ue {
	struct nbs_cell *cell;
	struct nbsi_radio *radio;
	const struct nbs_modem *modem;
	gsl_rng *rng;
	unsigned index;
	enum nbs_ue_state state;
	enum nbs_ue_reason reason;
	enum nbsi_purpose purpose; /* of the access under way or failed last */
	unsigned level;            /* coverage level of the present connection */
	unsigned nas_attempts;     /* accesses failed in a row */
	unsigned searches;         /* in vain, in a row */
	unsigned failures;         /* radio link failures since a packet got through */
	unsigned replies_due;      /* downlink packets that release assistance announced */
	unsigned held;             /* uplink packets that rate control holds back */
	enum nbs_rai last_rai;     /* of the last uplink packet carried */
	bool finished;
	bool registered;
	bool off_wanted; /* detaches and switches off when nothing is left to do */
	bool compressed_up, compressed_down; /* header compression has a context */
	bool released;                       /* the phase under way ends in the release */
	bool access_failed;                  /* the phase under way ends without a connection */
	bool no_cell;                        /* the access failed for want of a cell */
	bool link_failed;                    /* the phase under way ends in a radio link failure */
	bool out_of_sync;                    /* the phase under way is T310 */
	bool found;                    /* the phase under way is a search that finds the cell */
	bool paged;                    /* the phase under way ends in a page for the UE */
	const char *timer;             /* what runs in BACKOFF and NO_CELL */
	uint64_t reported_ns;          /* uplink data queued up to here is known to the eNB */
	uint64_t connected_since_ns;   /* NBS_TIME_NEVER = no connection */
	uint64_t cdrx_from_ns;         /* waiting: here C-DRX begins; NBS_TIME_NEVER = does not */
	uint64_t tau_due_ns;           /* T3412; NBS_TIME_NEVER = stopped */
	uint64_t idle_until_ns;        /* T3324 */
	uint64_t si_valid_ns;          /* system information is known up to here */
	uint64_t s1_up_ns, s1_down_ns; /* arrivals on S1 so far: packets keep their order */
	struct nbsi_ra ra;
	struct nbsi_rate rate_up, rate_down;
	struct nbsi_carrier *carrier;     /* UE-specific search space and data; the cell's */
	struct nbs_timer phase;           /* end of the timeline */
	struct nbs_timer tau;             /* fires at tau_due_ns or earlier, then looks again */
	struct nbsi_timeline *timeline;   /* of the phase under way; NULL in OFF and PSM */
	struct nbsi_cycle paging;         /* idle mode */
	struct nbsi_cycle cdrx;           /* connected mode; cycle_ns 0 = receiver stays open */
	struct nbsi_packet_list uplink;   /* waiting for the radio */
	struct nbsi_packet_list downlink; /* at the eNB or SGW, waiting for the UE */
	struct nbs_power_mark mark;       /* of what is drawn next */
	uint64_t down_ns;                 /* in PSM: so much of it goes into getting there */
	nbs_ue_downlink_fn on_downlink;
	void *on_downlink_arg;
	nbs_ue_sleep_fn on_sleep;
	void *on_sleep_arg;
	struct nbs_account account;
	struct nbs_ue_stats stats;
};

#define NBSI_OCCASION_BUCKETS 256U

struct nbs_cell {
	struct nbs_engine *engine;
	struct nbs_network_config config;
	struct nbsi_radio_table radios;
	struct nbsi_timeline_pool timelines;
	struct nbsi_carrier **carriers; /* [0] is the anchor */
	unsigned carrier_count;
	struct nbsi_occasion *occasions[NBSI_OCCASION_BUCKETS]; /* to come, by their end */
	struct nbsi_occasion *free_occasions;
	struct nbsi_packet_list in_flight; /* on S1, on the radio or held back; timers armed */
	struct nbs_timer outage;           /* the next beginning of a time off the air */
	struct nbs_ue **ues;
	unsigned count, capacity;
	nbs_cell_uplink_fn uplink;
	void *uplink_arg;
	nbs_cell_classify_fn classify;
	void *classify_arg;
	struct nbs_cell_stats stats; /* the counters among it */
	enum nbs_status fault;       /* first failure inside an event; the run was stopped there */
};

/** What can happen to a UE. */
enum nbsi_ue_event {
	NBSI_UE_EV_SEND,     /* a packet from above has been queued */
	NBSI_UE_EV_DOWNLINK, /* a packet has arrived at the eNB or SGW and been queued */
	NBSI_UE_EV_PHASE,    /* the phase is over; in OFF: switched on; in IDLE: T3324 ran out */
	NBSI_UE_EV_T3412,    /* periodic tracking area update is due */
	NBSI_UE_EV_OFF,      /* to be switched off */
	NBSI_UE_EV_OUTAGE,   /* the cell has gone off the air */
	NBSI_UE_EV_ANSWER, /* the eNB has settled an occasion: comes from there, not by dispatch */
	NBSI_UE_EV__COUNT
};

/**
 * Runs the handler of the present state. An illegal pair is counted, and so is a handler that led
 * where the table does not say.
 */
void nbsi_ue_dispatch(struct nbs_ue *ue, enum nbsi_ue_event event);

/** Books what has happened up to now_ns into an account that stands where the UE's own does. */
enum nbs_status nbsi_ue_book_into(const struct nbs_ue *ue, struct nbs_account *account,
				  uint64_t now_ns);

/** Books what has happened up to now_ns and drops the rest of the phase. */
enum nbs_status nbsi_ue_book(struct nbs_ue *ue, uint64_t now_ns);

/** What the UE's two timers call. */
void nbsi_ue_on_phase_timer(void *arg);
void nbsi_ue_on_tau_timer(void *arg);

/** Asks the owner what a packet is. */
void nbsi_cell_classify(struct nbs_cell *cell, struct nbsi_packet *packet, bool up);

/** Makes a UE for a cell. */
enum nbs_status nbsi_ue_new(struct nbs_cell *cell, unsigned index,
			    const struct nbs_ue_config *config, struct nbs_ue **out);
void nbsi_ue_free(struct nbs_ue *ue);

/** An uplink packet, in no list: to the radio, or held back by rate control. */
void nbsi_ue_queue(struct nbs_ue *ue, struct nbsi_packet *packet);

/** A downlink packet is at the eNB or SGW. Takes the packet, which is in no list. */
void nbsi_ue_downlink_arrives(struct nbs_ue *ue, struct nbsi_packet *packet);

/** @return why the UE cannot camp on the cell now, NBS_UE_FINE if it can. */
enum nbs_ue_reason nbsi_ue_camping(const struct nbs_ue *ue, uint64_t now_ns);

/** A downlink packet was decoded at at_ns: hands it to the application then. */
void nbsi_cell_deliver_down(struct nbs_cell *cell, struct nbsi_packet *packet, uint64_t at_ns);

/** An uplink packet was decoded by the eNB at at_ns: the gateway has it S1 later. */
void nbsi_cell_deliver_up(struct nbs_cell *cell, struct nbsi_packet *packet, uint64_t at_ns);

/** Puts an uplink packet off to at_ns, when rate control is asked again. */
void nbsi_cell_hold(struct nbs_cell *cell, struct nbsi_packet *packet, uint64_t at_ns);

/** @return whether the cell is on the air at t_ns. */
bool nbsi_cell_on_air(const struct nbs_cell *cell, uint64_t t_ns);

/** @return when the cell goes off the air, t_ns itself if it is; NBS_TIME_NEVER if it does not. */
uint64_t nbsi_cell_off_ns(const struct nbs_cell *cell, uint64_t t_ns);

/** @return since when the cell is off the air; t_ns itself if it is not. */
uint64_t nbsi_cell_off_since_ns(const struct nbs_cell *cell, uint64_t t_ns);

/** @return when the cell is on the air again, t_ns itself if it is. */
uint64_t nbsi_cell_back_ns(const struct nbs_cell *cell, uint64_t t_ns);

/** A connection begins or ends. */
void nbsi_cell_connected(struct nbs_cell *cell, bool begins);

/** Something failed inside an event: keeps the first reason and stops the run. */
void nbsi_cell_fault(struct nbs_cell *cell, enum nbs_status status);

/** Tells all carriers the time, before a phase is drawn. */
void nbsi_cell_advance(struct nbs_cell *cell);

#endif
