"""Support over HTTP: parse, call, answer."""
