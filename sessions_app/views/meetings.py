"""Sessions as the learner_v1 client asks for them: a learner's own, those to browse, one of them, its rating."""

from typing import Any

from django.utils import timezone
from rest_framework import serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import LearnerSide
from accounts.requests import SignedInRequest
from sessions_app.errors import (
    MinimumAboveCapacity,
    NotInSession,
    NotRateable,
    PastDate,
    RatingClosed,
    TimeConflict,
)
from sessions_app.meetings import presenters
from sessions_app.meetings.filters import SORTS, BrowseFilter
from sessions_app.meetings.serializers import (
    MeetingDetailSerializer,
    MeetingInputSerializer,
    MeetingSerializer,
    OwnMeetingSerializer,
    RatingInputSerializer,
    RatingSerializer,
    RecommendationQuerySerializer,
    RecommendationSerializer,
)
from sessions_app.models import SessionKind, TutoringSession
from sessions_app.querysets import SessionQuerySet
from sessions_app.services import access, hosting, rating, recommending

# The client asks for its own sessions once, without a page.
OWN_ON_A_PAGE = 100
RECOMMENDED, MOST_RECOMMENDED = 10, 50


class NamesTheStart:
    """Put before a view that takes `start_time`: a refusal of it names that field."""

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, PastDate):
            exc.errors = {"start_time": [exc.message]}
        return super().handle_exception(exc)  # type: ignore[misc]


class MeetingView(APIView):
    """One session, for whoever may see it."""

    permission_classes: tuple[type[BasePermission], ...] = (IsAuthenticated,)
    answers = {"get": MeetingDetailSerializer}

    def get(self, request: SignedInRequest, pk: int) -> Response:
        """One session. Its meeting link and its materials are for the people in it."""
        return Response(presenters.detail(access.find(pk, request.user), request.user))


class LearnerMeetingViewSet(NamesTheStart, viewsets.GenericViewSet):
    """A learner's side of sessions. Learners only."""

    request: SignedInRequest
    permission_classes = (LearnerSide,)
    queryset = TutoringSession.objects.none()
    serializer_class = serializers.Serializer
    lookup_value_converter = "id"
    page_size = OWN_ON_A_PAGE
    idempotent_actions = frozenset({"create"})
    inputs = {"create": MeetingInputSerializer, "rate": RatingInputSerializer}
    answers = {
        "list": OwnMeetingSerializer(many=True),
        "create": MeetingDetailSerializer,
        "retrieve": MeetingDetailSerializer,
        "rating": RatingSerializer,
        "rate": dict.fromkeys((200, 201), RatingSerializer),
    }
    refusals = {
        "create": (PastDate, MinimumAboveCapacity, TimeConflict),
        "rate": (NotInSession, NotRateable, RatingClosed),
    }

    def get_serializer_class(self) -> type[serializers.BaseSerializer]:
        return self.inputs.get(self.action, serializers.Serializer)

    def list(self, request: SignedInRequest) -> Response:
        """The caller's own sessions, hosted, joined, asked or waited for, the latest start first."""
        own = TutoringSession.objects.concerning(request.user).order_by("-starts_at", "-id")
        page: Any = self.paginate_queryset(own)
        return self.get_paginated_response(presenters.enrolments(page, request.user))

    def create(self, request: SignedInRequest) -> Response:
        """Host a session of learners."""
        session = hosting.create_peer_session(creator=request.user, **self._read())
        return Response(presenters.detail(session, request.user), status=status.HTTP_201_CREATED)

    def retrieve(self, request: SignedInRequest, pk: int) -> Response:
        """One session. Its meeting link and its materials are for the people in it."""
        return Response(presenters.detail(access.find(pk, request.user), request.user))

    @action(detail=True, url_path="rate")
    def rating(self, request: SignedInRequest, pk: int) -> Response:
        """What the caller gave a session; `rating` is null before they have."""
        return Response(_rating(pk, rating.rating_by(pk, request.user)))

    @rating.mapping.post
    def rate(self, request: SignedInRequest, pk: int) -> Response:
        """Rate a completed session that one was in, within 14 days of its end; again within 48 hours changes it.

        Of a lesson that was booked it is the review of the booking, and refused as one.
        """
        given, is_new = rating.rate_session(pk, user=request.user, **self._read())
        return Response(_rating(pk, given), status=status.HTTP_201_CREATED if is_new else status.HTTP_200_OK)

    def _read(self) -> dict[str, Any]:
        serializer = self.get_serializer(data=self.request.data)
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data


class BrowseViewSet(viewsets.GenericViewSet):
    """Sessions to come that learners may look through. Learners only."""

    request: SignedInRequest
    permission_classes = (LearnerSide,)
    queryset = TutoringSession.objects.none()
    serializer_class = serializers.Serializer
    filterset_class = BrowseFilter
    answers = dict.fromkeys(("list", "available"), MeetingSerializer(many=True))

    def list(self, request: SignedInRequest) -> Response:
        """All group and peer sessions to come, full ones too, the soonest first."""
        return self._page(TutoringSession.objects.present().filter(status="upcoming", starts_at__gt=timezone.now()))

    @action(detail=False)
    def available(self, request: SignedInRequest) -> Response:
        """Those that the caller could join now."""
        return self._page(TutoringSession.objects.open_to(request.user, timezone.now()))

    def _page(self, found: SessionQuerySet) -> Response:
        shown = found.exclude(kind=SessionKind.PRIVATE).order_by(*SORTS["upcoming"])
        page: Any = self.paginate_queryset(self.filter_queryset(shown))
        return self.get_paginated_response(presenters.cards(page, self.request.user))


class RecommendationView(APIView):
    """Sessions that may suit the caller. Learners only."""

    permission_classes = (LearnerSide,)
    queries = {"get": RecommendationQuerySerializer}
    answers = {"get": RecommendationSerializer(many=True)}

    def get(self, request: SignedInRequest) -> Response:
        """Sessions with a free seat: about the caller's interests, then of subjects they know, then the soonest."""
        query = RecommendationQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        limit = min(max(1, query.validated_data.get("limit", RECOMMENDED)), MOST_RECOMMENDED)
        found = recommending.recommend(request.user, limit=limit, now=timezone.now())
        reasons = {each.session_id: each.reason for each in found}
        cards = presenters.cards_of(list(reasons), request.user)
        return Response([{"session": card, "tutor": card["tutor"], "reason": reasons[card["id"]]} for card in cards])


def _rating(session_id: int, given: rating.Rating | None) -> dict[str, Any]:
    said = given._asdict() if given else dict.fromkeys(rating.Rating._fields)
    return {"session_id": session_id, **said}
