/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vectors/everything.yaml, key by key: no two keys can be mixed up. */
#include "scenarios/loader_test_util.h"
#include "scenarios/suites.h"

#define NS_MS UINT64_C(1000000)
#define NS_S UINT64_C(1000000000)

static void
check_radio(const struct nbs_network_config *net)
{
	assert_int_equal(net->deployment, NBS_STAND_ALONE);
	assert_int_equal(net->receiver, NBS_RX_MINIMUM);
	assert_int_equal(net->link, NBS_LINK_IDEAL);
	assert_int_equal(net->load, NBS_LOAD_ALONE);
	assert_int_equal(net->objective, NBS_LEAST_ENERGY);
	assert_int_equal(net->max_tones, 6);
	assert_true(net->nrs_power_dbm == 32.2 && net->q_rxlevmin_dbm == -126);
	assert_true(net->nrsrp_threshold_dbm[0] == -107 && net->nrsrp_threshold_dbm[1] == -117);
	assert_int_equal(net->nprach_cp_format, 1);
	assert_true(net->preamble_target_dbm == -112);
	assert_true(net->power_ramp_db == 4);
	assert_int_equal(net->preamble_trans_max, 6);
	assert_true(net->p0_nominal_dbm == -105);
	assert_true(net->alpha == 0.9);
	assert_true(net->delta_msg3_db == 6);
	assert_int_equal(net->backoff_index, 9); /* 256 ms x 2^(9 - 1) */
	assert_true(net->capture && net->capture_db == 7.5);
	assert_int_equal(net->msg3_attempts, 8);
	assert_int_equal(net->non_anchor_carriers, 3);
}

static void
check_broadcast(const struct nbs_network_config *net)
{
	static const struct nbs_si_message si[] = {{256, 552, 2}, {1024, 120, 8}, {4096, 208, 16}};
	assert_int_equal(net->sib1_repetitions, 8);
	assert_int_equal(net->sib1_tb_bits, 328);
	assert_int_equal(net->si_window_ms, 480);
	assert_int_equal(net->si_count, 3);
	assert_memory_equal(net->si, si, sizeof(si));
	assert_true(net->dl_gap.enabled);
	assert_int_equal(net->dl_gap.threshold, 128);
	assert_int_equal(net->dl_gap.period_sf, 512);
	assert_int_equal(net->dl_gap.duration_8th, 3);
	assert_true(net->cell_barred);
	assert_true(net->outages[0].start_ns == 10800 * NS_S);
	assert_true(net->outages[0].duration_ns == 1200 * NS_S);
	assert_true(net->outages[1].start_ns == 18000 * NS_S);
	assert_true(net->outages[1].duration_ns == 60 * NS_S);
	assert_true(net->outages[2].duration_ns == 0);
}

static void
check_rrc(const struct nbs_network_config *net)
{
	assert_int_equal(net->optimisation, NBS_CONTROL_PLANE);
	assert_true(net->edt);
	assert_true(net->t300_ns == 6 * NS_S && net->t301_ns == 40 * NS_S);
	assert_true(net->t310_ns == 500 * NS_MS && net->t311_ns == 20 * NS_S);
	assert_true(net->n310 == 8 && net->n311 == 5);
	assert_true(net->inactivity_timer_ns == 11 * NS_S);
	assert_true(net->cdrx.enabled);
	assert_true(net->cdrx.cycle_ns == 4096 * NS_MS);
	assert_true(net->cdrx.on_duration_ns == 130 * NS_MS);
	assert_true(net->cdrx.inactivity_ns == 260 * NS_MS);
	assert_int_equal(net->ul_request, NBS_UL_SR_R15);
	assert_true(net->ul_request_period_ns == 320 * NS_MS);
	assert_int_equal(net->release_assistance, NBS_ASSIST_NAS);
	assert_true(net->header_compression);
	assert_true(net->t_poll_retransmit_ns == 3 * NS_S);
	assert_int_equal(net->max_retx_threshold, 16);
	assert_int_equal(net->max_connections, 250);
	assert_true(net->extended_wait_ns == 90 * NS_S);
	assert_false(net->as_security);
}

