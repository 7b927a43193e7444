"""The talk in a session over HTTP, as the learner_v1 client reads it."""

from typing import Any

from rest_framework import status, viewsets
from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response

from accounts.errors import EmailNotVerified
from accounts.requests import SignedInRequest
from messaging.errors import TooManyMessages
from sessions_app import presenters
from sessions_app.errors import NotInSession
from sessions_app.models import SessionMessage, TutoringSession
from sessions_app.serializers import (
    SessionMessageSerializer,
    TalkInputSerializer,
    TalkQuerySerializer,
    TalkSerializer,
)
from sessions_app.services import talk


class SessionTalkViewSet(viewsets.GenericViewSet):
    """What the host and the participants of a session write to each other."""

    request: SignedInRequest
    queryset = TutoringSession.objects.none()
    permission_classes = (IsAuthenticated,)
    serializer_class = TalkInputSerializer
    lookup_value_converter = "id"
    page_size = 50
    idempotent_actions = frozenset({"say"})
    inputs = {"say": TalkInputSerializer}
    queries = {"chat": TalkQuerySerializer}
    answers = {"chat": TalkSerializer, "say": {201: SessionMessageSerializer}}
    refusals = {"chat": (NotInSession,), "say": (EmailNotVerified, NotInSession, TooManyMessages)}

    @action(detail=True, methods=["get"])
    def chat(self, request: SignedInRequest, pk: int) -> Response:
        """What was said in a session: the newest page first, each page oldest first. Its host and participants only."""
        session = talk.require_member(pk, request.user)
        rows: Any = self.paginate_queryset(SessionMessage.objects.filter(session=session).order_by("-id"))
        page = self.paginator.page  # type: ignore[union-attr]
        numbers = {"page": page.number, "limit": page.size, "total": page.total}
        return Response({"messages": presenters.talk(rows)[::-1], "pagination": numbers})

    @chat.mapping.post
    def say(self, request: SignedInRequest, pk: int) -> Response:
        """Say something to all of a session."""
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        said = talk.say(pk, serializer.validated_data["message"], sender=request.user)
        answer = presenters.talk(SessionMessage.objects.filter(pk=said.pk))[0]
        return Response(answer, status=status.HTTP_201_CREATED)
