# METADATA
# title: Each gateway that is dialed leads to the accepting servers
# description: >-
#   A TLS handshake with each address that the dialing cluster holds, for the acceptor's server name, shows a
#   certificate of the acceptor's servers.
# related_resources:
# - ref: https://developer.hashicorp.com/consul/docs/east-west/mesh-gateway/cluster-peer
# custom:
#   id: MGP-407
#   severity: high
#   document: [D17, D19]
#   needs: [peerings]
#   judges: {kind: pair, two_sided: true}
#   not_applicable: the cluster has no live peering, or the accepting control plane need not use gateways
#   in_consul: >-
#     A gateway that is down, or has lost its route to the servers, stays advertised and is dialed in turn. It resets a
#     handshake for a server name that it has no route for.
#   mend: text
#   follows_from: [MGP-201, MGP-204, MGP-301, MGP-404, MGP-501]
#   settle_seconds: 60
package compliance.rules.peering.route_works

import data.compliance.lib.clusters
import data.compliance.lib.peerings
import data.compliance.lib.subjects

subject contains s if {
	some pair in _pairs
	s := subjects.of_pair(pair)
}

violation contains v if {
	some judged in _dialed
	count(judged.faults) > 0
	v := {
		"subject": subjects.of_pair(judged.pair),
		"message": sprintf("%s does not reach the servers behind %s: %s", [
			judged.pair.cluster, _other(judged), concat(", ", sort(judged.faults)),
		]),
		"evidence": {"probed": judged.probed, "server_name": judged.found.server_name},
		"remedy": {
			"text": sprintf("See to these gateways of %s: up, listening there, and with a route to its servers (MGP-301).", [
				_other(judged),
			]),
			"steps": [],
		},
	}
}

unverifiable contains u if {
	some judged in _dialed
	count(judged.faults) == 0
	count(judged.ok) < count(judged.probed)
	u := {"subject": subjects.of_pair(judged.pair), "needed": _needed(judged)}
}

unverifiable contains u if {
	some judged in _dialed
	count(judged.probed) == 0
	u := {
		"subject": subjects.of_pair(judged.pair),
		"needed": sprintf("a probe of the addresses that %s dials (probe: true in the config)", [judged.pair.cluster]),
	}
}

unverifiable contains u if {
	some pair in _pairs
	not _dials(pair)
	u := {"subject": subjects.of_pair(pair), "needed": pair.missing}
}

_needed(judged) := sprintf("an answer from %s, which the scanner did not reach", [concat(", ", sort(silent))]) if {
	silent := object.keys(judged.probed) - judged.ok
}

_words := {
	"refused": "refuses connections",
	"reset": "resets the handshake: no route to the servers",
	"certificate": "shows another certificate",
}

# Where the acceptor's operators left the choice and its entry is off, what is dialed is no gateway.
_pairs := [pair |
	some pair in input.derived.pairs
	not clusters.free(pair.peer)
]

_dialed := [judged |
	some pair in _pairs
	some id, found in peerings.live(pair.cluster)
	_is_dialer(pair, id, found)
	probed := object.get(input.clusters[pair.cluster], ["probe", id], {})
	judged := {
		"pair": pair,
		"found": found,
		"probed": probed,
		"ok": {address | some address, outcome in probed; outcome == "ok"},
		"faults": {text |
			some address, outcome in probed
			text := sprintf("%s %s", [address, _words[outcome]])
		},
	}
]

_dials(pair) if {
	some id, found in peerings.live(pair.cluster)
	_is_dialer(pair, id, found)
}

_is_dialer(pair, id, found) if {
	found.role == "dialer"
	pair.id in {found.peer_id, id}
}

_other(judged) := peer if {
	peer := judged.pair.peer
	peer != null
} else := judged.found.name
