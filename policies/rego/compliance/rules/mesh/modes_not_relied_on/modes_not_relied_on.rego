# METADATA
# title: Gateway modes are not taken for the mesh entry
# description: No cluster that peers sets a mesh gateway mode for its proxies while its mesh entry is off.
# related_resources:
# - ref: https://developer.hashicorp.com/consul/docs/east-west/mesh-gateway/cluster-peer
# custom:
#   id: MGP-304
#   severity: info
#   document: [D14]
#   needs: [mesh, proxy_defaults, peerings]
#   judges: {kind: cluster, two_sided: false}
#   not_applicable: the cluster neither peers nor declares peers, or its control plane need not use gateways
#   in_consul: >-
#     The modes local and remote, in proxy-defaults, service-defaults or a proxy, send service traffic through gateways
#     and nothing else. Control-plane traffic follows the mesh entry alone. Judged is proxy-defaults, which sets the
#     mode for all; mode none sends nothing through gateways, so nobody relies on it.
#   mend: text
#   follows_from: [MGP-301]
package compliance.rules.mesh.modes_not_relied_on

import data.compliance.lib.clusters
import data.compliance.lib.subjects

subject contains s if {
	some name, _ in input.clusters
	clusters.required(name)
	clusters.peers(name)
	s := subjects.of_cluster(name)
}

violation contains v if {
	some judged in subject
	not clusters.entry_on(judged.id)
	mode := input.clusters[judged.id].proxy_defaults.MeshGateway.Mode
	mode in {"local", "remote"}
	v := {
		"subject": judged,
		"message": sprintf("%s sets gateway mode %s for its proxies, which its control-plane traffic does not follow", [
			judged.name, mode,
		]),
		"evidence": {"mode": mode, "mesh": input.clusters[judged.id].mesh},
		"remedy": {
			"text": sprintf("Turn the mesh entry of %s on (MGP-301 there has the command); the mode may stay.", [judged.name]),
			"steps": [],
		},
	}
}
