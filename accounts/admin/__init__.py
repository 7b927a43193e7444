"""People in the back office."""

from accounts.admin import people, tutors

__all__ = ["people", "tutors"]
