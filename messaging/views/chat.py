"""The chat of the learner_v1 client: conversations by their own ids."""

from typing import Any

from django.db.models import Q
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.response import Response

from accounts.models import User
from accounts.requests import SignedInRequest
from messaging import services
from messaging.errors import (
    EditWindowClosed,
    MessageDeleted,
    RecipientNotFound,
    SenderOnly,
    TooManyNewConversations,
    TooManyReactions,
    WritingToOneself,
)
from messaging.models import Message
from messaging.presenters import messages as presenter
from messaging.presenters import people as people_presenter
from messaging.presenters.threads import conversation, conversations, threads_of
from messaging.serializers.answers import (
    ChatConversationSerializer,
    ChatMessageSerializer,
    ChatPageSerializer,
    PersonSerializer,
    ThreadReadSerializer,
)
from messaging.serializers.inputs import (
    ChatChangeSerializer,
    ChatInputSerializer,
    ChatQuerySerializer,
    EmojiInputSerializer,
    OpenInputSerializer,
)
from messaging.services import contacts
from messaging.services.conversations import find
from messaging.views.base import MessagingViewSet, page_of_thread
from messaging.views.messages import SENDING


class ConversationViewSet(MessagingViewSet):
    """The caller's conversations. Other people's do not exist for them."""

    page_size = 50
    idempotent_actions = frozenset({"write"})
    inputs = {"create": OpenInputSerializer, "write": ChatInputSerializer}
    queries = {"messages": ChatQuerySerializer}
    answers = {
        "list": ChatConversationSerializer(many=True),
        "create": {201: ChatConversationSerializer, 200: ChatConversationSerializer},
        "messages": ChatPageSerializer,
        "write": {201: ChatMessageSerializer},
        "read": ThreadReadSerializer,
    }
    refusals = {
        "create": (RecipientNotFound, WritingToOneself, TooManyNewConversations),
        "write": SENDING,
    }

    def list(self, request: SignedInRequest) -> Response:
        """The caller's conversations, where something was said last first."""
        page = self.paginate_merged(threads_of(request.user, with_empty=True))
        return self.get_paginated_response(conversations(page, request.user))

    def create(self, request: SignedInRequest) -> Response:
        """The conversation with somebody: 200 where there is one already, 201 where it is new."""
        opened, is_new = services.open_with(self.read_body()["recipient_id"], user=request.user)
        answer = conversation(opened, request.user)
        return Response(answer, status=status.HTTP_201_CREATED if is_new else status.HTTP_200_OK)

    @action(detail=True, methods=["get"])
    def messages(self, request: SignedInRequest, pk: int) -> Response:
        """What was written in a conversation: the newest page first, each page oldest first."""
        found = find(pk, user=request.user)
        shown = Message.objects.in_thread(found.pk, request.user.pk)
        page = page_of_thread(self, shown, request.user, before=self.read_query().get("before"))
        return Response(page | {"messages": presenter.for_chat(page["messages"])})

    @messages.mapping.post
    def write(self, request: SignedInRequest, pk: int) -> Response:
        """Write in a conversation."""
        written = services.send_in(pk, sender=request.user, **self.read_body())
        return Response(_chat(written, request.user), status=status.HTTP_201_CREATED)

    @action(detail=True, methods=["patch"])
    def read(self, request: SignedInRequest, pk: int) -> Response:
        """Mark all that the other has written as read. Safe to repeat."""
        updated = services.mark_conversation_read(pk, user=request.user)
        return Response({"message": "Conversation marked as read", "updated": updated})


class ChatMessageViewSet(MessagingViewSet):
    inputs = {"partial_update": ChatChangeSerializer, "react": EmojiInputSerializer}
    queries = {"unreact": EmojiInputSerializer}
    answers = dict.fromkeys(("partial_update", "react", "unreact"), ChatMessageSerializer)
    refusals = {
        "partial_update": (SenderOnly, MessageDeleted, EditWindowClosed, RecipientNotFound),
        "react": (MessageDeleted, RecipientNotFound, TooManyReactions),
    }

    def partial_update(self, request: SignedInRequest, pk: int) -> Response:
        """Change one's own message, within 15 minutes."""
        return Response(_chat(services.edit(pk, self.read_body()["text"], actor=request.user), request.user))

    @action(detail=True, methods=["post"])
    def react(self, request: SignedInRequest, pk: int) -> Response:
        """Put an emoji on a message. Safe to repeat."""
        return Response(_chat(services.react(pk, self.read_body()["emoji"], actor=request.user), request.user))

    @react.mapping.delete
    def unreact(self, request: SignedInRequest, pk: int) -> Response:
        """Take one's own emoji back: the one that `emoji` names, in the query or in the body. Safe to repeat."""
        emoji = EmojiInputSerializer(data=self.request.data or self.request.query_params.dict())
        emoji.is_valid(raise_exception=True)
        return Response(_chat(services.unreact(pk, emoji.validated_data["emoji"], actor=request.user), request.user))


class ContactViewSet(MessagingViewSet):
    page_size = 50
    answers = {"list": PersonSerializer(many=True)}

    def list(self, request: SignedInRequest) -> Response:
        """People with whom the caller has something in common (bookings, sessions, messages), by name."""
        known = User.objects.active().filter(Q(pk__in=contacts.of(request.user)))
        page: Any = self.paginate_queryset(known.order_by("first_name", "last_name", "id"))
        return self.get_paginated_response(people_presenter.people(page))


def _chat(message: Message, viewer: User) -> dict[str, Any]:
    return presenter.for_chat([presenter.message(message, viewer)])[0]
