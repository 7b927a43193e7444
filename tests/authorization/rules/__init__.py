"""The rule of every route, by subject."""

from tests.authorization.matrix import Rule
from tests.authorization.rules import (
    audit,
    availability,
    bookings,
    client,
    courses,
    figures,
    learners,
    matching,
    messages,
    moderation,
    notifications,
    packages,
    payments,
    people,
    progress,
    reviews,
    sessions,
    support,
    tutors,
    users,
)

SUBJECTS = (
    audit,
    availability,
    bookings,
    client,
    courses,
    figures,
    learners,
    matching,
    messages,
    moderation,
    notifications,
    packages,
    payments,
    people,
    progress,
    reviews,
    sessions,
    support,
    tutors,
    users,
)

RULES: dict[str, Rule] = {route: rule for subject in SUBJECTS for route, rule in subject.RULES.items()}

# What a private session's routes answer to who is not a party of it: nothing is there (R-GEN-8).
PRIVATE_SESSION_ROUTES = [route for route in RULES if route.split()[1].startswith("/api/sessions/<id:pk>")]
