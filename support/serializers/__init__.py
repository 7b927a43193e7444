"""The bodies of support."""
