# METADATA
# title: A mesh gateway of an Enterprise cluster is in the default partition
# description: Of the mesh gateways of an Enterprise cluster at least one is in the default partition and namespace.
# related_resources:
# - ref: https://developer.hashicorp.com/consul/docs/east-west/mesh-gateway/cluster-peer
# custom:
#   id: MGP-203
#   severity: high
#   document: [D08]
#   needs: [gateways, mesh]
#   judges: {kind: cluster, two_sided: false}
#   not_applicable: the cluster is not Enterprise, has no mesh gateway, or its control plane need not use gateways
#   in_consul: >-
#     Servers look for gateways only in the default partition and namespace, whichever partition a peering is in:
#     gateways elsewhere serve the traffic of services, and control-plane traffic goes past them.
#   mend: text
package compliance.rules.gateways.gateway_partition

import data.compliance.lib.clusters
import data.compliance.lib.gateways
import data.compliance.lib.subjects

subject contains s if {
	some name, state in input.clusters
	_enterprise(state)
	not clusters.free(name)
	count(state.gateways) > 0
	s := subjects.of_cluster(name)
}

subject contains s if {
	some name, _ in _in_the_dark
	s := subjects.of_cluster(name)
}

violation contains v if {
	some judged in subject
	count(input.clusters[judged.id].gateways) > 0
	not _has_default(judged.id)
	v := {
		"subject": judged,
		"message": sprintf("%s has mesh gateways, but none in its default partition and namespace", [judged.name]),
		"evidence": {"gateways": sort([key | some key, _ in input.clusters[judged.id].gateways])},
		"remedy": {
			"text": sprintf("Register a mesh gateway in %s in the default partition and namespace.", [judged.name]),
			"steps": [],
		},
	}
}

unverifiable contains u if {
	some name, detail in _in_the_dark
	u := {
		"subject": subjects.of_cluster(name),
		"needed": sprintf("the mesh gateways in other partitions of %s: %s", [name, detail]),
	}
}

# No gateway shows, and there may be some where the scanner does not see.
_in_the_dark := {name: state.collection.partitions.detail |
	some name, state in input.clusters
	state.edition != "ce"
	count(state.gateways) == 0
	state.collection.partitions.status != "ok"
}

_has_default(name) if {
	some found in input.clusters[name].gateways
	gateways.in_default(found)
}

# Only Enterprise names partitions, which tells where the version did not.
_enterprise(state) if state.edition == "enterprise"

_enterprise(state) if {
	some found in state.gateways
	found.partition != ""
}
