/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What must hold between the values of a device profile: deeper sleep takes less, more radio power
 * takes more, a boot takes no more than sending does. A value that was refused is not a number and
 * fails no comparison. No clause: that is how such devices are.
 */
#include "scenarios/loader.h"

#include <string.h>

/* Two values of one table, by their keys. */
struct order {
	const char *low, *high;
};

/* A mapping, the table it is read by and the struct that it fills. */
struct filled {
	const struct nbsi_key *keys;
	const struct nbsi_node *map;
	const void *base;
};

static double
value_of(const struct filled *in, const char *name, const struct nbsi_key **key)
{
	*key = nbsi_schema_find(in->keys, name, strlen(name));
	return ((const struct nbs_value *)((const char *)in->base + (*key)->offset))->value;
}

static struct nbsi_span
place_of(const struct nbsi_node *map, const char *name)
{
	const struct nbsi_node *node = nbsi_node_get(map, name, strlen(name));
	return nbsi_node_place(node != NULL ? node : map);
}

static void
check_order(struct nbsi_loader *loader, const struct filled *in, const struct order *orders,
	    size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char found[48], most[48];
		const struct nbsi_key *low = NULL, *high = NULL;
		double small = value_of(in, orders[i].low, &low);
		double large = value_of(in, orders[i].high, &high);
		if (!(small > large))
			continue;
		nbsi_format_number(found, sizeof(found), low->unit, small);
		nbsi_format_number(most, sizeof(most), high->unit, large);
		size_t before = nbsi_path_push(loader, low->name, strlen(low->name));
		nbsi_error(&loader->report, place_of(in->map, low->name), loader->path,
			   "found %s, expected at most `%s`, %s", found, high->name, most);
		nbsi_path_pop(loader, before);
	}
}

/* One value against another that is not in its table. */
static void
check_most(struct nbsi_loader *loader, const struct nbsi_node *map, const char *name, double ma,
	   double most_ma, const char *what)
{
	char found[48], most[48];
	if (!(ma > most_ma))
		return;
	nbsi_format_number(found, sizeof(found), NBSI_MA, ma);
	nbsi_format_number(most, sizeof(most), NBSI_MA, most_ma);
	size_t before = nbsi_path_push(loader, name, strlen(name));
	nbsi_error(&loader->report, place_of(map, name), loader->path,
		   "found %s, expected at most %s, %s", found, what, most);
	nbsi_path_pop(loader, before);
}

/* ---- modems ---- */

/* The curve rises in radio power, and its current does not fall. */
static void
check_tx_pair(struct nbsi_loader *loader, const struct nbs_modem_tx_point *low,
	      const struct nbs_modem_tx_point *high, const struct nbsi_node *item)
{
	char found[48], least[48];
	const struct nbsi_span place = nbsi_node_place(item);
	if (high->dbm <= low->dbm) {
		nbsi_format_number(found, sizeof(found), NBSI_DBM, high->dbm);
		nbsi_format_number(least, sizeof(least), NBSI_DBM, low->dbm);
		nbsi_error(&loader->report, place, loader->path,
			   "found %s behind %s, expected radio power that rises", found, least);
	} else if (high->current_ma.value < low->current_ma.value) {
		nbsi_format_number(found, sizeof(found), NBSI_MA, high->current_ma.value);
		nbsi_format_number(least, sizeof(least), NBSI_MA, low->current_ma.value);
		nbsi_error(&loader->report, place, loader->path,
			   "found %s, expected at least that at less radio power, %s", found,
			   least);
	}
}

static void
check_tx(struct nbsi_loader *loader, const struct nbs_modem *modem, const struct nbsi_node *list)
{
	const struct nbsi_node *item = list->first;
	size_t before = nbsi_path_push(loader, "tx", 2);
	if (modem->tx_points == 0 && list->count == 0)
		nbsi_error(&loader->report, nbsi_node_place(list), loader->path,
			   "found an empty list, expected 1 to %u points", NBS_MODEM_TX_POINTS);
	for (uint32_t i = 0; i < modem->tx_points; i++, item = item->next) {
		char number[16];
		int len = snprintf(number, sizeof(number), "%u", (unsigned)i);
		size_t inside = nbsi_path_push(loader, number, (size_t)len);
		if (i > 0)
			check_tx_pair(loader, &modem->tx[i - 1], &modem->tx[i], item);
		nbsi_path_pop(loader, inside);
	}
	nbsi_path_pop(loader, before);
}

