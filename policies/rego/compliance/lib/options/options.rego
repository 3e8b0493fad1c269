# METADATA
# title: Gateway options
# description: What Consul's agent takes as a value of each option, as weakly as it decodes them (facts 5, 13.25).
package compliance.lib.options

# METADATA
# description: The options that the agent decodes, and what each has to be.
kinds := {
	"connect_timeout_ms": "whole number",
	"envoy_dns_discovery_type": "text",
	"envoy_gateway_bind_addresses": "set of named addresses",
	"envoy_gateway_bind_tagged_addresses": "truth value",
	"envoy_gateway_no_default_bind": "truth value",
	"envoy_gateway_remote_tcp_enable_keepalive": "truth value",
	"envoy_gateway_remote_tcp_keepalive_interval": "whole number",
	"envoy_gateway_remote_tcp_keepalive_probes": "whole number",
	"envoy_gateway_remote_tcp_keepalive_time": "whole number",
	"envoy_mesh_gateway_bind_addresses": "set of named addresses",
	"envoy_mesh_gateway_bind_tagged_addresses": "truth value",
	"envoy_mesh_gateway_no_default_bind": "truth value",
}

# METADATA
# description: The agent can decode the value as that kind.
# scope: document
fits("whole number", value) if _whole(_only(value))

fits("truth value", value) if _truth(_only(value))

fits("text", value) if type_name(_only(value)) in _scalars

fits("set of named addresses", value) if {
	is_object(_only(value))
	count({name | some name, place in _only(value); not _is_place(_only(place))}) == 0
}

fits("set of named addresses", value) if count(value) == 0

# METADATA
# description: The agent decodes the value as true.
# scope: document
truthy(value) if _only(value) == true

truthy(value) if _only(value) in _true_texts

truthy(value) if {
	is_number(_only(value))
	_only(value) != 0
}

_scalars := {"null", "boolean", "number", "string"}

_true_texts := {"1", "t", "T", "TRUE", "true", "True"}

_false_texts := {"", "0", "f", "F", "FALSE", "false", "False"}

# HCL makes a list of what is written as a block; the agent takes a list of one thing for the thing.
_only(value) := thing if {
	is_array(value)
	count(value) == 1
	thing := value[0]
} else := value

_whole(value) if type_name(value) in {"null", "boolean", "number"}

_whole(value) if {
	is_string(value)
	regex.match(`^[+-]?([0-9][0-9_]*|0[xX][0-9A-Fa-f_]+|0[bB][01_]+|0[oO][0-7_]+)?$`, value)
}

_truth(value) if type_name(value) in {"null", "boolean", "number"}

_truth(value) if value in (_true_texts | _false_texts)

_is_place(place) if {
	is_object(place)
	count({field | some field, value in place; _misfit(lower(field), _only(value))}) == 0
}

_misfit("port", value) if not _whole(value)

_misfit("address", value) if not type_name(value) in _scalars
