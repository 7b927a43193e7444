"""What people pay and are paid in."""

from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.requests import SignedInRequest
from accounts.serializers import CurrencyChoiceSerializer, UserSerializer
from accounts.services import profile
from accounts.views.base import AccountView
from catalog import reference
from catalog.serializers import CurrencySerializer


class CurrencyOptionsView(APIView):
    """The currencies that can be chosen: those of the world that are in use."""

    permission_classes = (IsAuthenticated,)
    answers = {"get": CurrencySerializer(many=True)}

    def get(self, request: SignedInRequest) -> Response:
        return Response(reference.currencies())


class MyCurrencyView(AccountView):
    """One's own currency."""

    permission_classes = (IsAuthenticated,)
    input_serializer = CurrencyChoiceSerializer
    answers = {"patch": UserSerializer}

    def patch(self, request: SignedInRequest) -> Response:
        """Choose the currency that the caller sees prices in."""
        return Response(UserSerializer(profile.update_own(request.user, self.read(request))).data)
