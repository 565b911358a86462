/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The spoofer against the real gateway: in the clear each guess is accepted under the guessed
 * name, unless binding keeps the names that have a key; over DTLS a stranger gets no session; an
 * insider's lie is stopped by binding alone.
 */
#include "models/attack/attack.h"
#include "models/mqttsn/service.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define GATEWAY_ADDR 0xc633640aU
#define ATTACKER_ADDR 0xcb007142U
#define GUESSES 5U

static const uint8_t KEY[16] = "sixteen byte key";

struct world {
	struct nbs_engine *engine;
	struct nbs_host *gateway_host, *attacker_host;
	struct nbs_wan *link;
	struct nbs_service *service;
	char accepted[256]; /* ClientIDs in order of acceptance */
	char log[512];      /* the attacker's own story */
	unsigned accepted_count, refused_count, failed_count;
	bool clear; /* the attack comes in the clear: refusals know no identity */
	enum nbs_dtls_reason reason;
};

static void
on_accepted(void *arg, const struct nbs_mqttsn_accepted *message)
{
	struct world *w = arg;
	size_t at = strlen(w->accepted);

	assert_int_equal(message->peer->addr.addr, ATTACKER_ADDR);
	assert_int_equal(message->len, 64);
	(void)snprintf(w->accepted + at, sizeof w->accepted - at, "%s ", message->client_id);
	w->accepted_count++;
}

static void
on_refused(void *arg, struct nbs_endpoint from, const char *client_id, const char *identity,
	   uint64_t frame)
{
	struct world *w = arg;

	(void)frame;
	assert_int_equal(from.addr, ATTACKER_ADDR);
	assert_string_not_equal(client_id, "INSIDER");
	if (w->clear)
		assert_null(identity);
	else
		assert_string_equal(identity, "INSIDER");
	w->refused_count++;
}

static void
on_failed(void *arg, struct nbs_endpoint from, enum nbs_dtls_reason reason, uint64_t frame)
{
	struct world *w = arg;

	(void)frame;
	assert_int_equal(from.addr, ATTACKER_ADDR);
	w->failed_count++;
	w->reason = reason;
}

/* The store knows the insider and the even guesses. */
static enum nbs_status
on_psk(void *arg, struct nbs_dtls_identity identity, uint8_t *key, size_t cap, size_t *len)
{
	(void)arg;
	assert_true(cap >= sizeof KEY);
	if (!(identity.len == 7 && memcmp(identity.data, "INSIDER", 7) == 0) &&
	    !(identity.len == 5 && (identity.data[4] - '0') % 2 == 0))
		return NBS_E_NOTFOUND;
	memcpy(key, KEY, sizeof KEY);
	*len = sizeof KEY;
	return NBS_OK;
}

static const struct nbs_service_ops service_ops = {
    .accepted = on_accepted,
    .refused = on_refused,
    .dtls_failed = on_failed,
    .psk = on_psk,
};

static enum nbs_status
guess(void *arg, unsigned n, char *client_id, size_t size)
{
	(void)arg;
	(void)snprintf(client_id, size, "SM-%02u", n);
	return NBS_OK;
}

static void
begun(void *arg, unsigned n, const char *client_id, struct nbs_endpoint from)
{
	struct world *w = arg;
	size_t at = strlen(w->log);

	assert_int_equal(from.port, 49153 + n);
	(void)snprintf(w->log + at, sizeof w->log - at, "%u:%s", n, client_id);
}

static void
ended(void *arg, unsigned n, bool turned_away, const char *outcome)
{
	struct world *w = arg;
	size_t at = strlen(w->log);

	(void)n;
	(void)snprintf(w->log + at, sizeof w->log - at, "%s%s ", turned_away ? "!" : "=", outcome);
}

static void
world_init(struct world *w, bool bind_identity)
{
	static const struct nbs_link_params link = {.delay_ns = 10 * NBS_NS_PER_MS};
	struct nbs_engine_config config = {.seed = 5, .epoch_unix_s = 0};
	struct nbs_service_config service = {0};
	struct nbs_iface *gateway_if = NULL, *attacker_if = NULL;

	memset(w, 0, sizeof *w);
	assert_int_equal(nbs_engine_new(&config, &w->engine), NBS_OK);
	assert_int_equal(nbs_host_new(w->engine, NBS_HOST_NS3, "gw", &w->gateway_host), NBS_OK);
	assert_int_equal(nbs_host_new(w->engine, NBS_HOST_NS3, "at", &w->attacker_host), NBS_OK);
	assert_int_equal(nbs_host_add_iface(w->gateway_host, GATEWAY_ADDR, 24, 1500, &gateway_if),
			 NBS_OK);
	assert_int_equal(
	    nbs_host_add_iface(w->attacker_host, ATTACKER_ADDR, 24, 1500, &attacker_if), NBS_OK);
	assert_int_equal(nbs_host_default_route(w->gateway_host, gateway_if), NBS_OK);
	assert_int_equal(nbs_host_default_route(w->attacker_host, attacker_if), NBS_OK);
	assert_int_equal(nbs_wan_pair(w->engine, "link", &link, gateway_if, attacker_if, &w->link),
			 NBS_OK);
	service.host = w->gateway_host;
	nbs_mqttsn_gateway_config_default(&service.gateway);
	service.gateway.bind_identity = bind_identity;
	service.dtls.cookies = true;
	service.dtls.stream = "gw/dtls";
	assert_int_equal(nbs_service_new(w->engine, &service, &service_ops, w, &w->service),
			 NBS_OK);
}

