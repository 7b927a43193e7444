"""Shapes of payments and payouts."""
