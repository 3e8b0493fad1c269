# METADATA
# title: Consul supports the Envoy of each mesh gateway
# description: The minor version of each gateway's Envoy is on the list of the Consul that configures it.
# related_resources:
# - ref: https://developer.hashicorp.com/consul/docs/reference/proxy/envoy#envoy-and-consul-client-agent
# custom:
#   id: MGP-104
#   severity: medium
#   document: [D03]
#   needs: [gateways]
#   judges: {kind: gateway, two_sided: false}
#   not_applicable: no mesh gateway is registered, or its control plane need not use gateways
#   in_consul: >-
#     Only `consul connect envoy` compares versions; no Envoy is refused by the agent. Each Consul carries its own list,
#     which documentation often contradicts: the list of a running agent decides. Each patch of a minor is supported.
#   mend: text
#   follows_from: [MGP-103]
#   parameters:
#     - {name: accept_minor_versions, type: array, default: [], meaning: minors to accept besides the list}
package compliance.rules.platform.envoy_version

import data.compliance.lib.clusters
import data.compliance.lib.subjects

subject contains s if {
	some judged in _judged
	s := judged.subject
}

violation contains v if {
	some judged in _judged
	count(judged.unsupported) > 0
	v := {
		"subject": judged.subject,
		"message": sprintf("Consul does not support the Envoy of mesh gateway %s in %s: %s", [
			judged.subject.name, judged.subject.cluster, concat("; ", sort([one.text | some one in judged.unsupported])),
		]),
		"evidence": {"envoy": judged.envoy, "supported": judged.supported},
		"remedy": {
			"text": sprintf("Run mesh gateway %s in %s with a listed Envoy, or set parameters.MGP-104.accept_minor_versions.", [
				judged.subject.name, judged.subject.cluster,
			]),
			"steps": [],
		},
	}
}

unverifiable contains u if {
	some judged in _judged
	count(judged.missing) > 0
	u := {
		"subject": judged.subject,
		"needed": sprintf("for mesh gateway %s in %s: %s", [
			judged.subject.name, judged.subject.cluster, concat("; ", sort([text | some text in judged.missing])),
		]),
	}
}

_judged := [judged |
	some name, state in input.clusters
	not clusters.free(name)
	some gateway, found in state.gateways
	attested := object.get(state, ["attested", gateway, "envoy_version"], null)
	envoy := {key: _first_known([object.get(state, ["envoy", gateway, key, "version"], null), attested]) |
		some key, _ in found.instances
	}
	supported := object.get(state, ["self", "supported_envoy"], {})
	asked := {key: _consuls(state, instance.node) |
		some key, instance in found.instances
		envoy[key] != null
		not _minor(envoy[key]) in input.catalogue["MGP-104"].parameters.accept_minor_versions
	}
	unlisted := {_unlisted(envoy[key], consul, supported) |
		some key, consuls in asked
		some consul in consuls
		not _minor(envoy[key]) in object.get(supported, consul, [])
	}
	unread := {_no_consul(key) | some key, consuls in asked; count(consuls) == 0}
	judged := {
		"subject": subjects.of_gateway(name, found),
		"envoy": envoy,
		"supported": supported,
		"unsupported": {one | some one in unlisted; one.listed},
		"missing": (({_no_version(key) | some key, null in envoy} | unread) | {one.text |
			some one in unlisted
			not one.listed
		}),
	}
]

_no_version(key) := sprintf("the version of Envoy %s (its admin interface or gateways.attest.envoy_version)", [key])

_no_consul(key) := sprintf("the version of the Consul that configures Envoy %s (its agent, or the servers)", [key])

_unlisted(version, consul, supported) := told if {
	listed := supported[consul]
	told := {
		"listed": true,
		"text": sprintf("%s, where Consul %s has %s", [version, consul, concat(", ", listed)]),
	}
} else := {
	"listed": false,
	"text": sprintf("the Envoys that Consul %s supports (agent:read on an agent of that version)", [consul]),
}

# The agent of its node configures a gateway, and where there is none the servers do.
_consuls(state, node) := {version} if {
	version := state.agents[node].version
	is_string(version)
} else := {server.version | some server in state.servers; is_string(server.version)}

_first_known(values) := first if {
	known := [value | some value in values; value != null]
	first := known[0]
} else := null

_minor(version) := concat(".", array.slice(split(version, "."), 0, 2))
