# METADATA
# title: A mesh gateway's token grants no more than the gateway needs
# description: >-
#   The token that the operators named grants service write on the gateway's own name, reads of services, nodes,
#   peerings and agents, mesh write, and nothing else.
# related_resources:
# - ref: https://developer.hashicorp.com/consul/docs/security/acl
# custom:
#   id: MGP-606
#   severity: low
#   document: []
#   needs: [gateways, acl]
#   judges: {kind: gateway, two_sided: false}
#   not_applicable: no mesh gateway is registered whose token the operators named
#   in_consul: >-
#     A gateway stands where peers reach it and keeps its token beside its Envoy: what the token grants is what is lost
#     with the machine. Broad grants hide faults too, as they work until somebody narrows them.
#   mend: text
package compliance.rules.acl.acl_least_privilege

import data.compliance.lib.grants

subject contains s if {
	some one in _named
	s := one.subject
}

violation contains v if {
	some one in _named
	count(_told(one.grant, "excess")) > 0
	v := {
		"subject": one.subject,
		"message": sprintf("the token of mesh gateway %s in %s grants more than the gateway needs: %s", [
			one.subject.name, one.subject.cluster, concat("; ", sort(_told(one.grant, "excess"))),
		]),
		"evidence": {"tokens": {accessor: token.excess | some accessor, token in one.grant.tokens}},
		"remedy": {
			"text": sprintf("Take from the policies of %s what the gateway does not need, once nothing else uses them.", [
				concat(" and ", sort([token.name | some token in one.grant.tokens; count(token.excess) > 0])),
			]),
			"steps": [],
		},
	}
}

unverifiable contains u if {
	some one in _named
	count(one.grant.tokens) == 0
	u := {
		"subject": one.subject,
		"needed": sprintf("a token %s: %s has none", [one.grant.named_by, one.subject.cluster]),
	}
}

unverifiable contains u if {
	some one in _named
	count(_told(one.grant, "unread")) > 0
	u := {
		"subject": one.subject,
		"needed": sprintf("a reading of %s", [concat(" and ", sort(_told(one.grant, "unread")))]),
	}
}

_named := [one |
	some one in grants.judged
	one.grant.named_by != null
]

_told(grant, what) := {text | some token in grant.tokens; some text in token[what]}
