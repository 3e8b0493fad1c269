# METADATA
# title: The mesh entry stands where servers read it
# description: No mesh entry outside the default partition has the flag, which has no effect on servers there.
# related_resources:
# - ref: https://developer.hashicorp.com/consul/docs/reference/config-entry/mesh
# custom:
#   id: MGP-302
#   severity: medium
#   document: [D08]
#   needs: [mesh]
#   judges: {kind: config_entry, two_sided: false}
#   not_applicable: no partition but the default one has a mesh entry
#   in_consul: >-
#     Servers read the mesh entry of the default partition only, for every partition's peerings. Consul accepts the
#     flag in another one, where it only makes that partition's gateways ready for a peering that no server sends them.
#     Kubernetes' webhook refuses it there.
#   mend: text
package compliance.rules.mesh.mesh_entry_partition

import data.compliance.lib.subjects

subject contains s if {
	some judged in _judged
	s := judged.subject
}

subject contains s if {
	some name in _unlisted
	s := subjects.of_cluster(name)
}

violation contains v if {
	some judged in _judged
	judged.entry.Peering.PeerThroughMeshGateways == true
	v := {
		"subject": judged.subject,
		"message": sprintf("the mesh entry in partition %s of %s has the flag: servers do not read it there", [
			judged.subject.partition, judged.subject.cluster,
		]),
		"evidence": {"entry": judged.entry},
		"remedy": {
			"text": sprintf("Set the flag in the default partition of %s (MGP-301), and take it out of partition %s.", [
				judged.subject.cluster, judged.subject.partition,
			]),
			"steps": [],
		},
	}
}

unverifiable contains u if {
	some name in _unlisted
	u := {
		"subject": subjects.of_cluster(name),
		"needed": sprintf("the mesh entries of the other partitions of %s: operator:read lists them", [name]),
	}
}

_judged := [{"subject": subjects.of_config_entry(name, partition, "mesh/mesh"), "entry": entry} |
	some name, state in input.clusters
	is_object(state.mesh_elsewhere)
	some partition, entry in state.mesh_elsewhere
]

_unlisted := {name |
	some name, state in input.clusters
	state.mesh_elsewhere == null
}
