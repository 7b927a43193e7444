"""Who may do what: the answer of every route to each of eight people.

A new route without a row in `tests.authorization.rules` fails `test_every_route_has_its_rule`. Requests are valid, so
that only the person decides. Who they are and what they own: `tests.authorization.world`.
"""

from dataclasses import dataclass, replace
from typing import Any

PEOPLE = ("anonymous", "deactivated", "student", "stranger", "host", "other_tutor", "draft_tutor", "admin")


@dataclass(frozen=True)
class Rule:
    """The expected status per person, and the body to send (made from the test's world where it is a function)."""

    answers: dict[str, int]
    body: Any = None
    format: str = "json"

    def send(self, world: dict[str, Any]) -> Any:
        return self.body(world) if callable(self.body) else self.body

    def as_multipart(self) -> "Rule":
        """With a file in the body."""
        return replace(self, format="multipart")


def everybody(status: int, body: Any = None) -> Rule:
    """Whoever asks, signed in or not."""
    return Rule(dict.fromkeys(PEOPLE, status), body)


def signed_in(status: int, body: Any = None, **others: int) -> Rule:
    """401 without a valid sign-in; `others` names who gets something else."""
    answers = dict.fromkeys(PEOPLE, status) | {"anonymous": 401, "deactivated": 401}
    return Rule(answers | others, body)


def host_only(status: int, body: Any = None, *, admin: int, **others: int) -> Rule:
    """The session is everybody's to see, but only its host (and perhaps an admin) may do this."""
    return signed_in(403, body, host=status, admin=admin, **others)
