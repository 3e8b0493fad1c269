# METADATA
# title: Every Envoy option of a mesh gateway is one that takes effect
# description: The Proxy.Config of a gateway has no unknown key, no escape hatch of a sidecar and no broken JSON.
# related_resources:
# - ref: https://developer.hashicorp.com/consul/docs/reference/proxy/envoy
# custom:
#   id: MGP-206
#   severity: low
#   document: [D06]
#   needs: [gateways]
#   judges: {kind: gateway, two_sided: false}
#   not_applicable: no mesh gateway is registered, or its control plane need not use gateways
#   in_consul: >-
#     Consul ignores unknown keys and the escape hatches of sidecars without a word, so a misspelt option is an option
#     that is not set. Broken JSON goes into the bootstrap configuration, with which no Envoy starts. What comes from
#     proxy-defaults is meant for sidecars too and is not judged.
#   mend: text
package compliance.rules.gateways.gateway_option_names

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
	_knows_defaults(judged.subject)
	v := {
		"subject": judged.subject,
		"message": sprintf("mesh gateway %s in %s has options that do not take effect: %s", [
			judged.subject.name, judged.subject.cluster, concat(", ", sort([text | some text in judged.faults])),
		]),
		"evidence": {"options": judged.keys},
		"remedy": {
			"text": sprintf("Correct or remove these keys of Proxy.Config in the registration of mesh gateway %s in %s.", [
				judged.subject.name, judged.subject.cluster,
			]),
			"steps": [],
		},
	}
}

unverifiable contains u if {
	some judged in _judged
	count(judged.faults) > 0
	not _knows_defaults(judged.subject)
	u := {
		"subject": judged.subject,
		"needed": sprintf("proxy-defaults of %s in partition %s, where these options may come from: %s", [
			judged.subject.cluster, _partition(judged.subject), concat(", ", sort([text | some text in judged.faults])),
		]),
	}
}

_judged := [judged |
	some name, state in input.clusters
	not clusters.free(name)
	some found in state.gateways
	judged := {
		"subject": subjects.of_gateway(name, found),
		"keys": sort([key | some instance in found.instances; some key, _ in object.get(instance, "proxy_config", {})]),
		"faults": {sprintf("%s (%s)", [key, fault]) |
			some instance in found.instances
			some key, value in object.get(instance, "proxy_config", {})
			not _inherited(name, key)
			fault := _fault(lower(key), value)
		},
	}
]

# Each partition has proxy-defaults of its own; those of the default one are read.
_knows_defaults(judged) if {
	_partition(judged) == "default"
	"proxy_defaults" in object.keys(input.clusters[judged.cluster])
}

_partition(judged) := "default" if {
	judged.partition == ""
} else := judged.partition

_inherited(name, key) if key in object.keys(input.clusters[name].proxy_defaults.Config)

_fault(key, value) := "no effect on a gateway" if {
	key in _sidecar_hatches
} else := "no valid JSON" if {
	_broken(key, value)
} else := "unknown" if {
	startswith(key, "envoy_")
	not key in _known
}

_broken(key, value) if {
	kinds := _json_kinds[key]
	not value.hidden in kinds
}

_known := (object.keys(options.kinds) | object.keys(_json_kinds)) | _bootstrap_options

_sidecar_hatches := {
	"envoy_cluster_json", "envoy_listener_json", "envoy_listener_tracing_json", "envoy_local_cluster_json",
	"envoy_public_listener_json",
}

_one := {"empty", "json_object"}

_several := {"empty", "json_object", "json_objects"}

_json_kinds := {
	"envoy_extra_static_clusters_json": _several,
	"envoy_extra_static_listeners_json": _several,
	"envoy_extra_stats_sinks_json": _several,
	"envoy_stats_config_json": _one,
	"envoy_tracing_json": _one,
}

_bootstrap_options := {
	"envoy_bootstrap_json_tpl", "envoy_dogstatsd_url", "envoy_hcp_metrics_bind_socket_dir",
	"envoy_prometheus_bind_addr", "envoy_stats_bind_addr", "envoy_stats_flush_interval", "envoy_stats_tags",
	"envoy_statsd_url", "envoy_telemetry_collector_bind_socket_dir",
}
