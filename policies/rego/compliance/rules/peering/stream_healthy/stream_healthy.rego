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
#     cut is dialed again after a pause that doubles, up to 64 s. Heartbeats bear the time of the leader, and answers
#     that of the agent that was asked: where those clocks differ, serve still tells the age by its own.
#   mend: text
#   parameters:
#   - name: max_heartbeat_age_seconds
#     type: integer
#     default: 45
#     meaning: how old the last sign of life of an ACTIVE peering may be
#   follows_from: [MGP-201, MGP-204, MGP-501]
#   settle_seconds: 90
package compliance.rules.peering.stream_healthy

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
	not _silent_ns(judged)
	judged.now_ns == null
	text := sprintf("the time at %s, to tell the age of peering %s's last sign of life: Consul's answers bore no Date", [
		judged.subject.cluster, judged.found.name,
	])
} else := text if {
	not _silent_ns(judged)
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
	age := _seconds(_silent_ns(judged))
	age > input.catalogue["MGP-406"].parameters.max_heartbeat_age_seconds
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
} else := sprintf("See why %s cannot hold the stream of peering %s: gateways up on both sides, their ports open.", [
	judged.subject.cluster, judged.found.name,
])

_judged := [judged |
	some cluster, state in input.clusters
	some id, found in state.peerings
	judged := {
		"subject": subjects.of_peering(cluster, id, found),
		"found": found,
		"now_ns": state.now_ns,
		"heard_ns": _heard_ns(found),
		"least_ns": object.get(found, ["silent", "at_least_ns"], 0),
		"most_ns": object.get(found, ["silent", "at_most_ns"], null),
	}
]

# What a daemon saw on its own clock speaks first. Else it is the age by Consul's clocks, if that can be: an
# answer bears the time of the agent that was asked, and a heartbeat that of the leader.
_silent_ns(judged) := ns if {
	ns := judged.most_ns
	ns != null
	_seconds(ns) <= input.catalogue["MGP-406"].parameters.max_heartbeat_age_seconds
} else := ns if {
	judged.heard_ns != null
	judged.now_ns != null
	age_ns := judged.now_ns - judged.heard_ns
	not _impossible(judged, age_ns)
	ns := max([age_ns, judged.least_ns])
} else := ns if {
	ns := judged.least_ns
	_seconds(ns) > input.catalogue["MGP-406"].parameters.max_heartbeat_age_seconds
}

_impossible(judged, age_ns) if {
	age_ns < judged.least_ns - _tolerance_ns
}

_impossible(judged, age_ns) if {
	most_ns := judged.most_ns
	most_ns != null
	age_ns > most_ns + _tolerance_ns
}

# The time of an answer has whole seconds, and clocks that are held together differ by a little.
_tolerance_ns := 5000000000

# The heartbeat is null for some 17 s after each reconnect while messages come in (facts 13.18).
_heard_ns(found) := heartbeat_ns if {
	heartbeat_ns := found.last_heartbeat_ns
	heartbeat_ns != null
} else := found.last_receive_ns

# Without the rest the quotient is a whole number, on which all engines agree whatever its size.
_seconds(ns) := (ns - (ns % 1000000000)) / 1000000000
