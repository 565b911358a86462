// SPDX-License-Identifier: GPL-2.0-or-later
// Path loss by ns-3's propagation loss models. Heights are attributes of some and z coordinates of
// others, and all of them measure in space; here two positions are set so that the distance that
// the model measures is the one asked for.
//
// Okumura-Hata: ns-3 computes the urban loss; that of open land is made of it here, because ns-3
// 3.37 has 4.70 where Hata (1980) has 4.78. Above 1500 MHz ns-3's class changes over to
// COST 231 and leaves out the term 4.97 for large cities, so the kind ends there.
#include "sim/propagation.h"

#include "sim/net_internal.h"
#include "sim/ns3/engine_internal.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <ns3/core-module.h>
#include <ns3/mobility-module.h>
#include <ns3/propagation-module.h>

struct nbs_propagation {
	ns3::Ptr<ns3::PropagationLossModel> model;
	ns3::Ptr<ns3::ConstantPositionMobilityModel> base;
	ns3::Ptr<ns3::ConstantPositionMobilityModel> device;
	double rise_m;        // of the base above the device, where the model reads it from z
	double correction_db; // added to what the model says
};

namespace
{

// False for NaN too.
bool
Within(double value, double lowest, double highest)
{
	return value >= lowest && value <= highest;
}

bool
HeightsFit(const nbs_propagation_config &config)
{
	return Within(config.base_height_m, NBS_ANTENNA_MIN_M, NBS_ANTENNA_MAX_M) &&
	       Within(config.device_height_m, NBS_ANTENNA_MIN_M, config.base_height_m);
}

bool
Fits(const nbs_propagation_config &config)
{
	double hz = config.frequency_hz;

	switch (config.kind) {
	case NBS_FRIIS:
		return Within(hz, NBS_FREQUENCY_MIN_HZ, NBS_FREQUENCY_MAX_HZ);
	case NBS_LOG_DISTANCE:
		return Within(config.exponent, NBS_EXPONENT_MIN, NBS_EXPONENT_MAX) &&
		       Within(config.reference_m, NBS_DISTANCE_MIN_M, NBS_REFERENCE_MAX_M) &&
		       Within(config.reference_db, 0.0, NBS_REFERENCE_LOSS_MAX_DB);
	case NBS_OKUMURA_HATA:
		return Within(hz, NBS_FREQUENCY_MIN_HZ, NBS_HATA_FREQUENCY_MAX_HZ) &&
		       HeightsFit(config) && config.environment >= NBS_URBAN &&
		       config.environment < NBS_ENVIRONMENT__COUNT &&
		       config.city >= NBS_CITY_SMALL && config.city < NBS_CITY__COUNT;
	case NBS_COST231:
		return Within(hz, NBS_COST231_FREQUENCY_MIN_HZ, NBS_COST231_FREQUENCY_MAX_HZ) &&
		       HeightsFit(config);
	case NBS_KUN_2600:
		return Within(hz, NBS_KUN_FREQUENCY_MIN_HZ, NBS_KUN_FREQUENCY_MAX_HZ);
	case NBS_PROPAGATION__COUNT:
		break;
	}
	return false;
}

ns3::Ptr<ns3::PropagationLossModel>
MakeLogDistance(const nbs_propagation_config &config)
{
	auto model = ns3::CreateObject<ns3::LogDistancePropagationLossModel>();
	model->SetPathLossExponent(config.exponent);
	model->SetReference(config.reference_m, config.reference_db);
	return model;
}

ns3::Ptr<ns3::PropagationLossModel>
MakeHata(const nbs_propagation_config &config)
{
	static const ns3::EnvironmentType environments[NBS_ENVIRONMENT__COUNT] = {
	    ns3::UrbanEnvironment, ns3::SubUrbanEnvironment,
	    ns3::UrbanEnvironment, // and HataOpen()
	};
	static const ns3::CitySize cities[NBS_CITY__COUNT] = {
	    ns3::SmallCity,
	    ns3::MediumCity,
	    ns3::LargeCity,
	};
	return ns3::CreateObjectWithAttributes<ns3::OkumuraHataPropagationLossModel>(
	    "Frequency", ns3::DoubleValue(config.frequency_hz), "Environment",
	    ns3::EnumValue(environments[config.environment]), "CitySize",
	    ns3::EnumValue(cities[config.city]));
}

ns3::Ptr<ns3::PropagationLossModel>
MakeCost231(const nbs_propagation_config &config)
{
	constexpr double LIGHT_M_S = 299792458.0;
	auto model = ns3::CreateObject<ns3::Cost231PropagationLossModel>();
	model->SetLambda(config.frequency_hz, LIGHT_M_S);
	model->SetBSAntennaHeight(config.base_height_m);
	model->SetSSAntennaHeight(config.device_height_m);
	model->SetShadowing(0.0); // ns-3 adds 10 dB unless told otherwise
	return model;
}

ns3::Ptr<ns3::PropagationLossModel>
MakeModel(const nbs_propagation_config &config)
{
	switch (config.kind) {
	case NBS_FRIIS: {
		auto model = ns3::CreateObject<ns3::FriisPropagationLossModel>();
		model->SetFrequency(config.frequency_hz);
		return model;
	}
	case NBS_LOG_DISTANCE:
		return MakeLogDistance(config);
	case NBS_OKUMURA_HATA:
		return MakeHata(config);
	case NBS_COST231:
		return MakeCost231(config);
	case NBS_KUN_2600:
		return ns3::CreateObject<ns3::Kun2600MhzPropagationLossModel>();
	case NBS_PROPAGATION__COUNT:
		break;
	}
	return nullptr;
}

// From urban to open land: M. Hata, IEEE Trans. Veh. Technol. 29(3), 1980.
double
HataOpen(double frequency_hz)
{
	double log_mhz = std::log10(frequency_hz / 1e6);

	return -4.78 * log_mhz * log_mhz + 18.33 * log_mhz - 40.94;
}

// Both antennas on the ground, unless the model reads the heights from the coordinates.
void
PutUp(nbs_propagation &propagation, const nbs_propagation_config &config)
{
	bool up = config.kind == NBS_OKUMURA_HATA;

	propagation.base = ns3::CreateObject<ns3::ConstantPositionMobilityModel>();
	propagation.device = ns3::CreateObject<ns3::ConstantPositionMobilityModel>();
	propagation.base->SetPosition(ns3::Vector(0.0, 0.0, up ? config.base_height_m : 0.0));
	propagation.device->SetPosition(ns3::Vector(1.0, 0.0, up ? config.device_height_m : 0.0));
	propagation.rise_m = up ? config.base_height_m - config.device_height_m : 0.0;
}

} // namespace

