"""The edustream document's own examples, with what we answer besides, by its chapters."""

from typing import Any

from api.edustream.examples import (
    accounts,
    availability,
    bookings,
    catalog,
    messages,
    notifications,
    packages,
    reviews,
    students,
    tutors,
    users,
)

CHAPTERS = (
    accounts,
    availability,
    bookings,
    catalog,
    messages,
    notifications,
    packages,
    reviews,
    students,
    tutors,
    users,
)

EXAMPLES: dict[str, dict[Any, Any]] = {
    operation: example for chapter in CHAPTERS for operation, example in chapter.EXAMPLES.items()
}
