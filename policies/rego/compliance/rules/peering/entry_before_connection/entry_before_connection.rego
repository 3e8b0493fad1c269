# METADATA
# title: The mesh entry was there before the connection
# description: A dialing cluster had its mesh entry before it made the peering, or the path is proven now.
# related_resources:
# - ref: https://developer.hashicorp.com/consul/docs/east-west/mesh-gateway/cluster-peer
# custom:
#   id: MGP-402
#   severity: info
#   document: [D17]
#   needs: [mesh, peerings]
#   judges: {kind: peering, two_sided: false}
#   not_applicable: this cluster dials no other, or its mesh entry is off
#   in_consul: >-
#     A peering that is established before the entry is dialed directly. The entry changes the way of the next
#     connection only: a stream that runs is never moved. Raft indexes tell the order; a flag that was turned on later
#     in an older entry does not show.
#   mend: text
package compliance.rules.peering.entry_before_connection

import data.compliance.lib.clusters
import data.compliance.lib.peerings
import data.compliance.lib.subjects

subject contains s if {
	some judged in _judged
	s := judged.subject
}

violation contains v if {
	some judged in _judged
	judged.entry_index > judged.record.create_index
	not peerings.proven(judged.subject.cluster, judged.record.peer_id)
	v := {
		"subject": judged.subject,
		"message": sprintf("the mesh entry of %s came after its peering %s: the first contact may have been direct", [
			judged.subject.cluster, judged.subject.name,
		]),
		"evidence": {"entry_create_index": judged.entry_index, "peering_create_index": judged.record.create_index},
		"remedy": {
			"text": concat(" ", [
				"Nothing is to be mended if the stream takes the gateways now:",
				"give the scan their Envoy admins to prove it.",
			]),
			"steps": [],
		},
	}
}

_judged := [found |
	some name, state in input.clusters
	clusters.entry_on(name)
	some id, record in peerings.live(name)
	record.role == "dialer"
	found := {
		"subject": subjects.of_peering(name, id, record),
		"record": record,
		"entry_index": state.mesh.CreateIndex,
	}
]
