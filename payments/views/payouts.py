"""What mentors are paid: their own statements, and the admins' runs."""

from typing import Any, ClassVar

from django.utils import timezone
from rest_framework import serializers, status, viewsets
from rest_framework.response import Response

from accounts.models import TutorProfile
from accounts.permissions import IsAdmin, MentorAccess
from accounts.requests import SignedInRequest
from accounts.services.verification import mentor_of
from common.errors import Invalid, NotFound
from payments.filters import PayoutFilter
from payments.models import Payout
from payments.presenters import payouts as presenter
from payments.serializers.answers import (
    AdminPayoutSerializer,
    PayoutPageSerializer,
    PayoutsMadeSerializer,
    PayoutStatementSerializer,
)
from payments.serializers.inputs import PayoutQuerySerializer, PayoutRunSerializer
from payments.services import payouts


class MentorPayoutViewSet(viewsets.GenericViewSet):
    """Mentors see their own, admins everybody's."""

    request: SignedInRequest
    permission_classes = (MentorAccess,)
    queryset = Payout.objects.none()
    serializer_class = serializers.Serializer
    filter_backends = ()
    queries: ClassVar[dict[str, Any]] = {"list": PayoutQuerySerializer}
    answers: ClassVar[dict[str, Any]] = {"list": PayoutPageSerializer, "retrieve": PayoutStatementSerializer}
    refusals: ClassVar[dict[str, Any]] = {"list": (NotFound, Invalid)}

    def list(self, request: SignedInRequest) -> Response:
        """The caller's payouts, or to an admin those of the mentor that `mentorId` names, the newest first.

        `balance` is what is earned and not paid yet, by currency.
        """
        query = PayoutQuerySerializer(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        mentor = mentor_of(request.user, query.validated_data.get("mentor_id"))
        shown: Any = self.paginate_queryset(Payout.objects.filter(tutor=mentor).order_by("-pk"))
        page: Any = self.paginator.page  # type: ignore[union-attr] # every dialect has pages
        return Response(
            {
                "items": presenter.cards(shown),
                "total": page.total,
                "page": page.number,
                "page_size": page.size,
                "total_pages": page.count,
                "balance": presenter.balances(mentor, now=timezone.now()),
            }
        )

    def retrieve(self, request: SignedInRequest, pk: int) -> Response:
        """The statement of a payout: every lesson in it, with what was paid, the platform's share and the rest."""
        if not Payout.objects.visible_to(request.user).filter(pk=pk).exists():
            raise NotFound("Payout not found")
        return Response(presenter.statement(pk))


class PayoutRunViewSet(viewsets.GenericViewSet):
    """Everybody's payouts, for admins."""

    request: SignedInRequest
    permission_classes = (IsAdmin,)
    queryset = Payout.objects.none()
    serializer_class = PayoutRunSerializer
    filterset_class = PayoutFilter
    idempotent_actions = frozenset({"create"})
    inputs: ClassVar[dict[str, Any]] = {"create": PayoutRunSerializer}
    answers: ClassVar[dict[str, Any]] = {
        "list": AdminPayoutSerializer(many=True),
        "create": PayoutsMadeSerializer,
    }
    refusals: ClassVar[dict[str, Any]] = {"create": (NotFound,)}

    def list(self, request: SignedInRequest) -> Response:
        """All payouts, the newest first."""
        page: Any = self.paginate_queryset(self.filter_queryset(Payout.objects.order_by("-pk")))
        return self.get_paginated_response(presenter.admin_cards(page))

    def create(self, request: SignedInRequest) -> Response:
        """Pay out what is available: to every mentor and in every currency, or to one mentor.

        What is less than the least sum, disputed, or of a mentor without an account or with an open payout waits; so
        does what the caller has earned: another admin pays that out.
        """
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        sent = serializer.validated_data
        mentor_id = sent.get("mentor_id")
        if mentor_id is not None and not TutorProfile.objects.filter(pk=mentor_id).exists():
            raise NotFound("Mentor not found")
        made = payouts.run_payouts(actor=request.user, tutor_id=mentor_id, period_end=sent.get("period_end"))
        items = presenter.admin_cards(Payout.objects.filter(pk__in=[payout.pk for payout in made]))
        return Response({"items": items}, status=status.HTTP_201_CREATED)
