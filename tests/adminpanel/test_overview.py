"""The first page of the back office."""

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import RevisionState, TutorStatus, User
from common.models import DueWork
from sessions_app.models import SessionStatus
from tests.factories import (
    AdjustmentFactory,
    DisputeFactory,
    OutgoingMailFactory,
    PaymentFactory,
    ProviderEventFactory,
    SessionFactory,
    TicketFactory,
    TutorProfileFactory,
    TutorRevisionFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def figures(client):
    return {figure.title: figure for figure in client.get("/admin/").context["figures"]}


def money_to_look_at():
    """Of each kind one that nobody has dealt with, among people who are not active."""
    nobody = {"user__is_active": False}
    payment = PaymentFactory(payer=UserFactory(is_active=False), tutor=TutorProfileFactory(**nobody), payable_id=1)
    DisputeFactory(payment=payment)
    DisputeFactory(payment=payment, kind="chargeback")
    DisputeFactory(payment=payment, status="won")
    AdjustmentFactory(tutor=payment.tutor, requested_by=payment.payer)
    ProviderEventFactory(state=DueWork.State.DEAD)


def test_it_counts_what_there_is(office):
    SessionFactory(creator=UserFactory(is_active=False))
    SessionFactory(creator=UserFactory(), status=SessionStatus.ONGOING)
    TutorProfileFactory(status=TutorStatus.PENDING_APPROVAL)
    TutorRevisionFactory()
    TutorRevisionFactory(state=RevisionState.REJECTED, tutor__user__is_active=False)
    OutgoingMailFactory(state=DueWork.State.DEAD)
    TicketFactory(requester=User.objects.first())
    money_to_look_at()

    assert {title: figure.value for title, figure in figures(office).items()} == {
        "Active users": 4,
        "Upcoming sessions": 1,
        "Going on now": 1,
        "Tutors to approve": 1,
        "Changed profiles to approve": 1,
        "Open tickets": 1,
        "Disputes to decide": 1,
        "Adjustments to approve": 1,
        "Events given up": 1,
        "Mails given up": 1,
    }


def test_each_figure_leads_to_the_rows_that_it_counts(office):
    SessionFactory()
    TutorRevisionFactory()
    TutorRevisionFactory(state=RevisionState.REJECTED, tutor__user__is_active=False)
    OutgoingMailFactory(state=DueWork.State.DEAD)
    money_to_look_at()

    for figure in figures(office).values():
        assert office.get(figure.link).context["cl"].result_count == figure.value


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
    assert "Algebra together" not in response.content.decode()
