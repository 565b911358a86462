/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sessions end: from 120 to 170 dB in steps of 1 dB, and at 200 dB, in every mode, on two networks
 * with block errors, each device has four packets to send and two to get. Whatever happens, each
 * packet is delivered, given up and counted, or still waits for a timer that has a name; the device
 * ends asleep or behind such a timer; accounts sum to the time; nothing goes on for ever.
 */
#include "models/nbiot/ue_test_util.h"

#define SESSION_FROM_DB 120
#define SESSION_TO_DB 170
#define SESSION_WHOLE_DB 164 /* what NB-IoT is made for: TR 45.820 5.1 */
#define SESSION_LOUD_DB 189  /* 50 - 189 = -139 dBm, still camped on */
#define SESSION_DEVICES (SESSION_TO_DB - SESSION_FROM_DB + 1)
#define SESSION_SEEDS 3U
#define SESSION_END_S 7200U
#define SESSION_SENT 4U

/*
 * Events that one device may take in 2 h. A packet that never gets through: 5 accesses (TS 24.301
 * 5.6.1.6) of at most 20 preambles (preamble_trans_max), each an occasion; for each access the end
 * of its phase, and of T3411. Three times that after radio link failures, for each of the 4 packets
 * and the page: 5 x (20 + 2) x 3 x 5 = 1,650. Searches: 30 s and twice as long each time up to an
 * hour are 8 in 2 h. A phase that a packet cuts short leaves a cancelled event.
 */
#define SESSION_EVENTS 2000U

enum mode { MODE_SR, MODE_CP, MODE_UP, MODE_EDT_CP, MODE_EDT_UP, MODE__COUNT };
enum network { NETWORK_A, NETWORK_STAND_ALONE, NETWORK_LOUD, NETWORK__COUNT };

static const char *const mode_names[MODE__COUNT] = {
    [MODE_SR] = "service request",
    [MODE_CP] = "control plane",
    [MODE_UP] = "user plane",
    [MODE_EDT_CP] = "early data, control plane",
    [MODE_EDT_UP] = "early data, user plane",
};

static void
mode_config(struct nbs_network_config *config, enum mode mode)
{
	static const enum nbs_optimisation optimisations[MODE__COUNT] = {
	    [MODE_SR] = NBS_SERVICE_REQUEST, [MODE_CP] = NBS_CONTROL_PLANE,
	    [MODE_UP] = NBS_USER_PLANE,      [MODE_EDT_CP] = NBS_CONTROL_PLANE,
	    [MODE_EDT_UP] = NBS_USER_PLANE,
	};

	config->optimisation = optimisations[mode];
	config->edt = mode == MODE_EDT_CP || mode == MODE_EDT_UP;
}

/*
 * Network A: asleep in PSM, where the SGW keeps downlink packets; ends at 164 dB (24 - 164 = -140
 * dBm, q-RxLevMin). The other: 43 dBm on a carrier of its own, up to 172 dB; attaches, stays in
 * idle mode for half an hour, where it is paged; C-DRX, header compression, downlink gaps,
 * non-anchor carrier; longer search spaces and more acknowledgements in level 2.
 */
static void
network_config(struct nbs_network_config *config, enum network network)
{
	config->link = NBS_LINK_REAL;
	config->backoff_index = 2;
	config->downlink_buffer = 4;
	config->t3324_ns = 10 * BENCH_S;
	if (network == NETWORK_LOUD)
		config->nrs_power_dbm = 50.0;
	if (network != NETWORK_STAND_ALONE)
		return;
	config->deployment = NBS_STAND_ALONE;
	config->nrs_power_dbm = 32.2;
	config->nrsrp_threshold_dbm[0] = -117;
	config->nrsrp_threshold_dbm[1] = -127;
	config->ce[2].npdcch_ra_rmax = config->ce[2].npdcch_rmax = 64;
	config->ce[2].ra_window_pp = 10;
	config->ce[2].contention_timer_pp = 64;
	config->ce[2].ack_nack_repetitions = 64;
	config->preamble_trans_max = 20;
	config->t300_ns = 25 * BENCH_S;
	config->attach = true;
	config->t3324_ns = 1800 * BENCH_S;
	config->cdrx.enabled = true;
	config->header_compression = true;
	config->non_anchor_carriers = 1;
	config->dl_gap.enabled = true;
	config->dl_gap.threshold = 64;
}

