"""What the learner_v1 client asks of Google Meet."""

from typing import Any, ClassVar

from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import TutorSide
from accounts.requests import SignedInRequest
from sessions_app.errors import GoogleMeetNotConfigured


class GoogleMeetView(APIView):
    """Meetings made by Google. No such provider can be configured yet; links are put into sessions by hand."""

    permission_classes = (TutorSide,)
    answers: ClassVar[dict[str, Any]] = dict.fromkeys(("get", "post", "delete"), {})
    refusals: ClassVar[dict[str, Any]] = dict.fromkeys(("get", "post", "delete"), (GoogleMeetNotConfigured,))

    def get(self, request: SignedInRequest, rest: str) -> Response:
        raise GoogleMeetNotConfigured

    def post(self, request: SignedInRequest, rest: str) -> Response:
        raise GoogleMeetNotConfigured

    def delete(self, request: SignedInRequest, rest: str) -> Response:
        raise GoogleMeetNotConfigured
