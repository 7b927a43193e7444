"""Matching over HTTP."""

from typing import Any, ClassVar

from django.utils import timezone
from rest_framework import status, viewsets
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from accounts.models import TutorProfile, User
from accounts.permissions import IsAdmin, IsStudent
from accounts.requests import SignedInRequest
from accounts.views.base import AccountView, OpenView
from matching import presenters
from matching.errors import PeerMatchingOff, StudentNeeded, StudentNotFound, TutorNotFound
from matching.models import TutorFeedback
from matching.permissions import IsStudentOrAdmin
from matching.serializers import (
    CompatibilitySerializer,
    JobAcceptedSerializer,
    JobSerializer,
    LanguageMatchSerializer,
    LanguageQuerySerializer,
    OptionsSerializer,
    PairSerializer,
    PeerMatchSerializer,
    PrecomputeInputSerializer,
    RecommendationQuerySerializer,
    RecommendationSerializer,
    TutorFeedbackInputSerializer,
    TutorFeedbackSerializer,
)
from matching.services import feedback, languages, options, peers, precomputing, recommending


class StudentLists(viewsets.GenericViewSet):
    """Lists of tutors for the student who asks."""

    request: SignedInRequest
    permission_classes: tuple[type[BasePermission], ...] = (IsStudent,)
    queryset = TutorProfile.objects.none()
    serializer_class = Serializer
    queries: ClassVar[dict[str, Any]]

    def asked(self, request: Request) -> dict[str, Any]:
        query = self.queries["list"](data=request.query_params)
        query.is_valid(raise_exception=True)
        return query.validated_data


class RecommendationViewSet(StudentLists):
    queries = {"list": RecommendationQuerySerializer}
    answers: ClassVar[dict[str, Any]] = {"list": RecommendationSerializer(many=True)}

    def list(self, request: SignedInRequest) -> Response:
        """The tutors who suit the caller best, fifty at most, with what each score is made of.

        Up to a day old, but what has changed since is looked at again. Every page has a new tutor, as long as there are
        any who fit.
        """
        recommended = recommending.recommend(request.user, now=timezone.now(), **self.asked(request))
        page: Any = self.paginate_queryset(recommended.ranking)  # type: ignore[arg-type] # which is all it needs
        return self.get_paginated_response(presenters.recommendations(page, recommended, viewer=request.user))


class LanguageMatchViewSet(StudentLists):
    queries = {"list": LanguageQuerySerializer}
    answers: ClassVar[dict[str, Any]] = {"list": LanguageMatchSerializer(many=True)}

    def list(self, request: SignedInRequest) -> Response:
        """The tutors with a language in common with the caller, the best level of both first."""
        found = languages.matching(request.user, now=timezone.now(), **self.asked(request))
        page: Any = self.paginate_queryset(found.tutors)
        return self.get_paginated_response(presenters.language_matches(page, found, viewer=request.user))


class PeerMatchViewSet(viewsets.GenericViewSet):
    """Students whom the caller might learn with. Only for those who have switched it on, and of those alone."""

    request: SignedInRequest
    permission_classes = (IsStudent,)
    queryset = User.objects.none()
    serializer_class = Serializer
    answers: ClassVar[dict[str, Any]] = {"list": PeerMatchSerializer(many=True)}
    refusals: ClassVar[dict[str, Any]] = {"list": (PeerMatchingOff,)}

    def list(self, request: SignedInRequest) -> Response:
        """Who suits the caller best, fifty at most, with what each score is made of."""
        now = timezone.now()
        found = peers.matches_of(request.user, now=now)
        page: Any = self.paginate_queryset(found)
        return self.get_paginated_response(presenters.peers(page, now=now))


class CompatibilityView(AccountView):
    permission_classes = (IsStudentOrAdmin,)
    input_serializer = PairSerializer
    answers = {"post": {200: CompatibilitySerializer}}
    refusals = {"post": (TutorNotFound, StudentNotFound, StudentNeeded)}

    def post(self, request: SignedInRequest) -> Response:
        """How well a tutor suits the caller, or the student whom an admin names, and what speaks against it."""
        asked, now = self.read(request), timezone.now()
        found = recommending.compatibility(
            asked["mentor_id"], actor=request.user, student_id=asked.get("student_id"), now=now
        )
        return Response(presenters.compatibility(found, now=now))


class OptionsView(OpenView):
    answers = {"get": OptionsSerializer}

    def get(self, request: Request) -> Response:
        """What tutors can be narrowed by, and all that a score is made of. For everybody."""
        return Response(options.options())


class PrecomputeView(AccountView):
    permission_classes = (IsAdmin,)
    input_serializer = PrecomputeInputSerializer
    idempotent_actions = ("post",)
    answers = {"post": {202: JobAcceptedSerializer}}
    refusals = {"post": (StudentNotFound, StudentNeeded)}

    def post(self, request: SignedInRequest) -> Response:
        """Work recommendations out ahead, everybody's or one student's. A worker does it: `statusUrl` says how far."""
        job = precomputing.request(actor=request.user, **self.read(request))
        return Response(presenters.accepted(job), status=status.HTTP_202_ACCEPTED)


class JobView(AccountView):
    permission_classes = (IsAdmin,)
    answers = {"get": JobSerializer}

    def get(self, request: SignedInRequest, pk: int) -> Response:
        """How far such a job has come."""
        return Response(presenters.job(precomputing.find(pk)))


class FeedbackViewSet(viewsets.GenericViewSet):
    """What the caller thinks of tutors who were recommended. Students only."""

    request: SignedInRequest
    permission_classes = (IsStudent,)
    queryset = TutorFeedback.objects.none()
    serializer_class = Serializer
    filter_backends = ()
    lookup_value_converter = "id"  # of the tutor
    inputs: ClassVar[dict[str, Any]] = {"create": TutorFeedbackInputSerializer}
    refusals: ClassVar[dict[str, Any]] = {"create": (TutorNotFound,)}
    answers: ClassVar[dict[str, Any]] = {
        "list": TutorFeedbackSerializer(many=True),
        "create": {200: TutorFeedbackSerializer},
        "destroy": None,
    }

    def list(self, request: SignedInRequest) -> Response:
        """The tutors whom the caller saved or dismissed, the latest first."""
        page: Any = self.paginate_queryset(feedback.in_force(request.user, now=timezone.now()))
        return self.get_paginated_response([presenters.feedback(row) for row in page])

    def create(self, request: SignedInRequest) -> Response:
        """Save a tutor, or dismiss one from the recommendations for 90 days. Safe to repeat; the last word counts."""
        serializer = TutorFeedbackInputSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        said = serializer.validated_data
        row = feedback.give(said["mentor_id"], said["action"], student=request.user, now=timezone.now())
        return Response(presenters.feedback(row))

    def destroy(self, request: SignedInRequest, pk: int) -> Response:
        """Take back what was said of a tutor, who may be recommended again."""
        feedback.take_back(pk, student=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)
