"""Bookings with their sessions, their money and their reviews, and the figures that come of them."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Concat

from accounts.models import StudentProfile, TutorProfile
from accounts.models.tutor import STARS
from adminpanel.integrity.check import Change, Check, DerivedCheck, FigureCheck, RowCheck, named
from adminpanel.integrity.expressions import counted, summed
from bookings.models import (
    LIVE,
    Booking,
    BookingStatus,
    CreditEntry,
    DisputeState,
    LateCancelWaiver,
    Review,
    TutorStrike,
)
from bookings.services import access, money, presence, ratings
from payments.models import Earning, EarningStatus, Payment, PaymentStatus
from sessions_app.models import SEATED, Participant, SessionKind, SessionStatus
from sessions_app.services import private

_NOTHING_KEPT = (BookingStatus.DECLINED, BookingStatus.EXPIRED, BookingStatus.NO_SHOW_TUTOR)
_SESSION_AFTER = Case(
    When(status=BookingStatus.COMPLETED, then=Value(SessionStatus.COMPLETED.value)),
    default=Value(SessionStatus.CANCELLED.value),
    output_field=CharField(),
)


def _lock(pk: int) -> Booking:
    return access.lock(Booking.objects.with_everything().get(pk=pk))


def _live_without_its_session(now: datetime) -> QuerySet:
    wrong = ~Q(session__status__in=(SessionStatus.UPCOMING, SessionStatus.ONGOING)) | Q(
        status=BookingStatus.PENDING, session__status=SessionStatus.ONGOING
    )
    gone = Q(session__deleted_at__isnull=False)
    return Booking.objects.select_related("session").filter(wrong | gone, status__in=LIVE)


def _over_with_its_session_open(now: datetime) -> QuerySet:
    over = Booking.objects.select_related("session").exclude(status__in=LIVE).annotate(due_session=_SESSION_AFTER)
    return over.exclude(session__status=F("due_session"))


def _follow(booking: Booking, now: datetime) -> Change:
    """The session does what its booking has done (R-BOOK-5)."""
    session = booking.session
    before = session.status
    if booking.status == BookingStatus.COMPLETED:
        private.complete(session, attended=presence.recorded(booking, booking.student_id))
    else:
        private.cancel(session, reason=session.end_reason or booking.status)
    return Change({"session": before}, {"session": session.status})


def _at_another_time(now: datetime) -> QuerySet:
    moved = ~Q(session__starts_at=F("starts_at")) | ~Q(session__ends_at=F("ends_at"))
    return Booking.objects.select_related("session").filter(moved)


def _with_other_people(now: datetime) -> QuerySet:
    seat = Participant.objects.filter(session=OuterRef("session"), user=OuterRef("student"), state__in=SEATED)
    right = Q(session__kind=SessionKind.PRIVATE, session__creator=F("tutor__user")) & Exists(seat)
    return Booking.objects.exclude(right)


def _with_credits_missing(now: datetime) -> QuerySet:
    entries = CreditEntry.objects.filter(booking=OuterRef("pk"))
    unpaid = ~Exists(entries)
    of_another = Exists(entries.exclude(purchase=OuterRef("purchase")))
    return Booking.objects.filter(unpaid | of_another, purchase__isnull=False)


def _paid_for_nothing(now: datetime) -> QuerySet:
    """With a dispute the money waits for its end, and what is asked of the provider is on its way."""
    payments = Payment.objects.filter(payable_kind="booking", payable_id=OuterRef("pk"), disputes=None)
    kept = payments.filter(captured_amount__gt=F("refunds_claimed"))
    set_aside = payments.filter(status=PaymentStatus.AUTHORIZED, calls=None)
    over = Booking.objects.filter(status__in=_NOTHING_KEPT, purchase=None)
    return over.filter(Exists(kept) | Exists(set_aside))


def _give_back(booking: Booking, now: datetime) -> Change:
    money.settle(booking)
    return Change({"money": "kept"}, {"money": "given back"})


def _disputed_and_paid_out(now: datetime) -> QuerySet:
    """What a payment's own dispute freezes, `payments.disputes` looks at."""
    to_come = (EarningStatus.PENDING, EarningStatus.AVAILABLE)
    loose = Earning.objects.filter(source=OuterRef("source"), is_frozen=False, status__in=to_come)
    source = Concat(Value("booking:"), Cast("pk", CharField()), output_field=CharField())
    disputed = Booking.objects.filter(dispute_state=DisputeState.OPEN).annotate(source=source)
    return disputed.filter(Exists(loose))


def _freeze(booking: Booking, now: datetime) -> Change:
    money.settle(booking)
    return Change({"is_frozen": False}, {"is_frozen": True})


def _minutes(rows: QuerySet) -> Iterator[tuple[Participant, int]]:
    """A line for each stay of the student in the lesson."""
    told = rows.annotate(
        starts_at=F("session__booking__starts_at"),
        ends_at=F("session__booking__ends_at"),
        entered=F("session__booking__attendance__entered_at"),
        left=F("session__booking__attendance__left_at"),
    ).order_by("pk")
    for _, same in groupby(told.iterator(), key=attrgetter("pk")):
        stays = list(same)
        total = sum((presence.within(row.entered, row.left, row.starts_at, row.ends_at) for row in stays), timedelta())
        yield stays[0], total // timedelta(minutes=1)


