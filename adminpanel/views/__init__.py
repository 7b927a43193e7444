"""The back office over HTTP."""
