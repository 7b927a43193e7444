"""What everybody may ask about their own data: a copy of it, and that it goes."""

from typing import Any, ClassVar

from django.http import FileResponse
from django.utils import timezone
from rest_framework import serializers, status
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.errors import AccountLocked, WrongPassword
from accounts.requests import SignedInRequest
from accounts.views.base import AccountView
from common import files
from common.client_address import client_address
from common.errors import NotFound
from privacy.errors import ErasureBegun, ExportExpired, ExportNotReady, ExportTooSoon, NoErasure
from privacy.presenters import own as presenters
from privacy.serializers.own import ConfirmedSerializer, DataExportSerializer, ErasureSerializer
from privacy.services import exporting, requests


class MyErasureView(AccountView):
    permission_classes = (IsAuthenticated,)
    input_serializer = ConfirmedSerializer
    answers: ClassVar[dict[str, Any]] = {
        "get": ErasureSerializer,
        "post": {202: ErasureSerializer},
        "delete": ErasureSerializer,
    }
    refusals: ClassVar[dict[str, Any]] = {
        "get": (NotFound,),
        "post": (WrongPassword, AccountLocked),
        "delete": (NoErasure, ErasureBegun),
    }

    def get(self, request: SignedInRequest) -> Response:
        """How the erasure of one's own account stands: the latest that was asked for."""
        erasure = requests.latest_of(request.user)
        if erasure is None:
            raise NotFound("No erasure was asked for")
        return Response(presenters.erasure(erasure))

    def post(self, request: SignedInRequest) -> Response:
        """Ask that the account and everything about one is erased, for good. It begins in 14 days, unless something is
        open then; until then it can be withdrawn. Payments are kept as long as the law says, under a number.
        """
        sent = self.read(request)
        erasure = requests.request_erasure(request.user, address=client_address(request), now=timezone.now(), **sent)
        return Response(presenters.erasure(erasure), status=status.HTTP_202_ACCEPTED)

    def delete(self, request: SignedInRequest) -> Response:
        """Think better of it: withdraw the erasure that has not begun yet."""
        return Response(presenters.erasure(requests.withdraw_erasure(request.user, now=timezone.now())))


class MyExportView(AccountView):
    permission_classes = (IsAuthenticated,)
    input_serializer = ConfirmedSerializer
    answers: ClassVar[dict[str, Any]] = {"get": DataExportSerializer, "post": {202: DataExportSerializer}}
    refusals: ClassVar[dict[str, Any]] = {
        "get": (NotFound,),
        "post": (WrongPassword, AccountLocked, ExportTooSoon),
    }

    def get(self, request: SignedInRequest) -> Response:
        """How the copy of one's data stands that was asked for last."""
        export = exporting.latest_of(request.user)
        if export is None:
            raise NotFound("No export was asked for")
        return Response(presenters.export(export, now=timezone.now()))

    def post(self, request: SignedInRequest) -> Response:
        """Ask for a copy of one's data: a mail says when it can be fetched, for 7 days. Once in 24 hours."""
        sent = self.read(request)
        now = timezone.now()
        export = exporting.request_export(request.user, address=client_address(request), now=now, **sent)
        return Response(presenters.export(export, now=now), status=status.HTTP_202_ACCEPTED)


class MyExportFileView(APIView):
    permission_classes = (IsAuthenticated,)
    answers: ClassVar[dict[str, Any]] = {"get": serializers.FileField()}
    produces = ("application/zip",)
    refusals: ClassVar[dict[str, Any]] = {"get": (NotFound, ExportNotReady, ExportExpired)}

    def get(self, request: SignedInRequest) -> FileResponse:
        """The copy of one's data: a zip file with JSON, CSV, one's files, and the SHA-256 of each in its manifest."""
        export = exporting.fetch(request.user, now=timezone.now())
        response = FileResponse(
            files.opened(str(export.file.name)),
            as_attachment=True,
            filename=f"peerlearn-data-{export.pk}.zip",
            content_type="application/zip",
        )
        response["Cache-Control"] = "no-store"
        return response
