"""What speaks against a chargeback, as an admin reads it: no more than what the two parties have said to each other."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audit.models import PersonalPart
from audit.origin import Origin, acting_from
from bookings.services import attendance
from messaging.models import Message
from messaging.services import excerpts
from payments.gateways.sandbox import SandboxGateway
from payments.models import Dispute
from payments.services import disputes
from payments.services.evidence import legible
from privacy.services import erasing
from tests.adminpanel.conftest import office
from tests.adminpanel.test_admin_walk import url
from tests.bookings.conftest import NOW
from tests.factories import MessageFactory, StudentFactory
from tests.payments.conftest import work_off
from tests.support.snapshot import everything

__all__ = ["office"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def lesson(confirmed):
    return confirmed(hours=72)


@pytest.fixture
def paid(lesson, pay):
    with acting_from(Origin(ip="192.0.2.7", user_agent="Browser/1")):
        return pay(lesson)


@pytest.fixture
def say(student, tutor):
    """`say("Hello.")` is the student's message to the tutor; `by` and `to` are other people."""

    def write(text, *, by=student, to=tutor.user, **fields):
        return MessageFactory(sender=by, recipient=to, text=text, **fields)

    return write


@pytest.fixture
def charged_back(paid, clock):
    """`charged_back()` is the dispute that the payer's bank opens after the lesson."""

    def open_one():
        clock.shift(timedelta(hours=72, minutes=40))
        attendance.complete_booking(paid.payable_id, actor=paid.tutor.user)
        SandboxGateway().open_dispute(paid.provider_id, reason="product_not_received")
        work_off()
        return Dispute.objects.get()

    return open_one


def texts(dispute):
    return [message["text"] for message in legible(dispute)["messages"]]


class TestTheMessages:
    def test_are_what_both_have_written_since_the_lesson_was_booked(self, say, charged_back, student, tutor):
        before = say("Do you teach algebra?")
        Message.objects.filter(pk=before.pk).update(created_at=NOW - timedelta(minutes=1))
        say("I look forward to it.")
        say("So do I.", by=tutor.user, to=student)

        dispute = charged_back()
        say("Never mind what my bank says.")

        at = NOW.isoformat()
        assert legible(dispute)["messages"] == [
            {"who": "student", "at": at, "text": "I look forward to it."},
            {"who": "tutor", "at": at, "text": "So do I."},
        ]
        assert legible(dispute)["status"] == "completed"

    def test_of_either_with_strangers_are_never_in_it(self, say, charged_back, student, tutor):
        stranger = StudentFactory()
        secrets = [
            say("The student to a stranger.", to=stranger),
            say("A stranger to the student.", by=stranger, to=student),
            say("A stranger to the tutor.", by=stranger),
            say("The tutor to a stranger.", by=tutor.user, to=stranger),
        ]

        dispute = charged_back()

        assert dispute.evidence["messages"] == []
        dispute.evidence["messages"] = [secret.pk for secret in secrets]  # not even if their numbers got into it
        assert texts(dispute) == []

    def test_that_are_deleted_held_or_only_files_are_not_in_it(self, say, charged_back):
        say("", deleted_at=NOW)
        say("Held for a moderator.", is_held=True)
        say("", attachment_count=1)

        assert charged_back().evidence["messages"] == []

    def test_are_the_newest_fifty(self, say, charged_back, monkeypatch):
        assert excerpts.MOST == 50
        monkeypatch.setattr(excerpts, "MOST", 2)
        for text in ("one", "two", "three"):
            say(text)

        assert texts(charged_back()) == ["two", "three"]

    def test_are_stored_by_number_so_that_what_is_deleted_later_is_gone(self, say, charged_back, student):
        message = say("I was there, by the way.")
        dispute = charged_back()
        assert dispute.evidence["messages"] == [message.pk]
        assert "by the way" not in str(dispute.evidence)

        Message.objects.filter(pk=message.pk).update(text="", search_text="", deleted_at=timezone.now())

        assert texts(dispute) == []

    def test_are_not_read_for_a_dispute_between_the_two_themselves(self, say, paid, clock):
        say("Hello.")
        clock.shift(timedelta(hours=73))

        dispute = disputes.open_dispute(paid.pk, actor=paid.payer, reason="late")

        assert not {"messages", "payment_begun_from"} & legible(dispute).keys()


class TestTheAddress:
    def test_is_the_one_that_the_payer_began_the_payment_from(self, charged_back):
        dispute = charged_back()

        assert legible(dispute)["payment_begun_from"] == "192.0.2.7"
        assert "192.0.2.7" not in str(dispute.evidence)

    def test_is_left_out_where_the_log_does_not_know_it(self, charged_back, student):
        dispute = charged_back()

        PersonalPart.objects.filter(subject_id=student.pk).delete()

        assert "payment_begun_from" not in legible(dispute)


@pytest.mark.parametrize("side", ["student", "tutor"])
def test_nothing_of_who_is_erased_is_left_in_it(say, charged_back, student, tutor, side):
    user = student if side == "student" else tutor.user
    say("A word of mine.", by=user, to=tutor.user if side == "student" else student)
    dispute = charged_back()
    assert texts(dispute) == ["A word of mine."]

    for category in erasing.categories()[:-1]:  # the last is the account, which is closed before
        category.perform(user, timezone.now())

    dispute.refresh_from_db()
    assert "messages" not in legible(dispute)
    assert "A word of mine." not in str(everything())
    if side == "student":
        assert legible(dispute) == {}


def test_the_back_office_shows_it_without_running_it(office, say, charged_back):
    say("<b>Thank you</b>")
    dispute = charged_back()

    page = office.get(url(Dispute, "change", dispute.pk)).content.decode()

    assert "&lt;b&gt;Thank you" in page
    assert "<b>Thank you" not in page
    assert "192.0.2.7" in page