static void
check_network(const struct nbs_network_config *net)
{
	assert_int_equal(net->npdcch_paging_rmax, 64);
	assert_true(net->idle_drx_cycle_ns == 5120 * NS_MS);
	assert_true(net->nb_t == 0.5);
	assert_true(net->edrx_cycle_ns == 655360 * NS_MS && net->ptw_ns == 17920 * NS_MS);
	assert_false(net->psm);
	assert_true(net->t3324_ns == 14 * NS_S);
	assert_true(net->t3412_ns == 43200 * NS_S);
	assert_true(net->attach);
	assert_int_equal(net->nas, NBS_EEA1);
	assert_true(net->t3411_ns == 15 * NS_S && net->t3402_ns == 1080 * NS_S);
	assert_int_equal(net->s1_delay.kind, NBS_DELAY_LOGNORMAL);
	assert_true(net->s1_delay.a_ns == 17 * NS_MS && net->s1_delay.b_ns == 61 * NS_MS);
	assert_int_equal(net->downlink_buffer, 9);
	assert_int_equal(net->plmn_rate, 33);
	assert_int_equal(net->apn, NBS_APN_INTERNET);
	assert_true(net->nat_binding_ns == 75 * NS_S);
}

static void
check_levels(const struct nbs_network_config *net)
{
	const struct nbs_ce_config *ce = net->ce;
	assert_int_equal(ce[0].nprach_period_ms, 80);
	assert_int_equal(ce[0].nprach_start_ms, 16);
	assert_int_equal(ce[0].nprach_subcarriers, 24);
	assert_int_equal(ce[0].nprach_subcarrier_offset, 24);
	assert_int_equal(ce[0].nprach_cbra_subcarriers, 22);
	assert_int_equal(ce[0].nprach_repetitions, 1);
	assert_int_equal(ce[0].nprach_attempts, 3);
	assert_int_equal(ce[0].edt_nprach_subcarrier_offset, 0);
	assert_int_equal(ce[0].edt_tbs_bits, 936);
	assert_int_equal(ce[0].npdcch_ra_rmax, 16);
	assert_true(ce[0].npdcch_ra_g == 1.5);
	assert_int_equal(ce[0].npdcch_ra_offset_8th, 2);
	assert_int_equal(ce[0].npdcch_rmax, 32);
	assert_true(ce[0].npdcch_g == 4);
	assert_int_equal(ce[0].npdcch_offset_8th, 3);
	assert_int_equal(ce[0].ra_window_pp, 10);
	assert_int_equal(ce[0].contention_timer_pp, 64);
	assert_int_equal(ce[0].ack_nack_repetitions, 16);
	assert_int_equal(ce[0].ack_nack_msg4_repetitions, 128);
	/* What a level leaves out is the base's, network C. */
	assert_int_equal(ce[1].nprach_period_ms, 320);
	assert_int_equal(ce[1].npdcch_rmax, 64);
	assert_int_equal(ce[1].contention_timer_pp, 32);
	assert_int_equal(ce[2].npdcch_ra_rmax, 128);
}

/* ---- its fleets ---- */

static void
check_first_fleet(const struct nbs_fleet_config *fleet)
{
	assert_string_equal(fleet->name, "first");
	assert_int_equal(fleet->devices, 321);
	assert_string_equal(fleet->modem, "bc95-g");
	assert_string_equal(fleet->modem_profile->title, "Quectel BC95-G (NB1)");
	assert_string_equal(fleet->mcu_profile->name, "nrf52840");
	assert_true(fleet->crypto_hardware);
	assert_int_equal(fleet->mcl_db.kind, NBS_DIST_NORMAL);
	assert_true(fleet->mcl_db.a == 141.5 && fleet->mcl_db.b == 6.25);
	assert_int_equal(fleet->stack, NBS_HOST_LIGHT);
	assert_int_equal(fleet->security, NBS_SEC_DTLS_PSK_CID);
	assert_string_equal(fleet->client_id.prefix, "C:");
	assert_true(fleet->client_id.first == 12 && fleet->client_id.digits == 5);
	assert_false(fleet->dtls.identity_is_client_id);
	assert_string_equal(fleet->dtls.identity.prefix, "id.");
	assert_true(fleet->dtls.identity.first == 34 && fleet->dtls.identity.digits == 4);
	assert_true(fleet->dtls.timeout_min_ns == 2500 * NS_MS);
	assert_true(fleet->dtls.timeout_max_ns == 45 * NS_S);
	assert_int_equal(fleet->dtls.cid, 11);
	assert_int_equal(nbsi_fleet_suite(fleet)->number, 0x00A8); /* IANA */
	assert_int_equal(fleet->mqttsn.session, NBS_SESSION_SLEEP);
	assert_string_equal(fleet->mqttsn.topic, "plant/%s/power");
	assert_int_equal(fleet->mqttsn.keepalive_s, 65535);
	assert_int_equal(fleet->mqttsn.qos, 0);
	assert_true(fleet->mqttsn.t_retry_ns == 13 * NS_S);
	assert_int_equal(fleet->mqttsn.n_retry, 5);
	assert_int_equal(fleet->mqttsn.session_lost, NBS_LOST_RESEND);
	assert_true(fleet->report_period_ns == 900 * NS_S);
	assert_int_equal(fleet->payload_bytes, 199);
}