static void
attack(struct world *w, bool dtls, bool insider)
{
	const struct nbs_attack_ops *ops = nbs_attack_find("clientid-spoof");
	struct nbs_attack_env env = {
	    .size = sizeof env,
	    .engine = w->engine,
	    .host = w->attacker_host,
	    .name = "attack/0",
	    .target = {GATEWAY_ADDR, dtls ? NBS_MQTTSN_DTLS_PORT : NBS_MQTTSN_PORT},
	    .dtls = dtls,
	    .topic = "meters/%s/kwh",
	    .payload_bytes = 64,
	    .start_ns = NBS_NS_PER_S,
	    .period_ns = 10 * NBS_NS_PER_S,
	    .attempts = GUESSES,
	    .guess = guess,
	    .begun = begun,
	    .ended = ended,
	    .arg = w,
	};
	void *spoofer = NULL;

	assert_non_null(ops);
	w->clear = !dtls;
	if (insider) {
		env.identity = (const uint8_t *)"INSIDER";
		env.identity_len = 7;
		env.psk = KEY;
		env.psk_len = sizeof KEY;
	}
	assert_int_equal(ops->make(&env, &spoofer), NBS_OK);
	assert_int_equal(ops->start(spoofer), NBS_OK);
	assert_int_equal(nbs_run(w->engine, 600 * NBS_NS_PER_S), NBS_OK);
	ops->destroy(spoofer);
}

static void
world_fini(struct world *w)
{
	nbs_service_free(w->service);
	nbs_wan_free(w->link);
	nbs_host_free(w->gateway_host);
	nbs_host_free(w->attacker_host);
	nbs_engine_free(w->engine);
	assert_int_equal(nbs_live_objects(), 0);
}

static void
in_the_clear_whoever_knows_a_name_is_the_meter(void **state)
{
	struct world w;

	(void)state;
	world_init(&w, false);
	attack(&w, false, false);
	assert_string_equal(w.accepted, "SM-00 SM-01 SM-02 SM-03 SM-04 ");
	assert_string_equal(w.log, "0:SM-00=acknowledged 1:SM-01=acknowledged 2:SM-02=acknowledged "
				   "3:SM-03=acknowledged 4:SM-04=acknowledged ");
	world_fini(&w);
}

/* No meter has connected yet, and yet nobody gets the names that the store has keys for. */
static void
in_the_clear_binding_keeps_the_names_with_a_key(void **state)
{
	struct world w;

	(void)state;
	world_init(&w, true);
	attack(&w, false, false);
	assert_string_equal(w.accepted, "SM-01 SM-03 ");
	assert_int_equal(w.refused_count, 3);
	assert_int_equal(nbs_service_gateway_stats(w.service)->refused_identity, 3);
	assert_string_equal(w.log, "0:SM-00!rejected 1:SM-01=acknowledged 2:SM-02!rejected "
				   "3:SM-03=acknowledged 4:SM-04!rejected ");
	world_fini(&w);
}

static void
over_dtls_a_stranger_gets_no_session(void **state)
{
	struct world w;

	(void)state;
	world_init(&w, false);
	attack(&w, true, false);
	assert_int_equal(w.accepted_count, 0);
	assert_int_equal(w.failed_count, GUESSES);
	assert_int_equal(nbs_service_dtls_stats(w.service)->handshakes_completed, 0);
	/* The last guess, SM-04, is a name that exists: its key is what stopped it. */
	assert_int_equal(w.reason, NBS_DTLS_BAD_MAC);
	world_fini(&w);
}

static void
an_insider_is_stopped_by_binding(void **state)
{
	struct world w;

	(void)state;
	world_init(&w, true);
	attack(&w, true, true);
	assert_int_equal(nbs_service_dtls_stats(w.service)->handshakes_completed, GUESSES);
	assert_int_equal(w.accepted_count, 0);
	assert_int_equal(w.refused_count, GUESSES);
	assert_non_null(strstr(w.log, "4:SM-04!rejected "));
	world_fini(&w);
}

static void
without_binding_an_insider_is_everybody(void **state)
{
	struct world w;

	(void)state;
	world_init(&w, false);
	attack(&w, true, true);
	assert_string_equal(w.accepted, "SM-00 SM-01 SM-02 SM-03 SM-04 ");
	assert_int_equal(w.refused_count, 0);
	world_fini(&w);
}

static void
an_unknown_attack_is_not_found(void **state)
{
	const struct nbs_attack_ops *const *list;
	size_t count = 0, i;

	(void)state;
	assert_null(nbs_attack_find("clientid-spoofy"));
	list = nbs_attack_list(&count);
	assert_true(count >= 1);
	for (i = 0; i < count; i++) {
		assert_int_equal(list[i]->abi_version, NBS_ATTACK_ABI);
		assert_ptr_equal(nbs_attack_find(list[i]->name), list[i]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(in_the_clear_whoever_knows_a_name_is_the_meter),
	    cmocka_unit_test(in_the_clear_binding_keeps_the_names_with_a_key),
	    cmocka_unit_test(over_dtls_a_stranger_gets_no_session),
	    cmocka_unit_test(an_insider_is_stopped_by_binding),
	    cmocka_unit_test(without_binding_an_insider_is_everybody),
	    cmocka_unit_test(an_unknown_attack_is_not_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
