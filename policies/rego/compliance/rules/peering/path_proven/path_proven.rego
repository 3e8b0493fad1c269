# METADATA
# title: The peering stream is proven to go through the gateways
# description: >-
#   Between two samples of the dialing gateways' Envoys the stream lived, they carried it both ways, and they lead to
#   gateways of the acceptor.
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

subject contains subjects.of_pair(pair) if some pair in _pairs

violation contains {
	"subject": subjects.of_pair(pair),
	"message": sprintf("the peering stream of %s goes past mesh gateways: %s", [pair.name, path.past]),
	"evidence": {"carried": path.carried, "hosts": path.hosts, "window_ns": path.window_ns},
	"remedy": {"text": _remedy(pair), "steps": []},
} if {
	some pair in _pairs
	path := input.derived.path[pair.cluster][pair.id]
	path.verdict == "bypassed"
}

unverifiable contains {"subject": subjects.of_pair(pair), "needed": path.missing} if {
	some pair in _pairs
	path := input.derived.path[pair.cluster][pair.id]
	path.verdict == "unknown"
}

_remedy(pair) := concat(" ", [
	sprintf("Set %s right first (entries, gateways, their peering:read).", [pair.name]),
	"Then make its stream connect again:",
	sprintf("have %s elect another leader, or restart the gateway that still carries the stream.", [pair.cluster]),
	"Check again: Consul never moves a connected stream, and which way it comes back is partly chance.",
])

_pairs contains pair if {
	some pair in input.derived.pairs
	_promised(pair)
}

_promised(pair) if clusters.required(pair.cluster)

_promised(pair) if clusters.required(pair.peer)

# Where the operators leave the choice, whoever set the entries on both sides relies on the gateways.
_promised(pair) if {
	not clusters.free(pair.cluster)
	not clusters.free(pair.peer)
}
