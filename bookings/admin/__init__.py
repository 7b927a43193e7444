"""Hours, bookings, packages and reviews in the back office."""

from bookings.admin import availability, bookings, calendar, packages, reviews

__all__ = ["availability", "bookings", "calendar", "packages", "reviews"]
