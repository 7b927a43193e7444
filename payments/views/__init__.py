"""Payments over HTTP: parse, call, answer."""
