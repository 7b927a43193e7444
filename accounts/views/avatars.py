"""Avatars: one's own over the API, everybody's as pictures."""

import re
from functools import cache
from pathlib import Path
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from rest_framework import status
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response

from accounts.images import REFUSALS
from accounts.models import User
from accounts.presenters.avatars import DEFAULT, FOLDER, avatar
from accounts.requests import SignedInRequest
from accounts.serializers import (
    AvatarChangedSerializer,
    AvatarSerializer,
    AvatarUploadSerializer,
    ProfileImageSerializer,
    ProfileImageUploadSerializer,
)
from accounts.services import avatars
from accounts.views.base import AccountView, TakesOnePicture
from common import files

STORED = re.compile(r"[0-9a-f]{32}\.jpg")
DEFAULT_PICTURE = Path(__file__).parent.parent / "pictures" / "default.png"


class MyAvatarView(TakesOnePicture, AccountView):
    """One's own picture."""

    input_serializer = AvatarUploadSerializer
    answers = {
        "get": AvatarSerializer,
        "post": {201: AvatarChangedSerializer},
        "delete": AvatarChangedSerializer,
    }
    refusals = {"post": REFUSALS}
    permission_classes = (IsAuthenticated,)

    def get(self, request: SignedInRequest) -> Response:
        """Where the caller's picture is."""
        return Response(avatar(request.user))

    def post(self, request: SignedInRequest) -> Response:
        """Show another picture: JPG, PNG, GIF or WebP of up to 5 MB. Its middle is kept, as a square JPEG."""
        user = avatars.set_avatar(request.user, self.read(request)["file"], now=timezone.now())
        return Response(_changed("Avatar uploaded successfully", user), status=status.HTTP_201_CREATED)

    def delete(self, request: SignedInRequest) -> Response:
        """Show the default picture again."""
        user = avatars.remove_avatar(request.user, now=timezone.now())
        return Response(_changed("Avatar deleted successfully", user))


class ProfileImageView(TakesOnePicture, AccountView):
    """One's own picture, as the mentor contract's pages send it."""

    input_serializer = ProfileImageUploadSerializer
    answers = {"post": ProfileImageSerializer}
    refusals = {"post": REFUSALS}
    permission_classes = (IsAuthenticated,)

    def post(self, request: SignedInRequest) -> Response:
        """Show another picture: JPG, PNG, GIF or WebP of up to 5 MB. Its middle is kept, as a square JPEG."""
        user = avatars.set_avatar(request.user, self.read(request)["image"], now=timezone.now())
        return Response({"success": True, "message": "Profile image uploaded", "image_url": avatar(user)["avatar_url"]})


@require_safe
def picture(request: HttpRequest, name: str) -> HttpResponse:
    """The picture itself, for everybody and for pages of every origin. Each upload has a name of its own for ever."""
    if name == DEFAULT:
        return _answer(_default(), "image/png", "public, max-age=86400")
    if not STORED.fullmatch(name):
        raise Http404
    return _answer(files.fetch(FOLDER + name), "image/jpeg", "public, max-age=31536000, immutable")


@cache
def _default() -> bytes:
    return DEFAULT_PICTURE.read_bytes()


def _answer(content: bytes, content_type: str, cache_control: str) -> HttpResponse:
    headers = {"Cache-Control": cache_control, "Cross-Origin-Resource-Policy": "cross-origin"}
    return HttpResponse(content, content_type=content_type, headers=headers)


def _changed(message: str, user: User) -> dict[str, Any]:
    return {"message": message} | avatar(user)
