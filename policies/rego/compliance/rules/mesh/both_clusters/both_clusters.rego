# METADATA
# title: Both clusters of a pair have the mesh entry
# description: The mesh entry sends control-plane traffic through gateways on both sides of a pair or on none.
# related_resources:
# - ref: https://developer.hashicorp.com/consul/docs/east-west/mesh-gateway/cluster-peer
# custom:
#   id: MGP-303
#   severity: critical
#   document: [D00, D18]
#   needs: [roots, mesh, peerings]
#   judges: {kind: pair, two_sided: true}
#   not_applicable: the cluster has no live peering
#   in_consul: >-
#     Each side's entry works for that side alone: the dialing side's decides whether its own gateway is used, the
#     accepting side's which addresses the dialing side gets. With one of the two the traffic is half on gateways.
#   mend: text
#   follows_from: [MGP-301]
package compliance.rules.mesh.both_clusters

import data.compliance.lib.clusters
import data.compliance.lib.subjects

subject contains s if {
	some pair in input.derived.pairs
	s := subjects.of_pair(pair)
}

violation contains v if {
	some pair in input.derived.pairs
	some [on, off] in [[pair.cluster, pair.peer], [pair.peer, pair.cluster]]
	input.clusters[off]
	clusters.entry_on(on)
	not clusters.entry_on(off)
	v := {
		"subject": subjects.of_pair(pair),
		"message": sprintf("%s sends control-plane traffic through mesh gateways, %s does not", [on, off]),
		"evidence": {"through_gateways": {on: true, off: false}},
		"remedy": {
			"text": sprintf("Turn the mesh entry on in %s (MGP-301 there has the command), or off in %s.", [off, on]),
			"steps": [],
		},
	}
}

unverifiable contains u if {
	some pair in input.derived.pairs
	pair.peer == null
	u := {"subject": subjects.of_pair(pair), "needed": pair.missing}
}
