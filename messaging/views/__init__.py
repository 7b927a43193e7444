"""Messages over HTTP: parse, call, answer."""
