"""People in the back office."""

from accounts.admin import people, revisions, tutors

__all__ = ["people", "revisions", "tutors"]