/* What the second fleet does not say is the table's default; the stack is the top level's. */
static void
check_second_fleet(const struct nbs_fleet_config *fleet)
{
	assert_string_equal(fleet->modem, "sara-n211");
	assert_string_equal(fleet->modem_profile->name, "sara-n211");
	assert_string_equal(fleet->mcu_profile->name, "crypto-only");
	assert_false(fleet->crypto_hardware);
	assert_int_equal(fleet->mcl_db.kind, NBS_DIST_UNIFORM);
	assert_true(fleet->mcl_db.a == 125.5 && fleet->mcl_db.b == 160.25);
	assert_int_equal(fleet->stack, NBS_HOST_NS3);
	assert_int_equal(fleet->security, NBS_SEC_NONE);
	assert_string_equal(fleet->client_id.prefix, "");
	assert_true(fleet->client_id.first == 9 && fleet->client_id.digits == 1);
	assert_true(fleet->dtls.identity_is_client_id);
	assert_true(fleet->dtls.timeout_min_ns == NS_S); /* RFC 6347 4.2.4.1: 1 s to 60 s */
	assert_true(fleet->dtls.timeout_max_ns == 60 * NS_S);
	assert_int_equal(fleet->dtls.cid, 1);
	assert_int_equal(nbsi_fleet_suite(fleet)->number, 0xC0A8);
	assert_int_equal(fleet->mqttsn.session, NBS_SESSION_KEEPALIVE);
	assert_string_equal(fleet->mqttsn.topic, "meters/%s");
	assert_int_equal(fleet->mqttsn.keepalive_s, 7200);
	assert_int_equal(fleet->mqttsn.qos, 1);
	assert_true(fleet->mqttsn.t_retry_ns == 10 * NS_S); /* MQTT-SN v1.2 7.2 */
	assert_int_equal(fleet->mqttsn.n_retry, 3);
	assert_int_equal(fleet->mqttsn.session_lost, NBS_LOST_DROP);
	assert_true(fleet->report_period_ns == 3600 * NS_S);
	assert_int_equal(fleet->period_points, 0);
	assert_true(fleet->report_spread_ns == NBS_SPREAD_PERIOD && fleet->power_on_ns == 0);
	assert_int_equal(fleet->payload_bytes, 64);
	assert_true(fleet->payload.alpha == 0);
}

static void
check_third_fleet(const struct nbs_fleet_config *fleet)
{
	assert_int_equal(fleet->mcl_db.kind, NBS_DIST_MIX);
	assert_int_equal(fleet->mcl_db.points, 2);
	assert_true(fleet->mcl_db.mix[0].share == 0.75 && fleet->mcl_db.mix[0].value == 144.5);
	assert_true(fleet->mcl_db.mix[1].share == 0.25 && fleet->mcl_db.mix[1].value == 163.75);
	assert_true(fleet->power_on_ns == 1140 * NS_S);
	assert_int_equal(fleet->between_reports, NBS_BETWEEN_OFF);
	assert_int_equal(fleet->period_points, 2);
	assert_true(fleet->period_mix[0].share == 0.4 && fleet->period_mix[1].share == 0.6);
	assert_true(fleet->period_mix[0].period_ns == 86400 * NS_S);
	assert_true(fleet->period_mix[1].period_ns == 7200 * NS_S);
	/* 0.4 / 24 h + 0.6 / 2 h = 0.31667 an hour: 1 / that is 3.15789 h, 11368.421052632 s */
	assert_true(fleet->report_period_ns == UINT64_C(11368421052632));
	assert_true(fleet->report_spread_ns == 2640 * NS_S);
	assert_true(fleet->payload.alpha == 2.5);
	assert_true(fleet->payload.min == 26 && fleet->payload.max == 180);
	assert_int_equal(fleet->payload_bytes, 34); /* 26 x 2^0.4 = 34.3 */
}

