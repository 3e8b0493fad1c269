# METADATA
# title: A mesh gateway has an instance that works
# description: Of each mesh gateway at least one instance passes its checks.
# related_resources:
# - ref: https://developer.hashicorp.com/consul/docs/east-west/mesh-gateway/cluster-peer
# custom:
#   id: MGP-204
#   severity: critical
#   document: [D04]
#   needs: [gateways]
#   judges: {kind: gateway, two_sided: false}
#   not_applicable: no mesh gateway is registered, or its control plane need not use gateways
#   in_consul: >-
#     Gateway health is ignored for control-plane traffic: a critical gateway is still advertised to peers and dialed,
#     and while it is down the peering fails, or goes past the gateway.
#   mend: text
#   settle_seconds: 60
package compliance.rules.gateways.gateway_available

import data.compliance.lib.clusters
import data.compliance.lib.gateways
import data.compliance.lib.subjects

subject contains s if {
	some judged in _judged
	s := judged.subject
}

violation contains v if {
	some judged in _judged
	every instance in judged.found.instances {
		gateways.down(instance)
	}
	v := {
		"subject": judged.subject,
		"message": sprintf("no instance of mesh gateway %s in %s passes its checks: %s", [
			judged.subject.name, judged.subject.cluster, concat(", ", sort([text | some text in _failing(judged.found)])),
		]),
		"evidence": {"instances": judged.found.instances},
		"remedy": {
			"text": sprintf("Start the Envoy of mesh gateway %s in %s again, or repair what its checks report.", [
				judged.subject.name, judged.subject.cluster,
			]),
			"steps": [],
		},
	}
}

unverifiable contains u if {
	some judged in _judged
	some instance in judged.found.instances
	gateways.unwatched(instance)
	not _available(judged.found)
	u := {
		"subject": judged.subject,
		"needed": sprintf("a health check on mesh gateway %s in %s: it has none of its own", [
			judged.subject.name, judged.subject.cluster,
		]),
	}
}

_judged := [judged |
	some name, state in input.clusters
	not clusters.free(name)
	some found in state.gateways
	judged := {"subject": subjects.of_gateway(name, found), "found": found}
]

_available(found) if {
	some instance in found.instances
	gateways.available(instance)
}

_failing(found) := {sprintf("%s: %s is %s", [key, check.name, check.status]) |
	some key, instance in found.instances
	some check in instance.checks
	check.status in {"critical", "maintenance"}
}
