"""Courses over HTTP, by subject."""
