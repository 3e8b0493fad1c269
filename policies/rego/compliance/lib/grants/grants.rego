# METADATA
# title: Grants
# description: What the ACL tokens of mesh gateways may do, as each rule about one right asks it.
package compliance.lib.grants

import data.compliance.lib.remedies
import data.compliance.lib.subjects

# METADATA
# description: Each mesh gateway whose tokens could be looked for, as {"subject", "grant"}, which `derive` worked out.
judged := [one |
	some cluster, of_cluster in input.derived.grants
	some key, grant in of_cluster
	gateway := input.clusters[cluster].gateways[key]
	one := {"subject": subjects.of_gateway(cluster, gateway), "grant": grant}
]

# METADATA
# description: >-
#   Its token lacks the right: one of those that the operators named, or each that could be it. Where no token could be
#   it nothing is known.
# scope: document
lacks(grant, right) if {
	grant.named_by != null
	count(_lacking(grant, right)) > 0
}

lacks(grant, right) if {
	count(grant.tokens) > 0
	count(_lacking(grant, right)) == count(grant.tokens)
}

# METADATA
# description: The operators named its token, and each token that they can mean has the right.
has(grant, right) if {
	grant.named_by != null
	count(grant.tokens) > 0
	count(grant.tokens) == count(_having(grant, right))
}

# METADATA
# description: The violation of a gateway whose token lacks a right.
violation(one, right) := {
	"subject": one.subject,
	"message": sprintf("%s lacks %s: %s", [_owner(one), _words[right], concat("; ", _reasons(one.grant, right))]),
	"evidence": {"named_by": one.grant.named_by, "tokens": {accessor: seen |
		some accessor, token in _lacking(one.grant, right)
		seen := {"name": token.name, "policies": token.policies, "why": token.rights[right].why}
	}},
	"remedy": remedies.of_grant(_owner(one), _words[right], _mends(one.grant, right)),
}

# METADATA
# description: What would settle whether a gateway's token has a right.
needed(one, right) := text if {
	one.grant.named_by != null
	count(one.grant.tokens) == 0
	text := sprintf("a token %s: %s has none", [one.grant.named_by, one.subject.cluster])
} else := text if {
	count(one.grant.tokens) == 0
	text := sprintf("%s; no token that is not a management token may write its name", [_word(one)])
} else := text if {
	unread := _unread(one.grant, right)
	count(unread) > 0
	text := concat("; ", unread)
} else := sprintf("%s; it could be %s, which %s", [_word(one), concat(" or ", _names(one.grant, right)), _has[right]])

_word(one) := sprintf("the word of its operators which token %s of %s uses (gateways[].token in the config)", [
	one.subject.name,
	one.subject.cluster,
])

_owner(one) := sprintf("the token of mesh gateway %s in %s", [one.subject.name, one.subject.cluster])

_words := {
	"service_write": "service:write on its own name",
	"services_read": "service:read on all services",
	"nodes_read": "node:read on all nodes",
	"peering_read": "peering:read",
	"mesh_write": "mesh:write",
}

_has := {right: sprintf("has %s", [words]) | some right, words in _words}

_lacking(grant, right) := {accessor: token |
	some accessor, token in grant.tokens
	token.rights[right].allowed == false
}

_having(grant, right) := {accessor: token |
	some accessor, token in grant.tokens
	token.rights[right].allowed == true
}

_names(grant, right) := sort([token.name | some token in _having(grant, right)])

_unread(grant, right) := sort([sprintf("a reading of %s", [token.rights[right].why]) |
	some token in grant.tokens
	token.rights[right].allowed == null
])

_reasons(grant, right) := sort([sprintf("%s (%s)", [token.name, token.rights[right].why]) |
	some token in _lacking(grant, right)
])

# None where one of the tokens has no safe mend; `derive` has none where it is not known which of several tokens it is.
_mends(grant, right) := [] if {
	some token in _lacking(grant, right)
	token.rights[right].mend == null
} else := sort({token.rights[right].mend | some token in _lacking(grant, right)})
