from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from messaging import services
from messaging.tasks import wipe_deleted_messages
from tests.factories import MessageFactory

pytestmark = pytest.mark.django_db


def test_what_was_deleted_a_month_ago_is_wiped_by_the_command_and_by_the_task(capsys):
    one, other = MessageFactory(), MessageFactory()
    services.delete(one.pk, actor=one.sender)
    with time_machine.travel(timezone.now() + timedelta(days=31), tick=False):
        call_command("wipe_deleted_messages")
        services.delete(other.pk, actor=other.sender)
    with time_machine.travel(timezone.now() + timedelta(days=63), tick=False):
        wipe_deleted_messages()

    assert capsys.readouterr().out == "1 wiped\n"
    for message in (one, other):
        message.refresh_from_db()
        assert (message.removed_text, message.wiped_at is None) == ("", False)
