# METADATA
# title: Peers can dial the address of a mesh gateway
# description: What a gateway of an accepting cluster advertises is not bound to its own machine or network.
# related_resources:
# - ref: https://developer.hashicorp.com/consul/docs/east-west/mesh-gateway/cluster-peer
# custom:
#   id: MGP-207
#   severity: medium
#   document: [D16]
#   needs: [gateways, peerings]
#   judges: {kind: gateway, two_sided: false}
#   not_applicable: the cluster accepts no peering, has no mesh gateway, or its control plane need not use gateways
#   in_consul: >-
#     A gateway without a WAN address advertises its LAN address, without a word. With several host names as addresses
#     a dialing Consul older than 1.14.11, 1.15.7, 1.16.3 or 1.17.1 gives its gateways what Envoy refuses (GH-19268).
#   mend: text
#   parameters:
#     - {name: allow_loopback, type: boolean, default: false, meaning: peers run on the same machine}
#     - {name: allow_private, type: boolean, default: true, meaning: peers reach private addresses}
package compliance.rules.gateways.gateway_address

import data.compliance.lib.clusters
import data.compliance.lib.peerings
import data.compliance.lib.subjects

subject contains s if {
	some judged in _judged
	s := judged.subject
}

violation contains v if {
	some judged in _judged
	count(judged.faults) > 0
	v := {
		"subject": judged.subject,
		"message": sprintf("mesh gateway %s in %s advertises what its peers cannot dial: %s", [
			judged.subject.name, judged.subject.cluster, concat(", ", sort([text | some text in judged.faults])),
		]),
		"evidence": {"addresses": judged.addresses},
		"remedy": {
			"text": sprintf("Register mesh gateway %s in %s with a WAN address that its peers reach.", [
				judged.subject.name, judged.subject.cluster,
			]),
			"steps": [],
		},
	}
}

_judged := [judged |
	some name, state in input.clusters
	clusters.accepts(name)
	not clusters.free(name)
	some found in state.gateways
	judged := {
		"subject": subjects.of_gateway(name, found),
		"addresses": {key: instance.wan | some key, instance in found.instances},
		"faults": {sprintf("%s (%s)", [instance.wan, fault]) |
			some instance in found.instances
			is_string(instance.wan)
			fault := _fault(name, instance.wan)
		},
	}
]

_fault(name, address) := "loopback" if {
	_is_loopback(address)
} else := "private" if {
	_is_private(address)
} else := text if {
	_is_host_name(address)
	versions := _too_old[name]
	text := sprintf("one of several host names, and a peer runs Consul %s", [concat(", ", sort(versions))])
}

_too_old := {name: versions |
	some name, advertised in input.derived.gateway_addresses
	count({address | some address in advertised; _is_host_name(address)}) > 1
	versions := {version |
		some id, record in peerings.live(name)
		record.role == "acceptor"
		some version in _versions(input.derived.remote[name][id])
		_stumbles(version)
	}
	count(versions) > 0
}

_versions(name) := {node.version |
	some nodes in ["servers", "agents"]
	some node in input.clusters[name][nodes]
	is_string(node.version)
}

_stumbles(version) if {
	minor := concat(".", array.slice(split(version, "."), 0, 2))
	fixed := object.get({"1.14": "1.14.11", "1.15": "1.15.7", "1.16": "1.16.3"}, minor, "1.17.1")
	semver.compare(version, fixed) < 0
}

_is_loopback(address) if {
	not input.catalogue["MGP-207"].parameters.allow_loopback
	regex.match(`^(127\.|localhost:|\[::1\]|\[::ffff:127\.)`, address)
}

_is_private(address) if {
	not input.catalogue["MGP-207"].parameters.allow_private
	regex.match(`^(10\.|192\.168\.|172\.(1[6-9]|2[0-9]|3[01])\.|\[f[cd])`, address)
}

_is_host_name(address) if regex.match(`^[^\[].*[A-Za-z].*:[0-9]+$`, address)
