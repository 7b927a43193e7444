"""Paying, getting money back, and what was paid."""

from typing import Any, ClassVar

from django.http import HttpResponse
from rest_framework import serializers, status, viewsets
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.errors import EmailNotVerified
from accounts.requests import SignedInRequest
from accounts.views.base import AccountView
from common.errors import Conflict, Forbidden, NotFound
from notifications.errors import ExactlyOne
from payments.errors import (
    AlreadyPaid,
    AmountMismatch,
    DisputeOpen,
    DisputeRefused,
    NothingToPay,
    NotRefundable,
    PaymentRefused,
    ProviderUnavailable,
    RefundTooLarge,
    StillOn,
)
from payments.filters import PaymentFilter
from payments.models import Payment
from payments.payables import payable_of_session
from payments.presenters import payments as presenter
from payments.serializers.answers import DisputeSerializer, IntentSerializer, PaymentSerializer, RefundSerializer
from payments.serializers.inputs import (
    ConfirmInputSerializer,
    DisputeInputSerializer,
    IntentInputSerializer,
    RefundInputSerializer,
)
from payments.services import disputes, intents, refunds


class PaymentView(AccountView):
    """With a limit of its own for what changes something."""

    permission_classes = (IsAuthenticated,)
    throttle_scope = "payments"
    idempotent_actions = frozenset({"post"})


class CreateIntentView(PaymentView):
    commits_itself = frozenset({"post"})  # it talks to the provider
    input_serializer = IntentInputSerializer
    answers: ClassVar[dict[str, Any]] = {"post": {201: IntentSerializer}}
    refusals = {
        "post": (
            *(EmailNotVerified, ExactlyOne, AmountMismatch, PaymentRefused, NotFound, NothingToPay, AlreadyPaid),
            ProviderUnavailable,
        )
    }

    def post(self, request: SignedInRequest) -> Response:
        """Begin to pay for a lesson or a package of one's own, or go on with it.

        Exactly one of the three ids; the amount follows from the terms. A thing has one open payment however often it
        is asked for.
        """
        sent = self.read(request)
        kind, pk = sent.pop("what")
        if kind == "session":
            kind, pk = payable_of_session(pk, payer=request.user)
        payment = intents.create_intent(kind, pk, payer=request.user, **sent)
        return Response(presenter.intent(payment), status=status.HTTP_201_CREATED)


class ConfirmView(PaymentView):
    commits_itself = frozenset({"post"})  # it talks to the provider
    input_serializer = ConfirmInputSerializer
    answers: ClassVar[dict[str, Any]] = {"post": PaymentSerializer}
    refusals = {"post": (EmailNotVerified, PaymentRefused, NotFound, ProviderUnavailable)}

    def post(self, request: SignedInRequest) -> Response:
        """Say that a payment was made, or make it with a payment method of the provider's.

        The answer is how the provider says that it stands: a card that was refused is a payment that `failed`.
        """
        sent = self.read(request)
        payment = intents.confirm(sent["payment_id"], payer=request.user, payment_method=sent.get("payment_method", ""))
        return Response(presenter.detail(payment.pk, request.user))


class RefundView(PaymentView):
    input_serializer = RefundInputSerializer
    answers: ClassVar[dict[str, Any]] = {"post": {201: RefundSerializer}}
    refusals = {"post": (Forbidden, NotFound, NotRefundable, RefundTooLarge, StillOn)}

    def post(self, request: SignedInRequest) -> Response:
        """Give money back: an admin any amount that is left, and to who paid what the terms give.

        It is `pending` until the provider has made it.
        """
        sent = self.read(request)
        made = refunds.refund_payment(
            sent["payment_id"], actor=request.user, amount=sent.get("amount"), reason=sent["reason"]
        )
        return Response(presenter.refund(made, made.payment.currency), status=status.HTTP_201_CREATED)


class DisputeView(PaymentView):
    input_serializer = DisputeInputSerializer
    answers: ClassVar[dict[str, Any]] = {"post": {201: DisputeSerializer}}
    refusals = {"post": (Forbidden, NotFound, DisputeOpen, DisputeRefused)}

    def post(self, request: SignedInRequest) -> Response:
        """Dispute what one has paid, up to 30 days after the lesson. Nothing of it is paid out until it is decided."""
        sent = self.read(request)
        opened = disputes.open_dispute(
            sent["payment_id"], actor=request.user, reason=sent["reason"], description=sent["description"]
        )
        return Response(presenter.dispute(opened, opened.payment.currency), status=status.HTTP_201_CREATED)


class PaymentHistoryViewSet(viewsets.GenericViewSet):
    request: SignedInRequest
    permission_classes = (IsAuthenticated,)
    queryset = Payment.objects.none()
    serializer_class = serializers.Serializer
    filterset_class = PaymentFilter
    answers: ClassVar[dict[str, Any]] = {"list": PaymentSerializer(many=True)}

    def list(self, request: SignedInRequest) -> Response:
        """What one has paid, or as a mentor is paid, the newest first; all payments for admins."""
        found: Any = self.filter_queryset(Payment.objects.visible_to(request.user))
        page: Any = self.paginate_queryset(found.order_by("-pk"))
        return self.get_paginated_response(presenter.cards(page, request.user))


class ReceiptView(APIView):
    permission_classes = (IsAuthenticated,)
    answers: ClassVar[dict[str, Any]] = {"get": serializers.FileField()}
    produces = ("application/pdf",)
    refusals = {"get": (Conflict,)}

    def get(self, request: SignedInRequest, pk: int) -> HttpResponse:
        """The receipt of a payment as a PDF, for the two people of it and for admins, once something was taken."""
        from payments.services.receipts import receipt_of  # what draws it is heavy

        name, content = receipt_of(pk, viewer=request.user)
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return HttpResponse(content, content_type="application/pdf", headers=headers)
