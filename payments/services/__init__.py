"""What may happen to money. See docs/architecture.md for the way of a payment through these modules."""
