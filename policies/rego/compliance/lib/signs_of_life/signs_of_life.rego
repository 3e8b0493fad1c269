# METADATA
# title: Signs of life
# description: When a peering was last heard of, and for how long it has been silent.
package compliance.lib.signs_of_life

# METADATA
# description: >-
#   The last heartbeat by Consul's clock; null for some 17 s after each reconnect, while messages come in (facts 13.18),
#   so the last message then.
heard_ns(peering) := heartbeat_ns if {
	heartbeat_ns := peering.last_heartbeat_ns
	heartbeat_ns != null
} else := peering.last_receive_ns

# METADATA
# description: >-
#   For how long a peering of a cluster (as it was read) gave no sign of life; undefined where nobody can tell. What a
#   daemon saw on its own clock speaks first where it decides what is longer than `most_s`. Else it is the age by
#   Consul's clocks, if that can be: an answer bears the time of the agent that was asked, a heartbeat the leader's.
silent_ns(cluster, peering, most_s) := ns if {
	ns := _most_ns(peering)
	seconds(ns) <= most_s
} else := ns if {
	heard := heard_ns(peering)
	heard != null
	cluster.now_ns != null
	age_ns := cluster.now_ns - heard
	not _impossible(peering, age_ns)
	ns := max([age_ns, _least_ns(peering)])
} else := ns if {
	ns := _least_ns(peering)
	seconds(ns) > most_s
}

# METADATA
# description: Whole seconds. Without the rest the quotient is a whole number, on which all engines agree.
seconds(ns) := (ns - (ns % 1000000000)) / 1000000000

_impossible(peering, age_ns) if age_ns < _least_ns(peering) - _tolerance_ns

_impossible(peering, age_ns) if age_ns > _most_ns(peering) + _tolerance_ns

# The time of an answer has whole seconds, and clocks that are held together differ by a little.
_tolerance_ns := 5000000000

_least_ns(peering) := object.get(peering, ["silent", "at_least_ns"], 0)

_most_ns(peering) := ns if {
	ns := peering.silent.at_most_ns
	ns != null
}
