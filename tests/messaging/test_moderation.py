"""What moderators do with the queue (R-MSG-6, R-MSG-9)."""

import pytest

from audit.models import AuditEntry
from common.errors import Forbidden, InvalidTransition, NotFound
from messaging import services
from messaging.models import Conversation, Report
from messaging.services import moderation
from tests.adminpanel.test_admin_walk import url
from tests.factories import AdminFactory, AttachmentFactory, MessageFactory, MessageReportFactory, StudentFactory
from tests.messaging.events import frames_to, kinds_to
from tests.support.clients import Api

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    return AdminFactory()


@pytest.fixture
def office(client, admin):
    client.force_login(admin)
    return client


@pytest.fixture
def held():
    """A message that is held because five strangers have had the same."""
    sender = StudentFactory()
    sent = [services.send(sender=sender, recipient_id=StudentFactory().pk, text="Buy my course") for _ in range(6)]
    return sent[5]


def actions():
    return list(AuditEntry.objects.filter(action__startswith="message_report.").values_list("action", "reason"))


def test_an_upheld_report_deletes_the_message_for_both_and_is_on_record(admin):
    report = MessageReportFactory()
    moderation.uphold(report.pk, reason="An insult", actor=admin)

    report.refresh_from_db()
    message = report.message
    message.refresh_from_db()
    assert (report.state, report.decided_by) == ("upheld", admin)
    assert (message.text, message.removed_text, message.deleted_by) == ("", "See you tomorrow!", admin)
    assert frames_to(message.recipient, "message_deleted")[0]["deleted_by"] == admin.pk
    assert actions() == [("message_report.upheld", "An insult")]


def test_a_dismissed_report_leaves_everything_as_it_is(admin):
    report = MessageReportFactory()
    moderation.dismiss(report.pk, actor=admin)

    report.refresh_from_db()
    report.message.refresh_from_db()
    assert (report.state, report.message.text) == ("dismissed", "See you tomorrow!")
    assert kinds_to(report.message.recipient) == []
    assert actions() == [("message_report.dismissed", "")]


def test_dismissing_delivers_what_was_held(held, admin):
    moderation.dismiss(Report.objects.get().pk, actor=admin)

    held.refresh_from_db()
    conversation = Conversation.objects.get(pk=held.conversation_id)
    assert not held.is_held
    assert (conversation.last_message, conversation.unread_of(held.recipient_id)) == (held, 1)
    assert kinds_to(held.recipient) == ["conversation_new", "new_message", "notification"]
    assert kinds_to(held.sender) == ["message_sent"] * 7  # five to others, this one when written and when delivered


def test_what_was_held_and_is_delivered_late_does_not_pass_what_came_after(held, admin):
    later = MessageFactory(sender=held.recipient, recipient=held.sender)
    moderation.dismiss(Report.objects.get().pk, actor=admin)

    assert Conversation.objects.get(pk=held.conversation_id).last_message == later


def test_upholding_what_was_held_tells_its_recipient_nothing(held, admin):
    moderation.uphold(Report.objects.get().pk, reason="Spam", actor=admin)

    assert kinds_to(held.recipient) == []
    assert Conversation.objects.get(pk=held.conversation_id).unread_of(held.recipient_id) == 0
    assert Api().as_(held.recipient).get("/api/messages/threads").json() == []


def test_each_report_is_decided_once_and_by_admins_only(admin):
    report = MessageReportFactory()
    with pytest.raises(Forbidden):
        moderation.dismiss(report.pk, actor=report.reported)
    with pytest.raises(NotFound):
        moderation.dismiss(10**12, actor=admin)
    moderation.dismiss(report.pk, actor=admin)
    with pytest.raises(InvalidTransition):
        moderation.uphold(report.pk, reason="After all", actor=admin)

    assert len(actions()) == 1


def test_a_moderator_sees_former_texts_and_gets_the_files_of_a_reported_message(office, admin):
    attachment = AttachmentFactory(name="threat.txt")
    message = attachment.message
    services.edit(message.pk, "Never mind", actor=message.sender)
    report = services.report(message.pk, "A threat", reporter=message.recipient)

    html = office.get(url(Report, "change", report.pk)).content.decode()

    path = f"/api/messages/attachments/{attachment.pk}/download"
    assert "See you tomorrow!" in html
    assert f'href="{path}"' in html
    assert b"".join(office.get(path).streaming_content) == b"hello"


def test_the_page_of_a_report_shows_what_was_written_as_plain_text(office):
    message = MessageFactory(text="<script>alert(1)</script>")
    report = services.report(message.pk, "An insult", reporter=message.recipient)
    services.delete(message.pk, actor=message.sender)

    html = office.get(url(Report, "change", report.pk)).content.decode()

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "<script>alert(1)" not in html
