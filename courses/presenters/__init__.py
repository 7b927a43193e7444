"""Courses as data, in canonical form, by subject."""
