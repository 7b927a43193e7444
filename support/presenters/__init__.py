"""Tickets as data, in canonical form."""