/* What is sent when: a report that is answered, one that is not, a long packet, one more report. */
static const struct {
	uint64_t at_s;
	size_t len;
	enum nbs_rai rai;
} session_packets[SESSION_SENT] = {
    {600, 100, NBS_RAI_ONE_REPLY},
    {900, 60, NBS_RAI_NO_REPLY},
    {1200, 1000, NBS_RAI_NONE},
    {2400, 61, NBS_RAI_NO_REPLY},
};
#define SESSION_DOWN_S 1800U
#define SESSION_DOWN_LEN 500U

/* Asleep, or behind a timer that runs and has a name. */
static void
check_standing(const struct nbs_ue *ue, const char *what)
{
	struct nbs_ue_standing standing;

	nbs_ue_standing(ue, &standing);
	switch (standing.state) {
	case NBS_UE_PSM:
		if (standing.waiting_up != 0)
			fail_msg("%s: %u packets wait in PSM", what, standing.waiting_up);
		return;
	case NBS_UE_BACKOFF:
	case NBS_UE_NO_CELL:
		if (standing.timer[0] == '\0' || standing.timer_left_ns == 0)
			fail_msg("%s: %s without a timer", what, nbs_ue_state_name(standing.state));
		if (standing.reason == NBS_UE_FINE)
			fail_msg("%s: %s without a reason", what,
				 nbs_ue_state_name(standing.state));
		return;
	default:
		fail_msg("%s: ends in %s", what, nbs_ue_state_name(standing.state));
	}
}

/* Sent = delivered + given up + waiting, in both directions; what was given up has a reason. */
static void
check_packets(const struct nbs_ue *ue, unsigned replies, const char *what)
{
	const struct nbs_ue_stats *stats = nbs_ue_stats(ue);
	const uint64_t down = replies + 1U;
	struct nbs_ue_standing standing;

	nbs_ue_standing(ue, &standing);
	if (stats->messages_up + stats->lost_up + standing.waiting_up != SESSION_SENT)
		fail_msg("%s: %u sent, %u delivered, %u lost, %u waiting", what, SESSION_SENT,
			 (unsigned)stats->messages_up, (unsigned)stats->lost_up,
			 standing.waiting_up);
	if (stats->messages_down + stats->lost_down + stats->unreachable + standing.waiting_down !=
	    down)
		fail_msg("%s: %u for it, %u delivered, %u lost, %u unreachable, %u waiting", what,
			 (unsigned)down, (unsigned)stats->messages_down, (unsigned)stats->lost_down,
			 (unsigned)stats->unreachable, standing.waiting_down);
	if (stats->lost_up + stats->lost_down > 0 && stats->ra_failures + stats->link_failures == 0)
		fail_msg("%s: lost for no reason", what);
	if (stats->illegal != 0)
		fail_msg("%s: %u illegal events", what, (unsigned)stats->illegal);
}

struct session {
	struct bench bench;
	unsigned count;
	double mcl_db[SESSION_DEVICES];
	unsigned replies[SESSION_DEVICES]; /* that the gateway has sent */
	bool whole[SESSION_DEVICES];       /* everything was delivered */
	uint64_t lost;                     /* packets given up on the radio */
};

static void
session_on_up(void *arg, unsigned ue_index, const uint8_t *packet, size_t len)
{
	struct session *session = arg;

	if (len != session_packets[0].len)
		return;
	session->replies[ue_index]++;
	assert_int_equal(nbs_cell_downlink(session->bench.cell, ue_index, packet, 40), NBS_OK);
}

static void
session_traffic(struct session *session)
{
	struct bench *b = &session->bench;
	uint8_t packet[1000] = {0x45};
	unsigned next = 0;

	for (uint64_t t = 0; t < SESSION_END_S; t += 300) {
		const bool sends = next < SESSION_SENT && t == session_packets[next].at_s;

		bench_run(b, t * BENCH_S);
		for (unsigned i = 0; i < session->count; i++) {
			if (sends)
				assert_int_equal(nbs_ue_send(nbs_cell_ue(b->cell, i), packet,
							     session_packets[next].len,
							     session_packets[next].rai),
						 NBS_OK);
			if (t == SESSION_DOWN_S)
				assert_int_equal(
				    nbs_cell_downlink(b->cell, i, packet, SESSION_DOWN_LEN),
				    NBS_OK);
		}
		next += sends;
	}
	bench_run(b, SESSION_END_S * BENCH_S);
}

