"""A server that answers as a broken, slow or hostile Consul would."""
