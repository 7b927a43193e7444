"""The student side of a person, and the tutors that a student remembers."""

from typing import Any, ClassVar

from rest_framework import status, viewsets
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from accounts.models import FavouriteTutor
from accounts.permissions import IsStudent
from accounts.presenters import students as presenters
from accounts.presenters import tutors
from accounts.querysets import FavouriteQuerySet
from accounts.requests import SignedInRequest
from accounts.serializers import (
    AboutMeChangesSerializer,
    FavouriteChoiceSerializer,
    FavouriteRemovedSerializer,
    FavouriteSerializer,
    MessageSerializer,
    StudentChangesSerializer,
    StudentProfileSerializer,
)
from accounts.serializers.tutors import TutorCardSerializer
from accounts.services import favourites, students
from accounts.views.base import AccountView
from common.errors import NotFound


class StudentProfileView(AccountView):
    """The caller's student side. Students only."""

    permission_classes = (IsStudent,)
    input_serializer: ClassVar[type[Serializer]] = StudentChangesSerializer
    answers = dict.fromkeys(("get", "patch"), StudentProfileSerializer)

    def get(self, request: SignedInRequest) -> Response:
        """The caller's student profile. Phone and time zone are those of the account."""
        return Response(presenters.student_profile(students.own_student_side(request.user), request.user))

    def patch(self, request: SignedInRequest) -> Response:
        """Change the caller's student profile. What is left out stays as it is."""
        student = students.update_student_side(request.user, self.read(request))
        return Response(presenters.student_profile(student, request.user))


class AboutMeView(StudentProfileView):
    """The same profile, as the client's settings page asks for it."""

    input_serializer = AboutMeChangesSerializer
    answers = dict.fromkeys(("get", "put"), StudentProfileSerializer)
    http_method_names = ("get", "put", "head", "options")

    def put(self, request: SignedInRequest) -> Response:
        """Change phone, time zone or what the caller says of themselves. What is left out stays as it is."""
        return self.patch(request)


class FavouriteViews(viewsets.GenericViewSet):
    """The tutors that the caller wants to find again. Students only."""

    request: SignedInRequest
    permission_classes = (IsStudent,)
    queryset = FavouriteTutor.objects.none()
    serializer_class = Serializer

    def get_queryset(self) -> FavouriteQuerySet:
        return FavouriteTutor.objects.shown_to(self.request.user)


class FavouriteTutorViewSet(FavouriteViews):
    """As the document has it: the tutors themselves, by the id of their profile."""

    answers: ClassVar[dict[str, Any]] = {
        "list": TutorCardSerializer(many=True),
        "add": {201: MessageSerializer},
        "remove": None,
    }

    def list(self, request: SignedInRequest) -> Response:
        """The caller's favourite tutors, the latest first."""
        page: Any = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(
            tutors.cards_of(list(page.values_list("tutor_id", flat=True)), viewer=request.user)
        )

    def add(self, request: SignedInRequest, pk: int) -> Response:
        """Remember a tutor. Safe to repeat."""
        favourites.add_favourite(pk, student=request.user)
        return Response({"message": "Tutor added to favorites"}, status=status.HTTP_201_CREATED)

    def remove(self, request: SignedInRequest, pk: int) -> Response:
        """Forget a tutor."""
        favourites.remove_favourite(pk, student=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


class FavouriteViewSet(FavouriteViews):
    """As the client has it: which tutor profiles are favourites."""

    inputs: ClassVar[dict[str, Any]] = {"create": FavouriteChoiceSerializer}
    refusals: ClassVar[dict[str, Any]] = {"create": (NotFound,)}
    answers: ClassVar[dict[str, Any]] = {
        "list": FavouriteSerializer(many=True),
        "create": {200: FavouriteSerializer},
        "retrieve": FavouriteSerializer,
        "destroy": FavouriteRemovedSerializer,
    }

    def list(self, request: SignedInRequest) -> Response:
        """The caller's favourites, the latest first."""
        page: Any = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response([presenters.favourite(row) for row in page])

    def create(self, request: SignedInRequest) -> Response:
        """Remember a tutor. Safe to repeat."""
        serializer = FavouriteChoiceSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        row = favourites.add_favourite(serializer.validated_data["tutor_profile_id"], student=request.user)
        return Response(presenters.favourite(row))

    def retrieve(self, request: SignedInRequest, pk: int) -> Response:
        """Whether this tutor profile is a favourite: 404 says that it is not."""
        return Response(presenters.favourite(favourites.find_favourite(pk, student=request.user)))

    def destroy(self, request: SignedInRequest, pk: int) -> Response:
        """Forget a tutor."""
        favourites.remove_favourite(pk, student=request.user)
        return Response({"success": True, "message": "Tutor removed from favorites"})
