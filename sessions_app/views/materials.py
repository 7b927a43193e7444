"""Private files of tutors over HTTP: kept, listed, deleted, and handed out as downloads."""

import io
from typing import Any, ClassVar

from django.http.response import HttpResponseBase
from rest_framework import serializers, status, viewsets
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import TutorSide
from accounts.requests import SignedInRequest
from common.errors import NotFound
from common.files import StorageUnavailable
from messaging.files import EXTENSIONS, MOST_BYTES, REFUSALS, Examined, examine
from messaging.views.downloads import SendsFile
from sessions_app.errors import ScannerUnavailable, TooManyMaterials
from sessions_app.meetings import presenters
from sessions_app.meetings.serializers import MaterialInputSerializer, MaterialSerializer
from sessions_app.models import Material
from sessions_app.services import materials
from sessions_app.views.meetings import OWN_ON_A_PAGE

# One file, and what multipart adds. Files just above the limit get their sentence.
LARGEST_MATERIAL = MOST_BYTES + 2 * 1024 * 1024


class MaterialViewSet(viewsets.GenericViewSet):
    """A tutor's private files. Tutors only."""

    request: SignedInRequest
    permission_classes = (TutorSide,)
    queryset = Material.objects.none()
    serializer_class = serializers.Serializer
    lookup_value_converter = "id"
    page_size = OWN_ON_A_PAGE
    consumes = ("multipart/form-data",)
    largest_body = LARGEST_MATERIAL
    idempotent_actions = frozenset({"create"})
    inputs = {"create": MaterialInputSerializer}
    answers = {"list": MaterialSerializer(many=True), "create": MaterialSerializer, "destroy": None}
    refusals = {"create": (NotFound, *REFUSALS, TooManyMaterials, StorageUnavailable, ScannerUnavailable)}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Looks at the file before anything else: an `Idempotency-Key` opens a transaction, which is to be short."""
        super().initial(request, *args, **kwargs)
        if self.action == "create":
            serializer = MaterialInputSerializer(data=request.data)
            serializer.is_valid(raise_exception=True)
            self.sent = serializer.validated_data
            self.file = _examined(self.sent.pop("file"))

    def get_serializer_class(self) -> type[serializers.BaseSerializer]:
        return self.inputs.get(self.action, serializers.Serializer)

    def list(self, request: SignedInRequest) -> Response:
        """The caller's materials, the latest first."""
        own = Material.objects.filter(owner=request.user).order_by("-created_at", "-id")
        page: Any = self.paginate_queryset(own)
        return self.get_paginated_response(presenters.materials(page))

    def create(self, request: SignedInRequest) -> Response:
        """Keep a file of up to 10 MB, for a session of one's own or for later. Its type is told by its content."""
        material = materials.add_material(self.file, owner=request.user, **self.sent)
        (answer,) = presenters.materials(Material.objects.filter(pk=material.pk))
        return Response(answer, status=status.HTTP_201_CREATED)

    def destroy(self, request: SignedInRequest, pk: int) -> Response:
        """Delete a material and its file."""
        materials.delete_material(pk, actor=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


class MaterialFileView(SendsFile, APIView):
    """The file of a material, for its owner, the people of its session, and admins."""

    permission_classes = (IsAuthenticated,)
    answers: ClassVar[dict[str, Any]] = {"get": dict.fromkeys((200, 206), serializers.FileField())}
    produces = tuple(EXTENSIONS)
    refusals: ClassVar[dict[str, Any]] = {"get": (StorageUnavailable,)}

    def get(self, request: SignedInRequest, pk: int) -> HttpResponseBase:
        """Download a file, or with `Range` a part of it (206; 416 for bytes that it does not have)."""
        return self.send_file(request, materials.find_material(pk, request.user))


def _examined(upload: Any) -> Examined:
    (file,) = examine([upload])
    materials.require_clean(io.BytesIO(file.content))
    return file
