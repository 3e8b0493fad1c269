# METADATA
# title: No instance of a mesh gateway is down
# description: Of a mesh gateway with several instances, none is critical.
# related_resources:
# - ref: https://developer.hashicorp.com/consul/docs/east-west/mesh-gateway/cluster-peer
# custom:
#   id: MGP-208
#   severity: medium
#   document: [D04]
#   needs: [gateways]
#   judges: {kind: gateway, two_sided: false}
#   not_applicable: no mesh gateway has several instances, or its control plane need not use gateways
#   in_consul: >-
#     Gateway health is ignored for control-plane traffic: the address of a critical instance is still advertised to
#     peers and dialed, so part of the connection attempts fail until it works again or is deregistered.
#   mend: text
#   follows_from: [MGP-204]
#   settle_seconds: 60
package compliance.rules.gateways.gateway_instances

import data.compliance.lib.clusters
import data.compliance.lib.gateways
import data.compliance.lib.subjects

subject contains s if {
	some judged in _judged
	s := judged.subject
}

violation contains v if {
	some judged in _judged
	count(judged.down) > 0
	v := {
		"subject": judged.subject,
		"message": sprintf("%d of %d instances of mesh gateway %s in %s are down and still dialed: %s", [
			count(judged.down), count(judged.instances), judged.subject.name, judged.subject.cluster,
			concat(", ", sort([key | some key, _ in judged.down])),
		]),
		"evidence": {"down": judged.down},
		"remedy": {
			"text": sprintf("Start these instances of mesh gateway %s in %s again, or deregister those that are gone.", [
				judged.subject.name, judged.subject.cluster,
			]),
			"steps": [],
		},
	}
}

_judged := [judged |
	some name, state in input.clusters
	not clusters.free(name)
	some found in state.gateways
	count(found.instances) > 1
	judged := {
		"subject": subjects.of_gateway(name, found),
		"instances": found.instances,
		"down": {key: instance.checks | some key, instance in found.instances; gateways.down(instance)},
	}
]
