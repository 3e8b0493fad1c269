"""Consul's ACL language: what a policy's text says, and what a token may therefore do. Pure."""
