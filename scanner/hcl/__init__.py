"""HCL 1 and JSON, read as Consul reads them: text in, a frozen tree with line and column out.

A part of its own: ACL rules and config entries are written in the same language.
"""
