"""What views of people share."""

from typing import Any, ClassVar

from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from accounts import images


class AccountView(APIView):
    """Validates what `input_serializer` describes."""

    input_serializer: ClassVar[type[Serializer]]
    # For the description of the API (`api.core.schema`), as are `refusals`, `consumes` and `multipart_serializer`.
    answers: ClassVar[dict[str, Any]]

    def read(self, request: Request, **options: Any) -> dict[str, Any]:
        serializer = self.input_serializer(data=request.data, **options)
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data


class TakesOnePicture:
    """A form with a picture in it, which `accounts.images` judges."""

    consumes = ("multipart/form-data",)
    largest_body = images.LARGEST_REQUEST


class OpenView(AccountView):
    """For everybody: credentials that happen to be sent along are not looked at."""

    permission_classes = (AllowAny,)
    authentication_classes = ()
