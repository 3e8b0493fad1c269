# What consul-scan needs of a Consul cluster, and no more: it only reads.

# The peerings, their state and the addresses that they dial.
peering = "read"

# Nodes: without this Consul cuts the lists of servers and of gateways, and hides the agents that host them.
node_prefix "" {
  policy = "read"
}

# Services: which are mesh gateways, at which addresses, with which checks and options.
service_prefix "" {
  policy = "read"
}

# Optional, for MGP-104 alone: which Envoys the agent's Consul supports.
agent_prefix "" {
  policy = "read"
}
