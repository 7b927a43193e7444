"""Made-up people in any number, beside the demo's own: for lists, searches and figures that look like a large site's.

They are written in bulk, a few thousand rows at a time, and follow from their numbers: person 1,000 is the same
wherever they are made. Nobody can sign in as any of them. Each batch is a transaction of its own with an audit entry
that says how far it came, so that a run which is killed is gone on with, and none ever makes somebody twice.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction

from accounts.models import Role, StudentProfile, TutorLanguage, TutorProfile, TutorStatus, TutorSubject, User
from accounts.services.listing import plain
from audit.models import AuditEntry
from audit.services import record
from bookings.models import BookingTerms, Package, WeeklyHours
from bookings.services import ratings
from bookings.services.creating import price_of
from catalog.models import Subject
from common import planning
from peerlearn.demo import crowd_life
from peerlearn.demo.crowd_life import Batch
from peerlearn.demo.market import RATES, USUAL_RATE
from peerlearn.demo.material import BIOS, HEADLINES, REGIONS, Region
from peerlearn.demo.people import INTERESTS

LOADED = "demo.crowd_loaded"
BATCH = 1000
# One of so many teaches.
TEACHES = 10
DOMAIN = "crowd.example.org"
WEEKDAYS = range(5)

Progress = Callable[[int], None]
"""Is told after each batch how many people there are."""


class SomebodyElseLoads(Exception):
    """Another process makes the same people at this moment."""


def size() -> int:
    """How many were made so far; the log remembers also those that were deleted since."""
    newest = AuditEntry.objects.filter(action=LOADED).order_by("-id").values_list("after", flat=True).first()
    return newest["people"] if newest else 0


def grow(count: int, *, now: datetime, progress: Progress = lambda people: None) -> int:
    """Make people until there are `count`; returns how many were made. Never takes anybody away.

    Raises SomebodyElseLoads.
    """
    began = made = size()
    subjects = list(Subject.objects.order_by("pk")[:50])
    while made < count:
        upto = min(made + BATCH, count)
        try:
            with transaction.atomic():
                _write(range(made, upto), subjects, now)
                record(LOADED, actor=None, after={"people": upto})
        except IntegrityError as error:
            if size() == made:
                raise
            raise SomebodyElseLoads from error
        made = upto
        progress(made)
    if made > began:
        planning.count_anew()
        ratings.refresh_scores(now=now)
    return made - began


def _write(numbers: range, subjects: list[Subject], now: datetime) -> None:
    rng = Random(f"crowd {numbers.start}")  # noqa: S311 - made-up data
    users = User.objects.bulk_create(_person(number) for number in numbers)
    teachers = [user for user in users if user.role == Role.TUTOR]
    learners = [user for user in users if user.role == Role.STUDENT]
    tutors = _teach(teachers, subjects, rng, now)
    StudentProfile.objects.bulk_create(
        StudentProfile(user=learner, interests=rng.sample(INTERESTS, 2)) for learner in learners
    )
    if tutors:
        crowd_life.play(Batch(tutors, learners, subjects), rng, now)


def _person(number: int) -> User:
    region = REGIONS[number % len(REGIONS)]
    first, last = _name(region, number // len(REGIONS))
    return User(
        email=f"{plain(first).strip()}.{plain(last).strip().replace(' ', '-')}.{number}@{DOMAIN}",
        password=make_password(None),
        first_name=first,
        last_name=last,
        role=Role.TUTOR if number % TEACHES == 0 else Role.STUDENT,
        timezone=region.timezone,
        currency=region.currency,
        is_verified=number % 20 != 3,
    )


def _name(region: Region, number: int) -> tuple[str, str]:
    """Every first name of the region with every last one, in turns."""
    names = [name.split(" ", 1) for name in region.names]
    return names[number % len(names)][0], names[(number // len(names) + number) % len(names)][1]


def _teach(users: list[User], subjects: list[Subject], rng: Random, now: datetime) -> list[TutorProfile]:
    """Approved tutors who are found, with hours, prices and a package."""
    taught = {user.pk: rng.sample(subjects, min(2, len(subjects))) for user in users}
    tutors = TutorProfile.objects.bulk_create(_profile(user, taught[user.pk], rng, now) for user in users)
    TutorSubject.objects.bulk_create(
        TutorSubject(tutor=tutor, subject=subject, years_experience=min(tutor.experience_years, 10))
        for tutor in tutors
        for subject in taught[tutor.user_id]
    )
    TutorLanguage.objects.bulk_create(TutorLanguage(tutor=tutor, code="en") for tutor in tutors)
    BookingTerms.objects.bulk_create(BookingTerms(tutor=tutor, timezone=tutor.user.timezone) for tutor in tutors)
    WeeklyHours.objects.bulk_create(
        WeeklyHours(tutor=tutor, weekday=weekday, start_minute=begin, end_minute=begin + 8 * 60)
        for tutor in tutors
        for begin in [rng.randrange(8 * 60, 12 * 60, 30)]
        for weekday in WEEKDAYS
    )
    Package.objects.bulk_create(_offer(tutor) for tutor in tutors)
    return tutors


def _profile(user: User, subjects: list[Subject], rng: Random, now: datetime) -> TutorProfile:
    least, most = RATES.get(user.currency, USUAL_RATE)
    about = (subjects[0].name if subjects else "learning").lower()
    title = f"{about.capitalize()} with {user.first_name}"
    headline = rng.choice(HEADLINES).format(subject=about)
    bio = rng.choice(BIOS).format(subject=about, name=user.first_name)
    words = [user.full_name, title, headline, bio, *(subject.name for subject in subjects)]
    return TutorProfile(
        user=user,
        status=TutorStatus.APPROVED,
        title=title,
        headline=headline[0].upper() + headline[1:],
        bio=bio,
        experience_years=rng.randint(1, 20),
        hourly_rate=Decimal(rng.randrange(least, most, 5)),
        currency=user.currency,
        submitted_at=now - timedelta(days=200),
        submissions=1,
        decided_at=now - timedelta(days=198),
        is_listed=True,
        search_text=plain(" ".join(words)),
    )


def _offer(tutor: TutorProfile) -> Package:
    assert tutor.hourly_rate is not None  # noqa: S101 # nosec B101 - `_profile` came before
    return Package(
        tutor=tutor,
        name="Five lessons",
        description="Five lessons of one hour, at the price of a little more than four.",
        session_count=5,
        price=price_of(tutor.hourly_rate, 270, tutor.currency),
        currency=tutor.currency,
    )
