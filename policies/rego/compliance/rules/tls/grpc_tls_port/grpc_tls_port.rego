# METADATA
# title: The accepting servers listen on a gRPC TLS port
# description: Each server of an accepting cluster has a gRPC TLS port, which the peering stream ends on.
# related_resources:
# - ref: https://developer.hashicorp.com/consul/docs/reference/agent/configuration-file/general
# custom:
#   id: MGP-501
#   severity: critical
#   document: [D19]
#   needs: [servers, peerings]
#   judges: {kind: server, two_sided: false}
#   not_applicable: no other cluster dials this one
#   in_consul: >-
#     Peering is TLS from server to server; gateways only pass it on. Since 1.14 the plain gRPC port never carries
#     TLS, so a server without a gRPC TLS port cannot accept a stream; servers default to port 8503.
#   mend: text
package compliance.rules.tls.grpc_tls_port

import data.compliance.lib.clusters
import data.compliance.lib.subjects

subject contains s if {
	some judged in _judged
	s := judged.subject
}

violation contains v if {
	some judged in _judged
	not _listens(judged.found)
	_plain_only(judged.found)
	v := {
		"subject": judged.subject,
		"message": sprintf("server %s of %s has no gRPC TLS port", [judged.subject.name, judged.subject.cluster]),
		"evidence": {"grpc_port": judged.found.grpc_port, "grpc_tls_port": null, "version": judged.found.version},
		"remedy": {
			"text": sprintf("Set ports.grpc_tls (8503 by default) on server %s of %s and restart it.", [
				judged.subject.name, judged.subject.cluster,
			]),
			"steps": [],
		},
	}
}

unverifiable contains u if {
	some judged in _judged
	not _listens(judged.found)
	not _plain_only(judged.found)
	u := {
		"subject": judged.subject,
		"needed": sprintf("whether gRPC port of server %s of %s carries TLS: before 1.14 it may", [
			judged.subject.name, judged.subject.cluster,
		]),
	}
}

_listens(server) if server.grpc_tls_port != null

# agent/agent.go, listenAndServeGRPC: since 1.14.0 the grpc port is served in plain text only.
_plain_only(server) if {
	server.version != null
	semver.compare(server.version, "1.14.0") >= 0
}

_plain_only(server) if server.grpc_port == null

_judged := [judged |
	some name, state in input.clusters
	clusters.accepts(name)
	some node, found in state.servers
	judged := {"subject": subjects.of_server(name, node), "found": found}
]
