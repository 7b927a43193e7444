"""A page offers what can be done with an object as it is now, and nothing that the rules would refuse."""

from datetime import timedelta

import pytest
from django.contrib import admin
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import RevisionState, TutorProfile, TutorStatus, User
from audit.models import AuditEntry
from bookings.models import BookingStatus, ReviewReport
from common.models import DueWork
from courses.models import CourseStatus
from payments.models import AdjustmentStatus, PayoutStatus
from privacy.models import ErasureState
from sessions_app.models import SessionStatus
from tests.adminpanel.test_admin_walk import url
from tests.adminpanel.test_moderation import ALL_DEEDS, DEEDS, act, said
from tests.factories import (
    AdjustmentFactory,
    BookingFactory,
    CourseFactory,
    DeliveryFactory,
    DisputeFactory,
    EarningFactory,
    ErasureFactory,
    MessageReportFactory,
    ModuleFactory,
    PaymentFactory,
    PayoutAccountFactory,
    PayoutFactory,
    ReviewReportFactory,
    SessionFactory,
    StudentFactory,
    TicketFactory,
    TokenFamilyFactory,
    TutorProfileFactory,
    TutorRevisionFactory,
)

pytestmark = pytest.mark.django_db

# Whether they change anything depends on the answer as well.
BY_ANSWER = {"assign_ticket", "merge_ticket", "reassign"}
LONG_AGO = timezone.now() - timedelta(days=40)


def names(actions):
    return [name for _, name, _ in actions]


def offered(client, row):
    return names(client.get(url(type(row), "change", row.pk)).context["actions_here"])


def offered_on_person(client, person):
    offers = client.get(reverse("admin:person", args=[person.pk])).context["offers"]
    return {title: names(actions) for title, _, _, actions, _ in offers}


def succeeds(client, action, row, answers):
    """Whether something is done and on record; it is undone again."""
    with transaction.atomic():
        known = AuditEntry.objects.count()
        told = said(client, act(client, action, row, **answers))
        is_on_record = AuditEntry.objects.count() > known
        transaction.set_rollback(True)
    return is_on_record and any("done for 1." in each for each in told)


@ALL_DEEDS
def test_of_all_deeds_an_object_is_offered_those_that_succeed_now(office, action, deed):
    row = deed[0]()
    page = admin.site._registry[type(row)]
    others = {name: DEEDS[name][1] for name in page.actions if name in DEEDS and name not in BY_ANSWER}

    found = offered(office, row)

    assert action in found
    for name, answers in others.items():
        assert succeeds(office, name, row, answers) == (name in found), name


def _kept():
    return ReviewReportFactory(state=ReviewReport.State.KEPT)


def _closed_account(**fields):
    return StudentFactory(is_active=False, **fields)


ALWAYS = ["send_reset_link", "sign_out", "change_role", "set_groups"]


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (StudentFactory, [*ALWAYS, "deactivate", "close_account"]),
        (_closed_account, [*ALWAYS, "reactivate", "close_account"]),
        (lambda: _closed_account(deleted_at=timezone.now()), [*ALWAYS, "reactivate", "restore"]),
        (lambda: _closed_account(deleted_at=LONG_AGO), ALWAYS),
        (lambda: _closed_account(deleted_at=LONG_AGO, erased_at=LONG_AGO), []),
        (lambda: TokenFamilyFactory(revoked_at=LONG_AGO), []),
        (lambda: TutorProfileFactory(status=TutorStatus.DRAFT), ["suspend"]),
        (lambda: TutorProfileFactory(status=TutorStatus.CLOSED), []),
        (lambda: TutorRevisionFactory(state=RevisionState.WITHDRAWN), []),
        (lambda: BookingFactory(status=BookingStatus.DECLINED), []),
        (_kept, ["hide_review"]),
        (lambda: MessageReportFactory(state="dismissed"), []),
        (lambda: DisputeFactory(kind="chargeback"), []),
        (lambda: DisputeFactory(status="won"), []),
        (lambda: PaymentFactory(captured_amount=0, status="failed"), []),
        (lambda: PayoutFactory(status=PayoutStatus.PAID), []),
        (lambda: PayoutFactory(status=PayoutStatus.PROCESSING), []),
        (lambda: PayoutAccountFactory(is_enabled=False), ["enable_account"]),
        (lambda: AdjustmentFactory(status=AdjustmentStatus.REJECTED), []),
        (lambda: SessionFactory(status=SessionStatus.CANCELLED), []),
        (lambda: TicketFactory(status="closed"), ["note_ticket"]),
        (lambda: CourseFactory(status=CourseStatus.ARCHIVED), ["publish"]),
        (lambda: ModuleFactory(retired_at=LONG_AGO), []),
        (ErasureFactory, []),
        (lambda: ErasureFactory(requested_at=LONG_AGO), ["go_on"]),
        (lambda: ErasureFactory(state=ErasureState.WITHDRAWN, requested_at=LONG_AGO), []),
        (DeliveryFactory, []),
        (lambda: DeliveryFactory(state=DueWork.State.DEAD), ["send_again"]),
    ],
)
def test_what_is_over_offers_only_what_is_left_to_do(office, make, expected):
    assert offered(office, make()) == expected


def test_a_payout_with_a_disputed_lesson_is_not_let_go_but_called_off(office):
    payout = PayoutFactory(status=PayoutStatus.ON_HOLD)
    EarningFactory(tutor=payout.tutor, payout=payout, status="in_payout", is_frozen=True)

    assert offered(office, payout) == ["call_off_payout"]


def test_who_proposed_an_adjustment_may_take_it_back_but_not_approve_it(office):
    own = AdjustmentFactory(requested_by=User.objects.get(email="boss@example.com"))

    assert offered(office, own) == ["reject_adjustment"]


def test_a_persons_page_offers_what_the_pages_of_account_and_tutor_do(office):
    tutor = TutorProfileFactory(status=TutorStatus.SUSPENDED)

    assert offered_on_person(office, tutor.user) == {
        "Account": offered(office, tutor.user),
        "Tutor": ["reinstate"],
    }


def test_nobody_is_suspended_who_is_no_tutor_or_teaches_no_more(office):
    closed = TutorProfileFactory(status=TutorStatus.CLOSED)

    assert offered_on_person(office, StudentFactory()).keys() == {"Account"}
    assert offered_on_person(office, closed.user).keys() == {"Account"}


def test_on_ones_own_page_there_is_a_reason_and_no_button(office):
    boss = User.objects.get(email="boss@example.com")

    html = office.get(reverse("admin:person", args=[boss.pk])).content.decode()

    assert offered_on_person(office, boss) == {"Account": []}
    assert "leave it to a colleague" in html


def test_of_several_those_for_which_it_is_too_late_are_named_before_anything_is_done(office):
    suspended, other = TutorProfileFactory(status=TutorStatus.SUSPENDED), TutorProfileFactory()

    asked = act(office, "suspend", suspended, other, confirmed=False)

    page = admin.site._registry[TutorProfile]
    assert asked.context["chosen"] == [page.name_of(other)]
    assert asked.context["left_out"] == [page.name_of(suspended)]
    assert "Yes, do it" in asked.content.decode()


def test_where_nothing_is_left_to_do_nobody_is_asked_to_do_it(office):
    asked = act(office, "suspend", TutorProfileFactory(status=TutorStatus.SUSPENDED), confirmed=False)

    assert "Yes, do it" not in asked.content.decode()
