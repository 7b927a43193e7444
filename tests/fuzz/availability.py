"""Hours and holds that the fuzzer finds."""

from datetime import date, timedelta

from django.db.models import Max, QuerySet
from django.utils import timezone

from accounts.models import TutorProfile, User
from bookings.models import DateOverride, SlotHold, TimeOff, WeeklyHours

FIRST = date(2040, 1, 1)


def _tutor(caller: User | None) -> TutorProfile:
    """The caller's own profile, or that of the tutor who hosts what others join."""
    email = caller.email if caller and caller.is_tutor else "host@fuzz.example.com"
    return TutorProfile.objects.get(user__email=email)


def _unused_date(rows: QuerySet, field: str) -> date:
    latest = rows.aggregate(latest=Max(field))["latest"]
    return max(FIRST, latest + timedelta(days=1)) if latest else FIRST


def _listed_tutor(caller: User | None) -> int:
    """There all day, every day."""
    tutor = TutorProfile.objects.get(user__email="host@fuzz.example.com")
    for weekday in range(7):
        WeeklyHours.objects.get_or_create(tutor=tutor, weekday=weekday, start_minute=0, end_minute=1440)
    return tutor.pk


def _window(caller: User | None) -> int:
    tutor = _tutor(caller)
    day = _unused_date(tutor.weekly_hours.all(), "only_on")
    times = {"weekday": day.weekday(), "start_minute": 0, "end_minute": 60}
    return WeeklyHours.objects.create(tutor=tutor, only_on=day, **times).pk


def _override(caller: User | None) -> int:
    tutor = _tutor(caller)
    return DateOverride.objects.create(tutor=tutor, date=_unused_date(tutor.date_overrides.all(), "date")).pk


def _time_off(caller: User | None) -> int:
    begin = timezone.now() + timedelta(days=3000)
    return TimeOff.objects.create(tutor=_tutor(caller), starts_at=begin, ends_at=begin + timedelta(hours=1)).pk


def _hold(caller: User | None) -> int:
    student = caller or User.objects.get(email="student@fuzz.example.com")
    tutor = TutorProfile.objects.get(user__email="host@fuzz.example.com")
    SlotHold.objects.filter(student=student, tutor=tutor).delete()
    begin = timezone.now() + timedelta(days=2000)
    hold = SlotHold.objects.create(
        student=student,
        tutor=tutor,
        starts_at=begin,
        ends_at=begin + timedelta(hours=1),
        expires_at=timezone.now() + timedelta(minutes=10),
    )
    return hold.pk


# By the name of the thing (`tests.support.things`).
MAKERS = {
    "tutor": _listed_tutor,
    "window": _window,
    "override": _override,
    "time_off": _time_off,
    "hold": _hold,
}
