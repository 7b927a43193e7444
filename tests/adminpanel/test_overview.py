"""The first page of the back office."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import RevisionState, TutorStatus, User
from bookings.models import BookingStatus, DisputeState
from common.models import DueWork
from payments.models import PayoutStatus, RefundStatus
from privacy.models import ErasureState
from sessions_app.models import ConflictState, SessionStatus
from tests.factories import (
    AdjustmentFactory,
    BookingFactory,
    ConflictReportFactory,
    DeliveryFactory,
    DisputeFactory,
    ErasureFactory,
    MessageReportFactory,
    OutgoingMailFactory,
    PaymentFactory,
    PayoutFactory,
    ProviderEventFactory,
    RefundFactory,
    ReviewReportFactory,
    SessionFactory,
    TicketFactory,
    TutorProfileFactory,
    TutorRevisionFactory,
    UserFactory,
    VerificationDocumentFactory,
)

pytestmark = pytest.mark.django_db


def figures(client):
    return {figure.title: figure for figure in client.get("/admin/").context["figures"]}


def queues(client):
    """The full ones and the empty ones, as the first page has them."""
    shown = client.get("/admin/").context["queues"]
    return {line.title: line for line in [*shown["full"], *shown["empty"]]}


def money_to_look_at():
    """Of each kind one that nobody has dealt with, among people who are not active."""
    nobody = {"user__is_active": False}
    payment = PaymentFactory(payer=UserFactory(is_active=False), tutor=TutorProfileFactory(**nobody), payable_id=1)
    DisputeFactory(payment=payment)
    DisputeFactory(payment=payment, kind="chargeback")
    DisputeFactory(payment=payment, status="won")
    AdjustmentFactory(tutor=payment.tutor, requested_by=payment.payer)
    ProviderEventFactory(state=DueWork.State.DEAD)


def somebody_who_has_gone():
    """An applicant with a document, and a tutor whose changes waited, who both closed their accounts."""
    gone = {"user__is_active": False, "user__deleted_at": timezone.now()}
    VerificationDocumentFactory(tutor=TutorProfileFactory(status=TutorStatus.PENDING_APPROVAL, **gone))
    TutorRevisionFactory(tutor=TutorProfileFactory(**gone))


def test_it_counts_what_there_is(office):
    SessionFactory(creator=UserFactory(is_active=False))
    SessionFactory(creator=UserFactory(), status=SessionStatus.ONGOING)
    TutorProfileFactory(status=TutorStatus.PENDING_APPROVAL)
    TutorRevisionFactory()
    TutorRevisionFactory(state=RevisionState.REJECTED, tutor__user__is_active=False)
    somebody_who_has_gone()
    OutgoingMailFactory(state=DueWork.State.DEAD)
    TicketFactory(requester=User.objects.first())
    money_to_look_at()

    assert {title: figure.value for title, figure in figures(office).items()} == {
        "Active users": 4,
        "Upcoming sessions": 1,
        "Going on now": 1,
    }
    assert {title: line.length for title, line in queues(office).items() if line.length} == {
        "Open tickets": 1,
        "Tutors to approve": 1,
        "Changed profiles to approve": 1,
        "Disputes to decide": 1,
        "Adjustments to approve": 1,
        "Provider's events given up": 1,
        "Mails given up": 1,
    }


def test_each_figure_and_each_queue_leads_to_the_rows_that_it_counts(office):
    SessionFactory()
    TicketFactory()
    TicketFactory(status="escalated", tier="lead")
    waiting = TutorProfileFactory(status=TutorStatus.PENDING_APPROVAL, submitted_at=timezone.now())
    for _ in range(2):
        VerificationDocumentFactory(tutor=waiting)
    ReviewReportFactory()
    MessageReportFactory()
    ConflictReportFactory()
    ConflictReportFactory(state=ConflictState.UNDER_REVIEW)
    BookingFactory(status=BookingStatus.NO_SHOW_STUDENT, dispute_state=DisputeState.OPEN)
    RefundFactory(status=RefundStatus.PENDING)
    RefundFactory(status=RefundStatus.FAILED)
    PayoutFactory(status=PayoutStatus.ON_HOLD)
    DeliveryFactory(state=DueWork.State.DEAD)
    ErasureFactory(state=ErasureState.PARTIAL)
    TutorRevisionFactory()
    TutorRevisionFactory(state=RevisionState.REJECTED, tutor__user__is_active=False)
    somebody_who_has_gone()
    OutgoingMailFactory(state=DueWork.State.DEAD)
    money_to_look_at()

    for figure in figures(office).values():
        assert office.get(figure.link).context["cl"].result_count == figure.value
    for title, line in queues(office).items():
        assert office.get(line.link).context["cl"].result_count == line.length > 0, title


def test_a_queue_says_since_when_the_oldest_waits_and_whether_that_is_too_long(office):
    now = timezone.now()
    TutorProfileFactory(status=TutorStatus.PENDING_APPROVAL, submitted_at=now - timedelta(days=1))
    oldest = TutorProfileFactory(status=TutorStatus.PENDING_APPROVAL, submitted_at=now - timedelta(days=4))
    TutorRevisionFactory(submitted_at=now - timedelta(days=1))

    shown = queues(office)

    late, in_time = shown["Tutors to approve"], shown["Changed profiles to approve"]
    assert (late.oldest, late.age, late.is_late) == (oldest.submitted_at, "4\xa0days", True)
    assert (in_time.age, in_time.is_late) == ("1\xa0day", False)
    assert "overdue" in office.get("/admin/").content.decode()


def test_it_names_the_next_sessions_and_costs_the_same_however_many_there_are(office):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            response = office.get("/admin/")
        assert "Algebra together" in response.content.decode()
        return len(captured)

    SessionFactory()
    queries()
    at_one = queries()
    for _ in range(30):
        SessionFactory()

    assert queries() == at_one <= 30


def test_it_shows_only_what_somebody_may_see(client):
    SessionFactory()
    viewer = UserFactory(is_staff=True)
    viewer.user_permissions.add(Permission.objects.get(codename="view_user"))
    client.force_login(viewer)

    response = client.get("/admin/")

    assert set(figures(client)) == {"Active users"}
    assert queues(client) == {}
    assert [chart.title for chart in response.context["charts"]] == ["Users"]
    assert "Algebra together" not in response.content.decode()
