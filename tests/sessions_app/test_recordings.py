"""Recordings where nobody is on the line: what the clock deletes."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from sessions_app import tasks
from sessions_app.models import Recording
from tests.factories import RecordingFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("run", ["command", "task"])
def test_a_command_and_a_task_delete_what_is_too_old_and_nothing_else(run, capsys):
    young, old = RecordingFactory(), RecordingFactory()
    Recording.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=180))

    call_command("delete_old_recordings") if run == "command" else tasks.delete_old_recordings()

    assert list(Recording.objects.all()) == [young]
    assert capsys.readouterr().out == ("1 recordings deleted\n" if run == "command" else "")
