"""Single messages: writing, changing, marking, reporting; the search in one's own; how many are unread."""

from typing import Any, ClassVar

from rest_framework import status
from rest_framework.decorators import action
from rest_framework.response import Response

from accounts.errors import EmailNotVerified
from accounts.requests import SignedInRequest
from accounts.services.listing import sought
from common.errors import NotFound
from common.merged import Merged
from common.planning import planned_for_its_values
from messaging import services
from messaging.errors import (
    ClientIdReused,
    EditWindowClosed,
    MessageDeleted,
    MessageReportedAlready,
    OwnMessage,
    RecipientNotFound,
    RecipientOnly,
    SenderOnly,
    TooManyMessages,
    TooManyNewConversations,
    WritingToOneself,
)
from messaging.models import Message
from messaging.presenters import messages as presenter
from messaging.serializers.answers import (
    DirectMessageSerializer,
    MessageReportSerializer,
    ReceivedMessageSerializer,
    UnreadSerializer,
)
from messaging.serializers.inputs import (
    MessageInputSerializer,
    MessageReportInputSerializer,
    ReceiverInputSerializer,
    SearchQuerySerializer,
    SettingsSerializer,
    TextInputSerializer,
)
from messaging.services import receipts
from messaging.views.base import MessagingView, MessagingViewSet

SENDING = (
    *(EmailNotVerified, RecipientNotFound, WritingToOneself, ClientIdReused),
    *(TooManyMessages, TooManyNewConversations),
)


class MessageViewSet(MessagingViewSet):
    """Messages of the caller's conversations. Other people's do not exist for them."""

    idempotent_actions = frozenset({"create"})
    inputs = {
        "create": MessageInputSerializer,
        "partial_update": TextInputSerializer,
        "report": MessageReportInputSerializer,
    }
    answers: ClassVar[dict[str, Any]] = {
        **dict.fromkeys(("create", "partial_update", "read"), DirectMessageSerializer),
        "destroy": None,
        "report": {201: MessageReportSerializer},
    }
    refusals: ClassVar[dict[str, Any]] = {
        "create": (*SENDING, NotFound),
        "partial_update": (SenderOnly, MessageDeleted, EditWindowClosed, RecipientNotFound),
        "destroy": (SenderOnly,),
        "read": (RecipientOnly,),
        "report": (OwnMessage, MessageReportedAlready),
    }

    def create(self, request: SignedInRequest) -> Response:
        """Write to somebody. 30 messages a minute and 200 an hour, 20 new conversations a day."""
        sent = self.read_body()
        written = services.send(sender=request.user, text=sent.pop("message"), **sent)
        return Response(presenter.message(written, request.user), status=status.HTTP_201_CREATED)

    def partial_update(self, request: SignedInRequest, pk: int) -> Response:
        """Change one's own message, within 15 minutes."""
        changed = services.edit(pk, self.read_body()["message"], actor=request.user)
        return Response(presenter.message(changed, request.user))

    def destroy(self, request: SignedInRequest, pk: int) -> Response:
        """Delete one's own message: its text and its files are gone at once, for both. Safe to repeat."""
        services.delete(pk, actor=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @action(detail=True, methods=["patch"])
    def read(self, request: SignedInRequest, pk: int) -> Response:
        """Mark a message that one has received as read. Safe to repeat."""
        return Response(presenter.message(services.mark_read(pk, user=request.user), request.user))

    @action(detail=True, methods=["post"])
    def report(self, request: SignedInRequest, pk: int) -> Response:
        """Ask a moderator to look at a message that one has received. Until then it stays as it is."""
        report = services.report(pk, self.read_body()["reason"], reporter=request.user)
        answer = {"message": "Message reported", "id": report.pk, "message_id": pk, "state": report.state}
        return Response(answer, status=status.HTTP_201_CREATED)


class ReceiverMessageViewSet(MessageViewSet):
    """Writing in the words of the learner_v1 document; and what two people have written to each other."""

    inputs = {"create": ReceiverInputSerializer}
    answers: ClassVar[dict[str, Any]] = {
        "create": ReceivedMessageSerializer,
        "list": ReceivedMessageSerializer(many=True),
    }
    refusals = {"create": SENDING, "list": (RecipientNotFound,)}

    def create(self, request: SignedInRequest) -> Response:
        """Write to a peer or a tutor."""
        sent = self.read_body()
        written = services.send(
            sender=request.user, recipient_id=sent.pop("receiver_id"), text=sent.pop("message"), **sent
        )
        answer = _with_receiver(presenter.message(written, request.user))
        return Response(answer, status=status.HTTP_201_CREATED)

    def list(self, request: SignedInRequest, pk: int) -> Response:
        """What the caller and somebody have written to each other, newest first."""
        messages = services.thread_with(pk, viewer=request.user)
        page: Any = self.paginate_queryset(messages.newest_first())
        return self.get_paginated_response([_with_receiver(row) for row in presenter.messages(page, request.user)])


class SearchViewSet(MessagingViewSet):
    queries = {"list": SearchQuerySerializer}
    answers = {"list": DirectMessageSerializer(many=True)}

    def list(self, request: SignedInRequest) -> Response:
        """Search one's own threads, newest first. Every word must occur; one of two letters must begin a word."""
        with planned_for_its_values():
            page = self.paginate_merged(self._found())
            return self.get_paginated_response(presenter.messages(page, request.user))

    def _found(self) -> Merged:
        query = self.read_query()
        found = Message.objects.containing(sought(query["text"]))
        parts = found.sent_and_received(self.request.user.pk, with_person=query.get("user_id"))
        return Merged(parts, "-created_at", "-id")


class UnreadView(MessagingView):
    answers = {"get": UnreadSerializer}

    def get(self, request: SignedInRequest) -> Response:
        """How many messages the caller has not read, in all and by sender."""
        by_sender = services.unread_of(request.user)
        total = sum(by_sender.values())
        return Response({"unread_count": total, "total": total, "by_sender": by_sender})


class SettingsView(MessagingView):
    input_serializer = SettingsSerializer
    answers = dict.fromkeys(("get", "put"), SettingsSerializer)

    def get(self, request: SignedInRequest) -> Response:
        """What the caller has chosen for messages."""
        return Response({"read_receipts": receipts.settings_of(request.user).read_receipts})

    def put(self, request: SignedInRequest) -> Response:
        """Turn receipts off, in both directions, or on again."""
        chosen = receipts.update_settings(request.user, read_receipts=self.read(request)["read_receipts"])
        return Response({"read_receipts": chosen.read_receipts})


def _with_receiver(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"receiver_id": row["recipient_id"]}
