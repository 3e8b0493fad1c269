# METADATA
# title: Subjects
# description: The one place that builds what a verdict is about (design section 10).
package compliance.lib.subjects

# METADATA
# description: A cluster of the scan.
of_cluster(name) := _plain("cluster", name, name, name)

# METADATA
# description: A Consul server, by its node name.
of_server(cluster, node) := _plain("server", cluster, node, node)

# METADATA
# description: The Consul agent of a node.
of_agent(cluster, node) := _plain("agent", cluster, node, node)

# METADATA
# description: A mesh gateway, which is a service; its instances come and go.
of_gateway(cluster, gateway) := {
	"cluster": cluster,
	"kind": "gateway",
	"id": gateway.service,
	"name": gateway.service,
	"partition": gateway.partition,
	"namespace": gateway.namespace,
	"peer": null,
}

# METADATA
# description: A config entry, by kind and name, in a partition.
of_config_entry(cluster, partition, id) := {
	"cluster": cluster,
	"kind": "config_entry",
	"id": id,
	"name": id,
	"partition": partition,
	"namespace": "",
	"peer": null,
}

# METADATA
# description: A service by its name.
of_service(cluster, name) := _plain("service", cluster, name, name)

# METADATA
# description: An ACL policy, by its id.
of_acl_policy(cluster, id, name) := _plain("acl_policy", cluster, id, name)

# METADATA
# description: One side's record of a peering, by its id there; the name is the local alias.
of_peering(cluster, id, peering) := {
	"cluster": cluster,
	"kind": "peering",
	"id": id,
	"name": peering.name,
	"partition": peering.partition,
	"peer": input.derived.remote[cluster][id],
	"namespace": "",
}

# METADATA
# description: Two peered clusters, by the acceptor's peering id, which both sides know.
of_pair(pair) := {
	"cluster": pair.cluster,
	"kind": "pair",
	"id": pair.id,
	"name": pair.name,
	"peer": pair.peer,
	"partition": "",
	"namespace": "",
}

# METADATA
# description: A rule itself, when it is the rule that is wrong.
of_rule(id, meta) := _plain("rule", "", id, meta.name)

# Each is written out: to fill up an object would take longer than all the rest of a verdict.
_plain(kind, cluster, id, name) := {
	"cluster": cluster,
	"kind": kind,
	"id": id,
	"name": name,
	"partition": "",
	"namespace": "",
	"peer": null,
}
