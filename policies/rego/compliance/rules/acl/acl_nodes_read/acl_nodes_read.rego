# METADATA
# title: A mesh gateway's token may read all nodes
# description: With ACLs on, the token of each mesh gateway grants node read on all nodes.
# related_resources:
# - ref: https://developer.hashicorp.com/consul/docs/east-west/mesh-gateway/cluster-peer
# custom:
#   id: MGP-605
#   severity: medium
#   document: []
#   needs: [gateways, acl]
#   judges: {kind: gateway, two_sided: false}
#   not_applicable: no mesh gateway is registered
#   in_consul: >-
#     The document does not say so, and Consul needs it: health answers leave out what stands on a node that the token
#     may not read, so the gateway's inbound route has no servers.
#   mend: commands
package compliance.rules.acl.acl_nodes_read

import data.compliance.lib.grants

subject contains s if {
	some one in grants.judged
	s := one.subject
}

violation contains v if {
	some one in grants.judged
	grants.lacks(one.grant, "nodes_read")
	v := grants.violation(one, "nodes_read")
}

unverifiable contains u if {
	some one in grants.judged
	not grants.has(one.grant, "nodes_read")
	u := {"subject": one.subject, "needed": grants.needed(one, "nodes_read")}
}
