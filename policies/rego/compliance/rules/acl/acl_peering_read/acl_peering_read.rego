# METADATA
# title: A mesh gateway's token may read all peerings
# description: With ACLs on, the token of each mesh gateway grants peering read; on Enterprise in all partitions.
# related_resources:
# - ref: https://developer.hashicorp.com/consul/docs/east-west/mesh-gateway/cluster-peer
# custom:
#   id: MGP-603
#   severity: high
#   document: [D12, D13]
#   needs: [gateways, acl]
#   judges: {kind: gateway, two_sided: false}
#   not_applicable: no mesh gateway is registered
#   in_consul: >-
#     Without it the gateway of a dialing cluster has no route to its peers, and the peering dials past it, ACTIVE all
#     the same. It shows when the gateway registers anew, not before. Without a peering rule an operator rule decides;
#     the Enterprise form of the document grants nothing in the community edition, where Consul accepts it.
#   mend: commands
package compliance.rules.acl.acl_peering_read

import data.compliance.lib.grants

subject contains s if {
	some one in grants.judged
	s := one.subject
}

violation contains v if {
	some one in grants.judged
	grants.lacks(one.grant, "peering_read")
	v := grants.violation(one, "peering_read")
}

unverifiable contains u if {
	some one in grants.judged
	not grants.has(one.grant, "peering_read")
	u := {"subject": one.subject, "needed": grants.needed(one, "peering_read")}
}
