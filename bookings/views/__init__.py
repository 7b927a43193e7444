"""Hours, bookings, packages and reviews over HTTP: parse, call, answer."""
