# METADATA
# title: Subjects
# description: The one place that builds what a verdict is about (design section 10).
package compliance.lib.subjects

# METADATA
# description: A cluster of the scan.
of_cluster(name) := _subject({"cluster": name, "kind": "cluster", "id": name, "name": name})

# METADATA
# description: A Consul server, by its node name.
of_server(cluster, node) := _subject({"cluster": cluster, "kind": "server", "id": node, "name": node})

# METADATA
# description: The Consul agent of a node.
of_agent(cluster, node) := _subject({"cluster": cluster, "kind": "agent", "id": node, "name": node})

# METADATA
# description: A mesh gateway, which is a service; its instances come and go.
of_gateway(cluster, gateway) := _subject({
	"cluster": cluster,
	"kind": "gateway",
	"id": gateway.service,
	"name": gateway.service,
	"partition": gateway.partition,
	"namespace": gateway.namespace,
})

# METADATA
# description: A config entry, by kind and name, in a partition.
of_config_entry(cluster, partition, id) := _subject({
	"cluster": cluster,
	"kind": "config_entry",
	"id": id,
	"name": id,
	"partition": partition,
})

# METADATA
# description: A service by its name.
of_service(cluster, name) := _subject({"cluster": cluster, "kind": "service", "id": name, "name": name})

# METADATA
# description: An ACL policy, by its id.
of_acl_policy(cluster, id, name) := _subject({"cluster": cluster, "kind": "acl_policy", "id": id, "name": name})

# METADATA
# description: One side's record of a peering, by its id there; the name is the local alias.
of_peering(cluster, id, peering) := _subject({
	"cluster": cluster,
	"kind": "peering",
	"id": id,
	"name": peering.name,
	"partition": peering.partition,
	"peer": input.derived.remote[cluster][id],
})

# METADATA
# description: Two peered clusters, by the acceptor's peering id, which both sides know.
of_pair(pair) := _subject({
	"cluster": pair.cluster,
	"kind": "pair",
	"id": pair.id,
	"name": pair.name,
	"peer": pair.peer,
})

# METADATA
# description: A rule itself, when it is the rule that is wrong.
of_rule(id, meta) := _subject({"cluster": "", "kind": "rule", "id": id, "name": meta.name})

_subject(fields) := object.union({"partition": "", "namespace": "", "peer": null}, fields)
