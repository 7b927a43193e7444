"""R-NOTIF-4: of what waits, only what has been overtaken is dropped."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from notifications.kinds import KINDS, MOVED_FROM
from notifications.models import Delivery, Notification
from notifications.services import Notice, notify
from notifications.services.overtaking import EDITED, MOVED, OVERTAKES, is_overtaken
from notifications.services.preferences import MISSING, choose
from notifications.tasks import deliver_due
from sessions_app.services import course, hosting, seats
from tests.factories import ParticipantFactory, SessionFactory, StudentFactory

pytestmark = pytest.mark.django_db

NIGHTLY = {"quiet_hours": {"start": 22 * 60, "end": 7 * 60, "days": list(range(7))}}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-01-14T22:00:00Z", tick=False) as traveller:  # 23:00 in Berlin
        yield traveller


@pytest.fixture
def user():
    user = StudentFactory(timezone="Europe/Berlin")
    choose(user, NIGHTLY | {"types": {kind: {"email": True} for kind in KINDS}})
    return user


def tell(user, news, *, about="booking:7", urgent=False):
    """One of the names in the table; `session_moved` is the only one that is no type."""
    data = {MOVED_FROM: timezone.now()} if news == MOVED else {}
    number = Notification.objects.count()
    kind = EDITED if news == MOVED else news
    notify([
        Notice(user.pk, kind, news, "Words.", f"cause:{number}", data=data, about=about, urgent=urgent)
    ])  # fmt: skip


def mailed_in_the_morning(user, clock):
    mail.outbox.clear()
    clock.move_to("2026-01-15T06:00:00Z")
    deliver_due()
    return [message.subject for message in mail.outbox if message.to == [user.email]]


LESSON_TO_COME = [
    "booking_requested",
    "booking_confirmed",
    "booking_revived",
    "booking_rescheduled",
    "booking_reassigned",
]
LESSON_OVER = ["booking_declined", "booking_expired", "booking_cancelled"]
LESSON_GIVEN = ["booking_completed", "booking_no_show_student", "booking_no_show_tutor"]
HAS_SEAT = ["session_promoted", "session_added", "session_request_approved"]
IN_QUEUE = ["session_seat_offered", "session_offer_reminder", "session_offer_lapsed", "session_waitlist_closed"]
CHANGED = [EDITED, MOVED]

# What each overtakes, and nothing else does.
DECIDED = {
    "booking_requested": ["booking_requested", "booking_expired"],
    "booking_revived": ["booking_revived", "booking_expired"],
    "booking_confirmed": [
        *("booking_requested", "booking_revived", "booking_confirmed", "booking_expired", "booking_cancelled")
    ],
    "booking_rescheduled": ["booking_rescheduled"],
    "booking_reassigned": ["booking_reassigned"],
    **dict.fromkeys(LESSON_OVER + LESSON_GIVEN, LESSON_TO_COME + LESSON_OVER),
    EDITED: [EDITED],
    MOVED: [MOVED],
    "session_cancelled": HAS_SEAT + IN_QUEUE + CHANGED,
    "session_completed": HAS_SEAT + IN_QUEUE + CHANGED,
    "session_removed": HAS_SEAT,
    "session_left": HAS_SEAT,
    **dict.fromkeys(HAS_SEAT, [*IN_QUEUE, "session_removed"]),
    **dict.fromkeys(IN_QUEUE, IN_QUEUE),
    "ticket_resolved": ["ticket_resolved", "ticket_closed"],
    "ticket_closed": ["ticket_closed"],
}


@pytest.mark.parametrize("later", [*KINDS, MOVED])
def test_what_comes_later_overtakes_this_and_nothing_else(later):
    assert OVERTAKES.get(later, frozenset()) == set(DECIDED.get(later, ()))


def test_the_table_has_only_types_that_there_are():
    assert set(OVERTAKES) | set().union(*OVERTAKES.values()) <= {*KINDS, MOVED}


def test_nothing_of_money_packages_or_decisions_is_ever_overtaken():
    overtaken = {KINDS[name] for names in OVERTAKES.values() for name in names if name != MOVED}

    assert {kind.category for kind in overtaken} == {"bookings", "sessions", "support"}
    assert not any(kind.mandatory for kind in overtaken)


@pytest.mark.parametrize(("earlier", "later", "mailed"), [
    (MOVED, EDITED, [MOVED, EDITED]),
    (MOVED, MOVED, [MOVED]),
    (EDITED, EDITED, [EDITED]),
    (EDITED, MOVED, [EDITED, MOVED]),
    (MOVED, "session_cancelled", ["session_cancelled"]),
    ("session_promoted", EDITED, ["session_promoted", EDITED]),
    ("session_promoted", "session_removed", ["session_removed"]),
    ("booking_confirmed", "booking_rescheduled", ["booking_confirmed", "booking_rescheduled"]),
    ("booking_confirmed", "booking_cancelled", ["booking_cancelled"]),
    ("ticket_resolved", "ticket_closed", ["ticket_resolved", "ticket_closed"]),
])  # fmt: skip
def test_of_two_about_the_same_thing_the_mails_tell_all_that_is_still_true(user, clock, earlier, later, mailed):
    for news in (earlier, later):
        tell(user, news)

    assert mailed_in_the_morning(user, clock) == mailed


def test_what_is_about_another_thing_overtakes_nothing(user, clock):
    tell(user, "booking_confirmed", about="booking:7")
    tell(user, "booking_cancelled", about="booking:8")

    assert mailed_in_the_morning(user, clock) == ["booking_confirmed", "booking_cancelled"]


def test_what_its_reader_does_not_want_by_mail_overtakes_no_mail(user, clock):
    tell(user, "session_promoted")
    choose(user, {"types": {"session_removed": {"email": False}}})
    tell(user, "session_removed")

    assert mailed_in_the_morning(user, clock) == ["session_promoted"]


def test_what_is_switched_off_while_it_waits_overtakes_nothing(user, clock):
    tell(user, "session_promoted")
    tell(user, "session_removed")
    choose(user, {"types": {"session_removed": {"email": False}}})

    assert mailed_in_the_morning(user, clock) == ["session_promoted"]


def test_what_was_given_up_overtakes_nothing(user, clock):
    tell(user, "session_promoted")
    tell(user, "session_removed")
    Delivery.objects.filter(type="session_removed").update(state=Delivery.State.DEAD)

    assert mailed_in_the_morning(user, clock) == ["session_promoted"]


def test_what_has_gone_out_already_overtakes_what_still_waits(user, clock):
    tell(user, "booking_confirmed")
    tell(user, "booking_cancelled", urgent=True)
    deliver_due()

    assert mailed_in_the_morning(user, clock) == []


def test_what_is_overtaken_itself_overtakes_nothing(user, clock):
    """The money came after all: that the lesson had been moved is news again."""
    for news in ("booking_rescheduled", "booking_cancelled", "booking_confirmed"):
        tell(user, news)

    assert mailed_in_the_morning(user, clock) == ["booking_rescheduled", "booking_confirmed"]


def test_what_is_mandatory_and_held_up_by_the_mail_server_gives_way_to_nothing_that_may_wait(user, clock):
    tell(user, "booking_rescheduled", urgent=True)
    tell(user, "booking_rescheduled")
    deliver_due()

    assert [message.subject for message in mail.outbox] == ["booking_rescheduled"]
    assert mailed_in_the_morning(user, clock) == ["booking_rescheduled"]


def test_what_its_reader_has_deleted_overtakes_only_if_it_has_gone_out(user, clock):
    for about, is_urgent in (("booking:7", True), ("booking:8", False)):
        tell(user, "booking_confirmed", about=about)
        tell(user, "booking_cancelled", about=about, urgent=is_urgent)
    deliver_due()
    Notification.objects.filter(type="booking_cancelled").delete()

    mailed_in_the_morning(user, clock)

    sent = Delivery.objects.filter(type="booking_confirmed", outcome="sent")
    assert list(sent.values_list("about", flat=True)) == ["booking:8"]


def test_it_asks_one_question_however_much_came_later(user, django_assert_num_queries):
    tell(user, "booking_confirmed")
    first = Delivery.objects.get()
    tell(user, "booking_rescheduled")
    with django_assert_num_queries(1):
        assert not is_overtaken(first, MISSING)
    for _ in range(3):
        tell(user, "booking_rescheduled")

    with django_assert_num_queries(1):
        assert not is_overtaken(first, MISSING)


def test_it_asks_nothing_of_what_can_not_be_overtaken(user, django_assert_num_queries):
    tell(user, "payment_succeeded")
    row = Delivery.objects.get()

    with django_assert_num_queries(0):
        assert not is_overtaken(row, MISSING)


class TestSessions:
    def test_a_digest_tells_of_a_move_though_the_description_was_edited_after_it(self, clock):
        seat = ParticipantFactory(session=SessionFactory(starts_at=timezone.now() + timedelta(days=5)))
        session, host = seat.session, seat.session.creator
        choose(seat.user, {"digests": {"sessions": "daily"}})
        hosting.update_session(session.pk, {"starts_at": timezone.now() + timedelta(days=6)}, actor=host)
        hosting.update_session(session.pk, {"description": "Bring a pencil."}, actor=host)

        clock.shift(timedelta(days=1))
        deliver_due()

        (message,) = mail.outbox
        assert f"{session.title} now begins at 2026-01-20 22:00 UTC." in message.body
        assert f"The details of {session.title} have changed." in message.body

    @pytest.mark.parametrize("wants_edits", [True, False])
    def test_who_got_a_seat_at_night_hears_of_it_in_the_morning_whatever_was_edited_meanwhile(self, clock, wants_edits):
        leaver = ParticipantFactory(session=SessionFactory(max_participants=2, starts_at=timezone.now() + timedelta(5)))
        session, waiter = leaver.session, StudentFactory(timezone="Europe/Berlin")
        ParticipantFactory(session=session)
        seats.join_session(session.pk, user=waiter, wants_to_wait=True)
        choose(waiter, NIGHTLY | {"types": {"session_updated": {"email": wants_edits}}})
        seats.leave_session(session.pk, user=leaver.user)
        hosting.update_session(session.pk, {"description": "Bring a pencil."}, actor=session.creator)

        expected = ["You have a seat", *(["Session changed"] if wants_edits else [])]
        assert mailed_in_the_morning(waiter, clock) == expected

    def test_who_got_a_seat_in_what_was_then_cancelled_hears_of_the_end_only(self, clock):
        leaver = ParticipantFactory(session=SessionFactory(max_participants=2, starts_at=timezone.now() + timedelta(5)))
        session, waiter = leaver.session, StudentFactory(timezone="Europe/Berlin")
        ParticipantFactory(session=session)
        seats.join_session(session.pk, user=waiter, wants_to_wait=True)
        choose(waiter, NIGHTLY)
        seats.leave_session(session.pk, user=leaver.user)
        course.cancel_session(session.pk, actor=session.creator)

        assert mailed_in_the_morning(waiter, clock) == ["Session cancelled"]
