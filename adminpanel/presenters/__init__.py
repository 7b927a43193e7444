"""Figures as they are answered."""
