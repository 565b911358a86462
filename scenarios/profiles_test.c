/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Device profiles: those that are shipped against data sheets and published figures, every key of
 * a file into its field, and profiles in scenarios.
 */
#include "scenarios/loader_test_util.h"

#include "models/power/account.h"
#include "models/power/battery.h"

#include <math.h>
#include <sys/stat.h>
#include <unistd.h>

#define NS_S 1e9

static void
check_rel(double got, double want, double tolerance, const char *what)
{
	if (!(fabs(got - want) <= tolerance * fabs(want)))
		fail_msg("%s: got %.12g, want %.12g", what, got, want);
}

static struct nbs_modem *
load_modem(const char *base)
{
	struct nbs_modem *modem = NULL;
	if (nbs_modem_load(base, stderr, &modem) != NBS_OK)
		fail_msg("%s is refused", base);
	return modem;
}

static struct nbs_mcu *
load_mcu(const char *base)
{
	struct nbs_mcu *mcu = NULL;
	if (nbs_mcu_load(base, stderr, &mcu) != NBS_OK)
		fail_msg("%s is refused", base);
	return mcu;
}

/* ---- what is shipped ---- */

static void
test_names(void **state)
{
	(void)state;
	static const char *const modems[] = {"sara-n211", "bc95-g", "bg96",
					     "nrf9160",   "m5311",  "3gpp"};
	static const char *const mcus[] = {"crypto-only", "nrf52840", "stm32l4", "k64f", "msp430"};
	for (size_t i = 0; i < 6; i++) {
		assert_string_equal(nbs_modem_name(i), modems[i]);
		struct nbs_modem *modem = load_modem(modems[i]);
		assert_string_equal(modem->name, modems[i]);
		nbs_modem_free(modem);
	}
	for (size_t i = 0; i < 5; i++) {
		assert_string_equal(nbs_mcu_name(i), mcus[i]);
		struct nbs_mcu *mcu = load_mcu(mcus[i]);
		assert_string_equal(mcu->name, mcus[i]);
		nbs_mcu_free(mcu);
	}
	assert_null(nbs_modem_name(6));
	assert_null(nbs_modem_name(7));
	assert_null(nbs_mcu_name(5));
	struct nbs_modem *none = NULL;
	assert_int_equal(nbs_modem_load("template", NULL, &none), NBS_E_INVALID);
	assert_int_equal(nbs_modem_load("nrf52840", NULL, &none), NBS_E_INVALID);
	assert_null(none);
}

/* "0.1 x 165.6 + 0.9 x 21.6": products, quotients and their sum. */
static double
multiply_out(const char *text)
{
	double sum = 0, product = 1;
	char sign = 'x';
	while (*text != '\0') {
		char *end = NULL;
		double number = strtod(text, &end);
		assert_ptr_not_equal(end, text);
		product = sign == '/' ? product / number : product * number;
		text = end + strspn(end, " \n");
		sign = *text;
		if (sign == '+' || sign == '\0') {
			sum += product;
			product = 1;
		}
		text += sign != '\0';
	}
	return sum;
}

static enum nbs_power_state
state_named(const char *name)
{
	for (int i = 0; i < NBS_POWER__COUNT; i++) {
		if (strcmp(nbs_power_state_name((enum nbs_power_state)i), name) == 0)
			return (enum nbs_power_state)i;
	}
	fail_msg("state %s", name);
	return NBS_POWER_OFF;
}

/* One line; tells which profile it was about. */
static size_t
check_state(const char *line)
{
	char name[64], state[64], product[128], what[160];
	double dbm = 0, mw = 0;
	assert_int_equal(
	    sscanf(line, " %63s | %63s | %lf | %lf | %127[^\n]", name, state, &dbm, &mw, product),
	    5);
	struct nbs_modem *modem = load_modem(name);
	snprintf(what, sizeof(what), "%s %s %g dBm", name, state, dbm);
	check_rel(multiply_out(product), mw, 1e-12, product);
	check_rel(nbs_modem_power_mw(modem, state_named(state), dbm), mw, 1e-12, what);
	nbs_modem_free(modem);
	size_t index = 0;
	while (strcmp(nbs_modem_name(index), name) != 0)
		index++;
	return index;
}

