# METADATA
# title: A mesh gateway is registered where servers look for it
# description: Each cluster that peers has a service of kind mesh-gateway in the default partition and namespace.
# related_resources:
# - ref: https://developer.hashicorp.com/consul/docs/east-west/mesh-gateway/cluster-peer
# custom:
#   id: MGP-201
#   severity: critical
#   document: [D04]
#   needs: [gateways, mesh, peerings]
#   judges: {kind: cluster, two_sided: false}
#   not_applicable: the cluster neither peers nor declares peers, or its control plane need not use gateways
#   in_consul: >-
#     With the mesh entry on and no gateway, an accepting cluster cannot make a peering token, and a dialing cluster
#     silently dials directly. Servers look only at gateways of the default partition and namespace.
#   mend: text
#   settle_seconds: 60
package compliance.rules.gateways.gateway_registered

import data.compliance.lib.clusters
import data.compliance.lib.gateways
import data.compliance.lib.subjects

subject contains s if {
	some name, _ in input.clusters
	not clusters.free(name)
	clusters.peers(name)
	s := subjects.of_cluster(name)
}

violation contains v if {
	some judged in subject
	not _registered(judged.id)
	v := {
		"subject": judged,
		"message": sprintf("%s peers without a mesh gateway in its default partition and namespace", [judged.name]),
		"evidence": {"gateways": sort([key | some key, _ in input.clusters[judged.id].gateways])},
		"remedy": {
			"text": sprintf("Register a mesh gateway in %s, in the default partition and namespace.", [judged.name]),
			"steps": [],
		},
	}
}

_registered(name) if {
	some found in input.clusters[name].gateways
	gateways.in_default(found)
	count(found.instances) > 0
}
