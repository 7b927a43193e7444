"""The people of the matrix and what they own.

The session belongs to `host`, who is there all day next week, sells a package that `student` has bought, has given
`student` two lessons of which one is reviewed and one was paid, is paid out, has sent scans, and teaches a course,
which `student` is in. `student` has a seat in the session, a notification, a favourite tutor (saved from
recommendations, too) and a slot that is held; `student` is also the `learner` of paths that begin with one, and hosts
the `peer_session`.
"""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import TutorProfile, TutorStatus, User
from accounts.services.tokens import open_family
from bookings.models import Booking, BookingStatus, Party
from bookings.services import ratings
from courses.models import CourseSession
from sessions_app.models import SessionKind
from tests.factories import (
    AdminFactory,
    AssessmentFactory,
    AttachmentFactory,
    AttendanceFactory,
    BookingFactory,
    ConflictReportFactory,
    CourseFactory,
    DateOverrideFactory,
    EnrolmentFactory,
    FavouriteTutorFactory,
    JoinRequestFactory,
    MaterialFactory,
    MessageFactory,
    ModuleFactory,
    NoShowClaimFactory,
    NotificationFactory,
    PackageFactory,
    PackagePurchaseFactory,
    ParticipantFactory,
    PastSessionFactory,
    PaymentFactory,
    PayoutAccountFactory,
    PrecomputeJobFactory,
    ProposalFactory,
    PushSubscriptionFactory,
    RecordingFactory,
    ReviewFactory,
    SessionFactory,
    SessionNoteFactory,
    SlotHoldFactory,
    StudentFactory,
    SubjectFactory,
    SubmissionFactory,
    TicketFactory,
    TimeOffFactory,
    TutorCertificationFactory,
    TutorEducationFactory,
    TutorFactory,
    TutorFeedbackFactory,
    TutorProfileFactory,
    VerificationDocumentFactory,
    WaitlistEntryFactory,
    WeeklyHoursFactory,
    agree,
)
from tests.support.money import payout_of


def make_world() -> dict[str, Any]:
    host, student = TutorFactory(), StudentFactory()
    session = SessionFactory(creator=host)
    ParticipantFactory(session=session, user=student)
    past_session = PastSessionFactory(creator=host, starts_at=timezone.now() - timedelta(days=3))
    ParticipantFactory(session=past_session, user=student)
    package = PackageFactory(tutor=host.tutor_profile)
    lesson = {"student": student, "tutor": host.tutor_profile, "status": BookingStatus.COMPLETED}
    yesterday = timezone.now() - timedelta(days=1)
    review = ReviewFactory(booking=BookingFactory(**lesson, starts_at=yesterday - timedelta(hours=2)))
    ratings.recompute(host.tutor_profile.pk, now=timezone.now())
    stranger = StudentFactory()
    tutor = host.tutor_profile
    next_week = timezone.now() + timedelta(days=7)
    lesson_day = next_week.replace(minute=0, second=0, microsecond=0)
    window = WeeklyHoursFactory(tutor=tutor, weekday=next_week.weekday(), start_minute=0, end_minute=1440)
    favourite = FavouriteTutorFactory(student=student).tutor
    TutorFeedbackFactory(student=student, tutor=favourite)
    return {
        "anonymous": None,
        "deactivated": StudentFactory(),
        "student": student,
        "stranger": stranger,
        "host": host,
        "other_tutor": TutorFactory(),
        "draft_tutor": TutorFactory(profile__status=TutorStatus.DRAFT),
        "admin": AdminFactory(),
        "session": session,
        "learner": student,
        "peer_session": SessionFactory(
            creator=student, kind=SessionKind.PEER, starts_at=next_week + timedelta(days=40)
        ),
        "user": student,
        "account": student,
        **make_queue(host, stranger, next_week + timedelta(days=2)),
        "past_session": past_session,
        "conflict": ConflictReportFactory(session=past_session, reporter=student),
        **make_records(host, student),
        "material": MaterialFactory(owner=host, session=session),
        "notification": NotificationFactory(recipient=student),
        "browser": PushSubscriptionFactory(user=student),
        "favourite_tutor": favourite,
        "saved_tutor": favourite,
        "precompute_job": PrecomputeJobFactory(),
        "subject": SubjectFactory(),
        "package": package,
        "purchase": PackagePurchaseFactory(package=package, student=student),
        **make_payments(BookingFactory(**lesson, starts_at=yesterday)),
        "review": review,
        "tutor": host.tutor_profile,
        "waiting_tutor": TutorProfileFactory(status=TutorStatus.PENDING_APPROVAL),
        "certification": TutorCertificationFactory(tutor=host.tutor_profile),
        "degree": TutorEducationFactory(tutor=host.tutor_profile),
        "document": VerificationDocumentFactory(tutor=host.tutor_profile),
        "refresh_token": open_family(stranger).refresh,
        "next_week": next_week,
        "lesson_day": lesson_day,
        "window": window,
        "override": DateOverrideFactory(tutor=tutor),
        "time_off": TimeOffFactory(tutor=tutor),
        **messages_of(student, friend=host),
        "hold": SlotHoldFactory(student=student),
        "ticket": TicketFactory(requester=student),
        **make_course(host.tutor_profile, student),
        **make_bookings(host.tutor_profile, student, lesson_day),
    }


