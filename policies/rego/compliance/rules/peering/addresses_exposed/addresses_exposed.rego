# METADATA
# title: The dialing cluster knows the accepting cluster by its gateways
# description: Every address that a dialing cluster holds for a peering is an advertised gateway of the acceptor.
# related_resources:
# - ref: https://developer.hashicorp.com/consul/docs/east-west/mesh-gateway/cluster-peer
# custom:
#   id: MGP-404
#   severity: critical
#   document: [D16]
#   needs: [roots, gateways, mesh, peerings]
#   judges: {kind: pair, two_sided: true}
#   not_applicable: the cluster has no live peering, or the accepting control plane need not use gateways
#   in_consul: >-
#     The accepting side pushes its gateways' WAN addresses over the stream while its mesh entry is on, else those of
#     its servers. Addresses given by hand when the token was made override both for ever, and no API shows them.
#   mend: text
#   follows_from: [MGP-301, MGP-201]
#   settle_seconds: 30
package compliance.rules.peering.addresses_exposed

import data.compliance.lib.clusters
import data.compliance.lib.subjects

subject contains s if {
	some pair in _pairs
	s := subjects.of_pair(pair)
}

violation contains v if {
	some pair in _pairs
	exposed := {a | some a in pair.dialed} - {a | some a in input.derived.gateway_addresses[pair.peer]}
	count(exposed) > 0
	v := {
		"subject": subjects.of_pair(pair),
		"message": sprintf("%s dials %s at %s: no advertised mesh gateway address", [
			pair.cluster, pair.peer, concat(", ", sort(exposed)),
		]),
		"evidence": {
			"exposed": sort(exposed),
			"server_addresses": sort(exposed & {a | some a in input.derived.server_addresses[pair.peer]}),
			"gateway_addresses": input.derived.gateway_addresses[pair.peer],
		},
		"remedy": {
			"text": sprintf("Have %s advertise its gateways: entry on, gateway registered (MGP-301, MGP-201).", [pair.peer]),
			"steps": [],
		},
	}
}

unverifiable contains u if {
	some pair in _pairs
	pair.peer == null
	u := {"subject": subjects.of_pair(pair), "needed": pair.missing}
}

unverifiable contains u if {
	some pair in _pairs
	pair.peer != null
	count(pair.dialed) == 0
	u := {
		"subject": subjects.of_pair(pair),
		"needed": sprintf("the addresses that %s dials: Consul shows none, as with addresses given by hand", [pair.cluster]),
	}
}

_pairs := [pair |
	some pair in input.derived.pairs
	_promised(pair)
]

_promised(pair) if pair.peer == null

_promised(pair) if clusters.required(pair.peer)

# Where the operators leave the choice, an acceptor promises gateway addresses once its entry is on.
_promised(pair) if clusters.entry_on(pair.peer)