/* Every profile, its states written out beside the data sheet's figures. */
static void
test_states(void **state)
{
	(void)state;
	FILE *file = fopen("vectors/profile_states.txt", "r");
	char line[256];
	unsigned lines[6] = {0};
	assert_non_null(file);
	while (fgets(line, sizeof(line), file) != NULL) {
		if (line[0] != '#' && strchr(line, '|') != NULL)
			lines[check_state(line)]++;
	}
	fclose(file);
	for (size_t i = 0; i < 6; i++)
		assert_true(lines[i] >= 12);
}

/*
 * A day of SARA-N211 by hand, mW x s = mJ: wake 93.75 x 38.4 = 3600, sync 36 x 2.256 = 81.216, ra
 * 792 x 0.5 = 396, tx 792 x 12 = 9504, rx 165.6 x 24 = 3974.4, monitor 165.6 x 480 = 79488, idle
 * 0.0108 x 240 = 2.592, psm 0.0108 x (86400 - 797.156) = 924.5107152. In all 97970.7187152 mJ, of
 * 5 Wh 18000 J / 97.9707187 J / 365.25 = 0.50302 years.
 */
static void
test_day(void **state)
{
	(void)state;
	static const struct {
		enum nbs_power_state state;
		double s, mj;
	} day[] = {
	    {NBS_POWER_WAKE, 38.4, 3600}, {NBS_POWER_SYNC, 2.256, 81.216},
	    {NBS_POWER_RA, 0.5, 396},     {NBS_POWER_TX, 12, 9504},
	    {NBS_POWER_RX, 24, 3974.4},   {NBS_POWER_MONITOR, 480, 79488},
	    {NBS_POWER_IDLE, 240, 2.592},
	};
	struct nbs_modem *modem = load_modem("sara-n211");
	struct nbs_account account;
	double years = 0;
	nbs_account_init(&account, 0, NBS_POWER_PSM, nbs_modem_power_mw(modem, NBS_POWER_PSM, 0));
	for (size_t i = 0; i < sizeof(day) / sizeof(day[0]); i++)
		assert_int_equal(nbs_account_spend(&account, (uint64_t)(day[i].s * NS_S + 0.5),
						   day[i].state,
						   nbs_modem_power_mw(modem, day[i].state, 23)),
				 NBS_OK);
	assert_int_equal(nbs_account_close(&account, UINT64_C(86400000000000)), NBS_OK);
	for (size_t i = 0; i < sizeof(day) / sizeof(day[0]); i++)
		check_rel(account.energy_mj[day[i].state], day[i].mj, 1e-12,
			  nbs_power_state_name(day[i].state));
	check_rel(account.energy_mj[NBS_POWER_PSM], 924.5107152, 1e-12, "psm");
	check_rel(nbs_account_energy_mj(&account), 97970.7187152, 1e-12, "day");
	assert_int_equal(
	    nbs_battery_years(5 * NBS_J_PER_WH, nbs_account_energy_mj(&account), &years), NBS_OK);
	check_rel(years, 0.50302, 1e-4, "years");
	nbs_modem_free(modem);
}

/*
 * Published estimates for a controller of 3 V and 3.3 mA at 64 MHz: a PSK handshake of 19 AES
 * blocks and 136 compressions is 634 thousand cycles, 9.9 ms, 98 uJ; with 14 AES blocks 5 x 1312
 * cycles less. ECDHE P-256, two multiplications: 1.06 s, 10.5 mJ. With the CC310 0.35 ms, 3.5 uJ,
 * and 36.7 ms, 0.36 mJ. By hand, software: 19 x 1312 + 136 x 4480 = 634208 cycles / 64 MHz = 9.9095
 * ms x 9.9 mW = 98.10 uJ.
 */
