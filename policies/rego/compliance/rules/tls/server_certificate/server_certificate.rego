# METADATA
# title: The dialing cluster can verify the accepting servers
# description: The dialing side expects the acceptor's own server name, knows its active root, and that root lasts.
# related_resources:
# - ref: https://developer.hashicorp.com/consul/docs/east-west/cluster-peering
# custom:
#   id: MGP-502
#   severity: high
#   document: [D19]
#   needs: [roots, peerings]
#   judges: {kind: pair, two_sided: true}
#   not_applicable: the cluster has no live peering
#   in_consul: >-
#     The stream is TLS to server.<dc>.peering.<trust domain>, verified by the roots that the dialing side holds. A
#     rotated root reaches it within a second over a running stream, and not at all while the stream is down.
#   mend: text
#   parameters:
#   - name: ca_expiry_days
#     type: integer
#     default: 30
#     meaning: days before its end at which the accepting cluster's active root is told
#   follows_from: [MGP-406]
#   settle_seconds: 90
package compliance.rules.tls.server_certificate

import data.compliance.lib.subjects

subject contains s if {
	some pair in input.derived.pairs
	s := subjects.of_pair(pair)
}

violation contains v if {
	some found in _judged
	count(found.wrong) > 0
	v := {
		"subject": found.subject,
		"message": concat("; ", found.wrong),
		"evidence": {
			"server_name": found.record.server_name,
			"expected_server_name": found.expected,
			"active_root": found.state.roots.active,
			"active_root_fingerprint": found.root.fingerprint,
			"active_root_not_after_ns": found.root.not_after_ns,
			"known_fingerprints": found.record.ca_fingerprints,
		},
		"remedy": {
			"text": sprintf("Renew the root of %s where it ends; bring the stream back, which hands roots on (MGP-406).", [
				found.pair.peer,
			]),
			"steps": [],
		},
	}
}

unverifiable contains u if {
	some pair in input.derived.pairs
	pair.peer == null
	u := {"subject": subjects.of_pair(pair), "needed": pair.missing}
}

unverifiable contains u if {
	some judged in subject
	judged.peer != null
	not judged in {found.subject | some found in _judged}
	u := {
		"subject": judged,
		"needed": sprintf(
			"of %s the clock, the active root with its end, and the datacenter (node:read and service:read, or agent:read)",
			[judged.peer],
		),
	}
}

_judged := [found |
	some pair in input.derived.pairs
	state := input.clusters[pair.peer]
	root := state.roots.certificates[state.roots.active]
	count({value | some value in [root.not_after_ns, state.now_ns, state.datacenter]; value == null}) == 0
	some id, record in input.clusters[pair.cluster].peerings
	record.role == "dialer"
	pair.id in {id, record.peer_id}
	expected := sprintf("server.%s.peering.%s", [state.datacenter, state.trust_domain])
	seen := {"pair": pair, "record": record, "state": state, "root": root, "expected": expected}
	wrong := sort({text | some text in [_strange_name(seen), _strange_root(seen), _ending_root(seen)]; text != ""})
	found := object.union(seen, {"subject": subjects.of_pair(pair), "wrong": wrong})
]

_strange_name(seen) := "" if {
	seen.record.server_name == seen.expected
} else := sprintf("%s expects the name %v, not %s", [seen.pair.cluster, seen.record.server_name, seen.expected])

_strange_root(seen) := "" if {
	seen.root.fingerprint in seen.record.ca_fingerprints
} else := sprintf("%s does not know the active root of %s", [seen.pair.cluster, seen.pair.peer])

_ending_root(seen) := "" if {
	seen.root.not_after_ns - seen.state.now_ns > _days * 86400000000000
} else := sprintf("the active root of %s ends in less than %d days", [seen.pair.peer, _days])

_days := input.catalogue["MGP-502"].parameters.ca_expiry_days
