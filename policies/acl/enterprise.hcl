# What consul-scan needs of a Consul Enterprise cluster, and no more: it only reads.
# From HashiCorp's documentation, not run on Enterprise. It belongs into the default partition and namespace.

# The lists of partitions and namespaces; without this the default ones alone are read.
operator = "read"

partition_prefix "" {
  # The peerings, their state and the addresses that they dial.
  peering = "read"

  # Optional, for MGP-104 alone: which Envoys the agent's Consul supports.
  agent_prefix "" {
    policy = "read"
  }

  namespace_prefix "" {
    # Nodes: without this Consul cuts the lists of servers and of gateways, and hides the agents that host them.
    node_prefix "" {
      policy = "read"
    }

    # Services: which are mesh gateways, at which addresses, with which checks and options.
    service_prefix "" {
      policy = "read"
    }
  }
}
