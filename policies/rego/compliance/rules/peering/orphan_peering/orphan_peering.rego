# METADATA
# title: No peering was left without a token
# description: No accepting cluster holds a pending peering whose token Consul refused, as there was no gateway.
# related_resources:
# - ref: https://developer.hashicorp.com/consul/docs/east-west/mesh-gateway/cluster-peer
# custom:
#   id: MGP-403
#   severity: medium
#   document: [D15]
#   needs: [gateways, mesh, peerings]
#   judges: {kind: peering, two_sided: false}
#   not_applicable: no other cluster dials this one
#   in_consul: >-
#     With the entry on and no gateway Consul refuses the token, but only after it wrote the peering, which stays
#     PENDING. The state alone proves nothing: an accepting leader that is new shows PENDING too. One that was ever
#     dialed knows the other datacenter; a token that was made in the end shows in the peering's modify index.
#   mend: text
#   follows_from: [MGP-201]
package compliance.rules.peering.orphan_peering

import data.compliance.lib.clusters
import data.compliance.lib.gateways
import data.compliance.lib.peerings
import data.compliance.lib.subjects

subject contains s if {
	some judged in _judged
	s := judged.subject
}

violation contains v if {
	some judged in _judged
	_waits(judged)
	count(judged.gateway_indexes) == 0
	v := {
		"subject": judged.subject,
		"message": sprintf("peering %s of %s waits without a gateway to name: Consul makes no token for it", [
			judged.subject.name, judged.subject.cluster,
		]),
		"evidence": {"state": judged.record.state, "modify_index": judged.record.modify_index, "gateways": []},
		"remedy": {
			"text": sprintf("Register a mesh gateway in %s (MGP-201), then make the token of peering %s anew.", [
				judged.subject.cluster, judged.subject.name,
			]),
			"steps": [],
		},
	}
}

unverifiable contains u if {
	some judged in _judged
	_waits(judged)
	min(judged.gateway_indexes) > judged.record.modify_index
	u := {
		"subject": judged.subject,
		"needed": sprintf("whether a token of peering %s was made: it is older than every gateway of %s", [
			judged.subject.name, judged.subject.cluster,
		]),
	}
}

_waits(judged) if {
	clusters.entry_on(judged.subject.cluster)
	judged.record.state == "PENDING"
	judged.record.remote_datacenter == null
}

_judged := [{"subject": subjects.of_peering(name, id, record), "record": record, "gateway_indexes": indexes} |
	some name, state in input.clusters
	indexes := [instance.create_index |
		some gateway in state.gateways
		gateways.in_default(gateway)
		some instance in gateway.instances
	]
	some id, record in peerings.live(name)
	record.role == "acceptor"
]
