-- SPDX-License-Identifier: GPL-2.0-or-later
-- Shows MQTT-SN inside decrypted DTLS on port 10001. Wireshark 4.0 cannot select its MQTT-SN
-- dissector for DTLS payload, so this hands the payload to whatever `-d udp.port==1883,mqttsn`
-- put on UDP port 1883.
local inside = Proto("mqttsn_in_dtls", "MQTT-SN inside DTLS")
function inside.dissector(tvb, pinfo, tree)
	return DissectorTable.get("udp.port"):try(1883, tvb, pinfo, tree)
end
DissectorTable.get("dtls.port"):add(10001, inside)
