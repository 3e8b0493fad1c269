# METADATA
# title: Mesh gateways
# description: What is asked of a gateway by several rules.
package compliance.lib.gateways

# METADATA
# description: Servers see only gateways of the default partition and namespace (facts 4.2.7); CE names neither.
in_default(gateway) if {
	gateway.partition in {"", "default"}
	gateway.namespace in {"", "default"}
}

# METADATA
# description: Consul would give traffic to this instance; a warning does not take it away.
available(instance) if {
	_checked(instance)
	not down(instance)
}

# METADATA
# description: A check of the instance or of its node is critical, or somebody set it to maintenance.
down(instance) if {
	some check in instance.checks
	check.status in {"critical", "maintenance"}
}

# METADATA
# description: No check watches the service itself, so passing says nothing (facts 7).
unwatched(instance) if {
	not _checked(instance)
	not down(instance)
}

_checked(instance) if {
	some check in instance.checks
	check.scope == "service"
}
