/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * The UE's state table, for who dispatches by it and for who prints it, and the handlers that do
 * not stand in ue.c.
 */
#ifndef NBSEC_MODELS_NBIOT_UE_STATES_H
#define NBSEC_MODELS_NBIOT_UE_STATES_H

#include "models/nbiot/phase.h"

#include <stdio.h>

/** What happens on an event in a state; without a label the pair is illegal. */
struct nbsi_ue_cell {
	void (*handler)(struct nbs_ue *ue); /* NULL with a label: nothing is to be done */
	const char *label;                  /* as the model's page has it */
	uint16_t next; /* bit of each state that it may lead to, when not itself */
};

/** @return the cell of a pair, static storage. */
const struct nbsi_ue_cell *nbsi_ue_table(enum nbs_ue_state state, enum nbsi_ue_event event);

/** Prints the table as Markdown: a row a state, a column an event. */
void nbsi_ue_print_table(FILE *out);

/** Prints the transitions of the table as a Mermaid state diagram. */
void nbsi_ue_print_diagram(FILE *out);

/* ---- phases: each ends the phase before and draws the next ---- */

void nbsi_ue_access(struct nbs_ue *ue, enum nbsi_purpose purpose, enum nbsi_from from);

/** A state that a timer of NAS or RRC ends. */
void nbsi_ue_sleep_until(struct nbs_ue *ue, enum nbs_ue_state state, const char *timer,
			 uint64_t duration_ns);

/* ---- ue_sleep.c ---- */

/** T3412 starts, if the UE is registered. */
void nbsi_ue_start_tau(struct nbs_ue *ue);

/** The connection ends, if there is one: T3412 and T3324 start with idle mode. */
void nbsi_ue_leave_connection(struct nbs_ue *ue);

/** Without a connection: to what is due, to idle mode or to PSM. */
void nbsi_ue_sleep(struct nbs_ue *ue);

/** Switched off where nobody hears a detach: what waits is lost. */
void nbsi_ue_off_unheard(struct nbs_ue *ue);

/** Without supply: the network and system information are forgotten. */
void nbsi_ue_enter_off(struct nbs_ue *ue);

/** A UE that sleeps has got downlink packets: the SGW keeps some. */
void nbsi_ue_buffer_downlink(struct nbs_ue *ue);

/** Nobody keeps packets for a UE that is not registered. */
void nbsi_ue_discard_downlink(struct nbs_ue *ue);

/** Idle mode: a downlink packet, the end of the phase, the cell going off the air. */
void nbsi_ue_page(struct nbs_ue *ue);
void nbsi_ue_on_idle_end(struct nbs_ue *ue);
void nbsi_ue_idle_outage(struct nbs_ue *ue);

/* ---- ue_failure.c ---- */

/** Out of service: looks for the cell. */
void nbsi_ue_search(struct nbs_ue *ue);

/** An access has failed; ue->reason says why. */
void nbsi_ue_access_failed(struct nbs_ue *ue);

/** The random access of a connection, or of a re-establishment, has failed. */
void nbsi_ue_connected_access_failed(struct nbs_ue *ue);

/** The phase has ended in a radio link failure. */
void nbsi_ue_link_failed(struct nbs_ue *ue);

/** The cell goes off the air while the UE is connected. */
void nbsi_ue_lose_sync(struct nbs_ue *ue);

#endif