static void
test_crypto_of_nrf52840(void **state)
{
	(void)state;
	const struct nbs_crypto_work psk = {
	    .count = {[NBS_CRYPTO_AES_BLOCK] = 14, [NBS_CRYPTO_SHA256_BLOCK] = 136}};
	const struct nbs_crypto_work full = {
	    .count = {[NBS_CRYPTO_AES_BLOCK] = 19, [NBS_CRYPTO_SHA256_BLOCK] = 136}};
	const struct nbs_crypto_work ecdhe = {.count = {[NBS_CRYPTO_ECP_MUL] = 2}};
	static const char *const names[] = {"nrf52840", "crypto-only"};
	for (size_t i = 0; i < 2; i++) {
		struct nbs_mcu *mcu = load_mcu(names[i]);
		check_rel((double)nbs_mcu_crypto_ns(mcu, false, &full), 634208 / 0.064, 1e-4, "ns");
		check_rel(nbs_mcu_crypto_mj(mcu, false, &full), 98.10e-3, 1e-3, "PSK, 19 AES");
		check_rel(nbs_mcu_crypto_mj(mcu, false, &psk), 98e-3, 0.01, "PSK");
		check_rel(nbs_mcu_crypto_mj(mcu, true, &psk), 3.5e-3, 0.02, "PSK, CC310");
		check_rel((double)nbs_mcu_crypto_ns(mcu, true, &psk), 0.35e6, 0.01, "ns, CC310");
		check_rel((double)nbs_mcu_crypto_ns(mcu, false, &ecdhe), 1.06e9, 0.005, "ECDHE ns");
		check_rel(nbs_mcu_crypto_mj(mcu, false, &ecdhe), 10.5, 0.005, "ECDHE");
		check_rel(nbs_mcu_crypto_mj(mcu, true, &ecdhe), 0.36, 0.01, "ECDHE, CC310");
		nbs_mcu_free(mcu);
	}
}

/* crypto-only differs from nrf52840 in what it does not count. */
static void
test_crypto_only(void **state)
{
	(void)state;
	struct nbs_mcu *alone = load_mcu("crypto-only"), *whole = load_mcu("nrf52840");
	assert_true(alone->sleep_ma.value == 0 && whole->sleep_ma.value > 0);
	assert_true(alone->report_ms.value == 0 && whole->report_ms.value > 0);
	assert_true(alone->datagram_ms.value == 0 && whole->datagram_ms.value > 0);
	assert_memory_equal(&alone->software, &whole->software, sizeof(alone->software));
	assert_memory_equal(&alone->hardware, &whole->hardware, sizeof(alone->hardware));
	nbs_mcu_free(alone);
	nbs_mcu_free(whole);
}

/* 566 ms for ECDHE at 120 MHz; 2.18 uJ for a block of AES on an MSP430. */
static void
test_other_mcus(void **state)
{
	(void)state;
	const struct nbs_crypto_work ecdhe = {.count = {[NBS_CRYPTO_ECP_MUL] = 2}};
	const struct nbs_crypto_work aes = {.count = {[NBS_CRYPTO_AES_BLOCK] = 1000}};
	struct nbs_mcu *k64f = load_mcu("k64f"), *msp430 = load_mcu("msp430");
	assert_int_equal(nbs_mcu_crypto_ns(k64f, false, &ecdhe), 566000000);
	check_rel(nbs_mcu_crypto_mj(msp430, false, &aes), 2.18, 0.002, "1000 blocks");
	assert_true(k64f->no_hardware && msp430->no_hardware);
	assert_int_equal(nbs_mcu_crypto_ns(k64f, true, &ecdhe), 0);
	nbs_mcu_free(k64f);
	nbs_mcu_free(msp430);
}

/* ---- every key into its field ---- */

static void
check_value(const struct nbs_value *got, double value, enum nbs_tag tag, double spread,
	    const char *source)
{
	check_rel(got->value, value, 1e-15, source);
	assert_int_equal(got->tag, tag);
	assert_true(got->spread == spread);
	assert_string_equal(got->source, source);
}

