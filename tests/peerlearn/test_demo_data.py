"""What `make run` fills an empty database with: enough to look at, and consistent."""

from collections import Counter
from itertools import groupby, pairwise

import pytest
from django.apps import apps
from django.conf import settings
from django.db.models import Count, F, Q
from django.utils import timezone

from accounts.models import Role, TutorProfile, TutorStatus, User
from audit.models import AuditEntry
from bookings.models import Booking, BookingStatus, PackagePurchase, Review
from catalog.models import Subject
from courses.models import Course, Enrolment, EnrolmentStatus
from notifications.models import Delivery, Notification
from payments.models import Payment
from payments.services import ledger
from peerlearn import demo
from sessions_app.models import SEATED, Participant, SessionKind, SessionStatus, TutoringSession

# Together, for each process would load the data anew.
pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("demo")]


@pytest.fixture(scope="module")
def rows(kept_rows):
    demo.load(now=timezone.now())


@pytest.fixture
def loaded(rows, db):
    pass


def meetings():
    """The sessions that are not lessons of two."""
    return TutoringSession.objects.exclude(kind=SessionKind.PRIVATE)


def test_there_are_the_promised_people_subjects_and_sessions(loaded):
    others = User.objects.exclude(email__in=demo.ACCOUNTS)

    assert others.filter(role=Role.TUTOR, tutor_profile__isnull=False).count() == 40
    assert others.filter(role=Role.STUDENT, student_profile__isnull=False).count() == 60
    assert others.count() == 100
    assert Subject.objects.count() == 13
    assert meetings().count() == 80


def test_people_live_in_many_time_zones_and_no_two_have_one_name(loaded):
    names = User.objects.values_list("first_name", "last_name")

    assert User.objects.values("timezone").distinct().count() == 11
    assert len(set(names)) == len(names) == 103


def test_tutors_are_in_every_state_of_approval(loaded):
    states = set(User.objects.filter(role=Role.TUTOR).values_list("tutor_profile__status", flat=True))

    assert states == set(TutorStatus)


def test_sessions_are_in_every_state_and_some_are_full(loaded):
    counts = Counter(meetings().values_list("status", flat=True))
    full = meetings().filter(status=SessionStatus.UPCOMING, seats_taken=F("max_participants"))

    assert counts == {"upcoming": 30, "ongoing": 6, "completed": 30, "cancelled": 14}
    assert full.count() == 8
    assert set(meetings().values_list("kind", flat=True)) == {SessionKind.GROUP, SessionKind.PEER}


def test_every_session_has_its_own_title_a_subject_and_a_level(loaded):
    assert meetings().values("title").distinct().count() == 80
    assert not meetings().filter(Q(subject=None) | Q(level="") | Q(description="")).exists()


@pytest.mark.parametrize(("email", "role"), [(demo.people.ADMIN, "admin"), (demo.people.TUTOR, "tutor")])
def test_the_demo_accounts_log_in(loaded, api, email, role):
    response = api.post("/auth/login", {"email": email, "password": demo.ACCOUNTS[email]})

    assert response.status_code == 200
    assert User.objects.get(email=email).role == role


def test_the_demo_admin_may_open_the_back_office(loaded, client):
    client.force_login(User.objects.get(email=demo.people.ADMIN))

    assert client.get("/admin/").status_code == 200


def test_nobody_can_log_in_as_anybody_else(loaded):
    others = User.objects.exclude(email__in=demo.ACCOUNTS)

    assert not [user for user in others if user.has_usable_password()]


def test_the_demo_tutor_hosts_upcoming_sessions_and_is_told_who_joins(loaded):
    tutor = User.objects.get(email=demo.people.TUTOR)

    assert meetings().hosted_by(tutor).filter(status=SessionStatus.UPCOMING).count() == 4
    assert Notification.objects.of(tutor.pk).filter(type="session_joined").count() > 4


def test_the_demo_student_has_joined_sessions_and_has_read_one_of_several_notifications(loaded):
    student = User.objects.get(email=demo.people.STUDENT)
    told = Notification.objects.of(student.pk)

    assert meetings().joined_by(student).filter(status=SessionStatus.UPCOMING).count() == 5
    assert set(told.values_list("type", flat=True)) >= {"session_updated", "session_cancelled", "booking_confirmed"}
    assert told.filter(is_read=True).count() == 1


def test_every_approved_tutor_is_found_with_a_price_hours_and_a_package(loaded):
    approved = TutorProfile.objects.filter(status=TutorStatus.APPROVED)

    assert approved.count() == 34
    assert not approved.exclude(is_listed=True, hourly_rate__gt=0, weekly_hours__isnull=False).exists()
    assert not approved.filter(packages=None).exists()
    assert not approved.filter(search_text="").exists()


def test_lessons_are_in_every_state_and_some_are_reviewed(loaded):
    assert set(Booking.objects.values_list("status", flat=True)) == set(BookingStatus)
    assert Review.objects.count() >= 10
    assert not Booking.objects.filter(events=None).exists()


def test_the_demo_student_has_lessons_before_them_and_behind_them(loaded):
    mine = Counter(Booking.objects.filter(student__email=demo.people.STUDENT).values_list("status", flat=True))

    assert mine == {"pending": 2, "confirmed": 2, "declined": 1, "cancelled": 1, "completed": 2}
    assert PackagePurchase.objects.get(student__email=demo.people.STUDENT).available == 4


