"""Webhooks: what is told of findings and scans, sent to endpoints until it has arrived."""