static void
check_attack_and_checks(const struct nbs_scenario *s)
{
	const struct nbs_attack_config *attack = &s->attacks[0];
	assert_int_equal(s->attack_count, 1);
	assert_string_equal(attack->kind, "clientid-spoof");
	assert_string_equal(attack->target, "first");
	assert_true(attack->start_ns == 5400 * NS_S && attack->period_ns == 7 * NS_S);
	assert_int_equal(attack->attempts, 777);
	assert_string_equal(attack->guess.prefix, "G_");
	assert_true(attack->guess.first == 55 && attack->guess.digits == 3);
	assert_int_equal(attack->guess_count, 66);
	assert_int_equal(attack->credentials, NBS_CRED_INSIDER);
	assert_int_equal(attack->line, 143); /* "- kind: .." in vectors/everything.yaml */
	assert_int_equal(s->check_count, 3);
	assert_string_equal(s->checks[0].value, "fleets.first.messages.delivered");
	assert_true(s->checks[0].has_min && !s->checks[0].has_max && s->checks[0].min == 1.5);
	assert_true(!s->checks[1].has_min && s->checks[1].has_max && s->checks[1].max == -2.5);
	assert_true(s->checks[2].has_min && s->checks[2].has_max);
	assert_true(s->checks[2].min == 3 && s->checks[2].max == 4);
}

static void
check_battery(const struct nbs_scenario *s)
{
	struct nbs_battery_config config;

	assert_true(s->battery.capacity_wh == 8.5);
	assert_true(s->battery.usable == 0.85);
	assert_true(s->battery.self_discharge_per_year == 0.015);
	assert_true(s->battery.quiescent_mw == 0.012);
	assert_true(s->battery.quiescent_ma == 0.0025);
	assert_true(s->battery.voltage_v == 3.3);
	assert_true(s->battery.temperature_c == -15);
	assert_true(s->battery.derating_per_k == 0.004);
	assert_true(s->battery.cutoff_v == 2.3);
	assert_true(s->battery.full_v == 3.4 && s->battery.empty_v == 1.9);
	assert_true(s->battery.resistance_ohm == 2.75);
	assert_true(s->battery.peak_ma == 240);
	assert_true(s->battery.until_empty);
	nbs_scenario_battery(s, &config);
	assert_true(config.capacity_j == 30600); /* 8.5 x 3600 */
	assert_true(config.usable == 0.85 && config.self_discharge_per_year == 0.015);
	assert_true(fabs(config.quiescent_mw - 0.02025) < 1e-15); /* 0.012 + 0.0025 x 3.3 */
	assert_true(config.temperature_c == -15 && config.derating_per_k == 0.004);
	assert_true(config.cutoff_v == 2.3 && config.full_v == 3.4 && config.empty_v == 1.9);
	assert_true(config.resistance_ohm == 2.75 && config.peak_ma == 240);
}

static void
check_everything(const struct nbs_scenario *s)
{
	assert_string_equal(s->name, "everything");
	assert_string_equal(s->description, "Each key: once");
	assert_int_equal(s->seed, NBS_SEED_MAX);
	assert_true(s->start_unix_s == 1907757296); /* date -u -d 2030-06-15T12:34:56Z +%s */
	assert_true(s->duration_ns == 129600 * NS_S);
	check_radio(&s->network);
	check_broadcast(&s->network);
	check_rrc(&s->network);
	check_network(&s->network);
	check_levels(&s->network);
	assert_true(s->internet.delay_ns == 35 * NS_MS);
	assert_true(s->internet.rate_bps == 12500000);
	assert_true(s->internet.loss == 0.25);
	assert_false(s->gateway.bind_identity);
	assert_false(s->gateway.cookies);
	assert_int_equal(s->gateway.max_saved, 7);
	assert_int_equal(s->gateway.cid_padding, 3);
	check_battery(s);
	assert_int_equal(s->fleet_count, 3);
	check_first_fleet(&s->fleets[0]);
	check_second_fleet(&s->fleets[1]);
	check_third_fleet(&s->fleets[2]);
	check_attack_and_checks(s);
}

static void
test_everything(void **state)
{
	(void)state;
	struct nbs_scenario *s = load_file("vectors/everything.yaml", NULL, 0);
	check_everything(s);
	nbs_scenario_free(s);
}

/* What a load wrote is the same scenario, its base's values written out. */
static void
test_round_trip(void **state)
{
	(void)state;
	struct nbs_scenario *s = again(load_file("vectors/everything.yaml", NULL, 0));
	s->attacks[0].line = 143; /* stands elsewhere in the emitted document */
	check_everything(s);
	nbs_scenario_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_everything),
	    cmocka_unit_test(test_round_trip),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
