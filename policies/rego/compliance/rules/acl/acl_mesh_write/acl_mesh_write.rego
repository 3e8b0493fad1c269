# METADATA
# title: A mesh gateway's token may write the mesh where services are exported
# description: >-
#   With ACLs on, the token of each mesh gateway of a cluster that exports services to a peer grants mesh write.
# related_resources:
# - ref: https://developer.hashicorp.com/consul/docs/east-west/mesh-gateway/cluster-peer
# custom:
#   id: MGP-604
#   severity: medium
#   document: [D11]
#   needs: [gateways, acl, peerings]
#   judges: {kind: gateway, two_sided: false}
#   not_applicable: no mesh gateway is registered, or the cluster exports no service to a peer
#   in_consul: >-
#     The gateway needs it for a certificate of its own, which it uses as soon as a service is exported. Control-plane
#     traffic does not need it. Without a mesh rule an operator rule decides.
#   mend: commands
package compliance.rules.acl.acl_mesh_write

import data.compliance.lib.grants
import data.compliance.lib.peerings

subject contains s if {
	some one in _exporting
	s := one.subject
}

violation contains v if {
	some one in _exporting
	grants.lacks(one.grant, "mesh_write")
	v := grants.violation(one, "mesh_write")
}

unverifiable contains u if {
	some one in _exporting
	not grants.has(one.grant, "mesh_write")
	u := {"subject": one.subject, "needed": grants.needed(one, "mesh_write")}
}

_exporting := [one |
	some one in grants.judged
	some record in peerings.live(one.subject.cluster)
	record.exported_services > 0
]
