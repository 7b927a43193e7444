"""Lists of several parts, each along an index of its own."""

from datetime import timedelta

import pytest
from django.utils import timezone

from common.merged import Merged
from messaging.models import Conversation, Message
from tests.factories import ConversationFactory, MessageFactory, StudentFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("size", [1, 3, 7, 50])
def test_pages_are_those_of_the_whole_list_newest_first(size):
    earlier = StudentFactory.create_batch(6)
    me = StudentFactory()
    others = [*earlier, *StudentFactory.create_batch(6)]  # half of them are the lower side of their pair
    now = timezone.now()
    for number, other in enumerate(others):
        at = now - timedelta(minutes=number * 5 % 7)  # some at the same time: then the id decides
        ConversationFactory(one=me, other=other, active_at=at)
    ConversationFactory()
    whole = list(Conversation.objects.of(me.pk).order_by("-active_at", "-id"))
    merged = Merged(Conversation.objects.sides_of(me.pk), "-active_at", "-id")

    pages = [list(merged[start : start + size]) for start in range(0, 15, size)]

    assert [row for page in pages for row in page] == whole
    assert len(whole) == 12
    assert list(merged.none()) == []


def test_values_that_look_like_sql_stay_values():
    odd = "'; DROP TABLE messaging_message; -- %s %%"
    message = MessageFactory(text=odd)
    MessageFactory()

    found = Merged([Message.objects.filter(text=odd)], "-created_at", "-id")

    assert list(found[0:10]) == [message]
