"""Sessions and the seats in them."""

from datetime import timedelta

import factory
from django.utils import timezone

from accounts.mailboxes import mark
from common.files import keep
from sessions_app import recording_terms
from sessions_app.models import (
    MATERIALS_FOLDER,
    RECORDINGS_FOLDER,
    ConflictReport,
    ConflictType,
    GuardianMail,
    JoinRequest,
    Material,
    Participant,
    PlaceState,
    QualityOutcome,
    QualityReview,
    Recording,
    RecordingConsent,
    SessionNote,
    SessionRating,
    SessionStatus,
    TutoringSession,
    WaitlistEntry,
)
from tests.factories.people import StudentFactory, TutorFactory


class SessionFactory(factory.django.DjangoModelFactory):
    """An upcoming group session of one hour, tomorrow, with eight free seats, of a host of its own."""

    class Meta:
        model = TutoringSession

    creator = factory.SubFactory(TutorFactory)
    title = "Algebra together"
    description = "Bring your questions."
    starts_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=1))
    ends_at = factory.LazyAttribute(lambda session: session.starts_at + timedelta(hours=1))
    max_participants = 8


class ParticipantFactory(factory.django.DjangoModelFactory):
    """A seat that is counted on its session too."""

    class Meta:
        model = Participant

    session = factory.SubFactory(SessionFactory)
    user = factory.SubFactory(StudentFactory)
    joined_at = factory.LazyFunction(timezone.now)

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        seat = super()._create(model_class, *args, **kwargs)
        seat.session.seats_taken += 1
        seat.session.save(update_fields=["seats_taken"])
        return seat


class WaitlistEntryFactory(factory.django.DjangoModelFactory):
    """Somebody who waits, or with `offered=True` has an hour to accept; counted on the session too."""

    class Meta:
        model = WaitlistEntry

    session = factory.SubFactory(SessionFactory)
    user = factory.SubFactory(StudentFactory)
    joined_at = factory.LazyFunction(timezone.now)

    class Params:
        offered = factory.Trait(
            state=PlaceState.OFFERED,
            offered_at=factory.LazyFunction(timezone.now),
            offer_expires_at=factory.LazyFunction(lambda: timezone.now() + timedelta(hours=1)),
            nudge_at=factory.LazyFunction(lambda: timezone.now() + timedelta(minutes=30)),
        )

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        place = super()._create(model_class, *args, **kwargs)
        counter = "seats_offered" if place.state == PlaceState.OFFERED else "waiting_count"
        setattr(place.session, counter, getattr(place.session, counter) + 1)
        place.session.save(update_fields=[counter])
        return place


class JoinRequestFactory(factory.django.DjangoModelFactory):
    """Somebody who asks the host of a session that needs approval."""

    class Meta:
        model = JoinRequest

    session = factory.SubFactory(SessionFactory, needs_approval=True)
    user = factory.SubFactory(StudentFactory)
    created_at = factory.LazyFunction(timezone.now)


def student_of(host):
    """A student who once asked for a seat with this host."""
    later = timezone.now() + timedelta(days=60)
    request = JoinRequestFactory(session__creator=host, session__starts_at=later, state="rejected", decided_at=later)
    return request.user


class PastSessionFactory(SessionFactory):
    """One that took place yesterday."""

    starts_at = factory.LazyFunction(lambda: timezone.now() - timedelta(days=1))
    status = SessionStatus.COMPLETED


class SessionRatingFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = SessionRating

    session = factory.SubFactory(PastSessionFactory)
    user = factory.SubFactory(StudentFactory)
    rating = 4


class MaterialFactory(factory.django.DjangoModelFactory):
    """A text for nobody but its owner; `content` is what is in it."""

    class Meta:
        model = Material
        exclude = ("content",)

    content = b"Read chapter 3."
    owner = factory.SubFactory(TutorFactory)
    title = "Homework"
    file = factory.LazyAttribute(lambda material: keep(material.content, folder=MATERIALS_FOLDER))
    name = "homework.txt"
    media_type = "text/plain"
    size = factory.LazyAttribute(lambda material: len(material.content))


class SessionNoteFactory(factory.django.DjangoModelFactory):
    """A private one of the host's."""

    class Meta:
        model = SessionNote

    session = factory.SubFactory(SessionFactory)
    author = factory.SelfAttribute("session.creator")
    content = "Bring a ruler."


class RecordingConsentFactory(factory.django.DjangoModelFactory):
    """Of the host, to what is asked now."""

    class Meta:
        model = RecordingConsent

    session = factory.SubFactory(SessionFactory)
    user = factory.SelfAttribute("session.creator")
    text_version = recording_terms.CURRENT
    given_at = factory.LazyFunction(timezone.now)


class GuardianMailFactory(factory.django.DjangoModelFactory):
    """One that is still to be sent."""

    class Meta:
        model = GuardianMail

    session = factory.SubFactory(SessionFactory)
    guardian = factory.SubFactory("tests.factories.people.GuardianFactory")
    user = factory.SelfAttribute("guardian.user")
    mailbox = factory.LazyAttribute(lambda mail: mark(mail.guardian.email))
    text_version = recording_terms.CURRENT
    due_at = factory.LazyFunction(timezone.now)


class RecordingFactory(factory.django.DjangoModelFactory):
    """A file of yesterday's session, to which nobody has agreed yet; `content` is what is in it."""

    class Meta:
        model = Recording
        exclude = ("content",)

    content = b"\0\0\0\x18ftypmp42 a film"
    session = factory.SubFactory(PastSessionFactory)
    added_by = factory.SelfAttribute("session.creator")
    file = factory.LazyAttribute(lambda recording: keep(recording.content, folder=RECORDINGS_FOLDER, kind="mp4"))
    name = "lesson.mp4"
    media_type = "video/mp4"
    size = factory.LazyAttribute(lambda recording: len(recording.content))


def agree(session, *others):
    """The host of a session and the others agree to its recording."""
    return [RecordingConsentFactory(session=session, user=user) for user in (session.creator, *others)]


class QualityReviewFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = QualityReview

    session = factory.SubFactory(PastSessionFactory)
    reviewer = factory.SubFactory("tests.factories.people.AdminFactory")
    score = 4
    outcome = QualityOutcome.ACCEPTED


class ConflictReportFactory(factory.django.DjangoModelFactory):
    """By somebody who has a seat, about the host."""

    class Meta:
        model = ConflictReport

    session = factory.SubFactory(PastSessionFactory)
    reporter = factory.LazyAttribute(lambda report: ParticipantFactory(session=report.session).user)
    reported = factory.SelfAttribute("session.creator")
    kind = ConflictType.NO_SHOW
    description = "Nobody came."
