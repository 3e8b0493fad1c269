# METADATA
# title: The peering stream is alive
# description: Each peering is ACTIVE, and a heartbeat (or, right after connecting, any message) came in lately.
# related_resources:
# - ref: https://github.com/hashicorp/consul/issues/22868
# custom:
#   id: MGP-406
#   severity: high
#   document: [D16]
#   needs: [peerings]
#   judges: {kind: peering, two_sided: false}
#   not_applicable: the cluster has no peering
#   in_consul: >-
#     ACTIVE means only that a stream object is connected. Heartbeats come every 15 s; a stream without one is given up
#     after 2 minutes. After a leader change an acceptor can read PENDING until the dialer connects again. One that was
#     cut is dialed again after a pause that doubles, up to 64 s; where that fails too, as the other gateway restarts
#     just then, as long after it, and that may happen twice. Heartbeats bear the time of the leader, and answers that
#     of the agent that was asked: where those clocks differ, serve still tells the age by its own. A dialing leader
#     takes the roots of its peer once, when it begins to lead, and trusts what the last of them signed: after two
#     rotations it mostly cannot dial any more.
#   mend: text
#   parameters:
#   - name: max_heartbeat_age_seconds
#     type: integer
#     default: 45
#     meaning: how old the last sign of life of an ACTIVE peering may be
#   follows_from: [MGP-201, MGP-204, MGP-501]
#   settle_seconds: 210
package compliance.rules.peering.stream_healthy

import data.compliance.lib.signs_of_life
import data.compliance.lib.subjects

subject contains s if {
	some judged in _judged
	s := judged.subject
}

violation contains v if {
	some judged in _judged
	reason := _reason(judged)
	v := {
		"subject": judged.subject,
		"message": sprintf("peering %s of %s %s", [judged.found.name, judged.subject.cluster, reason]),
		"evidence": {
			"state": judged.found.state,
			"last_sign_of_life_ns": judged.heard_ns,
			"now_ns": judged.now_ns,
		},
		"remedy": {"text": _remedy(judged), "steps": []},
	}
}

unverifiable contains u if {
	some judged in _judged
	not _reason(judged)
	needed := _needed(judged)
	u := {"subject": judged.subject, "needed": needed}
}

_needed(judged) := text if {
	judged.heard_ns == null
	text := sprintf("a sign of life of peering %s of %s, which is %s and has none yet", [
		judged.found.name, judged.subject.cluster, judged.found.state,
	])
} else := text if {
	not _silent_s(judged)
	judged.now_ns == null
	text := sprintf("the time at %s, to tell the age of peering %s's last sign of life: Consul's answers bore no Date", [
		judged.subject.cluster, judged.found.name,
	])
} else := text if {
	not _silent_s(judged)
	text := sprintf("the age of peering %s's last sign of life at %s: the clocks of Consul's servers differ", [
		judged.found.name, judged.subject.cluster,
	])
}

_reason(judged) := sprintf("is %s", [judged.found.state]) if {
	judged.found.state in {"FAILING", "TERMINATED", "DELETING"}
}

_reason(judged) := sprintf("never connected: it is %s", [judged.found.state]) if {
	judged.found.role == "dialer"
	judged.found.state in {"PENDING", "ESTABLISHING"}
}

_reason(judged) := sprintf("is %s, and was last heard of %d s ago", [judged.found.state, age]) if {
	not judged.found.state in {"FAILING", "TERMINATED", "DELETING"}
	not _dialing(judged.found)
	age := _silent_s(judged)
	age > _longest_s
}

_dialing(found) if {
	found.role == "dialer"
	found.state in {"PENDING", "ESTABLISHING"}
}

_remedy(judged) := text if {
	judged.found.state in {"TERMINATED", "DELETING"}
	text := sprintf("The other side ended peering %s of %s: delete it here, or peer anew.", [
		judged.found.name, judged.subject.cluster,
	])
} else := concat(" ", [
	sprintf("See why %s cannot hold the stream of peering %s:", [judged.subject.cluster, judged.found.name]),
	"gateways up on both sides, their ports open. Where the CA of the accepting side was rotated twice",
	"since the dialing side has its leader, give that side another one (consul operator raft transfer-leader).",
])

_judged := [judged |
	some cluster, state in input.clusters
	some id, found in state.peerings
	judged := {
		"subject": subjects.of_peering(cluster, id, found),
		"found": found,
		"now_ns": state.now_ns,
		"heard_ns": signs_of_life.heard_ns(found),
	}
]

_silent_s(judged) := signs_of_life.seconds(silent_ns) if {
	state := input.clusters[judged.subject.cluster]
	silent_ns := signs_of_life.silent_ns(state, judged.found, _longest_s)
}

_longest_s := input.catalogue["MGP-406"].parameters.max_heartbeat_age_seconds
