"""People and mentors for admins."""

from typing import Any, ClassVar

from django.db.models import F
from django.utils import timezone
from rest_framework import status, viewsets
from rest_framework.response import Response

from accounts.errors import AccountErased, ClosedTooLongAgo, NotOnYourself
from accounts.images import REFUSALS
from accounts.models import TutorProfile, TutorStatus, User
from accounts.people_filters import MentorFilter, PeopleFilter
from accounts.permissions import IsAdmin
from accounts.presenters import mentors as mentor_presenters
from accounts.presenters import people as presenters
from accounts.presenters import tutors as tutor_presenters
from accounts.presenters.avatars import avatar
from accounts.requests import SignedInRequest
from accounts.serializers import AvatarChangedSerializer, AvatarUploadSerializer
from accounts.serializers.people import (
    AccountChangesSerializer,
    AccountSerializer,
    MentorForAdminsSerializer,
    MentorSuspendedSerializer,
    SuspensionSerializer,
    WaitingMentorSerializer,
)
from accounts.services import moderation, people
from accounts.views.base import AccountView, TakesOnePicture
from common.errors import Forbidden, InvalidTransition, NotFound


class AccountViewSet(viewsets.GenericViewSet):
    """Everybody's account. Admins only."""

    request: SignedInRequest
    permission_classes = (IsAdmin,)
    queryset = User.objects.none()
    serializer_class = AccountChangesSerializer
    filterset_class: ClassVar[Any] = PeopleFilter
    lookup_value_converter = "id"
    page_size = 100  # as documented
    inputs: ClassVar[dict[str, Any]] = {"update": AccountChangesSerializer}
    answers: ClassVar[dict[str, Any]] = {
        "list": AccountSerializer(many=True),
        "update": AccountSerializer,
        "destroy": None,
    }
    refusals: ClassVar[dict[str, Any]] = {
        "update": (NotOnYourself, Forbidden, ClosedTooLongAgo, AccountErased),
        "destroy": (NotOnYourself, Forbidden),
    }

    def list(self, request: SignedInRequest) -> Response:
        """All accounts but those that were closed for good, the newest first."""
        page: Any = self.paginate_queryset(self.filter_queryset(User.objects.order_by()))
        return self.get_paginated_response(presenters.accounts(page))

    def update(self, request: SignedInRequest, pk: int) -> Response:
        """Change an account. What is left out stays as it is; role, access and verification are others' to change.

        Another role, and closing the account, end every sign-in of the person at once. The lessons and group sessions
        to come of somebody who teaches no more by that are called off at no cost to their students.
        """
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        changes = dict(serializer.validated_data)
        reason = changes.pop("reason", "")
        user = people.update_account(pk, changes, actor=request.user, reason=reason)
        return Response(presenters.account(user))

    def destroy(self, request: SignedInRequest, pk: int) -> Response:
        """Delete somebody's account, which can be restored for 30 days. Safe to repeat."""
        moderation.soft_delete(pk, actor=request.user, now=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


class AccountAvatarView(TakesOnePicture, AccountView):
    """Somebody's picture. Admins only."""

    permission_classes = (IsAdmin,)
    input_serializer = AvatarUploadSerializer
    answers: ClassVar[dict[str, Any]] = {"patch": AvatarChangedSerializer}
    refusals: ClassVar[dict[str, Any]] = {"patch": REFUSALS}

    def patch(self, request: SignedInRequest, pk: int) -> Response:
        """Show another picture: JPG, PNG, GIF or WebP of up to 5 MB. Its middle is kept, as a square JPEG."""
        user = people.set_avatar(pk, self.read(request)["file"], actor=request.user, now=timezone.now())
        return Response({"message": "Avatar updated successfully"} | avatar(user))


class MentorViewSet(viewsets.GenericViewSet):
    """Mentors, whatever their state. Admins only."""

    request: SignedInRequest
    permission_classes = (IsAdmin,)
    queryset = TutorProfile.objects.none()
    serializer_class = SuspensionSerializer
    filterset_class: ClassVar[Any] = MentorFilter
    answers: ClassVar[dict[str, Any]] = {
        "list": MentorForAdminsSerializer(many=True),
        "verification": WaitingMentorSerializer(many=True),
    }

    def list(self, request: SignedInRequest) -> Response:
        """All mentors whose account was not closed for good, the newest first."""
        page: Any = self.paginate_queryset(self.filter_queryset(_mentors()))
        return self.get_paginated_response(mentor_presenters.mentors(page))

    def verification(self, request: SignedInRequest) -> Response:
        """Who waits to be verified, the longest first, with documents and application; `status` asks for others.

        Decisions are sent to `PUT /api/mentors/verification`.
        """
        found = self.filter_queryset(_mentors())
        if not request.query_params.get("status"):
            found = found.filter(status=TutorStatus.PENDING_APPROVAL)
        if not request.query_params.get("ordering"):
            found = found.order_by(F("submitted_at").asc(nulls_last=True), "id")
        page: Any = self.paginate_queryset(found)
        return self.get_paginated_response(mentor_presenters.waiting(page, now=timezone.now()))


class SuspensionView(AccountView):
    """Mentors who may not teach for a while. Admins only."""

    permission_classes = (IsAdmin,)
    input_serializer = SuspensionSerializer
    answers: ClassVar[dict[str, Any]] = {"put": MentorSuspendedSerializer}
    refusals: ClassVar[dict[str, Any]] = {"put": (NotFound, InvalidTransition)}

    def put(self, request: SignedInRequest) -> Response:
        """Suspend a mentor, or with `action: reinstate` end it. A suspended mentor is hidden; lessons and group
        sessions to come are cancelled at no cost to the students, who are told who else teaches then; payouts wait.
        """
        sent = self.read(request)
        how = {"actor": request.user, "reason": sent["reason"]}
        user_id = people.account_of_tutor(sent["mentor_id"])
        if sent["action"] == "reinstate":
            profile = moderation.reinstate_tutor(user_id, **how)
        else:
            profile = moderation.suspend_tutor(user_id, until=sent.get("until"), **how)
        word = "Mentor reinstated" if sent["action"] == "reinstate" else "Mentor suspended"
        facts = {"message": word, "tutor_id": profile.pk, "mentor_id": profile.pk, "status": profile.status}
        return Response(tutor_presenters.full(profile, viewer=request.user) | facts)


def _mentors() -> Any:
    return TutorProfile.objects.present().order_by()
