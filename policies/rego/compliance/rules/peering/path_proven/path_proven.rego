# METADATA
# title: The peering stream is proven to go through the gateways
# description: >-
#   Between two samples of the dialing gateways' Envoys the stream lived, they carried it both ways, and they lead to
#   gateways of the acceptor, by a connection that is not older than that.
# related_resources:
# - ref: https://developer.hashicorp.com/consul/docs/east-west/mesh-gateway/cluster-peer
# custom:
#   id: MGP-405
#   severity: critical
#   document: [D15, D17, D19]
#   needs: [roots, gateways, mesh, peerings]
#   judges: {kind: pair, two_sided: true}
#   not_applicable: the cluster has no live peering, or neither side's control plane need use gateways
#   in_consul: >-
#     Consul dials past its gateways without a word when they fail it, keeps a stream that connected directly for ever,
#     even when every setting is right again, and shows none of it in its API.
#   mend: text
#   follows_from: [MGP-301, MGP-201, MGP-204, MGP-404]
#   settle_seconds: 60
package compliance.rules.peering.path_proven

import data.compliance.lib.clusters
import data.compliance.lib.subjects

subject contains s if {
	some pair in _pairs
	s := subjects.of_pair(pair)
}

violation contains v if {
	some pair in _pairs
	path := input.derived.path[pair.cluster][pair.id]
	path.verdict == "bypassed"
	v := {
		"subject": subjects.of_pair(pair),
		"message": sprintf("the peering stream of %s goes past mesh gateways: %s", [pair.name, path.past]),
		"evidence": {"carried": path.carried, "hosts": path.hosts, "window_ns": path.window_ns},
		"remedy": {"text": concat(" ", [_settings(pair, path), _reconnect(pair, path)]), "steps": []},
	}
}

unverifiable contains u if {
	some pair in _pairs
	path := input.derived.path[pair.cluster][pair.id]
	path.verdict == "unknown"
	u := {"subject": subjects.of_pair(pair), "needed": path.missing}
}

# A new token takes the place of such addresses, and its use loses nothing of the peering (seen live).
_settings(pair, path) := text if {
	_by_hand(pair, path)
	text := concat(" ", [
		"These addresses were given by hand when the peering token was made, and override what is advertised for ever.",
		sprintf("Generate a new token for the same peering in %s without -server-external-addresses", [pair.peer]),
		sprintf("(or with those of its gateways) and establish it in %s; delete nothing.", [pair.cluster]),
	])
} else := sprintf("Set %s right first: entries, gateways, their peering:read (registered anew where it lacked).", [
	pair.name,
])

_reconnect(pair, path) := concat(" ", [
	"Then make its stream connect again, as Consul never moves a connected one:",
	sprintf("restart the Envoys of the mesh gateways of %s, one after the other.", [_carrier(pair, path)]),
	sprintf("If it stays ACTIVE meanwhile it passes none of them: give %s another leader", [pair.cluster]),
	"(consul operator raft transfer-leader, or restart its leader).",
	"Check again: which way it comes back is partly chance.",
])

_by_hand(pair, path) if {
	some host in path.hosts
	host in input.derived.server_addresses[pair.peer]
	not host in pair.dialed
}

# Who still carries the stream, and so can cut it.
_carrier(pair, path) := dialing if {
	some grown in path.carried
	grown.sent > 0
	dialing := pair.cluster
} else := accepting if {
	accepting := pair.peer
	accepting != null
} else := "the accepting cluster"

_pairs := [pair |
	some pair in input.derived.pairs
	_promised(pair)
]

_promised(pair) if clusters.required(pair.cluster)

_promised(pair) if clusters.required(pair.peer)

# Where the operators leave the choice, whoever set the entries on both sides relies on the gateways.
_promised(pair) if {
	not clusters.free(pair.cluster)
	not clusters.free(pair.peer)
}
