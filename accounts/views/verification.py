"""Mentors on their way through approval: the application, the documents, the decision."""

from typing import Any, ClassVar

from django.http import HttpResponse
from django.utils import timezone
from rest_framework import status
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import documents
from accounts.errors import (
    ApplicationExists,
    NotOnYourself,
    ProfileIncomplete,
    ResubmittedTooEarly,
    SubmittedTooOften,
    TooManyDocuments,
)
from accounts.models import TutorProfile, User, VerificationDocument
from accounts.permissions import ApplicationAccess, TutorOrApplicant
from accounts.presenters import verification as presenters
from accounts.requests import SignedInRequest
from accounts.serializers.verification import (
    ApplicationSerializer,
    AppliedSerializer,
    DecisionSerializer,
    DocumentAddedSerializer,
    DocumentUploadSerializer,
    OfMentorSerializer,
    VerificationSerializer,
)
from accounts.services import applying, approval, verification
from accounts.services.tutor_side import own_tutor_side
from accounts.views.base import AccountView
from accounts.views.tutors import ScanView
from common.errors import Forbidden, Invalid, InvalidTransition, NotFound

LARGEST_DOCUMENT = documents.MOST_BYTES + 1024 * 1024
# Four documents, and what multipart adds.
LARGEST_APPLICATION = 4 * documents.MOST_BYTES + 1024 * 1024


class ApplyView(AccountView):
    """Becoming a mentor."""

    permission_classes = (AllowAny,)
    input_serializer = ApplicationSerializer
    consumes = ("multipart/form-data",)
    largest_body = LARGEST_APPLICATION
    throttle_scope = "register"
    answers: ClassVar[dict[str, Any]] = {"post": {200: AppliedSerializer}}
    refusals: ClassVar[dict[str, Any]] = {
        "post": (ApplicationExists, ResubmittedTooEarly, SubmittedTooOften, Forbidden, *documents.REFUSALS)
    }

    def post(self, request: Request) -> Response:
        """Apply as a mentor, with documents. Who is not signed in gets an account, and a mail to set its password."""
        user = request.user if request.user.is_authenticated else None
        application = applying.apply(**self.read(request), user=user, now=timezone.now())
        return Response(
            {
                "success": True,
                "message": "Application submitted",
                "application_id": application.pk,
                "user_id": application.tutor.user_id,
            }
        )


class TakesADocument(AccountView):
    input_serializer: ClassVar[type[Any]] = DocumentUploadSerializer
    consumes: ClassVar[Any] = ("multipart/form-data",)
    largest_body = LARGEST_DOCUMENT

    def keep(self, request: SignedInRequest) -> VerificationDocument:
        sent = self.read(request)
        mentor = own_tutor_side(request.user)
        return verification.add_document(mentor, sent["document_type"], sent["file"], name=sent["file"].name)


class VerificationDocumentsView(TakesADocument):
    """Documents, where the contract's uploads are. For mentors, and students who have applied."""

    permission_classes = (TutorOrApplicant,)
    answers: ClassVar[dict[str, Any]] = {"post": {201: DocumentAddedSerializer}}
    refusals: ClassVar[dict[str, Any]] = {"post": (TooManyDocuments, *documents.REFUSALS)}

    def post(self, request: SignedInRequest) -> Response:
        """Send a document: PDF, PNG or JPG of up to 5 MB. The caller and admins see it, nobody else."""
        shown = presenters.document(self.keep(request))
        return Response(
            {"success": True, "message": "Document uploaded", "document": shown}, status=status.HTTP_201_CREATED
        )


class VerificationView(TakesADocument):
    """How far a mentor has come, or a student who has applied. They see their own, admins any; of strangers nobody."""

    permission_classes = (ApplicationAccess,)
    consumes: ClassVar[Any] = {"post": TakesADocument.consumes, "put": ("application/json",), "get": ()}
    queries: ClassVar[dict[str, Any]] = {"get": OfMentorSerializer}
    inputs: ClassVar[dict[str, Any]] = {"post": DocumentUploadSerializer, "put": DecisionSerializer}
    answers: ClassVar[dict[str, Any]] = {
        **dict.fromkeys(("get", "put"), VerificationSerializer),
        "post": {201: VerificationSerializer},
    }
    refusals: ClassVar[dict[str, Any]] = {
        "get": (NotFound, Invalid),
        "post": (TooManyDocuments, Forbidden, *documents.REFUSALS),
        "put": (
            *(NotFound, Forbidden, NotOnYourself, InvalidTransition),
            *(ProfileIncomplete, ResubmittedTooEarly, SubmittedTooOften),
        ),
    }

    def get_permissions(self) -> Any:
        """Documents are the mentor's own to send."""
        return [TutorOrApplicant()] if self.request.method == "POST" else super().get_permissions()

    def get(self, request: SignedInRequest) -> Response:
        """Status, documents and history of the caller, or to an admin of the mentor that `mentorId` names."""
        query = OfMentorSerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        mentor = verification.mentor_of(request.user, query.validated_data.get("mentor_id"))
        return Response(presenters.status(mentor))

    def post(self, request: SignedInRequest) -> Response:
        """Send a document of one's own: PDF, PNG or JPG of up to 5 MB. Not for admins."""
        document = self.keep(request)
        return Response(presenters.status(document.tutor), status=status.HTTP_201_CREATED)

    def put(self, request: SignedInRequest) -> Response:
        """Admins `approve`, `reject` or `request_changes`; a mentor, or who has applied, may `resubmit` their own."""
        sent = self._read_decision(request)
        return Response(presenters.status(_decide(request.user, sent)))

    def _read_decision(self, request: SignedInRequest) -> dict[str, Any]:
        serializer = DecisionSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data


class VerificationDocumentView(ScanView):
    def get(self, request: SignedInRequest, pk: int) -> HttpResponse:
        """A verification document, for its owner and admins. That an admin read it is audited."""
        return self.send(verification.find_document(pk, request.user))


def _decide(actor: User, sent: dict[str, Any]) -> TutorProfile:
    """Who may do which of these, the services know."""
    now = timezone.now()
    mentor_id: Any = sent.get("mentor_id")  # the serializer asks for it where it must be there
    if sent["action"] == "resubmit":
        return verification.resubmit(actor, mentor_id, now=now)
    if sent["action"] == "approve":
        return approval.approve(mentor_id, actor=actor, now=now)
    decide = approval.reject if sent["action"] == "reject" else approval.request_changes
    return decide(mentor_id, reason=sent["reason"], actor=actor, now=now)
