"""The edustream contract's views, by the chapters of its document."""
