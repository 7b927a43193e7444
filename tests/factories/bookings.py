"""Bookings, packages and reviews."""

from datetime import timedelta
from decimal import Decimal

import factory
from django.utils import timezone

from bookings.models import (
    Attendance,
    Booking,
    BookingStatus,
    CalendarFeed,
    CalendarMail,
    CreditEntry,
    CreditKind,
    NoShowClaim,
    Package,
    PackagePurchase,
    Party,
    ProposedTime,
    PurchaseStatus,
    Reminder,
    RescheduleProposal,
    Review,
    ReviewReport,
)
from sessions_app.models import SessionKind, SessionStatus
from tests.factories.availability import WeeklyHoursFactory
from tests.factories.people import StudentFactory, TutorProfileFactory
from tests.factories.sessions import ParticipantFactory, SessionFactory

# The state of the session that a booking of each status owns.
SESSION_STATUS = {
    BookingStatus.PENDING: SessionStatus.UPCOMING,
    BookingStatus.CONFIRMED: SessionStatus.UPCOMING,
    BookingStatus.COMPLETED: SessionStatus.COMPLETED,
}


class BookingFactory(factory.django.DjangoModelFactory):
    """A confirmed lesson of one hour, the day after tomorrow, with its private session and the student in it."""

    class Meta:
        model = Booking

    student = factory.SubFactory(StudentFactory)
    tutor = factory.SubFactory(TutorProfileFactory)
    status = BookingStatus.CONFIRMED
    starts_at = factory.LazyFunction(
        lambda: (timezone.now() + timedelta(days=2)).replace(minute=0, second=0, microsecond=0)
    )
    ends_at = factory.LazyAttribute(lambda booking: booking.starts_at + timedelta(hours=1))
    hourly_rate = price = Decimal("45.00")
    currency = "USD"
    commission_percent = Decimal("20.00")
    cancellation_policy = "standard"
    tutor_timezone = student_timezone = "UTC"
    session = factory.LazyAttribute(
        lambda booking: SessionFactory(
            kind=SessionKind.PRIVATE,
            creator=booking.tutor.user,
            title="Lesson",
            starts_at=booking.starts_at,
            ends_at=booking.ends_at,
            max_participants=1,
            status=SESSION_STATUS.get(booking.status, SessionStatus.CANCELLED),
        )
    )

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        booking = super()._create(model_class, *args, **kwargs)
        ParticipantFactory(session=booking.session, user=booking.student)
        return booking


class AttendanceFactory(factory.django.DjangoModelFactory):
    """The booking's student came two minutes ago."""

    class Meta:
        model = Attendance

    booking = factory.SubFactory(BookingFactory)
    user = factory.SelfAttribute("booking.student")
    entered_at = factory.LazyFunction(lambda: timezone.now() - timedelta(minutes=2))


class NoShowClaimFactory(factory.django.DjangoModelFactory):
    """The tutor said that the student did not come, and so it stands."""

    class Meta:
        model = NoShowClaim

    booking = factory.SubFactory(BookingFactory, status=BookingStatus.NO_SHOW_STUDENT)
    absent = Party.STUDENT
    claimed_by = factory.SelfAttribute("booking.tutor.user")
    state = NoShowClaim.State.UPHELD
    decided_at = factory.LazyFunction(timezone.now)


class ProposalFactory(factory.django.DjangoModelFactory):
    """The student would like to move the lesson; `starts` are the times, a day later by default."""

    class Meta:
        model = RescheduleProposal
        skip_postgeneration_save = True

    booking = factory.SubFactory(BookingFactory)
    proposed_by = Party.STUDENT
    lapses_at = factory.LazyFunction(lambda: timezone.now() + timedelta(hours=24))

    @factory.post_generation
    def starts(self, create, extracted, **kwargs):
        for start in extracted or [self.booking.starts_at + timedelta(days=1)]:
            ProposedTime.objects.create(proposal=self, starts_at=start, ends_at=start + timedelta(hours=1))


