"""The end of an account, by its owner."""

from typing import Any, ClassVar

from django.utils import timezone
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response

from accounts.errors import AccountLocked, NotOnYourself, WrongPassword
from accounts.requests import SignedInRequest
from accounts.serializers.onboarding import AccountClosedSerializer, CloseAccountSerializer
from accounts.services.leaving import close_own_account
from accounts.views.base import AccountView
from common.client_address import client_address


class CloseAccountView(AccountView):
    permission_classes = (IsAuthenticated,)
    input_serializer = CloseAccountSerializer
    answers: ClassVar[dict[str, Any]] = {"post": AccountClosedSerializer}
    refusals: ClassVar[dict[str, Any]] = {"post": (WrongPassword, NotOnYourself, AccountLocked)}

    def post(self, request: SignedInRequest) -> Response:
        """Close the caller's own account: every sign-in ends, and what lies ahead is called off by the rules that hold
        for cancelling. An admin can open it again for 30 days. Not for admins.
        """
        until = close_own_account(
            request.user, address=client_address(request), now=timezone.now(), **self.read(request)
        )
        return Response({"success": True, "message": "Account deactivated", "restorable_until": until})
