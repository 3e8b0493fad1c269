# METADATA
# title: A Consul agent or consul-dataplane manages each mesh gateway
# description: Each instance is registered with the agent of its node, or by Kubernetes for consul-dataplane.
# related_resources:
# - ref: https://developer.hashicorp.com/consul/docs/east-west/mesh-gateway/cluster-peer
# custom:
#   id: MGP-102
#   severity: medium
#   document: [D02]
#   needs: [gateways]
#   judges: {kind: gateway, two_sided: false}
#   not_applicable: no mesh gateway is registered, or its control plane need not use gateways
#   in_consul: >-
#     The document asks for a local agent; consul-dataplane, of the same release, does without one. An instance that
#     somebody wrote into the catalog by hand is advertised for ever, whatever becomes of it. The catalog does not tell
#     it from consul-dataplane outside Kubernetes.
#   mend: text
#   parameters:
#     - {name: allow_dataplane, type: boolean, default: true, meaning: consul-dataplane may stand in for an agent}
package compliance.rules.platform.local_agent

import data.compliance.lib.clusters
import data.compliance.lib.subjects

subject contains s if {
	some judged in _judged
	s := judged.subject
}

violation contains v if {
	some judged in _judged
	count(judged.bad) > 0
	v := {
		"subject": judged.subject,
		"message": sprintf("no Consul agent manages these instances of mesh gateway %s in %s: %s", [
			judged.subject.name, judged.subject.cluster, concat(", ", sort([key | some key in judged.bad])),
		]),
		"evidence": {"registered_by": judged.by, "attested": judged.proxy},
		"remedy": {
			"text": sprintf("Register mesh gateway %s in %s with the Consul agent of its node.", [
				judged.subject.name, judged.subject.cluster,
			]),
			"steps": [],
		},
	}
}

unverifiable contains u if {
	some judged in _judged
	judged.proxy == null
	"catalog" in {by | some by in judged.by}
	u := {
		"subject": judged.subject,
		"needed": sprintf("gateways.attest.proxy for mesh gateway %s in %s: the catalog has no agent for %s", [
			judged.subject.name, judged.subject.cluster, concat(", ", sort([key | some key, "catalog" in judged.by])),
		]),
	}
}

_judged := [judged |
	some name, state in input.clusters
	not clusters.free(name)
	some gateway, found in state.gateways
	by := {key: object.get(instance, "registered_by", "catalog") | some key, instance in found.instances}
	proxy := object.get(state, ["attested", gateway, "proxy"], null)
	judged := {
		"subject": subjects.of_gateway(name, found),
		"by": by,
		"proxy": proxy,
		"bad": {key | some key, registrar in by; _is_bad(registrar, proxy)},
	}
]

_is_bad(registrar, _) if {
	registrar in {"dataplane", "catalog"}
	not input.catalogue["MGP-102"].parameters.allow_dataplane
}

_is_bad("catalog", proxy) if proxy in {"envoy", "other"}
