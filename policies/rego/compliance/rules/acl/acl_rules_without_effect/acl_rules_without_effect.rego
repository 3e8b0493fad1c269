# METADATA
# title: Every rule of a mesh gateway's policies has an effect
# description: >-
#   No policy of a token that is or could be a mesh gateway's holds a rule that Consul accepts and that grants nothing.
# related_resources:
# - ref: https://developer.hashicorp.com/consul/docs/reference/acl/rule
# custom:
#   id: MGP-607
#   severity: medium
#   document: [D13, D21]
#   needs: [gateways, acl]
#   judges: {kind: acl_policy, two_sided: false}
#   not_applicable: no mesh gateway is registered, or no token is known that could be its own
#   in_consul: >-
#     Consul stores an unknown resource, a partition_prefix in the community edition (the document's Enterprise form)
#     and peering = "Read" with a capital letter without a word, and grants nothing by them.
#   mend: text
package compliance.rules.acl.acl_rules_without_effect

import data.compliance.lib.subjects

subject contains s if {
	some one in _policies
	s := subjects.of_acl_policy(one.cluster, one.id, one.policy.name)
}

violation contains v if {
	some one in _policies
	count(one.policy.ignored) > 0
	v := {
		"subject": subjects.of_acl_policy(one.cluster, one.id, one.policy.name),
		"message": sprintf("ACL policy %s of %s has rules that grant nothing: %s", [
			one.policy.name, one.cluster, concat("; ", _places(one.policy)),
		]),
		"evidence": {"ignored": one.policy.ignored},
		"remedy": {
			"text": sprintf("Write these lines of ACL policy %s of %s as Consul reads them, or take them out.", [
				one.policy.name, one.cluster,
			]),
			"steps": [],
		},
	}
}

unverifiable contains u if {
	some one in _policies
	one.policy.fault != null
	u := {
		"subject": subjects.of_acl_policy(one.cluster, one.id, one.policy.name),
		"needed": sprintf("a reading of policy %s of %s: %s", [one.policy.name, one.cluster, one.policy.fault]),
	}
}

_policies := [judged |
	some cluster, policies in input.derived.acl_policies
	some id, policy in policies
	judged := {"cluster": cluster, "id": id, "policy": policy}
]

_places(policy) := [sprintf("line %d, %s: %s", [one.line, one.what, one.why]) | some one in policy.ignored]
