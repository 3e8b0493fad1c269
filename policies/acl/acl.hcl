
# Tokens, roles and policies, for the rules about the gateways' own tokens (MGP-601 to 607). Consul hides the secrets.
acl = "read"