def _rate(tutor: TutorProfile, now: datetime) -> Change:
    columns = _FIGURES_OF_RATINGS
    before = {column: getattr(tutor, column) for column in columns}
    ratings.recompute(tutor.pk, now=now)
    tutor.refresh_from_db(fields=columns)
    return Change(before, {column: getattr(tutor, column) for column in columns})


_FIGURES_OF_RATINGS = ("total_reviews", "rating_sum", "average_rating", *(f"rated_{stars}" for stars in STARS))
_COUNTED = Review.objects.counted().filter(tutor=OuterRef("pk"))


def _completed(by: str, person: str):  # type: ignore[no-untyped-def] # an expression
    return counted(Booking.objects.filter(status=BookingStatus.COMPLETED, **{by: OuterRef(person)}), by=by)


def _mean_is_wrong(now: datetime) -> QuerySet:
    """Compared without rounding: half a cent of a star is what rounding may do."""
    hair, half = 0.0000001, 0.005
    off = Q(average_rating__gt=F("exact") + half + hair) | Q(average_rating__lt=F("exact") - half - hair)
    mean = Case(When(total_reviews__gt=0, then=F("rating_sum") * 1.0 / F("total_reviews")), default=Value(0.0))
    return TutorProfile.objects.annotate(exact=mean).filter(off)


CHECKS: list[Check] = [
    FigureCheck(
        "bookings.reviews",
        "reviews are of the two people of their booking",
        Review.objects.select_related("booking"),
        {"tutor_id": F("booking__tutor_id"), "student_id": F("booking__student_id")},
    ),
    FigureCheck(
        "bookings.strikes",
        "strikes are against the tutor of their booking",
        TutorStrike.objects.select_related("booking"),
        {"tutor_id": F("booking__tutor_id")},
    ),
    FigureCheck(
        "bookings.waivers",
        "waivers are of the two people of their booking",
        LateCancelWaiver.objects.select_related("booking"),
        {"tutor_id": F("booking__tutor_id"), "student_id": F("booking__student_id")},
    ),
    RowCheck(
        "bookings.sessions_after",
        "the session of a booking that is over is over, too",
        _over_with_its_session_open,
        lambda row: f"{named(row)} is {row.status}, but its session {row.session_id} is {row.session.status}.",
        mend=_follow,
        lock=_lock,
    ),
    RowCheck(
        "bookings.sessions_before",
        "the session of a booking to come is to come, too",
        _live_without_its_session,
        lambda row: f"{named(row)} is {row.status}, but its session {row.session_id} is {row.session.status} or gone.",
    ),
    RowCheck(
        "bookings.times",
        "bookings and their sessions are at one time",
        _at_another_time,
        lambda row: (
            f"{named(row)} begins on {row.starts_at:%Y-%m-%d %H:%M} UTC, its session {row.session_id} on "
            f"{row.session.starts_at:%Y-%m-%d %H:%M}, or they end apart."
        ),
    ),
    RowCheck(
        "bookings.people",
        "bookings and their sessions have the same two people",
        _with_other_people,
        lambda row: f"{named(row)} and its session {row.session_id} are not of the same tutor and student.",
    ),
    RowCheck(
        "bookings.credits",
        "bookings that a package pays for stand in its ledger",
        _with_credits_missing,
        lambda row: f"{named(row)} is paid by purchase {row.purchase_id}, whose ledger does not say so.",
    ),
    RowCheck(
        "bookings.payments",
        "nothing is kept of what was paid for a lesson that costs nothing in the end",
        _paid_for_nothing,
        lambda row: f"{named(row)} is {row.status}, but its payment was not given back.",
        mend=_give_back,
        lock=_lock,
    ),
    RowCheck(
        "bookings.disputes",
        "what a disputed lesson has earned is not paid out",
        _disputed_and_paid_out,
        lambda row: f"{named(row)} is disputed, but what it earned is not frozen.",
        mend=_freeze,
        lock=_lock,
    ),
    DerivedCheck(
        "bookings.attendance",
        "students have the minutes of a lesson for which they were there",
        Participant.objects.filter(
            user=F("session__booking__student"),
            session__booking__status=BookingStatus.COMPLETED,
            session__booking__attendance__user=F("session__booking__student"),
        ),
        "attended_minutes",
        _minutes,
    ),
    FigureCheck(
        "bookings.ratings",
        "tutors have the figures of their reviews",
        TutorProfile.objects.all(),
        {
            "total_reviews": counted(_COUNTED, by="tutor"),
            "rating_sum": summed(_COUNTED, by="tutor", of="rating"),
            **{f"rated_{stars}": counted(_COUNTED.filter(rating=stars), by="tutor") for stars in STARS},
        },
        mend=_rate,
    ),
    RowCheck(
        "bookings.mean_ratings",
        "tutors' mean ratings are those of their figures",
        _mean_is_wrong,
        lambda row: f"{named(row)} has average_rating {row.average_rating}, its figures make {row.exact:.2f}.",
        mend=_rate,
    ),
    FigureCheck(
        "bookings.lessons_of_tutors",
        "tutors have the number of their lessons that took place",
        TutorProfile.objects.all(),
        {"total_sessions": _completed("tutor", "pk")},
    ),
    FigureCheck(
        "bookings.lessons_of_students",
        "students have the number of their lessons that took place",
        StudentProfile.objects.all(),
        {"total_sessions": _completed("student", "user_id")},
    ),
]
