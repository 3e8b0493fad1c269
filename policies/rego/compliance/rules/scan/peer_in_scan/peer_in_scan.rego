# METADATA
# title: Both clusters of each peering are in the scan
# description: The other cluster of each peering is scanned too, so that rules about the pair can be judged.
# related_resources:
# - ref: https://developer.hashicorp.com/consul/docs/east-west/cluster-peering
# custom:
#   id: MGP-702
#   severity: info
#   document: []
#   needs: [roots, peerings]
#   judges: {kind: peering, two_sided: false}
#   not_applicable: the cluster has no peering
#   in_consul: >-
#     A cluster knows its own side only. Clusters are joined by the acceptor's peering id and trust domain, since
#     aliases differ and two clusters may bear one datacenter name.
#   mend: text
#   settle_seconds: 90
package compliance.rules.scan.peer_in_scan

import data.compliance.lib.peerings
import data.compliance.lib.subjects

subject contains s if {
	some judged in _judged
	s := judged.subject
}

violation contains v if {
	count(input.derived.unread) == 0
	some judged in _judged
	judged.subject.peer == null
	v := {
		"subject": judged.subject,
		"message": sprintf("the other cluster of peering %s of %s is not in the scan", [
			judged.found.name, judged.subject.cluster,
		]),
		"evidence": {"remote_datacenter": judged.found.remote_datacenter, "server_name": judged.found.server_name},
		"remedy": {
			"text": sprintf("Add the cluster behind peering %s of %s to the scan.", [judged.found.name, judged.subject.cluster]),
			"steps": [],
		},
	}
}

unverifiable contains u if {
	count(input.derived.unread) > 0
	some judged in _judged
	judged.subject.peer == null
	u := {
		"subject": judged.subject,
		"needed": sprintf("a reading of %s, which may be the other side", [concat(", ", input.derived.unread)]),
	}
}

_judged := [judged |
	some cluster, _ in input.clusters
	some id, found in peerings.live(cluster)
	judged := {"subject": subjects.of_peering(cluster, id, found), "found": found}
]
