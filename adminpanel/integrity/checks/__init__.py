"""All checks, in the order in which they mend: what the clock has left, states, then the figures that count them."""

from adminpanel.integrity.check import Check
from adminpanel.integrity.checks import (
    clock,
    erasures,
    files,
    histories,
    learning,
    lessons,
    messages,
    notices,
    packages,
    payments,
    people,
    rankings,
    records,
    sessions,
    texts,
)

CHECKS: list[Check] = [
    check
    for chapter in (
        clock,
        people,
        lessons,
        rankings,
        histories,
        sessions,
        packages,
        learning,
        messages,
        notices,
        payments,
        texts,
        erasures,
        records,
        files,
    )
    for check in chapter.CHECKS
]
