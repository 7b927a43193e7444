"""Recordings over HTTP: kept, agreed to, listed, and handed out through links that expire."""

from typing import Any, ClassVar

from django.http import HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils import timezone
from rest_framework import serializers, status, viewsets
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.errors import EmailNotVerified
from accounts.requests import SignedInRequest
from accounts.views.base import AccountView
from common.errors import NotFound
from common.files import StorageUnavailable
from messaging.views.downloads import SendsFile
from sessions_app import recording_files
from sessions_app.errors import (
    ConsentMissing,
    ConsentTextChanged,
    GuardianAskedTooOften,
    GuardianInSession,
    GuardianMissing,
    LinkExpired,
    NotInSession,
    NotRecordable,
    NotTheCreator,
    RecordingExists,
)
from sessions_app.models import Recording
from sessions_app.records import presenters
from sessions_app.records.serializers import (
    ConsentInputSerializer,
    ConsentSerializer,
    LinkQuerySerializer,
    RecordingFormSerializer,
    RecordingInputSerializer,
    RecordingSerializer,
)
from sessions_app.services import consents, materials, members, recordings


class RecordingView(AccountView):
    """The recording of a session, for its people, while all of them agree."""

    permission_classes = (IsAuthenticated,)
    input_serializer = RecordingInputSerializer
    multipart_serializer = RecordingFormSerializer
    consumes = ("application/json", "multipart/form-data")
    largest_body = recording_files.LARGEST_REQUEST
    idempotent_actions = frozenset({"post"})
    answers: ClassVar[dict[str, Any]] = {"get": RecordingSerializer, "post": {201: RecordingSerializer}, "delete": None}
    refusals: ClassVar[dict[str, Any]] = {
        "get": (NotInSession, ConsentMissing),
        "post": (NotTheCreator, NotRecordable, RecordingExists, ConsentMissing, *recording_files.REFUSALS),
        "delete": (NotTheCreator,),
    }

    def initial(self, request: SignedInRequest, *args: Any, **kwargs: Any) -> None:  # type: ignore[override]
        """Looks at the file before anything else: an `Idempotency-Key` opens a transaction, which is to be short."""
        super().initial(request, *args, **kwargs)
        self.film = None
        if request.method == "POST":
            recordings.require_host(kwargs["pk"], request.user)
        if request.method == "POST" and request.FILES:
            serializer = RecordingFormSerializer(data=request.data)
            serializer.is_valid(raise_exception=True)
            self.sent = serializer.validated_data
            self.film = recording_files.examine(self.sent.pop("file"))
            materials.require_clean(self.film.file)
            self.film.file.seek(0)

    def get(self, request: SignedInRequest, pk: int) -> Response:
        """The recording of a session that the caller is in, with a link to it that expires."""
        kept = recordings.find_recording(pk, request.user)
        return Response(presenters.recording(kept, request.user, now=timezone.now()))

    def post(self, request: SignedInRequest, pk: int) -> Response:
        """Keep a recording of one's session: a file, or its address at a provider. Everybody has to agree first."""
        if self.film:
            kept = recordings.add_file(pk, self.film, actor=request.user, **self.sent)
        else:
            kept = recordings.add_address(pk, actor=request.user, **self.read(request))
        answer = presenters.recording(kept, request.user, now=timezone.now())
        return Response(answer, status=status.HTTP_201_CREATED)

    def delete(self, request: SignedInRequest, pk: int) -> Response:
        """Delete the recording of one's session, and its file."""
        recordings.delete_recording(pk, actor=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


class RecordingConsentView(AccountView):
    """Whether the people of a session agree to its recording."""

    permission_classes = (IsAuthenticated,)
    input_serializer = ConsentInputSerializer
    answers: ClassVar[dict[str, Any]] = dict.fromkeys(("get", "put"), ConsentSerializer)
    refusals: ClassVar[dict[str, Any]] = {
        "get": (NotInSession,),
        "put": (
            *(NotInSession, ConsentTextChanged),
            *(GuardianMissing, GuardianInSession, EmailNotVerified, GuardianAskedTooOften),
        ),
    }

    def get(self, request: SignedInRequest, pk: int) -> Response:
        """What the caller is asked about recording a session, and has said; to its host, what all have said."""
        session = members.find_for_consent(pk, request.user)
        return Response(presenters.consent(session, request.user))

    def put(self, request: SignedInRequest, pk: int) -> Response:
        """Agree to the recording of a session; or refuse, or withdraw: then nobody can have it any more."""
        consents.answer(pk, user=request.user, now=timezone.now(), **self.read(request))
        return self.get(request, pk)


class RecordingListViewSet(viewsets.GenericViewSet):
    """The recordings that the caller may have."""

    request: SignedInRequest
    permission_classes = (IsAuthenticated,)
    queryset = Recording.objects.none()
    serializer_class = serializers.Serializer
    filter_backends = ()
    answers: ClassVar[dict[str, Any]] = {"list": RecordingSerializer(many=True)}

    def list(self, request: SignedInRequest) -> Response:
        """The recordings that the caller may have at the moment, the latest first, each with a link that expires."""
        found = recordings.recordings_of(request.user).select_related("session").order_by("-created_at", "-id")
        page: Any = self.paginate_queryset(found)
        now = timezone.now()
        return self.get_paginated_response([presenters.recording(kept, request.user, now=now) for kept in page])


class RecordingFileView(SendsFile, APIView):
    """The recording behind a link."""

    permission_classes = (AllowAny,)
    authentication_classes = ()
    queries: ClassVar[dict[str, Any]] = {"get": LinkQuerySerializer}
    answers: ClassVar[dict[str, Any]] = {"get": dict.fromkeys((200, 206), serializers.FileField()) | {302: None}}
    produces = tuple(recording_files.EXTENSIONS)
    refusals: ClassVar[dict[str, Any]] = {"get": (NotFound, LinkExpired, ConsentMissing, StorageUnavailable)}

    def get(self, request: Request, pk: int) -> HttpResponseBase:
        """Download a recording, or with `Range` a part of it (206); of one at a provider's the way there (302).

        Whoever has the link may, for an hour, as long as everybody in the session agrees and the one to whom the link
        was given may have it.
        """
        kept = recordings.open_link(pk, request.query_params.get("signature", ""), now=timezone.now())
        if not kept.file:
            return HttpResponseRedirect(kept.provider_url, headers={"Referrer-Policy": "no-referrer"})
        return self.send_file(request, kept)
