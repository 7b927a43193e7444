"""What is known of a tutor and of a student, as far as it counts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import IntEnum
from functools import cached_property

from matching.score.shares import Value, portion

# Ranking scores from here on count, up to five stars.
LEAST_STARS, MOST_STARS = 3, 5
# Tutors are believed to have kept so many lessons besides the real ones.
GOOD_LESSONS = 10
# Who has given fewer lessons, and is here for fewer days, is new.
NEW_LESSONS, NEW_DAYS = 5, 60


class Level(IntEnum):
    """The four steps of languages and subjects."""

    BEGINNER = 1
    INTERMEDIATE = 2
    ADVANCED = 3
    NATIVE = 4


def level_of(word: str) -> Level | None:
    """The step that is called so, whatever the case; None for any other word."""
    return Level.__members__.get(word.strip().upper())


@dataclass(frozen=True)
class Tutor:
    """`subjects` and `languages` have the tutor's level; `free` is in cells (`matching.score.cells`): when lessons are
    to be had, wholly within a lesson that may be booked. `bookings` counts those that came to an end. `rating` is the
    mean that everybody sees, None without reviews; `ranking_score` is shown to nobody (R-RAT-3). What is the same for
    all students is worked out once.
    """

    id: int
    user_id: int
    is_listed: bool = True
    takes_bookings: bool = True
    subjects: Mapping[int, int] = field(default_factory=dict)
    categories: frozenset[str] = frozenset()
    languages: Mapping[str, int] = field(default_factory=dict)
    hourly_rate: Decimal | None = None
    currency: str = "USD"
    ranking_score: Decimal = Decimal(0)
    rating: Decimal | None = None
    bookings: int = 0
    late_cancels: int = 0
    no_shows: int = 0
    lessons: int = 0
    days_here: int = 0
    words: frozenset[str] = frozenset()
    free: int = 0

    @cached_property
    def quality(self) -> Value:
        share = portion(self.ranking_score - LEAST_STARS, MOST_STARS - LEAST_STARS)
        return Value(share, None if self.rating is None else f"{self.rating:.1f}")

    @cached_property
    def reliability(self) -> Value:
        booked = self.bookings + GOOD_LESSONS
        return Value(portion(booked - self.late_cancels - 2 * self.no_shows, booked))

    @cached_property
    def novelty(self) -> Value:
        if self.lessons >= NEW_LESSONS or self.days_here >= NEW_DAYS:
            return Value(0)
        left = (NEW_LESSONS - self.lessons) * (NEW_DAYS - self.days_here)
        return Value(portion(left, NEW_LESSONS * NEW_DAYS), self.lessons)


@dataclass(frozen=True)
class Wishes:
    """What a student wants, as far as it is known: an empty field is one that nobody has said anything of.

    `subjects` have the level that is sought, or None for any; `must_teach`: one of them, and not just something of the
    same kind. `budgets` is the most that an hour may cost, by currency. `free` is in cells. `fingerprint` changes
    whenever anything of it does but the time that passes.
    """

    student_id: int
    subjects: Mapping[int, int | None] = field(default_factory=dict)
    must_teach: bool = False
    categories: frozenset[str] = frozenset()
    languages: Mapping[str, int] = field(default_factory=dict)
    accepts_any_language: bool = False
    budgets: Mapping[str, Decimal] = field(default_factory=dict)
    words: frozenset[str] = frozenset()
    free: int = 0
    minutes: int = 240
    blocked: frozenset[int] = frozenset()
    dismissed: frozenset[int] = frozenset()
    saved: frozenset[int] = frozenset()
    fingerprint: str = ""
