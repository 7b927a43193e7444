"""Messages, conversations and people as data, in canonical form. Built from plain rows."""
