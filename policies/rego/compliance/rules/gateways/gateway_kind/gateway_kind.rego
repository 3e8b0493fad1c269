# METADATA
# title: What is called a mesh gateway is one
# description: Each service that is called like a mesh gateway is registered with kind mesh-gateway.
# related_resources:
# - ref: https://developer.hashicorp.com/consul/docs/east-west/mesh-gateway/cluster-peer
# custom:
#   id: MGP-202
#   severity: high
#   document: [D05]
#   needs: [services]
#   judges: {kind: service, two_sided: false}
#   not_applicable: no service is called like a mesh gateway, or its control plane need not use gateways
#   in_consul: >-
#     Servers find gateways by their kind and never by name: what was registered without a kind, or as a sidecar, is
#     never advertised nor dialed, and nothing says so.
#   mend: text
#   parameters:
#     - name: name_pattern
#       type: string
#       default: "mesh-?gateway"
#       meaning: regular expression of the names that mean a mesh gateway, among those that hold mesh-gateway or mesh-gw
#     - {name: max_names, type: integer, default: 20, meaning: more such services in a cluster are left unknown}
package compliance.rules.gateways.gateway_kind

import data.compliance.lib.clusters
import data.compliance.lib.subjects

subject contains s if {
	some judged in _judged
	s := judged.subject
}

subject contains s if {
	some name in _crowded
	s := subjects.of_cluster(name)
}

violation contains v if {
	some judged in _judged
	judged.wrong != "mesh-gateway"
	v := {
		"subject": judged.subject,
		"message": sprintf("service %s in %s is called like a mesh gateway, and an instance has the kind %q", [
			judged.subject.name, judged.subject.cluster, judged.wrong,
		]),
		"evidence": {"kinds": judged.kinds},
		"remedy": {
			"text": sprintf("Register %s in %s anew with kind mesh-gateway, or exempt it by name_pattern if it is none.", [
				judged.subject.name, judged.subject.cluster,
			]),
			"steps": [],
		},
	}
}

unverifiable contains u if {
	some name in _crowded
	u := {
		"subject": subjects.of_cluster(name),
		"needed": sprintf("a name_pattern that fits fewer services of %s, at most %d", [name, _parameters.max_names]),
	}
}

_judged := [judged |
	some name, named in _named
	not name in _crowded
	some service, kinds in named
	wrong := min(kinds)
	judged := {
		"subject": subjects.of_service(name, service),
		"kinds": kinds,
		"wrong": wrong,
	}
]

_parameters := input.catalogue["MGP-202"].parameters

# Consul itself calls the sidecar of a service so.
_named := {name: named |
	some name, state in input.clusters
	not clusters.free(name)
	named := {service: kinds |
		some service, kinds in state.services.lookalikes
		regex.match(_parameters.name_pattern, service)
		not endswith(service, "-sidecar-proxy")
	}
}

_crowded contains name if {
	some name, named in _named
	count(named) > _parameters.max_names
}

_crowded contains name if {
	some name, _ in _named
	input.clusters[name].services.cut
}
