# METADATA
# title: Clusters
# description: What is asked of a cluster by several rules.
package compliance.lib.clusters

import data.compliance.lib.peerings

# METADATA
# description: The operators want its control-plane traffic on gateways (D00 leaves the choice to them).
required(name) if input.clusters[name].intent == "required"

# METADATA
# description: It is peered, or its operators declared that it will be.
# scope: document
peers(name) if count(peerings.live(name)) > 0

peers(name) if count(input.clusters[name].declared_peers) > 0

# METADATA
# description: Another cluster dials it.
accepts(name) if {
	some record in peerings.live(name)
	record.role == "acceptor"
}

# METADATA
# description: Its stored mesh entry sends control-plane traffic through gateways; absent means false (facts 1.2).
entry_on(name) if input.clusters[name].mesh.Peering.PeerThroughMeshGateways == true

# METADATA
# description: >-
#   Its operators left the choice, and its entry was read and is off: nothing of its control plane relies on gateways.
free(name) if {
	not required(name)
	"mesh" in object.keys(input.clusters[name])
	not entry_on(name)
}
