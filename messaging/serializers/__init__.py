"""Shapes of messages, conversations and files."""
