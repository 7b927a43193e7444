"""The way through approval: each move of the table, and nothing else."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts import tasks
from accounts.errors import (
    LessonsToCome,
    NotOnYourself,
    ProfileIncomplete,
    ResubmittedTooEarly,
    StaleProfile,
    SubmittedTooOften,
)
from accounts.models import Role, TutorProfile, TutorStatus, User
from accounts.services import approval, moderation, tutor_edits, tutor_moves
from accounts.services.tutor_side import Expected
from audit.models import AuditEntry
from common.errors import Forbidden, Invalid, InvalidTransition, NotFound
from notifications.models import Notification
from sessions_app.errors import TutorSuspended
from sessions_app.services import access
from tests.factories import (
    AdminFactory,
    BookingFactory,
    StudentFactory,
    TutorFactory,
    TutorSubjectFactory,
    WeeklyHoursFactory,
)

pytestmark = pytest.mark.django_db

NOON = datetime(2031, 1, 1, 12, tzinfo=UTC)
DAY = timedelta(hours=24)


@pytest.fixture
def admin():
    return AdminFactory()


def complete(status=TutorStatus.DRAFT, **profile):
    """A tutor whose profile has all that it needs."""
    described = {"title": "Sums", "bio": "y" * 50, "photo": "avatars/me.jpg"} | profile
    tutor = TutorFactory(profile__status=status, **{f"profile__{name}": value for name, value in described.items()})
    TutorSubjectFactory(tutor=tutor.tutor_profile)
    WeeklyHoursFactory(tutor=tutor.tutor_profile)
    return tutor


def of(tutor):
    return TutorProfile.objects.get(user=tutor)


def told():
    return list(Notification.objects.order_by("id").values_list("recipient_id", "type"))


# Every move, as `(tutor, admin)`.
MOVES = {
    "submit": lambda tutor, admin: approval.submit(tutor, now=NOON),
    "withdraw": lambda tutor, admin: approval.withdraw(tutor),
    "approve": lambda tutor, admin: approval.approve(of(tutor).pk, actor=admin, now=NOON),
    "reject": lambda tutor, admin: approval.reject(of(tutor).pk, actor=admin, reason="Thin.", now=NOON),
    "request_changes": lambda tutor, admin: approval.request_changes(
        of(tutor).pk, actor=admin, reason="Say more.", fields=["bio"], now=NOON
    ),
    "close": lambda tutor, admin: approval.close(tutor),
    "suspend": lambda tutor, admin: moderation.suspend_tutor(tutor.pk, actor=admin, reason="no-shows"),
    "reinstate": lambda tutor, admin: moderation.reinstate_tutor(tutor.pk, actor=admin),
    "pause": lambda tutor, admin: approval.set_accepting(tutor, False),
    "resume": lambda tutor, admin: approval.set_accepting(tutor, True),
}
DRAFT, PENDING, APPROVED, REJECTED, CHANGES, SUSPENDED, CLOSED = TutorStatus
TABLE = {
    ("submit", DRAFT): PENDING,
    ("submit", REJECTED): PENDING,
    ("submit", CHANGES): PENDING,
    ("withdraw", PENDING): DRAFT,
    ("request_changes", PENDING): CHANGES,
    **{("close", status): CLOSED for status in TutorStatus if status not in (SUSPENDED, CLOSED)},
    ("approve", PENDING): APPROVED,
    ("reject", PENDING): REJECTED,
    **{("suspend", status): SUSPENDED for status in TutorStatus if status not in (SUSPENDED, CLOSED)},
    ("reinstate", SUSPENDED): APPROVED,
    ("pause", APPROVED): APPROVED,
    ("resume", APPROVED): APPROVED,
}


@pytest.mark.parametrize("status", TutorStatus)
@pytest.mark.parametrize("move", MOVES)
def test_from_each_state_exactly_the_moves_of_the_table_are_possible(move, status, admin):
    tutor = complete(status)

    if (move, status) in TABLE:
        MOVES[move](tutor, admin)
        assert of(tutor).status == TABLE[move, status]
    else:
        with pytest.raises(InvalidTransition) as caught:
            MOVES[move](tutor, admin)
        assert caught.value.extra["current_state"] == of(tutor).status == status
        assert not AuditEntry.objects.exists()
        assert not Notification.objects.exists()


@pytest.mark.parametrize(("move", "status"), [pair for pair in TABLE if pair[0] != "resume"])
def test_each_move_is_audited_and_in_the_history_once(move, status, admin):
    tutor = complete(status)

    MOVES[move](tutor, admin)

    entry, event = AuditEntry.objects.get(), of(tutor).events.get()
    assert entry.action == f"tutor.{event.event}"
    assert (entry.object_type, entry.object_id) == ("accounts.tutorprofile", str(of(tutor).pk))
    assert (entry.actor_id, entry.reason) == (event.actor_id, event.reason)
    assert event.status == of(tutor).status
    assert of(tutor).version == 2


class TestSubmitting:
    def test_notes_when_and_how_often(self):
        tutor = complete()

        approval.submit(tutor, now=NOON)

        assert (of(tutor).submitted_at, of(tutor).submissions) == (NOON, 1)

    def test_tells_every_admin(self, admin):
        other, tutor = AdminFactory(), complete()
        AdminFactory(is_active=False)

        approval.submit(tutor, now=NOON)

        assert told() == [(admin.pk, "tutor_submitted"), (other.pk, "tutor_submitted")]

    def test_an_empty_profile_names_all_that_is_missing(self):
        tutor = TutorFactory(profile__status=DRAFT, profile__title=" ", profile__hourly_rate=None)

        with pytest.raises(ProfileIncomplete) as caught:
            approval.submit(tutor, now=NOON)

        names = ["title", "bio", "subjects", "hourly_rate", "photo", "availability"]
        assert caught.value.extra == {"missing": names}
        assert of(tutor).status == DRAFT

    @pytest.mark.parametrize(
        ("change", "missing"),
        [({"title": ""}, "title"), ({"bio": "y" * 49}, "bio"), ({"hourly_rate": None}, "hourly_rate")],
    )
    def test_one_part_that_is_missing_is_enough(self, change, missing):
        tutor = complete(**change)

        with pytest.raises(ProfileIncomplete) as caught:
            approval.submit(tutor, now=NOON)

        assert caught.value.extra == {"missing": [missing]}

    def test_an_avatar_does_for_a_photo(self):
        tutor = complete(photo="")
        tutor.avatar = "avatars/me.jpg"

        assert approval.submit(tutor, now=NOON).status == PENDING

    def test_what_other_apps_ask_for_is_asked_for(self, settings):
        settings.TUTOR_CHECKLIST = {}
        tutor = complete()
        of(tutor).weekly_hours.all().delete()

        assert approval.submit(tutor, now=NOON).status == PENDING

    def test_of_an_old_version_is_refused(self):
        with pytest.raises(StaleProfile):
            approval.submit(complete(), now=NOON, expected=Expected(body=9))

    def test_a_day_after_a_rejection(self, admin):
        tutor = complete(REJECTED, decided_at=NOON, submissions=1)

        with pytest.raises(ResubmittedTooEarly) as caught:
            approval.submit(tutor, now=NOON + DAY - timedelta(seconds=1))
        assert caught.value.extra == {"allowed_at": NOON + DAY}

        assert approval.submit(tutor, now=NOON + DAY).submissions == 2

    def test_five_times_at_most(self):
        tutor = complete(submissions=4)

        approval.submit(tutor, now=NOON)
        approval.withdraw(tutor)
        with pytest.raises(SubmittedTooOften):
            approval.submit(tutor, now=NOON)

    def test_freezes_the_profile_until_it_is_withdrawn(self):
        tutor = complete()
        approval.submit(tutor, now=NOON)

        approval.withdraw(tutor)

        assert tutor_edits.change_about(tutor, {"title": "Better"}).title == "Better"


class TestDeciding:
    def test_an_approval_tells_the_tutor_and_forgets_an_earlier_reason(self, admin):
        tutor = complete(PENDING, rejection_reason="Thin.")

        approval.approve(of(tutor).pk, actor=admin, now=NOON)

        assert (of(tutor).decided_at, of(tutor).rejection_reason) == (NOON, "")
        assert told() == [(tutor.pk, "tutor_approved")]

    def test_a_rejection_tells_the_tutor_why(self, admin):
        tutor = complete(PENDING)

        approval.reject(of(tutor).pk, actor=admin, reason="Too {thin}.", now=NOON)

        assert (of(tutor).decided_at, of(tutor).rejection_reason) == (NOON, "Too {thin}.")
        assert Notification.objects.get(recipient=tutor).message == "Too {thin}."
        assert AuditEntry.objects.get().reason == "Too {thin}."

    def test_is_for_admins(self):
        tutor = complete(PENDING)

        for actor in (tutor, TutorFactory(), StudentFactory()):
            with pytest.raises(Forbidden):
                approval.approve(of(tutor).pk, actor=actor, now=NOON)

        assert of(tutor).status == PENDING

    def test_is_not_for_oneself(self, admin):
        tutor = complete(PENDING)
        profile = of(tutor)
        profile.user = admin
        profile.save()

        for decide in (approval.approve, approval.reject):
            with pytest.raises(NotOnYourself):
                decide(profile.pk, actor=admin, now=NOON, **({"reason": "x"} if decide is approval.reject else {}))

    def test_of_who_does_not_exist_is_not_found(self, admin):
        with pytest.raises(NotFound):
            approval.approve(4711, actor=admin, now=NOON)

    @pytest.mark.parametrize("erased_at", [None, NOON])
    @pytest.mark.parametrize("role", [Role.TUTOR, Role.STUDENT])
    @pytest.mark.parametrize(
        ("decide", "how"),
        [
            (approval.approve, {}),
            (approval.reject, {"reason": "Too thin."}),
            (approval.request_changes, {"reason": "Too thin."}),
        ],
    )
    def test_of_who_has_gone_is_not_found(self, decide, how, role, erased_at, admin):
        tutor = complete(PENDING)
        User.objects.filter(pk=tutor.pk).update(role=role, is_active=False, deleted_at=NOON - DAY, erased_at=erased_at)

        with pytest.raises(NotFound):
            decide(of(tutor).pk, actor=admin, now=NOON, **how)

        assert of(tutor).status == PENDING
        assert User.objects.get(pk=tutor.pk).role == role
        assert not AuditEntry.objects.exists()


class TestPausing:
    def test_can_be_repeated_and_says_so_once(self):
        tutor = complete(APPROVED)

        approval.set_accepting(tutor, False)
        profile = approval.set_accepting(tutor, False)

        assert (profile.accepts_bookings, profile.version) == (False, 2)
        assert [event.event for event in profile.events.all()] == ["paused"]

        assert approval.set_accepting(tutor, True).accepts_bookings
        assert of(tutor).events.count() == 2

    def test_of_an_old_version_is_refused(self):
        with pytest.raises(StaleProfile):
            approval.set_accepting(complete(APPROVED), False, expected=Expected(body=9))


class TestAskingForChanges:
    def test_says_what_is_meant_and_the_tutor_submits_again_at_once(self, admin):
        tutor = complete(PENDING, submissions=1)

        approval.request_changes(of(tutor).pk, actor=admin, reason="Say more.", fields=["bio", "bio"], now=NOON)

        mine = of(tutor)
        assert (mine.rejection_reason, mine.requested_changes, mine.decided_at) == ("Say more.", ["bio"], NOON)
        assert told() == [(tutor.pk, "tutor_changes_requested")]
        assert Notification.objects.get().message == "Say more."
        tutor_edits.change_about(tutor, {"bio": "z" * 60})
        again = approval.submit(tutor, now=NOON)
        assert (again.status, again.submissions, again.requested_changes) == (PENDING, 2, [])

    def test_is_not_for_oneself_nor_for_who_is_no_admin(self, admin):
        tutor = complete(PENDING)

        with pytest.raises(Forbidden):
            approval.request_changes(of(tutor).pk, actor=tutor, reason="x", now=NOON)

        assert of(tutor).status == PENDING


class TestClosing:
    def test_takes_the_profile_out_of_the_search_for_good(self, admin):
        tutor = complete(APPROVED)

        assert not approval.close(tutor).is_listed

        for move in ("submit", "resume", "suspend", "reinstate"):
            with pytest.raises(InvalidTransition):
                MOVES[move](tutor, admin)

    def test_waits_for_the_lessons_to_come(self):
        booking = BookingFactory(status="confirmed")

        with pytest.raises(LessonsToCome) as caught:
            approval.close(booking.tutor.user)

        assert caught.value.extra == {"bookings": [booking.pk]}
        assert of(booking.tutor.user).status == APPROVED

    def test_does_not_mind_lessons_that_are_over(self):
        booking = BookingFactory(status="cancelled")

        assert approval.close(booking.tutor.user).status == CLOSED


class TestTimedSuspensions:
    UNTIL = NOON + timedelta(days=7)

    @pytest.fixture
    def suspended(self, admin):
        tutor = complete(APPROVED)
        with time_machine.travel(NOON, tick=False):
            moderation.suspend_tutor(tutor.pk, actor=admin, reason="no-shows", until=self.UNTIL)
        return tutor

    def test_end_by_the_clock_and_not_before(self, suspended):
        assert tutor_moves.end_suspensions(now=self.UNTIL - timedelta(seconds=1)) == 0
        assert of(suspended).status == SUSPENDED

        assert tutor_moves.end_suspensions(now=self.UNTIL) == 1
        assert tutor_moves.end_suspensions(now=self.UNTIL) == 0

        mine = of(suspended)
        assert (mine.status, mine.is_listed, mine.suspended_until) == (APPROVED, True, None)
        assert told() == [(suspended.pk, "tutor_suspended"), (suspended.pk, "tutor_reinstated")]
        entry = AuditEntry.objects.get(action="tutor.reinstated")
        assert (entry.actor_id, mine.events.last().actor) == (None, None)

    def test_without_an_end_last_until_somebody_reinstates(self, admin):
        tutor = complete(APPROVED)
        moderation.suspend_tutor(tutor.pk, actor=admin, reason="no-shows")

        assert tutor_moves.end_suspensions(now=NOON + timedelta(days=9999)) == 0

    def test_end_when_the_tutor_wants_to_do_something(self, suspended):
        with time_machine.travel(self.UNTIL, tick=False):
            assert approval.set_accepting(suspended, False).status == APPROVED

    def test_end_when_the_tutor_hosts(self, suspended):
        with time_machine.travel(self.UNTIL - timedelta(seconds=1), tick=False), pytest.raises(TutorSuspended):
            access.require_host(suspended)
        with time_machine.travel(self.UNTIL, tick=False):
            access.require_host(suspended)

        assert of(suspended).status == APPROVED

    def test_end_in_the_future(self, admin):
        tutor = complete(APPROVED)

        with time_machine.travel(NOON, tick=False), pytest.raises(Invalid) as caught:
            moderation.suspend_tutor(tutor.pk, actor=admin, reason="x", until=NOON)

        assert list(caught.value.errors) == ["until"]
        assert of(tutor).status == APPROVED


@pytest.mark.parametrize("status", [status for status in TutorStatus if status not in (SUSPENDED, CLOSED)])
def test_the_end_of_a_suspension_approves_nobody_who_was_not(status, admin):
    tutor = complete(status)

    moderation.suspend_tutor(tutor.pk, actor=admin, reason="no-shows")
    moderation.reinstate_tutor(tutor.pk, actor=admin)

    assert of(tutor).status == status
    assert of(tutor).is_listed == (status == APPROVED)


def test_the_periodic_task_ends_suspensions(admin):
    tutor = complete(APPROVED)
    moderation.suspend_tutor(tutor.pk, actor=admin, reason="x", until=timezone.now() + timedelta(hours=1))

    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        tasks.end_suspensions()

    assert of(tutor).status == APPROVED


def test_a_suspension_and_its_end_tell_the_tutor(admin):
    tutor = complete(APPROVED)

    moderation.suspend_tutor(tutor.pk, actor=admin, reason="no-shows")
    moderation.reinstate_tutor(tutor.pk, actor=admin)

    assert told() == [(tutor.pk, "tutor_suspended"), (tutor.pk, "tutor_reinstated")]


def test_an_event_says_what_it_was():
    tutor = complete(APPROVED)
    approval.set_accepting(tutor, False)

    assert str(of(tutor).events.get()).startswith("paused on ")