/* vectors/profiles/modem.yaml, 4 V: 20 uW are 5 uA, 200 mW are 50 mA, 900 mW are 225 mA. */
static void
test_modem_fields(void **state)
{
	(void)state;
	struct nbs_modem *m = load_modem("vectors/profiles/modem.yaml");
	assert_string_equal(m->name, "tested");
	assert_string_equal(m->title, "every value another");
	check_value(&m->supply_v, 4, NBS_DATA_SHEET, 0.15, "of supply");
	check_value(&m->psm_ma, 0.005, NBS_MEASURED, 0.05, "of psm");
	check_value(&m->edrx_ma, 0.008, NBS_DATA_SHEET, 0.15, "of edrx");
	check_value(&m->ptw_ma, 0.5, NBS_DERIVED, 0.2, "of ptw");
	check_value(&m->idle_ma, 0.6, NBS_ASSUMED, 0.4, "of idle");
	check_value(&m->active_ma, 7, NBS_MEASURED, 0.03, "of active");
	check_value(&m->cdrx_sleep_ma, 6, NBS_MEASURED, 0, "of cdrx_sleep");
	check_value(&m->rx_ma, 50, NBS_MEASURED, 0.05, "of rx");
	check_value(&m->sync_rx_share, 0.125, NBS_ASSUMED, 0.4, "of sync");
	check_value(&m->boot_mj, 300, NBS_ASSUMED, 0.4, "of boot_energy");
	check_value(&m->boot_ms, 2000, NBS_ASSUMED, 0.4, "of boot_time");
	check_value(&m->wake_mj, 150, NBS_DERIVED, 0.2, "of wake_energy");
	check_value(&m->wake_ms, 1600.5, NBS_DERIVED, 0.2, "of wake_time");
	check_value(&m->down_mj, 40, NBS_MEASURED, 0.05, "of down_energy");
	check_value(&m->down_ms, 250, NBS_MEASURED, 0.05, "of down_time");
	assert_int_equal(m->tx_points, 2);
	assert_true(m->tx[0].dbm == -10 && m->tx[1].dbm == 23.5);
	check_value(&m->tx[0].current_ma, 80, NBS_DATA_SHEET, 1.5, "of tx");
	check_value(&m->tx[1].current_ma, 225, NBS_DERIVED, 0.2, "of more tx");
	nbs_modem_free(m);
}

static void
test_mcu_fields(void **state)
{
	(void)state;
	static const double software[] = {21, 22, 73, 44, 95, 16, 500000, 231};
	static const double hardware[] = {0.8, 0, 2.5, 45, 3.75, 0.9, 18000, 7.5};
	struct nbs_mcu *m = load_mcu("vectors/profiles/mcu.yaml");
	check_value(&m->supply_v, 1.8, NBS_DATA_SHEET, 0.15, "of supply");
	check_value(&m->active_ma, 5, NBS_DATA_SHEET, 0.15, "of active"); /* 9 mW / 1.8 V */
	check_value(&m->sleep_ma, 0.0009, NBS_MEASURED, 0.05, "of sleep");
	check_value(&m->report_ms, 12, NBS_ASSUMED, 0.4, "of report");
	check_value(&m->datagram_ms, 2.5, NBS_ASSUMED, 0.4, "of datagram");
	check_value(&m->software.current_ma, 4, NBS_MEASURED, 0.05, "of run");
	check_value(&m->hardware.current_ma, 3, NBS_ASSUMED, 0.4, "of run");
	assert_false(m->no_hardware);
	for (size_t i = 0; i < NBS_CRYPTO__COUNT; i++) {
		assert_true(m->software.op_us[i].value == software[i]);
		assert_true(m->hardware.op_us[i].value == hardware[i]);
	}
	assert_string_equal(m->hardware.op_us[NBS_CRYPTO_ECP_MUL].source, "of ecp_mul");
	nbs_mcu_free(m);
}

