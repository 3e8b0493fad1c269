# METADATA
# title: The mesh entry sends control-plane traffic through gateways
# description: Each cluster that peers has a mesh config entry with Peering.PeerThroughMeshGateways set to true.
# related_resources:
# - ref: https://developer.hashicorp.com/consul/docs/reference/config-entry/mesh
# custom:
#   id: MGP-301
#   severity: critical
#   document: [D07, D14]
#   needs: [mesh, peerings]
#   judges: {kind: cluster, two_sided: false}
#   not_applicable: the cluster neither peers nor declares peers, or its control plane need not use gateways
#   in_consul: >-
#     A missing entry, a missing block and false mean the same: an accepting cluster advertises its servers instead of
#     its gateways, a dialing cluster dials directly. Nothing reports it, the peering stays ACTIVE. Only the entry in
#     the default partition counts; gateway modes have no effect on control-plane traffic.
#   mend: commands
package compliance.rules.mesh.mesh_entry

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
	v := {
		"subject": judged,
		"message": sprintf("%s %s: its peering control-plane traffic goes past its mesh gateways", [
			judged.name, _reason(judged.id),
		]),
		"evidence": {"entry": input.clusters[judged.id].mesh},
		"remedy": _remedy(judged.id),
	}
}

_reason(name) := "has no mesh config entry" if {
	input.clusters[name].mesh == null
} else := "has a mesh config entry without Peering.PeerThroughMeshGateways = true"

_remedy(name) := {
	"text": sprintf("Kubernetes owns the entry of %s: set spec.peering.peerThroughMeshGateways in its Mesh.", [name]),
	"steps": [],
} if {
	input.clusters[name].mesh.Meta["external-source"] == "kubernetes"
} else := {
	"text": sprintf("Write the mesh config entry of %s with the flag set; the rest of it stays as it is.", [name]),
	"steps": [{
		"argv": ["consul", "config", "write", "-cas", "-modify-index", sprintf("%d", [_index(name)]), "-"],
		"stdin": object.union(
			object.remove(_entry(name), ["CreateIndex", "ModifyIndex", "Hash"]),
			{"Kind": "mesh", "Peering": {"PeerThroughMeshGateways": true}},
		),
	}],
}

_entry(name) := entry if {
	entry := input.clusters[name].mesh
	entry != null
} else := {}

# Check-and-set with index 0 writes only where there is no entry.
_index(name) := object.get(_entry(name), "ModifyIndex", 0)
