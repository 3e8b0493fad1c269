"""Remediation data -> shell text: the one place that quotes."""
