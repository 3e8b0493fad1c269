# METADATA
# title: The scanner sees all that it needs, and no secret
# description: Its token reads every section that an enabled rule needs, and may not write ACLs.
# related_resources:
# - ref: https://developer.hashicorp.com/consul/docs/security/acl
# custom:
#   id: MGP-701
#   severity: high
#   document: []
#   needs: [access]
#   judges: {kind: cluster, two_sided: false}
#   not_applicable: no cluster could be asked
#   in_consul: >-
#     Consul answers a weak token with empty lists that look like a clean cluster, and without a token it does not even
#     say that it filtered them. A token that may write ACLs is shown the secrets of others.
#   mend: text
package compliance.rules.scan.scanner_sees_all

import data.compliance.lib.subjects

subject contains s if {
	some name, _ in input.clusters
	s := subjects.of_cluster(name)
}

violation contains v if {
	some name, hidden in _hidden
	faults := _blind(hidden) | _mighty(name)
	count(faults) > 0
	v := {
		"subject": subjects.of_cluster(name),
		"message": sprintf("%s of %s %s", [_token(name), name, concat(", and ", sort(faults))]),
		"evidence": {"missing": _missing(name), "sections": hidden},
		"remedy": {"text": _remedy(name), "steps": []},
	}
}

# What the token may not see of each cluster, of what some rule needs.
_hidden := {name: hidden |
	some name, state in input.clusters
	hidden := {section: read.detail |
		some section, read in state.collection
		read.status in {"denied", "filtered"}
		section in _needed
	}
}

_needed := {section | some meta in input.catalogue; some section in meta.needs}

_blind(hidden) := {sprintf("cannot see %s", [concat(", ", sort(object.keys(hidden)))]) | count(hidden) > 0}

_mighty(name) := {"may write ACLs, so Consul would show it secrets" | input.clusters[name].access.acl_write}

_token(name) := "a scan without a token" if {
	input.clusters[name].access.anonymous
} else := "the scanner's token"

_missing(name) := sort({grant |
	some section, _ in _hidden[name]
	some grant in input.clusters[name].collection[section].missing
})

_remedy(name) := text if {
	missing := _missing(name)
	count(missing) > 0
	text := sprintf("Give the scanner a token for %s that has %s.", [name, concat(", ", missing)])
} else := sprintf("Give the scanner a token for %s that reads everything and has no acl:write.", [name])
