"""A tutor's desk, as the learner_v1 client has it: the own profile, figures, earnings and reviews. Tutors only."""

from typing import Any, ClassVar

from django.utils import timezone
from rest_framework import serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.errors import EmailChangeRefused, ProfileFrozen, ProfileIncomplete, StaleProfile
from accounts.permissions import TutorSide
from accounts.requests import SignedInRequest
from accounts.services.profile import require_own_email
from accounts.services.tutor_side import Expected, own_tutor_side
from accounts.views.base import AccountView
from bookings.errors import AlreadyAnswered, ResponseRefused
from bookings.models import Booking, Review
from bookings.presenters import tutor_desk as presenters
from bookings.serializers.reviews import ResponseInputSerializer
from bookings.serializers.tutor_desk import (
    EarningsQuerySerializer,
    EarningsSerializer,
    OverviewSerializer,
    OwnReviewSerializer,
    TutorChangesSerializer,
    TutorMeSerializer,
)
from bookings.services import reviews, tutor_profile
from bookings.services.earnings import activity_of, billed_to, totals_of
from common.conditional import expected_version

ON_A_PAGE = 100


class TutorMeView(AccountView):
    """A tutor's own profile."""

    permission_classes = (TutorSide,)
    input_serializer: ClassVar[type[serializers.Serializer]] = TutorChangesSerializer
    versioned_actions = frozenset({"patch", "put"})
    answers = dict.fromkeys(("get", "patch", "put"), TutorMeSerializer)
    refusals = dict.fromkeys(("patch", "put"), (EmailChangeRefused, StaleProfile, ProfileFrozen, ProfileIncomplete))

    def get(self, request: SignedInRequest) -> Response:
        """The caller's own profile, whatever its state."""
        return Response(presenters.tutor(own_tutor_side(request.user), request.user))

    def patch(self, request: SignedInRequest) -> Response:
        """Change the caller's own profile. What is left out stays as it is; the e-mail address always does."""
        changes = self.read(request)
        require_own_email(request.user, changes.pop("email", None))
        expected = Expected(changes.pop("version", None), expected_version(request))
        profile = tutor_profile.change_own(request.user, changes, expected=expected)
        return Response(presenters.tutor(profile, request.user))

    def put(self, request: SignedInRequest) -> Response:
        """The same: the client's profile page sends what it has with PUT."""
        return self.patch(request)


class OverviewView(APIView):
    """A tutor's work in figures."""

    permission_classes = (TutorSide,)
    answers: ClassVar[dict[str, Any]] = {"get": OverviewSerializer}

    def get(self, request: SignedInRequest) -> Response:
        """What the caller has earned, given and been given, in figures."""
        totals = totals_of(request.user, now=timezone.now())
        profile = own_tutor_side(request.user)
        return Response(presenters.overview(profile, activity_of(request.user), totals))


class EarningsViewSet(viewsets.GenericViewSet):
    """What lessons have brought a tutor."""

    request: SignedInRequest
    permission_classes = (TutorSide,)
    queryset = Booking.objects.none()
    serializer_class = serializers.Serializer
    page_size = ON_A_PAGE
    queries: ClassVar[dict[str, Any]] = {"show": EarningsQuerySerializer}
    answers: ClassVar[dict[str, Any]] = {"show": EarningsSerializer}

    def show(self, request: SignedInRequest) -> Response:
        """What the caller's lessons have brought, how far it has come, and the sums."""
        rows: Any = self.paginate_queryset(billed_to(request.user))
        page = self.paginator.page  # type: ignore[union-attr]
        totals = totals_of(request.user, now=timezone.now())
        answer = presenters.earnings(own_tutor_side(request.user), rows, totals)
        return Response(answer | {"pagination": {"page": page.number, "limit": page.size, "total": page.total}})


class OwnReviewViewSet(viewsets.GenericViewSet):
    """What students say of a tutor, for that tutor."""

    request: SignedInRequest
    permission_classes = (TutorSide,)
    queryset = Review.objects.none()
    serializer_class = ResponseInputSerializer
    lookup_value_converter = "id"
    page_size = ON_A_PAGE
    inputs: ClassVar[dict[str, Any]] = dict.fromkeys(("answer", "respond"), ResponseInputSerializer)
    answers: ClassVar[dict[str, Any]] = {
        "list": OwnReviewSerializer(many=True),
        **dict.fromkeys(("answer", "respond"), {201: OwnReviewSerializer}),
    }
    refusals: ClassVar[dict[str, Any]] = dict.fromkeys(("answer", "respond"), (AlreadyAnswered, ResponseRefused))

    def list(self, request: SignedInRequest) -> Response:
        """What students say of the caller, the latest first; those of lessons that the caller missed are among them."""
        own = Review.objects.published().filter(tutor__user=request.user).order_by("-created_at", "-id")
        page: Any = self.paginate_queryset(own)
        return self.get_paginated_response(presenters.own_reviews(page))

    @action(detail=True, methods=["post"], url_path="response")
    def answer(self, request: SignedInRequest, pk: int) -> Response:
        """Answer a review of oneself, once, within 30 days."""
        return self._answer(request, pk)

    @action(detail=True, methods=["post"])
    def respond(self, request: SignedInRequest, pk: int) -> Response:
        """Answer a review: the same by another name."""
        return self._answer(request, pk)

    def _answer(self, request: SignedInRequest, pk: int) -> Response:
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        answered = reviews.respond(pk, serializer.validated_data["response"], actor=request.user)
        return Response(presenters.own_review(answered), status=status.HTTP_201_CREATED)
