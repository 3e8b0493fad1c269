# METADATA
# title: The options of a mesh gateway can be decoded, and it listens
# description: Each option in the merged Proxy.Config of a gateway has its type, and they leave a listener.
# related_resources:
# - ref: https://developer.hashicorp.com/consul/docs/reference/proxy/envoy#gateway-options
# custom:
#   id: MGP-205
#   severity: high
#   document: [D06]
#   needs: [gateways]
#   judges: {kind: gateway, two_sided: false}
#   not_applicable: no mesh gateway is registered, or its control plane need not use gateways
#   in_consul: >-
#     Consul decodes weakly ("5000" and "true" are right). A value that it cannot decode is only logged by the agent:
#     a running Envoy keeps what it has, and the next one that starts never listens. Without the default listener and
#     any other, the next one is ready and deaf, and the peering goes past it.
#   mend: text
package compliance.rules.gateways.gateway_options

import data.compliance.lib.clusters
import data.compliance.lib.options
import data.compliance.lib.subjects

subject contains s if {
	some judged in _judged
	s := judged.subject
}

violation contains v if {
	some judged in _judged
	count(judged.faults) > 0
	v := {
		"subject": judged.subject,
		"message": sprintf("the next Envoy of mesh gateway %s in %s would not listen: %s", [
			judged.subject.name, judged.subject.cluster, concat("; ", sort([text | some text in judged.faults])),
		]),
		"evidence": {"options": {key: config | some key, config in judged.configs}},
		"remedy": {
			"text": sprintf("Correct these options in the registration of mesh gateway %s in %s, or in proxy-defaults.", [
				judged.subject.name, judged.subject.cluster,
			]),
			"steps": [],
		},
	}
}

_judged := [judged |
	some name, state in input.clusters
	not clusters.free(name)
	some found in state.gateways
	configs := {key: object.get(instance, "proxy_config", {}) | some key, instance in found.instances}
	judged := {
		"subject": subjects.of_gateway(name, found),
		"configs": configs,
		"faults": {text | some key, config in configs; some text in _faults(key, config)},
	}
]

_faults(key, config) := _wrong(key, config) | {text |
	_deaf(config)
	text := sprintf("%s has envoy_gateway_no_default_bind and no other listener", [key])
}

_wrong(key, config) := {sprintf("%s: %s is no %s", [key, option, kind]) |
	some option, value in config
	kind := options.kinds[option]
	not options.fits(kind, value)
}

_deaf(config) if {
	_on(config, "no_default_bind")
	not _on(config, "bind_tagged_addresses")
	not _binds(config)
}

_on(config, option) if {
	some prefix in {"envoy_gateway_", "envoy_mesh_gateway_"}
	options.truthy(config[concat("", [prefix, option])])
}

_binds(config) if {
	some option in {"envoy_gateway_bind_addresses", "envoy_mesh_gateway_bind_addresses"}
	count(config[option]) > 0
}
