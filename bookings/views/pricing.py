"""The prices on a tutor's profile."""

from rest_framework.response import Response

from accounts.requests import SignedInRequest
from accounts.views.tutor_edits import MyTutorPart
from bookings.serializers.pricing import PricingSerializer
from bookings.services import pricing


class PricingView(MyTutorPart):
    input_serializer = PricingSerializer

    def patch(self, request: SignedInRequest) -> Response:
        """Change the rate of an hour, the currency, or all pricing options. What is left out stays as it is."""
        sent, expected = self.read_change(request)
        profile = pricing.change_pricing(
            request.user,
            hourly_rate=sent.get("hourly_rate"),
            currency=sent.get("currency"),
            options=sent.get("pricing_options"),
            expected=expected,
        )
        return self.show(request, profile)
