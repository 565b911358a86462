/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file
 * The parts of a running scenario and who owns them. Shared by the files of the builder.
 *
 *   devices -- cell -- core -- [radio] pgw [sgi] -- internet -- gateway (service: broker behind)
 *                                  air.pcap  NAT          `------ attackers
 *
 * With `apn: internet` the operator's way out is a carrier-grade NAT (models/nbiot/nat.h), and the
 * internet reaches the operator by the NAT's public addresses only. The NAT's two taps stand around
 * sgi.pcap, which thus shows the packets as they leave and reach the operator.
 */
#ifndef NBSEC_SCENARIOS_WORLD_H
#define NBSEC_SCENARIOS_WORLD_H

#include "models/attack/attack.h"
#include "models/attack/oracle.h"
#include "models/mqttsn/service.h"
#include "models/mqttsn/station.h"
#include "models/nbiot/core.h"
#include "models/nbiot/nat.h"
#include "scenarios/builder.h"
#include "scenarios/certificates.h"
#include "scenarios/energy.h"
#include "scenarios/suites.h"
#include "scenarios/traffic.h"
#include "sim/capture.h"

#define NBSI_PSK_LEN 16U /* bytes: AES-128 strength, as TLS_PSK_WITH_AES_128_CCM_8 wants */

/* Addresses of RFC 5737 (documentation): nobody's, so no capture points at anybody. */
#define NBSI_PGW_SGI_ADDR UINT32_C(0xc0000201)  /* 192.0.2.1 */
#define NBSI_GATEWAY_ADDR UINT32_C(0xc633640a)  /* 198.51.100.10 */
#define NBSI_ATTACKER_ADDR UINT32_C(0xcb007142) /* 203.0.113.66, counting up */
#define NBSI_ATTACKS_MAX 180U                   /* 203.0.113.66 to .245 */

/* The NAT's public side: 198.18.0.0/28 of RFC 2544, 16 addresses of 64,512 ports. */
#define NBSI_NAT_NET UINT32_C(0xc6120000)
#define NBSI_NAT_PREFIX 28U

#define NBSI_RADIO_MTU 1358U    /* bytes, the link MTU that TS 23.060 9.3 recommends */
#define NBSI_INTERNET_MTU 1500U /* bytes */

enum nbsi_capture_id {
	NBSI_CAP_SGI,
	NBSI_CAP_GATEWAY,
	NBSI_CAP_ATTACKER,
	NBSI_CAP_AIR, /* what the radio gives away; only where it is not ciphered */
	NBSI_CAP__COUNT
};

struct nbsi_world;

/* A meter: its host, radio, protocol stack and clockwork. */
struct nbsi_device {
	struct nbsi_world *world;
	const struct nbs_fleet_config *fleet;
	uint32_t index; /* in the world = UE index = sender in the register */
	uint32_t addr;
	double mcl_db;
	struct nbs_host *host;
	struct nbs_iface *iface;
	struct nbs_ue *ue;
	struct nbs_station *station;
	struct nbs_timer report;
	enum nbs_rai rai;     /* of the datagram that is leaving */
	uint64_t power_on_ns; /* of its radio */
	uint64_t period_ns;   /* from report to report, by its own clock */
	uint64_t payload_key; /* of the sizes of its reports, where these are drawn */
	uint32_t seq;         /* reports made */
	uint64_t energy_wh;   /* the meter's reading, Wh */
	uint64_t acked;       /* reports acknowledged */
	uint64_t computed_ns; /* its processor's time for DTLS up to the last datagram */
	uint64_t datagrams;   /* to and from the modem */
	struct nbsi_traffic traffic;
	struct nbsi_energy last;     /* at the last report */
	bool connected;              /* it had had a connection by then */
	struct nbsi_settled settled; /* from the second report to the last */
	struct nbs_battery battery;  /* with battery.until_empty */
	bool dead;                   /* it is empty */
	char client_id[NBS_CLIENTID_MAX + 1];
	char identity[NBS_DTLS_IDENTITY_MAX + 1];
	uint8_t psk[NBS_DTLS_PSK_MAX]; /* with certificates there is one too, which nobody uses */
	uint8_t psk_len;
	struct nbs_dtls_credentials *credentials; /* NULL without certificates */
	uint32_t place_in_fleet;                  /* from 0 */
	bool restart_due;                         /* the host, as soon as nothing is under way */
	struct nbs_timer restart;
	char *topic;
};

/* One attempt of an attack, as the world saw it. */
struct nbsi_attempt {
	char client_id[NBS_CLIENTID_MAX + 1];
	uint64_t time_ns;
	uint16_t port;
	bool accepted;
	bool refused;     /* turned away, not only unanswered */
	char outcome[64]; /* why not, without "refused: " */
	uint64_t frame;   /* of the deciding packet in the gateway's capture */
};

/* Something accepted that is not genuine. */
struct nbsi_acceptance {
	uint32_t attack; /* index, UINT32_MAX = not an attacker's host */
	char client_id[NBS_CLIENTID_MAX + 1];
	uint64_t time_ns, frame;
	enum nbs_verdict verdict;
};

struct nbsi_attack {
	struct nbsi_world *world;
	const struct nbs_attack_config *config;
	const struct nbs_attack_ops *ops;
	void *attack;
	struct nbs_host *host;
	uint32_t addr;
	uint64_t accepted;
	struct nbsi_attempt *attempts;
	size_t attempt_count, attempt_cap;
	char *name;
	uint32_t target; /* index of the fleet */
};

struct nbsi_world {
	const struct nbs_run_config *config;
	const struct nbs_scenario *scenario;
	struct nbs_engine *engine;
	struct nbs_battery_config battery;             /* of each device */
	struct nbs_capture *captures[NBSI_CAP__COUNT]; /* NULL = there is nothing to capture */
	FILE *keylog;
	struct nbs_wan *internet;
	struct nbs_host *pgw, *gateway;
	struct nbs_cell *cell;
	struct nbs_core *core;
	struct nbs_nat *nat; /* NULL with a private APN */
	struct nbs_service *service;
	struct nbsi_certificates certificates;
	struct nbs_oracle *oracle;
	struct nbsi_device *devices;
	size_t device_count;
	size_t alive;                           /* devices whose battery is not empty */
	struct nbsi_fleet_energy *fleet_energy; /* of everyday life, one a fleet */
	struct nbsi_device **by_identity;       /* sorted; devices with DTLS only */
	size_t identity_count;
	struct nbsi_attack *attacks;
	size_t attack_count;
	struct nbsi_acceptance *acceptances;
	size_t acceptance_count, acceptance_cap;
	enum nbs_status failure; /* first thing that went wrong inside an event */
};

/* world.c */
enum nbs_status nbsi_world_init(struct nbsi_world *world, const struct nbs_run_config *config);
enum nbs_status nbsi_world_fini(struct nbsi_world *world);
const char *nbsi_capture_file(enum nbsi_capture_id id);
/** Says what went wrong; returns status for tail calls. */
enum nbs_status nbsi_say(const struct nbsi_world *world, enum nbs_status status, const char *format,
			 ...) __attribute__((format(printf, 3, 4)));

/* gateway.c */
enum nbs_status nbsi_gateway_init(struct nbsi_world *world);

/* device.c */
enum nbs_status nbsi_devices_init(struct nbsi_world *world);
void nbsi_devices_fini(struct nbsi_world *world);

/* device_dtls.c */
/** Draws the device's key, or takes the group's. */
void nbsi_device_draw_key(struct nbsi_device *device, gsl_rng *rng);
/** What the device's client is made from; points into the device, at stream and at suites, which
 * has room for NBS_DTLS_SUITES_MAX. */
void nbsi_device_dtls_config(const struct nbsi_device *device, const char *stream, uint16_t *suites,
			     struct nbs_dtls_client_config *config);
/** The processor's time for what DTLS has done since it was asked last, ns. */
uint64_t nbsi_device_computed_ns(struct nbsi_device *device);
/** Makes the device forget with its modem's sleep and at restarts, as its fleet says. */
enum nbs_status nbsi_device_memory_init(struct nbsi_device *device, gsl_rng *rng);
/** A report has ended: what had to wait for it happens. */
void nbsi_device_settles(struct nbsi_device *device);
/** Sorts the devices with keys for the store. */
enum nbs_status nbsi_identities_index(struct nbsi_world *world);
/** The device that holds a PSK identity, NULL if none does. */
const struct nbsi_device *nbsi_device_by_identity(const struct nbsi_world *world,
						  struct nbs_dtls_identity identity);

/* attacks.c */
enum nbs_status nbsi_attacks_init(struct nbsi_world *world);
void nbsi_attacks_fini(struct nbsi_world *world);
/** Notes that the gateway accepted, refused or failed something that came from there. */
void nbsi_attacks_accepted(struct nbsi_world *world, struct nbs_endpoint from,
			   const char *client_id, enum nbs_verdict verdict, uint64_t frame);
void nbsi_attacks_refused(struct nbsi_world *world, struct nbs_endpoint from, const char *why,
			  uint64_t frame);

/* outcome.c */
enum nbs_status nbsi_outcome_write(const struct nbsi_world *world, bool interrupted);

#endif