def test_courses_are_in_every_state_and_so_are_the_people_in_them(loaded):
    states = Counter(Course.objects.values_list("status", flat=True))
    mine = Enrolment.objects.filter(learner__email=demo.people.STUDENT).order_by("course_id")

    assert states == {"published": 10, "archived": 1, "draft": 1}
    assert not Course.objects.filter(Q(modules=None) | Q(assessments=None) | Q(subject=None)).exists()
    assert set(Enrolment.objects.values_list("status", flat=True)) == set(EnrolmentStatus)
    assert [(each.status, each.completion_percentage) for each in mine] == [
        ("active", 50), ("waitlisted", 0), ("completed", 100), ("dropped", 0)
    ]  # fmt: skip
    assert Course.objects.get(meetings__isnull=False).tutor.user.email == demo.people.TUTOR


# --- That it is right ---------------------------------------------------------------------------------------------


def test_every_session_counts_its_participants_right(loaded):
    rows = Count("participants", filter=Q(participants__state__in=SEATED))

    assert not TutoringSession.objects.annotate(rows=rows).exclude(seats_taken=F("rows")).exists()
    assert Participant.objects.filter(state="left").exists()


def test_every_course_counts_its_learners_right(loaded):
    rows = Count("enrolments", filter=Q(enrolments__status="active"))

    assert not Course.objects.annotate(rows=rows).exclude(seats_taken=F("rows")).exists()


def test_nobody_hosts_or_attends_two_sessions_at_once(loaded):
    sessions = TutoringSession.objects.exclude(status=SessionStatus.CANCELLED)
    times = {session.pk: (session.starts_at, session.ends_at) for session in sessions}
    attended = [
        (seat.user_id, times[seat.session_id]) for seat in Participant.objects.joined() if seat.session_id in times
    ]
    hosted = [(session.creator_id, times[session.pk]) for session in sessions]

    for _, group in groupby(sorted(attended + hosted), key=lambda pair: pair[0]):
        own = [time for _, time in group]
        assert all(earlier[1] <= later[0] for earlier, later in pairwise(own))


def test_nobody_is_mailed_about_what_never_happened(loaded):
    assert Delivery.objects.exists()
    for queue in (Delivery, *(apps.get_model(label) for label in settings.MAIL_QUEUES)):
        assert not queue.objects.filter(state="due").exists()


def test_the_clock_agrees_with_every_state(loaded):
    now = timezone.now()
    upcoming, ongoing, completed, _ = (meetings().filter(status=status) for status in SessionStatus)

    assert not upcoming.filter(starts_at__lte=now).exists()
    assert not ongoing.exclude(starts_at__lte=now, ends_at__gt=now).exists()
    assert not completed.filter(ends_at__gt=now).exists()
    assert not TutoringSession.objects.filter(Q(created_at__gt=F("starts_at")) | Q(created_at__gt=now)).exists()
    assert not Participant.objects.filter(Q(joined_at__gt=now) | Q(left_at__lt=F("joined_at"))).exists()


def test_what_is_stored_of_tutors_is_what_their_lessons_and_reviews_say(loaded):
    taught = Count("bookings", filter=Q(bookings__status="completed"), distinct=True)
    reviewed = Count("reviews", filter=Q(reviews__kind="lesson"), distinct=True)
    tutors = TutorProfile.objects.annotate(taught_lessons=taught, written=reviewed)

    assert not tutors.exclude(total_sessions=F("taught_lessons"), total_reviews=F("written")).exists()


def test_a_lesson_and_its_session_agree(loaded):
    lessons = Booking.objects.select_related("session")

    assert not lessons.exclude(starts_at=F("session__starts_at"), ends_at=F("session__ends_at")).exists()
    assert not lessons.exclude(session__creator=F("tutor__user")).exists()
    assert all(
        seat.user_id == seat.session.booking.student_id for seat in Participant.objects.filter(session__kind="private")
    )


def test_lessons_are_paid_for_and_the_ledger_is_sound(loaded):
    counts = Counter(Payment.objects.values_list("status", flat=True))

    assert counts["succeeded"] >= 7
    assert counts["failed"] == counts["authorized"] == 1
    assert {payment.amount for payment in Payment.objects.all()} <= set(Booking.objects.values_list("price", flat=True))
    assert ledger.imbalances() == []


def test_only_those_host_and_take_part_who_may(loaded):
    hosts = User.objects.filter(hosted_sessions__isnull=False, role=Role.TUTOR)
    seated = User.objects.filter(seats__isnull=False)

    assert not hosts.exclude(tutor_profile__status=TutorStatus.APPROVED).exists()
    assert not seated.filter(Q(is_active=False) | Q(is_verified=False)).exists()
    assert not Participant.objects.filter(user=F("session__creator")).exists()


def test_the_audit_log_knows_every_account_and_every_step_of_every_session(loaded):
    counts = Counter(AuditEntry.objects.values_list("action", flat=True))

    assert counts["account.registered"] == 103
    assert counts["session.created"] == 80
    assert counts["session.joined"] == Participant.objects.filter(session__in=meetings()).count()
    assert counts["session.left"] == Participant.objects.filter(state="left").count()
    assert counts["session.ongoing"] == 36
    assert counts["session.completed"] == 30
    assert counts["session.cancelled"] == 14
    assert counts[demo.LOADED] == 1
