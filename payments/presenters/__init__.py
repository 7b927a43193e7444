"""Payments and payouts as data."""
