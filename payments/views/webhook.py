"""What payment providers tell us."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.views.base import OpenView
from payments.errors import BadWebhook
from payments.serializers.answers import ReceivedSerializer
from payments.services import webhooks


class WebhookView(OpenView):
    """For providers: their signature says who they are, and they are never told to come more slowly."""

    throttle_scope = None
    answers: ClassVar[dict[str, Any]] = {"post": ReceivedSerializer}
    refusals = {"post": (BadWebhook,)}

    def post(self, request: Request) -> Response:
        """Take in an event of a payment provider, once however often it is delivered; it is worked through later.

        The raw body must be signed in `Stripe-Signature`, or where no provider is set up in `Sandbox-Signature`.
        """
        body = request._request.body  # as it was signed, before anybody parses it, and of whatever type
        webhooks.take_in(_provider_of(request.headers), body, request.headers)
        return Response({"received": True})


def _provider_of(headers: Mapping[str, str]) -> str:
    """Whose signature is there. Raises BadWebhook for one that nobody can have made here."""
    if "Stripe-Signature" in headers and settings.STRIPE_WEBHOOK_SECRET:
        return "stripe"
    if "Sandbox-Signature" in headers and settings.PAYMENT_PROVIDER == "sandbox":
        return "sandbox"
    raise BadWebhook
