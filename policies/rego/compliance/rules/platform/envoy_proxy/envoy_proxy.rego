# METADATA
# title: Each mesh gateway is an Envoy
# description: Envoy's admin interface answers for each instance, or the operators attest that it is an Envoy.
# related_resources:
# - ref: https://developer.hashicorp.com/consul/docs/east-west/mesh-gateway/cluster-peer
# custom:
#   id: MGP-103
#   severity: medium
#   document: [D03]
#   needs: [gateways]
#   judges: {kind: gateway, two_sided: false}
#   not_applicable: no mesh gateway is registered, or its control plane need not use gateways
#   in_consul: >-
#     The kind of a service is only a word: nothing in Consul's API tells which program listens there. Envoy's admin
#     interface does, else the operators have to.
#   mend: text
package compliance.rules.platform.envoy_proxy

import data.compliance.lib.clusters
import data.compliance.lib.subjects

subject contains s if {
	some judged in _judged
	s := judged.subject
}

violation contains v if {
	some judged in _judged
	reason := _reason(judged)
	v := {
		"subject": judged.subject,
		"message": sprintf(reason.message, array.concat([judged.subject.name, judged.subject.cluster], reason.names)),
		"evidence": {"attested": judged.proxy, "envoy_versions": judged.seen, "strangers": judged.strangers},
		"remedy": {
			"text": sprintf(reason.mend, [judged.subject.name, judged.subject.cluster]),
			"steps": [],
		},
	}
}

unverifiable contains u if {
	some judged in _judged
	judged.proxy == null
	count([key | some key, null in judged.seen]) > 0
	u := {
		"subject": judged.subject,
		"needed": sprintf("Envoy's admin interface or gateways.attest.proxy for mesh gateway %s in %s: %s", [
			judged.subject.name, judged.subject.cluster, concat(", ", sort([key | some key, null in judged.seen])),
		]),
	}
}

_reason(judged) := {
	"message": "mesh gateway %s in %s is no Envoy, as its operators attest",
	"names": [],
	"mend": "Serve mesh gateway %s in %s by Envoy: the peering needs what Consul configures there.",
} if {
	judged.proxy == "other"
} else := {
	"message": "of mesh gateway %s in %s: what answers at its envoy_admin is no Envoy: %s",
	"names": [concat("; ", sort([text | some text in judged.strangers]))],
	"mend": "Correct envoy_admin of mesh gateway %s in %s in the config; if it is right, serve the gateway by Envoy.",
} if {
	count(judged.strangers) > 0
}

_judged := [judged |
	some name, state in input.clusters
	not clusters.free(name)
	some gateway, found in state.gateways
	judged := {
		"subject": subjects.of_gateway(name, found),
		"proxy": object.get(state, ["attested", gateway, "proxy"], null),
		"strangers": {sprintf("%s (%s)", [key, told.fault]) |
			some key, _ in found.instances
			told := object.get(state, ["envoy", gateway, key], {})
			object.get(told, "stranger", false)
		},
		"seen": {key: object.get(state, ["envoy", gateway, key, "version"], null) | some key, _ in found.instances},
	}
]
