"""Repairs beside a running site: nobody mends anything twice, and nothing that is being written is spoilt."""

from functools import partial

import pytest
from django.utils import timezone

from adminpanel import integrity
from adminpanel.integrity.check import REPAIRED
from audit.models import AuditEntry
from common.errors import Forbidden
from messaging import services as messaging
from messaging.models import Conversation
from sessions_app.models import TutoringSession
from sessions_app.services.seats import join_session
from tests.factories import AdminFactory, MessageFactory, ParticipantFactory, StudentFactory
from tests.support.threads import at_once

CHECKS = {check.name: check for check in integrity.CHECKS}


def repair(name, actor=None):
    return integrity.run(actor=actor, now=timezone.now(), repair=True, checks=[CHECKS[name]])


@pytest.mark.django_db(transaction=True)
def test_two_repairs_at_once_mend_each_row_once():
    for _ in range(6):
        ParticipantFactory()
    TutoringSession.objects.update(seats_taken=4)
    admins = [AdminFactory() for _ in range(3)]

    reports = at_once([partial(repair, "sessions.seats", admin) for admin in admins])

    assert AuditEntry.objects.filter(action=REPAIRED).count() == 6
    assert sum(issue.repaired for report in reports for issue in report.issues) == 6
    assert set(TutoringSession.objects.values_list("seats_taken", flat=True)) == {1}


@pytest.mark.django_db(transaction=True)
def test_who_joins_and_writes_meanwhile_is_counted_exactly_once():
    session = ParticipantFactory(session__max_participants=20).session
    TutoringSession.objects.filter(pk=session.pk).update(seats_taken=5)
    message = MessageFactory()
    Conversation.objects.update(low_unread=7, high_unread=7)
    joiners = [StudentFactory() for _ in range(8)]
    send = partial(messaging.send, sender=message.sender, recipient_id=message.recipient_id)

    at_once(
        [partial(join_session, session.pk, user=joiner) for joiner in joiners]
        + [partial(send, text=f"message {number}") for number in range(4)]
        + [partial(repair, name) for name in ("sessions.seats", "messages.unread") for _ in range(3)]
    )

    report = integrity.run(actor=None, now=timezone.now(), checks=[CHECKS["sessions.seats"], CHECKS["messages.unread"]])
    session.refresh_from_db()
    assert report.issues == []
    assert session.seats_taken == session.participants.joined().count()
    assert session.seats_taken > 1


@pytest.mark.django_db
def test_who_is_no_admin_may_not_even_look():

    with pytest.raises(Forbidden):
        integrity.run(actor=StudentFactory(), now=timezone.now())