extern "C" {

enum nbs_status
nbs_propagation_new(const struct nbs_propagation_config *config, struct nbs_propagation **out)
{
	if (config == nullptr || out == nullptr || !Fits(*config))
		return NBS_E_ARG;
	return nbs::Guard([&] {
		auto propagation = std::make_unique<nbs_propagation>();
		propagation->model = MakeModel(*config);
		PutUp(*propagation, *config);
		if (config->kind == NBS_OKUMURA_HATA && config->environment == NBS_OPEN)
			propagation->correction_db = HataOpen(config->frequency_hz);
		nbsi_live_add();
		*out = propagation.release();
		return NBS_OK;
	});
}

void
nbs_propagation_free(struct nbs_propagation *propagation)
{
	if (propagation == nullptr)
		return;
	(void)nbs::Guard([&] {
		delete propagation;
		return NBS_OK;
	});
	nbsi_live_remove();
}

enum nbs_status
nbs_propagation_loss_db(const struct nbs_propagation *propagation, double distance_m,
			double *loss_db)
{
	if (propagation == nullptr || loss_db == nullptr ||
	    !Within(distance_m, NBS_DISTANCE_MIN_M, NBS_DISTANCE_MAX_M))
		return NBS_E_ARG;
	return nbs::Guard([&] {
		double rise = propagation->rise_m;
		double aside = std::sqrt(std::max(0.0, distance_m * distance_m - rise * rise));
		ns3::Vector at = propagation->device->GetPosition();
		at.x = aside;
		propagation->device->SetPosition(at);
		double gain =
		    propagation->model->CalcRxPower(0.0, propagation->base, propagation->device);
		*loss_db = std::round((propagation->correction_db - gain) * 100.0) / 100.0;
		return NBS_OK;
	});
}

} // extern "C"
