"""Threads: their list, one of them, and the people behind them."""

from typing import Any

from rest_framework.decorators import action
from rest_framework.response import Response

from accounts.models import User
from accounts.requests import SignedInRequest
from messaging import services
from messaging.errors import RecipientNotFound, WritingToOneself
from messaging.models import Block
from messaging.presenters import people as people_presenter
from messaging.presenters.threads import threads, threads_of
from messaging.serializers.answers import (
    BlockedPersonSerializer,
    BlockSerializer,
    ConversationPageSerializer,
    PersonSerializer,
    ThreadReadSerializer,
    ThreadSerializer,
)
from messaging.serializers.inputs import ThreadQuerySerializer
from messaging.services import people
from messaging.views.base import MessagingView, MessagingViewSet, page_of_thread


class ThreadViewSet(MessagingViewSet):
    """The caller's threads; each is named by the other person's id."""

    page_size = 50
    queries = {"retrieve": ThreadQuerySerializer}
    answers = {
        "list": ThreadSerializer(many=True),
        "retrieve": ConversationPageSerializer,
        "read_all": ThreadReadSerializer,
    }
    refusals = {"retrieve": (RecipientNotFound,), "read_all": (RecipientNotFound,)}

    def list(self, request: SignedInRequest) -> Response:
        """With whom the caller has written, who was last first."""
        return self.get_paginated_response(threads(self.paginate_merged(threads_of(request.user)), request.user))

    def retrieve(self, request: SignedInRequest, pk: int) -> Response:
        """What the caller and somebody have written to each other: the newest page first, each page oldest first."""
        query = self.read_query()
        messages = services.thread_with(pk, viewer=request.user)
        if "booking_id" in query:
            messages = messages.filter(booking_id=query["booking_id"])
        return Response(page_of_thread(self, messages, request.user, before=query.get("before")))

    @action(detail=True, methods=["patch"], url_path="read-all")
    def read_all(self, request: SignedInRequest, pk: int) -> Response:
        """Mark all that somebody has written to the caller as read. Safe to repeat."""
        updated = services.mark_thread_read(pk, user=request.user)
        return Response({"message": "All messages marked as read", "updated": updated})


class PersonView(MessagingView):
    answers = {"get": PersonSerializer}
    refusals = {"get": (RecipientNotFound, WritingToOneself)}

    def get(self, request: SignedInRequest, pk: int) -> Response:
        """Whom one is about to write to."""
        other = people.require_reachable(request.user, pk)
        return Response(people_presenter.person(people_presenter.row_of(other)))


class BlockView(MessagingView):
    answers = dict.fromkeys(("post", "delete"), BlockSerializer)
    refusals = {"post": (RecipientNotFound, WritingToOneself)}

    def post(self, request: SignedInRequest, pk: int) -> Response:
        """Have no more messages of somebody, nor write to them. They are not told. Safe to repeat."""
        services.block(pk, user=request.user)
        return Response({"message": "User blocked", "user_id": pk, "is_blocked": True})

    def delete(self, request: SignedInRequest, pk: int) -> Response:
        """Take one's own block back. Safe to repeat."""
        services.unblock(pk, user=request.user)
        return Response({"message": "User unblocked", "user_id": pk, "is_blocked": False})


class BlockedViewSet(MessagingViewSet):
    answers = {"list": BlockedPersonSerializer(many=True)}

    def list(self, request: SignedInRequest) -> Response:
        """Whom the caller blocks, the latest first."""
        blocks = Block.objects.filter(blocker=request.user).order_by("-created_at", "-id")
        page: Any = self.paginate_queryset(blocks)
        rows = list(page.values_list("blocked_id", "created_at"))
        known = {row["id"]: row for row in people_presenter.people(User.objects.filter(pk__in=[pk for pk, _ in rows]))}
        return self.get_paginated_response([known[pk] | {"blocked_at": at} for pk, at in rows])