def make_payments(lesson: Booking) -> dict[str, Any]:
    """A lesson that took place and was paid for, and the payout that it was in."""
    payment = PaymentFactory(payable_id=lesson.pk, payer=lesson.student, tutor=lesson.tutor)
    PayoutAccountFactory(tutor=lesson.tutor)
    return {"taken_lesson": lesson, "payment": payment, "payout": payout_of(payment)}


def make_course(tutor: TutorProfile, learner: User) -> dict[str, Any]:
    """A published course with a module, a meeting, and two assessments: for one the learner has handed work in."""
    course = CourseFactory(tutor=tutor, seats_taken=1)
    meeting = SessionFactory(creator=tutor.user, starts_at=timezone.now() + timedelta(days=14))
    CourseSession.objects.create(course=course, session=meeting)
    enrolment = EnrolmentFactory(course=course, learner=learner)
    return {
        "course": course,
        "module": ModuleFactory(course=course),
        "assessment": AssessmentFactory(course=course),
        "submission": SubmissionFactory(assessment=AssessmentFactory(course=course), enrolment=enrolment),
        "meeting": meeting,
        "learner": learner,
    }


def make_records(host: User, learner: User) -> dict[str, Any]:
    """A session that took place, with its recording, to which both agree, and a note that the host shares."""
    session = PastSessionFactory(creator=host, starts_at=timezone.now() - timedelta(days=4))
    ParticipantFactory(session=session, user=learner)
    agree(session, learner)
    return {
        "recorded_session": session,
        "recording": RecordingFactory(session=session),
        "noted_session": session,
        "note": SessionNoteFactory(session=session, visibility="shared"),
    }


def make_queue(host: User, learner: User, begin: datetime) -> dict[str, Any]:
    """Somebody who asks the host for a seat, and a learner whom a seat in a full session is offered."""
    begin = begin.replace(hour=3, minute=0, second=0, microsecond=0)
    asked = SessionFactory(creator=host, needs_approval=True, starts_at=begin)
    queued = SessionFactory(creator=host, max_participants=2, starts_at=begin + timedelta(hours=2))
    WaitlistEntryFactory(session=queued, user=learner, offered=True)
    return {
        "asked_session": asked,
        "join_request": JoinRequestFactory(session=asked),
        "queued_session": queued,
    }


def messages_of(user: User, *, friend: User | None = None) -> dict[str, Any]:
    """One message of the user's, one that the friend has answered with a file, and their conversation."""
    friend = friend or TutorFactory()
    message = MessageFactory(sender=user, recipient=friend)
    received = MessageFactory(sender=friend, recipient=user, attachment_count=1)
    return {
        "message": message,
        "received": received,
        "attachment": AttachmentFactory(message=received),
        "conversation": message.conversation,
        "friend": friend,
    }


def make_bookings(tutor: TutorProfile, student: User, day: datetime) -> dict[str, Booking]:
    """One of each state that something can be done with: the four to come all begin on `day`, after noon."""
    pair: dict[str, Any] = {"tutor": tutor, "student": student}
    began = timezone.now() - timedelta(minutes=40)
    request = BookingFactory(**pair, status=BookingStatus.PENDING, starts_at=day.replace(hour=16))
    late = {"status": BookingStatus.CANCELLED, "cancelled_by": Party.STUDENT, "refund_percent": 0}
    missed = BookingFactory(
        **pair, status=BookingStatus.NO_SHOW_STUDENT, starts_at=began - timedelta(hours=5), refund_percent=0
    )
    NoShowClaimFactory(booking=missed)
    running = BookingFactory(**pair, starts_at=began)
    AttendanceFactory(booking=running)
    asked = BookingFactory(**pair, starts_at=day.replace(hour=18))
    ProposalFactory(booking=asked, starts=[day.replace(hour=20)])
    return {
        "booking": BookingFactory(**pair, starts_at=day.replace(hour=14)),
        "request": request,
        "asked_lesson": asked,
        "running_lesson": running,
        "missed_lesson": missed,
        "late_cancelled": BookingFactory(**pair, **late, starts_at=began - timedelta(hours=8)),
    }
