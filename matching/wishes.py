"""What students want, from what is known of them today. Everything that matching reads of a student is read here.

Subjects: those that their interests, goals, skills or studies name, and those of their lessons and courses, which know
a level, too. Languages: those that they have chosen with a level, and the primary one as a native. Budget: the most
that they have agreed to pay for an hour. Times: the usual hours of their day, without what they have planned.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q

from accounts.models import StudentProfile, User
from accounts.services.listing import plain
from bookings.models import LIVE, Booking, BookingStatus
from bookings.slots import Interval, Span
from bookings.slots.hours import expand, local_date
from catalog import languages
from catalog.models import Subject
from courses.models import Enrolment, EnrolmentStatus
from matching.models import Opinion, TutorFeedback
from matching.score import ALGORITHM_VERSION, Level, Wishes, weights_in_force
from matching.score.cells import WINDOW, all_of, between, midnight, touched_by
from matching.score.facts import level_of
from matching.words import words_of
from messaging.models import Block
from sessions_app.models import Participant, TutoringSession

# Older lessons say nothing of what is wanted now.
LOOKS_BACK = timedelta(days=365)
_AGREED = (*LIVE, BookingStatus.COMPLETED)
_SAID = ("learning_goals", "interests", "skills", "academic_subjects")
_PROFILE = (*_SAID, "major", "language_preferences", "preferred_language")
_DAY = timedelta(days=1)


@dataclass
class _Known:
    """What is found of one student."""

    subjects: dict[int, int | None] = field(default_factory=dict)
    languages: dict[str, int] = field(default_factory=dict)
    budgets: dict[str, Decimal] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    busy: list[Interval] = field(default_factory=list)
    blocked: set[int] = field(default_factory=set)
    dismissed: set[int] = field(default_factory=set)
    saved: set[int] = field(default_factory=set)

    def seek(self, subject: int, level: int | None = None) -> None:
        """The highest level that is known counts."""
        self.subjects[subject] = max(self.subjects.get(subject) or 0, level or 0) or None


def wishes_of(students: Sequence[User], *, now: datetime) -> dict[int, Wishes]:
    """What each of them wants, by their ids. Eight statements, however many they are."""
    known: dict[int, _Known] = defaultdict(_Known)
    ids = [student.pk for student in students]
    catalogue = list(Subject.objects.order_by("pk").values_list("pk", "name", "category"))
    _read_profiles(known, ids, {plain(name): pk for pk, name, _ in catalogue})
    _read_bookings(known, ids, now)
    _read_courses(known, ids)
    _read_plans(known, ids, now)
    _read_blocks(known, ids)
    _read_feedback(known, ids, now)
    category_of = {pk: category for pk, _, category in catalogue if category}
    return {student.pk: _wishes(student, known[student.pk], category_of, now) for student in students}


def asking(
    wishes: Wishes,
    *,
    subject: Subject | None = None,
    languages: Iterable[str] = (),
    budget: Decimal | None = None,
    currency: str = "",
    any_language: bool = False,
) -> Wishes:
    """The same student with other wishes for once: what is asked for stands in the place of what is known."""
    if subject:
        level = wishes.subjects.get(subject.pk)
        wishes = replace(wishes, subjects={subject.pk: level}, must_teach=True)
    if codes := list(languages):
        wishes = replace(wishes, languages={code: wishes.languages.get(code, Level.NATIVE) for code in codes})
    if budget is not None:
        wishes = replace(wishes, budgets={currency: budget})
    return replace(wishes, accepts_any_language=any_language)


def _read_profiles(known: dict[int, _Known], ids: Sequence[int], by_name: Mapping[str, int]) -> None:
    for user_id, *lists, major, spoken, primary in StudentProfile.objects.filter(user__in=ids).values_list(
        "user", *_PROFILE
    ):
        one = known[user_id]
        one.said = [str(each) for each in [*(each for said in lists for each in said), major] if each]
        text = [f"{plain(each)} " for each in one.said]
        for name, subject in by_name.items():
            if any(f"{name} " in each for each in text):
                one.seek(subject)
        one.languages = {each["code"]: level_of(each["level"]) or Level.INTERMEDIATE for each in spoken}
        if code := languages.code_of(primary):
            one.languages.setdefault(code, Level.NATIVE)


def _read_bookings(known: dict[int, _Known], ids: Sequence[int], now: datetime) -> None:
    rows = Booking.objects.filter(student__in=ids, status__in=_AGREED, starts_at__gt=now - LOOKS_BACK).order_by("pk")
    columns = ("student_id", "subject_id", "hourly_rate", "currency", "status", "starts_at", "ends_at")
    for student, subject, rate, currency, status, start, end in rows.values_list(*columns):
        one = known[student]
        if subject:
            one.seek(subject)
        one.budgets[currency] = max(rate, one.budgets.get(currency, rate))
        if status in LIVE and end > now:
            one.busy.append(Span(start, end))


def _read_courses(known: dict[int, _Known], ids: Sequence[int]) -> None:
    rows = Enrolment.objects.filter(learner__in=ids, status=EnrolmentStatus.ACTIVE).exclude(course__subject=None)
    for learner, subject, level in rows.order_by("pk").values_list("learner", "course__subject", "course__level"):
        known[learner].seek(subject, level_of(level))


def _read_plans(known: dict[int, _Known], ids: Sequence[int], now: datetime) -> None:
    """What they host, and have a seat in."""
    ahead: dict[str, Any] = {"ends_at__gt": now, "starts_at__lt": now + WINDOW}
    hosted = TutoringSession.objects.live().filter(creator__in=ids, **ahead).order_by("pk")
    seats = Participant.objects.joined().filter(
        user__in=ids,
        session__in=TutoringSession.objects.live(),
        **{f"session__{name}": value for name, value in ahead.items()},
    )
    for user, start, end in [
        *hosted.values_list("creator_id", "starts_at", "ends_at"),
        *seats.order_by("pk").values_list("user_id", "session__starts_at", "session__ends_at"),
    ]:
        known[user].busy.append(Span(start, end))


def _read_blocks(known: dict[int, _Known], ids: Sequence[int]) -> None:
    rows = Block.objects.filter(Q(blocker__in=ids) | Q(blocked__in=ids)).order_by("pk")
    for blocker, blocked in rows.values_list("blocker_id", "blocked_id"):
        known[blocker].blocked.add(blocked)
        known[blocked].blocked.add(blocker)


def _read_feedback(known: dict[int, _Known], ids: Sequence[int], now: datetime) -> None:
    rows = TutorFeedback.objects.filter(Q(until=None) | Q(until__gt=now), student__in=ids).order_by("pk")
    for student, tutor, action in rows.values_list("student_id", "tutor_id", "action"):
        chosen = known[student].dismissed if action == Opinion.DISMISS else known[student].saved
        chosen.add(tutor)


def _wishes(student: User, known: _Known, category_of: Mapping[int, str], now: datetime) -> Wishes:
    wishes = Wishes(
        student_id=student.pk,
        subjects=dict(sorted(known.subjects.items())),
        categories=frozenset(category_of[subject] for subject in known.subjects if subject in category_of),
        languages=dict(sorted(known.languages.items())),
        budgets=dict(sorted(known.budgets.items())),
        words=words_of(*known.said),
        minutes=settings.MATCHING_WANTED_MINUTES,
        blocked=frozenset(known.blocked),
        dismissed=frozenset(known.dismissed),
        saved=frozenset(known.saved),
    )
    fingerprint = _fingerprint(wishes, student.timezone, known.busy)
    return replace(wishes, free=free_cells(student.timezone, known.busy, now=now), fingerprint=fingerprint)


def free_cells(zone: str, busy: Iterable[Interval], *, now: datetime) -> int:
    """When a student has time in the next 14 days: the usual hours of their day, without what is planned."""
    origin = midnight(now.date())
    usual = _usual_hours(ZoneInfo(zone), now.date(), *settings.MATCHING_USUAL_HOURS)
    return usual & between(origin, now, now + WINDOW) & ~touched_by(origin, busy)


@lru_cache(maxsize=1024)
def _usual_hours(zone: ZoneInfo, day: date, first_hour: int, last_hour: int) -> int:
    origin = midnight(day)
    window = Span(first_hour * 60, last_hour * 60)
    first = local_date(origin, zone)
    days = (first + n * _DAY for n in range(WINDOW.days + 3))
    return all_of(origin, (piece for each in days for piece in expand(zone, each, window) if piece.end > origin))


def _fingerprint(wishes: Wishes, zone: str, busy: Iterable[Interval]) -> str:
    """The same as long as a list that was worked out for these wishes is good for them. What was saved moves nobody."""
    facts = [
        ALGORITHM_VERSION,
        sorted(weights_in_force().items()),
        settings.MATCHING_USUAL_HOURS,
        zone,
        sorted(set(busy)),
        *(wishes.subjects.items(), wishes.languages.items(), wishes.budgets.items(), wishes.minutes),
        *(sorted(each) for each in (wishes.categories, wishes.words, wishes.blocked, wishes.dismissed)),
    ]
    return hashlib.sha256(repr(facts).encode()).hexdigest()
