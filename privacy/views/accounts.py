"""Deleting accounts, bringing them back, and erasing those that nobody can bring back. Admins only."""

from datetime import timedelta
from typing import Any, ClassVar

from django.utils import timezone
from rest_framework import serializers, viewsets
from rest_framework.response import Response

from accounts.errors import AccountErased, AccountNotDeleted, ClosedTooLongAgo, NotOnYourself
from accounts.models import User
from accounts.permissions import IsAdmin
from accounts.requests import SignedInRequest
from accounts.services import moderation
from accounts.views.base import AccountView
from audit.services import record
from common.errors import NotFound
from privacy.presenters import accounts as presenters
from privacy.serializers.accounts import (
    AccountMovedSerializer,
    DeletedUserSerializer,
    PurgeInputSerializer,
    PurgeSerializer,
    RestorationSerializer,
    SoftDeletionSerializer,
)
from privacy.services.purging import purge


class SoftDeleteUserView(AccountView):
    permission_classes = (IsAdmin,)
    input_serializer = SoftDeletionSerializer
    answers: ClassVar[dict[str, Any]] = {"post": AccountMovedSerializer}
    refusals: ClassVar[dict[str, Any]] = {"post": (NotFound, NotOnYourself)}

    def post(self, request: SignedInRequest) -> Response:
        """Delete somebody's account: every sign-in ends, nobody finds them, and what lay ahead is called off. It can
        be restored for 30 days, and the address stays taken as long. Safe to repeat.
        """
        sent = self.read(request)
        user = moderation.soft_delete(sent["user_id"], actor=request.user, reason=sent["reason"], now=timezone.now())
        return Response({"message": "User deleted"} | presenters.account(user))


class RestoreUserView(AccountView):
    permission_classes = (IsAdmin,)
    input_serializer = RestorationSerializer
    answers: ClassVar[dict[str, Any]] = {"post": AccountMovedSerializer}
    refusals: ClassVar[dict[str, Any]] = {
        "post": (NotFound, NotOnYourself, AccountNotDeleted, ClosedTooLongAgo, AccountErased),
    }

    def post(self, request: SignedInRequest) -> Response:
        """Bring back an account that was deleted less than 30 days ago, but not what was called off with it."""
        sent = self.read(request)
        user = moderation.restore(sent["user_id"], actor=request.user, reason=sent["reason"], now=timezone.now())
        return Response({"message": "User restored"} | presenters.account(user))


class DeletedUserViewSet(viewsets.GenericViewSet):
    """Admins only."""

    request: SignedInRequest
    permission_classes = (IsAdmin,)
    queryset = User.objects.none()
    serializer_class = serializers.Serializer
    filter_backends = ()
    answers: ClassVar[dict[str, Any]] = {"list": DeletedUserSerializer(many=True)}

    def list(self, request: SignedInRequest) -> Response:
        """Whose accounts are deleted and not erased yet, the latest first, with until when they can be restored."""
        page: Any = self.paginate_queryset(User.objects.soft_deleted().order_by("-deleted_at", "-id"))
        shown = presenters.deleted_users(page)
        record("accounts.deleted_listed", actor=request.user)
        return self.get_paginated_response(shown)


class PurgeView(AccountView):
    permission_classes = (IsAdmin,)
    input_serializer = PurgeInputSerializer
    answers: ClassVar[dict[str, Any]] = {"post": PurgeSerializer}

    def post(self, request: SignedInRequest) -> Response:
        """Erase for good everybody who was deleted long ago, or (`dry_run`, unless it is false) say what that would do.

        Who has a lesson, a dispute or money open is left, and `blocked` says why. The audit log stays.
        """
        sent = self.read(request)
        days, dry_run = sent["older_than_days"], sent["dry_run"]
        result = purge(older_than=timedelta(days=days), actor=request.user, now=timezone.now(), dry_run=dry_run)
        return Response(presenters.purge(result, dry_run=dry_run, older_than_days=days))
