# METADATA
# title: Peerings
# description: What is asked of a peering record by several rules.
package compliance.lib.peerings

# METADATA
# description: The peerings of a cluster, by id, that nobody deleted or ended.
live(cluster) := {id: record |
	some id, record in input.clusters[cluster].peerings
	not gone(record)
}

# METADATA
# description: It is being deleted, or the other side deleted it.
# scope: document
gone(record) if record.deleted

gone(record) if record.state in {"DELETING", "TERMINATED"}

# METADATA
# description: The stream of this pair (dialing cluster, acceptor's peering id) is proven to take the gateways now.
proven(dialer, pair) if input.derived.path[dialer][pair].verdict == "proven"