/* One by one, in the order of the file. */
static void
test_values(void **state)
{
	(void)state;
	struct nbs_modem *modem = load_modem("vectors/profiles/modem.yaml");
	struct nbs_mcu *mcu = load_mcu("vectors/profiles/mcu.yaml"), *k64f = load_mcu("k64f");
	struct nbs_profile_value one;
	assert_true(nbs_modem_value(modem, 1, &one));
	assert_string_equal(one.name, "psm");
	assert_string_equal(one.unit, "mA");
	assert_ptr_equal(one.value, &modem->psm_ma);
	assert_true(nbs_modem_value(modem, 10, &one));
	assert_string_equal(one.name, "tx at 23.5 dBm");
	assert_ptr_equal(one.value, &modem->tx[1].current_ma);
	assert_true(nbs_modem_value(modem, 16, &one));
	assert_string_equal(one.name, "down_time");
	assert_false(nbs_modem_value(modem, 17, &one));
	assert_true(nbs_mcu_value(mcu, 22, &one));
	assert_string_equal(one.name, "hardware.ecp_mul");
	assert_string_equal(one.unit, "us");
	assert_false(nbs_mcu_value(mcu, 23, &one));
	assert_true(nbs_mcu_value(k64f, 13, &one));
	assert_false(nbs_mcu_value(k64f, 14, &one)); /* no accelerator, no values of one */
	nbs_modem_free(modem);
	nbs_mcu_free(mcu);
	nbs_mcu_free(k64f);
}

static void
test_kinds(void **state)
{
	(void)state;
	assert_int_equal(nbs_profile_kind("vectors/profiles/modem.yaml"), NBS_PROFILE_MODEM);
	assert_int_equal(nbs_profile_kind("vectors/profiles/mcu.yaml"), NBS_PROFILE_MCU);
	assert_int_equal(nbs_profile_kind("vectors/everything.yaml"), NBS_PROFILE_NONE);
	assert_int_equal(nbs_profile_kind("vectors/units.txt"), NBS_PROFILE_NONE);
	assert_int_equal(nbs_profile_kind("no/such.yaml"), NBS_PROFILE_NONE);
	assert_int_equal(nbs_profile_kind("vectors"), NBS_PROFILE_NONE);
}

/* Every value of the template is missing, and each is named with its line. */
static void
test_template(void **state)
{
	(void)state;
	static const char *const names[] = {"supply",      "psm",       "edrx",        "ptw",
					    "idle",        "active",    "cdrx_sleep",  "rx",
					    "sync",        "tx",        "boot_energy", "boot_time",
					    "wake_energy", "wake_time", "down_energy", "down_time"};
	struct nbs_modem *modem = NULL;
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	assert_non_null(out);
	assert_int_equal(nbs_modem_load("../models/power/profiles/template.yaml", out, &modem),
			 NBS_E_INVALID);
	assert_int_equal(fclose(out), 0);
	size_t said = 0;
	for (const char *at = text; (at = strstr(at, "template.yaml:")) != NULL; at++)
		said++;
	assert_int_equal(said, sizeof(names) / sizeof(names[0]));
	for (size_t i = 0; i < said; i++) {
		char want[64];
		snprintf(want, sizeof(want), ":1: %s: found nothing, expected ", names[i]);
		if (strstr(text, want) == NULL)
			fail_msg("%s is not named", names[i]);
	}
	free(text);
}

/* ---- in scenarios ---- */

static struct outcome
load_fleet(const char *keys)
{
	char text[1024];
	snprintf(text, sizeof(text),
		 "name: x\nfleets:\n  - {name: a, devices: 2, mcl: 144 dB, security: none,\n"
		 "     client_id: {prefix: A, first: 1}%s}\n",
		 keys);
	return load_text(text, strlen(text), 0, NULL, 0);
}

static struct outcome
load_good(const char *keys)
{
	struct outcome out = load_fleet(keys);
	if (out.status != NBS_OK)
		fail_msg("%s", out.messages);
	assert_string_equal(out.messages, "");
	return out;
}

