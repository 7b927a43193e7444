"""A system with something of everything in it, in which nothing is wrong."""

from datetime import timedelta

import pytest
from django.utils import timezone

from common import files
from messaging.models import Conversation
from peerlearn import demo
from tests import factories


@pytest.fixture(scope="module")
def sound_rows(kept_rows):
    """The demo data, and what it has none of."""
    files.sweep(now=timezone.now())  # what other tests have left in the storage, which knows no transactions
    demo.load(now=timezone.now())
    one, other = factories.StudentFactory(), factories.StudentFactory()
    now = timezone.now()
    for sender, recipient in ((one, other), (other, one), (one, other)):
        factories.MessageFactory(sender=sender, recipient=recipient)
    read = factories.MessageFactory(sender=other, recipient=one, read_at=now, delivered_at=now - timedelta(minutes=1))
    assert Conversation.objects.get().last_message == read


@pytest.fixture
def sound(sound_rows, db):
    pass