/* Energy over time of a boot: nothing in no time, else between deep sleep and full power. */
static void
check_boot(struct nbsi_loader *loader, const struct nbs_modem *modem, const struct nbsi_node *map,
	   const char *key, enum nbs_power_state state, const struct nbs_value *mj,
	   const struct nbs_value *ms)
{
	char mean[48], limit[48];
	double mean_mw = nbs_modem_power_mw(modem, state, 0.0);
	double least_mw = nbs_modem_power_mw(modem, NBS_POWER_PSM, 0.0);
	double most_mw = nbs_modem_power_mw(modem, NBS_POWER_TX, 100.0);
	bool low = mean_mw < least_mw;
	size_t before = nbsi_path_push(loader, key, strlen(key));
	nbsi_format_number(mean, sizeof(mean), NBSI_MW, mean_mw);
	nbsi_format_number(limit, sizeof(limit), NBSI_MW, low ? least_mw : most_mw);
	if ((mj->value > 0.0 && ms->value == 0.0) || (mj->value == 0.0 && ms->value > 0.0))
		nbsi_error(&loader->report, place_of(map, key), loader->path,
			   "found energy without time or time without energy, expected both or "
			   "neither to be 0");
	else if (ms->value > 0.0 && low)
		nbsi_error(&loader->report, place_of(map, key), loader->path,
			   "found %s on average, expected at least what deep sleep takes, %s", mean,
			   limit);
	else if (ms->value > 0.0 && mean_mw > most_mw)
		nbsi_error(&loader->report, place_of(map, key), loader->path,
			   "found %s on average, expected at most what sending takes, %s", mean,
			   limit);
	nbsi_path_pop(loader, before);
}

void
nbsi_check_modem(struct nbsi_loader *loader, const struct nbs_modem *modem,
		 const struct nbsi_node *map)
{
	static const struct order orders[] = {
	    {"psm", "edrx"},
	    {"edrx", "ptw"},
	    {"psm", "idle"},
	    {"ptw", "active"},
	    {"idle", "active"},
	    {"psm", "cdrx_sleep"},
	    {"cdrx_sleep", "rx"},
	    {"active", "rx"},
	    {"wake_time", "boot_time"},
	    {"wake_energy", "boot_energy"},
	};
	const struct filled in = {nbsi_schema_modem(), map, modem};
	const struct nbsi_node *tx = nbsi_node_get(map, "tx", 2);
	check_order(loader, &in, orders, sizeof(orders) / sizeof(orders[0]));
	if (tx != NULL && tx->kind == NBSI_NODE_SEQ)
		check_tx(loader, modem, tx);
	if (modem->tx_points == 0)
		return;
	check_most(loader, map, "rx", modem->rx_ma.value,
		   modem->tx[modem->tx_points - 1].current_ma.value, "that of full power in `tx`");
	check_boot(loader, modem, map, "boot_energy", NBS_POWER_BOOT, &modem->boot_mj,
		   &modem->boot_ms);
	check_boot(loader, modem, map, "wake_energy", NBS_POWER_WAKE, &modem->wake_mj,
		   &modem->wake_ms);
	check_boot(loader, modem, map, "down_energy", NBS_POWER_DOWN, &modem->down_mj,
		   &modem->down_ms);
}

/* ---- microcontrollers ---- */

/* A scalar multiplication is hundreds of thousands of steps, a block is thousands. */
static void
check_way(struct nbsi_loader *loader, const struct nbs_mcu *mcu, const struct nbsi_node *map,
	  const char *name)
{
	static const struct order orders[] = {
	    {"aes_block", "ecp_mul"},    {"aes_key", "ecp_mul"},      {"sha256_block", "ecp_mul"},
	    {"ghash_block", "ecp_mul"},  {"chacha_block", "ecp_mul"}, {"poly1305_block", "ecp_mul"},
	    {"sha512_block", "ecp_mul"},
	};
	const struct nbsi_key *key = nbsi_schema_find(nbsi_schema_mcu(), name, strlen(name));
	const struct filled in = {key->keys, nbsi_node_get(map, name, strlen(name)), mcu};
	size_t before = nbsi_path_push(loader, name, strlen(name));
	if (in.map != NULL && in.map->kind == NBSI_NODE_MAP)
		check_order(loader, &in, orders, sizeof(orders) / sizeof(orders[0]));
	nbsi_path_pop(loader, before);
}

void
nbsi_check_mcu(struct nbsi_loader *loader, const struct nbs_mcu *mcu, const struct nbsi_node *map)
{
	static const struct order orders[] = {{"sleep", "active"}};
	const struct filled in = {nbsi_schema_mcu(), map, mcu};
	check_order(loader, &in, orders, 1);
	check_most(loader, map, "sleep", mcu->sleep_ma.value, mcu->software.current_ma.value,
		   "`software.run`");
	check_way(loader, mcu, map, "software");
	check_way(loader, mcu, map, "hardware");
}
