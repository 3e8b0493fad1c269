"""Judges peered Consul clusters against HashiCorp's document on control-plane traffic through mesh gateways.

The way of the data is the way of the rooms: collect -> derive -> evaluate -> findings -> publish.
"""

__version__ = "0.1.0"
