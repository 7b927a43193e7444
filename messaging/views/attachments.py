"""Files over HTTP: sent with a message, and handed out as downloads that no browser opens (R-MSG-5)."""

from typing import Any, ClassVar

from django.http.response import HttpResponseBase
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.requests import SignedInRequest
from common.errors import NotFound
from common.files import StorageUnavailable
from messaging import services
from messaging.errors import AttachmentInfected, ScanFailed, ScanPending
from messaging.files import EXTENSIONS, LARGEST_REQUEST, REFUSALS, examine
from messaging.presenters import messages as presenter
from messaging.serializers.answers import DirectMessageSerializer
from messaging.serializers.inputs import FilesInputSerializer
from messaging.services import attachments
from messaging.views.base import MessagingView
from messaging.views.downloads import SendsFile
from messaging.views.messages import SENDING

_FIELDS = ("file", "files", "attachment", "attachments")


class WithAttachmentView(MessagingView):
    input_serializer = FilesInputSerializer
    consumes = ("multipart/form-data",)
    largest_body = LARGEST_REQUEST
    idempotent_actions = frozenset({"post"})
    answers = {"post": {201: DirectMessageSerializer}}
    refusals = {"post": (*SENDING, NotFound, *REFUSALS, StorageUnavailable)}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Looks at the files before anything else: an `Idempotency-Key` opens a transaction, which is to be short."""
        super().initial(request, *args, **kwargs)
        self.files = examine(_uploads(request)) if request.method == "POST" else []

    def post(self, request: SignedInRequest) -> Response:
        """Write to somebody and send up to five files along: 10 MB each, 25 MB together. The text may be empty."""
        sent = self.read(request)
        sent.pop("file")
        written = services.send(sender=request.user, text=sent.pop("message", ""), files=self.files, **sent)
        return Response(presenter.message(written, request.user), status=status.HTTP_201_CREATED)


class DownloadView(SendsFile, MessagingView):
    """A file of a message, for the two people of it and for moderators."""

    answers: ClassVar[dict[str, Any]] = {"get": dict.fromkeys((200, 206), serializers.FileField())}
    produces = tuple(EXTENSIONS)
    refusals = {"get": (ScanPending, ScanFailed, AttachmentInfected, StorageUnavailable)}

    def get(self, request: SignedInRequest, pk: int) -> HttpResponseBase:
        """Download a file, or with `Range` a part of it (206; 416 for bytes that it does not have)."""
        return self.send_file(request, attachments.find(pk, request.user))


def _uploads(request: Request) -> list[Any]:
    return [upload for field in _FIELDS for upload in request.FILES.getlist(field)]
