# METADATA
# title: A mesh gateway's token may write its own service
# description: With ACLs on, the token of each mesh gateway grants service write on the gateway's own name.
# related_resources:
# - ref: https://developer.hashicorp.com/consul/docs/east-west/mesh-gateway/cluster-peer
# custom:
#   id: MGP-601
#   severity: high
#   document: [D09, D11]
#   needs: [gateways, acl]
#   judges: {kind: gateway, two_sided: false}
#   not_applicable: no mesh gateway is registered
#   in_consul: >-
#     Without it the gateway cannot register, and its agent gets no trust bundles for it. Consul does not tell which
#     token a gateway uses, and a token that lost the grant shows only when the gateway registers anew. A server of
#     1.22.7 may even grant it by what another token with a shared policy has, until it restarts: no policy says so.
#   mend: commands
package compliance.rules.acl.acl_gateway_service

import data.compliance.lib.grants

subject contains s if {
	some one in grants.judged
	s := one.subject
}

violation contains v if {
	some one in grants.judged
	grants.lacks(one.grant, "service_write")
	v := grants.violation(one, "service_write")
}

unverifiable contains u if {
	some one in grants.judged
	not grants.has(one.grant, "service_write")
	u := {"subject": one.subject, "needed": grants.needed(one, "service_write")}
}
