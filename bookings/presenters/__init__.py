"""Hours, bookings, packages and reviews as data, in canonical form."""
