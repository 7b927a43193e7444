"""The questions that are asked of conversations and messages, each by its name."""

from collections.abc import Sequence
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q


class ConversationQuerySet(models.QuerySet):
    def of(self, user_id: int) -> Self:
        return self.filter(Q(low=user_id) | Q(high=user_id))

    def between(self, one: int, other: int) -> Self:
        """The pair's conversation, whoever of them is named first."""
        return self.filter(low=min(one, other), high=max(one, other))

    def sides_of(self, user_id: int) -> tuple[Self, Self]:
        """The user's conversations as the lower id and as the higher one: each is read along an index of its own."""
        return self.filter(low=user_id), self.filter(high=user_id)

    def newest_first(self) -> Self:
        return self.order_by("-active_at", "-id")


class MessageQuerySet(models.QuerySet):
    def shown_to(self, user_id: int) -> Self:
        """What is in the user's conversations: what is held for a moderator only its sender sees (R-MSG-9)."""
        return self.filter(Q(sender=user_id) | Q(recipient=user_id, is_held=False))

    def in_thread(self, conversation_id: int, user_id: int) -> Self:
        """The same within one conversation of the user's, along its index."""
        return self.filter(Q(is_held=False) | Q(sender=user_id), conversation=conversation_id)

    def unread_by(self, user_id: int) -> Self:
        """What counts as unread: arrived, not read, not deleted."""
        return self.filter(recipient=user_id, read_at=None, is_held=False, deleted_at=None)

    def containing(self, parts: Sequence[str]) -> Self:
        """Those in whose text every part occurs; parts are as `accounts.services.listing.sought` makes them."""
        return self.filter(*(Q(search_text__contains=part) for part in parts), deleted_at=None)

    def sent_and_received(self, user_id: int, *, with_person: int | None = None) -> tuple[Self, Self]:
        """`shown_to` in its two parts, each found by an index; with one person only, if given."""
        sent, received = self.filter(sender=user_id), self.filter(recipient=user_id, is_held=False)
        if with_person is None:
            return sent, received
        return sent.filter(recipient=with_person), received.filter(sender=with_person)

    def newest_first(self) -> Self:
        return self.order_by("-id")

    def kept_too_long(self, *, before: datetime) -> Self:
        """Deleted before that moment, and their text is still kept for moderators (R-MSG-3)."""
        return self.filter(deleted_at__lt=before, wiped_at=None)


class BlockQuerySet(models.QuerySet):
    def between(self, one: int, other: int) -> Self:
        """Set by either of the two."""
        return self.filter(Q(blocker=one, blocked=other) | Q(blocker=other, blocked=one))
