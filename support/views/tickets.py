"""Tickets: one's own, and all of them for the staff."""

from typing import Any

from django.utils import timezone
from rest_framework import serializers, status, viewsets
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response

from accounts.models import User
from accounts.requests import SignedInRequest
from accounts.views.base import AccountView
from common.conditional import expected_version
from common.errors import InvalidTransition, NotFound
from support.errors import EscalatedAlready, NothingSaid, NotOfTheStaff, SupportStaffOnly
from support.filters import TicketFilter
from support.models import Ticket
from support.presenters import tickets as presenter
from support.serializers.answers import TicketCardSerializer, TicketSaidSerializer, TicketSerializer
from support.serializers.inputs import (
    TicketChatInputSerializer,
    TicketInputSerializer,
    TicketReasonSerializer,
    TicketUpdateSerializer,
)
from support.services import access, handling, opening, talking


class TicketViewSet(viewsets.GenericViewSet):
    """Other people's tickets do not exist for who is not of the staff."""

    request: SignedInRequest
    queryset = Ticket.objects.none()
    filterset_class = TicketFilter
    permission_classes = (IsAuthenticated,)
    lookup_value_converter = "id"
    idempotent_actions = frozenset({"create"})
    versioned_actions = frozenset({"update"})
    inputs: dict[str, type[serializers.Serializer]] = {
        "create": TicketInputSerializer,
        "update": TicketUpdateSerializer,
    }
    answers = {
        "list": TicketCardSerializer(many=True),
        **dict.fromkeys(("create", "retrieve", "update"), TicketSerializer),
    }
    refusals = {
        "create": (NotFound,),
        "update": (SupportStaffOnly, NotOfTheStaff, NothingSaid, InvalidTransition),
    }

    def get_serializer_class(self) -> type[serializers.BaseSerializer]:
        return self.inputs.get(self.action, serializers.Serializer)

    def list(self, request: SignedInRequest) -> Response:
        """One's own tickets, the newest first; everybody's for the staff."""
        found: Any = self.filter_queryset(Ticket.objects.visible_to(request.user))
        page: Any = self.paginate_queryset(found.newest_first())
        return self.get_paginated_response(presenter.cards(page, request.user))

    def create(self, request: SignedInRequest) -> Response:
        """Ask support for something."""
        made = opening.open_ticket(requester=request.user, now=timezone.now(), **self._read())
        return Response(presenter.detail(made.pk, request.user), status=status.HTTP_201_CREATED)

    def retrieve(self, request: SignedInRequest, pk: int) -> Response:
        """A ticket with its conversation; for the staff with their notes and its history, too."""
        return Response(presenter.detail(access.find(pk, request.user).pk, request.user))

    def update(self, request: SignedInRequest, pk: int) -> Response:
        """Answer in a ticket, or close it; the staff also changes priority and state, and who looks after it.

        What is resolved is opened again by an answer within a week. An answer to what is closed makes a new ticket,
        which is what is answered then.
        """
        version = expected_version(request)
        changed = handling.update(pk, self._read(), actor=request.user, now=timezone.now(), version=version)
        return Response(presenter.detail(changed.pk, request.user))

    def _read(self) -> dict[str, Any]:
        serializer = self.get_serializer(data=self.request.data)
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data


class TicketView(AccountView):
    permission_classes = (IsAuthenticated,)


class TicketEscalationView(TicketView):
    input_serializer = TicketReasonSerializer
    answers = {"put": TicketSerializer}
    refusals = {"put": (NotFound, EscalatedAlready, InvalidTransition)}

    def put(self, request: SignedInRequest) -> Response:
        """Ask for somebody higher to look at a ticket: its requester once, the staff always."""
        return Response(_done(handling.escalate, self.read(request), request.user))


class TicketClosingView(TicketView):
    input_serializer = TicketReasonSerializer
    answers = {"put": TicketSerializer}
    refusals = {"put": (NotFound, InvalidTransition)}

    def put(self, request: SignedInRequest) -> Response:
        """Close a ticket, one's own or as the staff."""
        return Response(_done(handling.close, self.read(request), request.user))


class TicketChatView(TicketView):
    idempotent_actions = frozenset({"post"})
    input_serializer = TicketChatInputSerializer
    answers = {"post": {201: TicketSaidSerializer}}
    refusals = {"post": (NotFound, InvalidTransition)}

    def post(self, request: SignedInRequest) -> Response:
        """Say something in a ticket, or begin a new one. The other side's sockets hear it at once."""
        sent = self.read(request)
        ticket, said = talking.chat(sent.get("ticket_id"), sent["message"], author=request.user, now=timezone.now())
        answer = {"ticket_id": ticket.pk, "message": presenter.message(said)}
        return Response(answer, status=status.HTTP_201_CREATED)


def _done(deed: Any, sent: dict[str, Any], actor: User) -> dict[str, Any]:
    changed = deed(sent["ticket_id"], reason=sent["reason"], actor=actor, now=timezone.now())
    return presenter.detail(changed.pk, actor)