class PackageFactory(factory.django.DjangoModelFactory):
    """Five lessons of one hour for 200 USD."""

    class Meta:
        model = Package

    tutor = factory.SubFactory(TutorProfileFactory)
    name = "5-Session Math Package"
    session_count = 5
    price = Decimal("200.00")
    currency = "USD"


class PackagePurchaseFactory(factory.django.DjangoModelFactory):
    """A paid package with all its credits, and the ledger's first line."""

    class Meta:
        model = PackagePurchase

    package = factory.SubFactory(PackageFactory)
    tutor = factory.SelfAttribute("package.tutor")
    student = factory.SubFactory(StudentFactory)
    status = PurchaseStatus.ACTIVE
    name = factory.SelfAttribute("package.name")
    session_count = factory.SelfAttribute("package.session_count")
    price = factory.SelfAttribute("package.price")
    currency = factory.SelfAttribute("package.currency")
    lesson_price = Decimal("45.00")
    duration_minutes = factory.SelfAttribute("package.duration_minutes")
    validity_days = factory.SelfAttribute("package.validity_days")
    available = factory.SelfAttribute("session_count")
    purchased_at = factory.LazyFunction(timezone.now)
    expires_at = factory.LazyAttribute(lambda purchase: purchase.purchased_at + timedelta(days=purchase.validity_days))

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        purchase = super()._create(model_class, *args, **kwargs)
        if purchase.available:
            CreditEntry.objects.create(
                purchase=purchase, kind=CreditKind.PURCHASE, change=purchase.available, created_at=timezone.now()
            )
        return purchase


class ReviewFactory(factory.django.DjangoModelFactory):
    """Five stars for a lesson that took place yesterday. The tutor's figures are not touched."""

    class Meta:
        model = Review

    booking = factory.SubFactory(
        BookingFactory,
        status=BookingStatus.COMPLETED,
        starts_at=factory.LazyFunction(lambda: timezone.now() - timedelta(days=1)),
    )
    tutor = factory.SelfAttribute("booking.tutor")
    student = factory.SelfAttribute("booking.student")
    rating = 5
    comment = "Excellent session! Very helpful and patient."


class OpenTutorFactory(TutorProfileFactory):
    """An approved tutor in UTC who can be booked at any hour and half past, with the usual terms."""

    terms = factory.RelatedFactory("tests.factories.BookingTermsFactory", factory_related_name="tutor")

    class Meta:
        skip_postgeneration_save = True

    @factory.post_generation
    def hours(self, create, extracted, **kwargs):
        for weekday in range(7):
            WeeklyHoursFactory(tutor=self, weekday=weekday, start_minute=0, end_minute=24 * 60)


class ReviewReportFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ReviewReport

    review = factory.SubFactory(ReviewFactory)
    reporter = factory.SubFactory(StudentFactory)
    reason = "It is about somebody else."


class ReminderFactory(factory.django.DjangoModelFactory):
    """Of a group session, to its host, a day before it."""

    class Meta:
        model = Reminder

    session = factory.SubFactory(SessionFactory)
    recipient = factory.SelfAttribute("session.creator")
    kind = Reminder.Kind.DAY
    sequence = 1
    starts_at = factory.SelfAttribute("session.starts_at")
    due_at = factory.LazyAttribute(lambda reminder: reminder.starts_at - timedelta(hours=24))


class CalendarMailFactory(factory.django.DjangoModelFactory):
    """To the host of a group session, and due."""

    class Meta:
        model = CalendarMail

    session = factory.SubFactory(SessionFactory)
    recipient = factory.SelfAttribute("session.creator")
    sequence = 1
    due_at = factory.LazyFunction(timezone.now)


class CalendarFeedFactory(factory.django.DjangoModelFactory):
    """One whose address nobody knows."""

    class Meta:
        model = CalendarFeed

    user = factory.SubFactory(StudentFactory)
    token_hash = factory.Sequence(lambda n: f"{n:064x}")
    created_at = factory.LazyFunction(timezone.now)