/* A path's file is written out in the document as run, which then needs it no more. */
static void
test_paths(void **state)
{
	(void)state;
	struct outcome out = load_good(", modem: vectors/profiles/modem.yaml, crypto: hardware,\n"
				       "     mcu: ./vectors/profiles/mcu.yaml");
	const struct nbs_fleet_config *fleet = &out.scenario->fleets[0];
	assert_string_equal(fleet->modem, "tested");
	assert_true(fleet->modem_profile->rx_ma.value == 50);
	assert_true(fleet->mcu_profile->hardware.op_us[NBS_CRYPTO_AES_BLOCK].value == 0.8);
	assert_true(fleet->crypto_hardware);
	assert_null(strstr(out.scenario->yaml, "modem.yaml"));
	assert_non_null(strstr(out.scenario->yaml, "source: of cdrx_sleep"));
	struct nbs_modem first = *fleet->modem_profile;
	struct nbs_mcu second = *fleet->mcu_profile;
	free(out.messages);
	struct nbs_scenario *self = again(out.scenario);
	assert_memory_equal(self->fleets[0].modem_profile, &first, sizeof(first));
	assert_memory_equal(self->fleets[0].mcu_profile, &second, sizeof(second));
	nbs_scenario_free(self);
}

/* A name stays a name; none is none. */
static void
test_words(void **state)
{
	(void)state;
	struct outcome out = load_good(", modem: 3gpp, mcu: none, crypto: hardware");
	const struct nbs_fleet_config *fleet = &out.scenario->fleets[0];
	assert_string_equal(fleet->modem, "3gpp");
	assert_null(fleet->mcu_profile);
	assert_non_null(strstr(out.scenario->yaml, "modem: 3gpp\n"));
	outcome_fini(&out);
}

static void
test_overrides(void **state)
{
	(void)state;
	struct nbs_scenario *s = load_file(
	    "vectors/everything.yaml",
	    (const char *const[]){"fleets.first.modem=profiles/modem.yaml",
				  "fleets.second.mcu=none", "fleets.first.crypto=software"},
	    3);
	assert_string_equal(s->fleets[0].modem, "tested"); /* relative to the scenario's folder */
	assert_false(s->fleets[0].crypto_hardware);
	assert_null(s->fleets[1].mcu_profile);
	s = again(s);
	assert_string_equal(s->fleets[0].modem, "tested");
	nbs_scenario_free(s);
}

/* A fault in a profile is told at the profile's own file and line. */
static void
test_fault_in_a_file(void **state)
{
	(void)state;
	char path[] = "/tmp/nbsec-modem-XXXXXX", keys[128], want[256];
	static const char text[] = "kind: modem\nname: b\ntitle: c\npsm: {current: 3 uV}\n";
	int handle = mkstemp(path);
	assert_true(handle >= 0);
	assert_true(write(handle, text, sizeof(text) - 1) == (ssize_t)sizeof(text) - 1);
	close(handle);
	snprintf(keys, sizeof(keys), ", modem: %s", path);
	struct outcome out = load_fleet(keys);
	unlink(path);
	snprintf(want, sizeof(want),
		 "%s:4:16: fleets.a.modem.psm.current: found `3 uV` (the unit is not known here), "
		 "expected a number in A, mA, uA, nA\n    psm: {current: 3 uV}\n",
		 path);
	assert_int_equal(out.status, NBS_E_INVALID);
	if (strncmp(out.messages, want, strlen(want)) != 0)
		fail_msg("got %s\nwant %s", out.messages, want);
	outcome_fini(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_names),
	    cmocka_unit_test(test_states),
	    cmocka_unit_test(test_day),
	    cmocka_unit_test(test_crypto_of_nrf52840),
	    cmocka_unit_test(test_crypto_only),
	    cmocka_unit_test(test_other_mcus),
	    cmocka_unit_test(test_modem_fields),
	    cmocka_unit_test(test_mcu_fields),
	    cmocka_unit_test(test_values),
	    cmocka_unit_test(test_kinds),
	    cmocka_unit_test(test_template),
	    cmocka_unit_test(test_paths),
	    cmocka_unit_test(test_words),
	    cmocka_unit_test(test_overrides),
	    cmocka_unit_test(test_fault_in_a_file),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
