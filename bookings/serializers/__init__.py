"""Shapes: what may be sent, and what is answered (built by `presenters`, described here)."""
