# METADATA
# title: A mesh gateway's token may read all services
# description: With ACLs on, the token of each mesh gateway grants service read on all services.
# related_resources:
# - ref: https://developer.hashicorp.com/consul/docs/east-west/mesh-gateway/cluster-peer
# custom:
#   id: MGP-602
#   severity: high
#   document: [D10, D11]
#   needs: [gateways, acl]
#   judges: {kind: gateway, two_sided: false}
#   not_applicable: no mesh gateway is registered
#   in_consul: >-
#     What the token may not read is missing from the gateway's routes without a word, Consul's own service among it:
#     then nothing reaches its servers through the gateway. One rule that denies a name is enough to not read all. A
#     server of 1.22.7 may even grant more, by what another token with a shared policy has, until it restarts.
#   mend: commands
package compliance.rules.acl.acl_services_read

import data.compliance.lib.grants

subject contains s if {
	some one in grants.judged
	s := one.subject
}

violation contains v if {
	some one in grants.judged
	grants.lacks(one.grant, "services_read")
	v := grants.violation(one, "services_read")
}

unverifiable contains u if {
	some one in grants.judged
	not grants.has(one.grant, "services_read")
	u := {"subject": one.subject, "needed": grants.needed(one, "services_read")}
}
