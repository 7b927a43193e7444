"""Certificates as data."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings

from courses.models import Certificate


def certificates(page: Iterable[Certificate]) -> list[dict[str, Any]]:
    """A learner's own; their enrolments are loaded."""
    return [certificate(one) | {"course_id": one.enrolment.course_id} for one in page]


def certificate(issued: Certificate) -> dict[str, Any]:
    """What it says to whoever checks it, in the words of the day on which it was issued."""
    return {
        "code": issued.code,
        "url": url_of(issued.code),
        "learner_name": issued.learner_name,
        "course_title": issued.course_title,
        "tutor_name": issued.tutor_name,
        "issued_at": issued.issued_at,
    }


def url_of(code: str) -> str:
    """The absolute address of its page."""
    return f"{settings.PUBLIC_URL}/certificates/{code}"
