"""The edustream document's own examples, with what we answer besides, by its chapters."""

from typing import Any

from api.edustream.examples import (
    accounts,
    audit,
    availability,
    bookings,
    catalog,
    dashboard,
    messages,
    notifications,
    packages,
    people,
    reviews,
    students,
    tutors,
    users,
)

CHAPTERS = (
    accounts,
    audit,
    availability,
    bookings,
    catalog,
    dashboard,
    messages,
    notifications,
    packages,
    people,
    reviews,
    students,
    tutors,
    users,
)

EXAMPLES: dict[str, dict[Any, Any]] = {
    operation: example for chapter in CHAPTERS for operation, example in chapter.EXAMPLES.items()
}
