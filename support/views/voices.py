"""Calls for help, and what people think."""

from django.utils import timezone
from rest_framework import status
from rest_framework.response import Response

from accounts.requests import SignedInRequest
from common.errors import NotFound
from support.errors import RatedAlready, RatingOver, TicketNotResolved
from support.guidance import guidance
from support.serializers.answers import EmergencySerializer, FeedbackGivenSerializer
from support.serializers.inputs import EmergencyInputSerializer, FeedbackInputSerializer
from support.services import feedback, opening
from support.views.tickets import TicketView

ON_THE_WAY = "Those on call have been told. Somebody reads this now."


class EmergencyView(TicketView):
    """With a limit of its own, which nobody in need reaches, so that other requests never use it up (R-SUP-1)."""

    throttle_scope = "emergency"
    idempotent_actions = frozenset({"post"})
    input_serializer = EmergencyInputSerializer
    answers = {"post": {201: EmergencySerializer}}

    def post(self, request: SignedInRequest) -> Response:
        """Call for help: those on call are told at once.

        Again within an hour it is the same ticket, and a further call. The answer says what to do first.
        """
        sent, user = self.read(request), request.user
        phone = sent.get("phone", "")
        ticket = opening.call_for_help(
            sent["message"], requester=user, phone=phone, session_id=sent.get("session_id"), now=timezone.now()
        )
        words = guidance(phone or user.phone, user.timezone)
        answer = {"ticket_id": ticket.pk, "message": ON_THE_WAY, "guidance": words}
        return Response(answer, status=status.HTTP_201_CREATED)


class SupportFeedbackView(TicketView):
    idempotent_actions = frozenset({"post"})
    input_serializer = FeedbackInputSerializer
    answers = {"post": {201: FeedbackGivenSerializer}}
    refusals = {"post": (NotFound, TicketNotResolved, RatingOver, RatedAlready)}

    def post(self, request: SignedInRequest) -> Response:
        """Say what one thinks of the platform, or of how a ticket was handled."""
        given = feedback.give(user=request.user, now=timezone.now(), **self.read(request))
        answer = {"message": "Thank you for telling us", "id": given.pk}
        return Response(answer, status=status.HTTP_201_CREATED)