static void
session_run(struct session *session, enum network network, enum mode mode, uint32_t seed)
{
	struct bench *b = &session->bench;
	char what[80];

	bench_init(b, seed);
	network_config(&b->config, network);
	mode_config(&b->config, mode);
	bench_cell(b);
	nbs_cell_uplink(b->cell, session_on_up, session);
	for (unsigned i = 0; i < session->count; i++) {
		(void)snprintf(what, sizeof(what), "meter/%u", i);
		bench_ue(b, what, session->mcl_db[i]);
		nbs_ue_on_downlink(b->ue, NULL, NULL);
		session->replies[i] = 0;
	}
	session_traffic(session);
	if (nbs_events(b->engine) > (uint64_t)SESSION_EVENTS * session->count)
		fail_msg("%u events", (unsigned)nbs_events(b->engine));
	for (unsigned i = 0; i < session->count; i++) {
		const struct nbs_ue_stats *stats;

		b->ue = nbs_cell_ue(b->cell, i);
		stats = nbs_ue_stats(b->ue);
		(void)snprintf(what, sizeof(what), "network %d, %s, seed %u, %.0f dB", network,
			       mode_names[mode], seed, session->mcl_db[i]);
		check_standing(b->ue, what);
		check_packets(b->ue, session->replies[i], what);
		session->whole[i] = stats->messages_up == SESSION_SENT && stats->messages_down == 2;
		session->lost += stats->lost_up + stats->lost_down;
		(void)bench_account(b);
	}
	bench_fini(b);
}

/* Alone in its cell. */
static bool
session_alone(enum network network, enum mode mode, uint32_t seed, double mcl_db, uint64_t *lost)
{
	struct session session = {.count = 1, .mcl_db = {mcl_db}};

	session_run(&session, network, mode, seed);
	*lost += session.lost;
	return session.whole[0];
}

/*
 * Up to 164 dB nothing at all may be missing, since HARQ, RLC and NAS repeat until it is through;
 * network A ends there (24 - 164 = -140 dBm, its q-RxLevMin).
 */
static void
check_network(enum network network, int to_db)
{
	uint64_t lost = 0;

	for (enum mode mode = 0; mode < MODE__COUNT; mode++) {
		int last = to_db;

		for (uint32_t seed = 1; seed <= SESSION_SEEDS; seed++)
			for (int mcl = SESSION_FROM_DB; mcl <= to_db; mcl++)
				if (!session_alone(network, mode, seed, mcl, &lost) && mcl <= last)
					last = mcl - 1;
		print_message("network %d, %s: all delivered up to %d dB\n", network,
			      mode_names[mode], last);
		if (last < SESSION_WHOLE_DB)
			fail_msg("%s: not all delivered at %d dB", mode_names[mode], last + 1);
	}
	/* Who is camped but cannot be heard gives up and says so; in coverage nobody does. */
	if (network == NETWORK_LOUD)
		assert_true(lost > 0);
	else
		assert_int_equal(lost, 0);
}

static void
test_network_a(void **state)
{
	(void)state;
	check_network(NETWORK_A, SESSION_TO_DB);
}

static void
test_stand_alone(void **state)
{
	(void)state;
	check_network(NETWORK_STAND_ALONE, SESSION_TO_DB);
}

static void
test_loud(void **state)
{
	(void)state;
	check_network(NETWORK_LOUD, SESSION_LOUD_DB);
}

/* All at the same time in one cell: collisions, backoff, queues. */
static void
test_together(void **state)
{
	(void)state;
	for (enum network network = 0; network < NETWORK__COUNT; network++) {
		for (enum mode mode = 0; mode < MODE__COUNT; mode++) {
			struct session session = {.count = SESSION_DEVICES};
			unsigned whole = 0;

			for (unsigned i = 0; i < session.count; i++)
				session.mcl_db[i] = SESSION_FROM_DB + (double)i;
			session_run(&session, network, mode, 1);
			for (unsigned i = 0; i < session.count; i++)
				whole += session.whole[i];
			print_message("network %d, %s: %u of %u have everything\n", network,
				      mode_names[mode], whole, session.count);
			assert_true(whole > 0);
		}
	}
}

/* At 200 dB there is no cell, loud or not: everything waits, and a search has its time. */
static void
test_no_coverage(void **state)
{
	uint64_t lost = 0;

	(void)state;
	for (enum network network = 0; network < NETWORK__COUNT; network++)
		for (enum mode mode = 0; mode < MODE__COUNT; mode++)
			assert_false(session_alone(network, mode, 1, 200.0, &lost));
	assert_int_equal(lost, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_network_a),   cmocka_unit_test(test_stand_alone),
	    cmocka_unit_test(test_loud),        cmocka_unit_test(test_together),
	    cmocka_unit_test(test_no_coverage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
