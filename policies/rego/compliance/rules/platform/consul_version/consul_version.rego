# METADATA
# title: Consul is 1.14.0 or newer
# description: Every server, and every agent that hosts a mesh gateway, knows peering through gateways.
# related_resources:
# - ref: https://developer.hashicorp.com/consul/docs/east-west/mesh-gateway/cluster-peer
# custom:
#   id: MGP-101
#   severity: critical
#   document: [D01]
#   needs: [servers, gateways, agents]
#   judges: {kind: server, two_sided: false}
#   not_applicable: no server is registered, or its control plane need not use gateways
#   in_consul: >-
#     An older server ignores the mesh entry's peering block; an older agent gives its gateway no route for peering
#     traffic. One old server is enough: it may become the leader, which dials. Pre-releases count as
#     their core version.
#   mend: text
package compliance.rules.platform.consul_version

import data.compliance.lib.clusters
import data.compliance.lib.subjects

_minimum := "1.14.0"

subject contains s if {
	some judged in _judged
	s := judged.subject
}

violation contains v if {
	some judged in _judged
	judged.found.version != null
	semver.compare(judged.found.version, _minimum) < 0
	v := {
		"subject": judged.subject,
		"message": sprintf("%s %s of %s runs Consul %s, older than %s", [
			judged.subject.kind, judged.subject.name, judged.subject.cluster, judged.found.version_text, _minimum,
		]),
		"evidence": {"version": judged.found.version_text, "minimum": _minimum},
		"remedy": {
			"text": sprintf("Upgrade Consul on node %s to %s or newer.", [judged.subject.name, _minimum]),
			"steps": [],
		},
	}
}

unverifiable contains u if {
	some judged in _judged
	judged.found.version == null
	u := {
		"subject": judged.subject,
		"needed": sprintf("the Consul version of node %s, which the catalog does not tell", [judged.subject.name]),
	}
}

_judged contains one if {
	some cluster, state in input.clusters
	not clusters.free(cluster)
	some node, found in state.servers
	one := {"subject": subjects.of_server(cluster, node), "found": found}
}

# A gateway on a server is served by that server, which is judged already. Where nobody gossips there is no agent:
# neither on the nodes that Kubernetes writes nor on a machine with consul-dataplane.
_judged contains one if {
	some cluster, state in input.clusters
	not clusters.free(cluster)
	some node, found in state.agents
	not state.servers[node]
	found.serf_status != null
	one := {"subject": subjects.of_agent(cluster, node), "found": found}
}
