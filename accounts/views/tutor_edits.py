"""One's own tutor profile, part by part. Each change answers the full profile with its next version."""

from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from accounts import documents, images
from accounts.errors import ProfileFrozen, ProfileIncomplete, StaleProfile
from accounts.models import TutorProfile
from accounts.permissions import IsTutor
from accounts.presenters import tutors as presenters
from accounts.requests import SignedInRequest
from accounts.serializers.tutor_edits import (
    AboutSerializer,
    CertificationsFormSerializer,
    CertificationsSerializer,
    DescriptionSerializer,
    EducationFormSerializer,
    EducationSerializer,
    PhotoSerializer,
    SubjectsSerializer,
    VideoSerializer,
    scans_of,
)
from accounts.serializers.tutors import TutorProfileSerializer
from accounts.services import credentials, tutor_edits
from accounts.services.tutor_side import Expected, own_tutor_side
from accounts.views.base import AccountView, TakesOnePicture
from common.conditional import expected_version

# Five scans of 5 MB, and what multipart adds.
LARGEST_SCANS = 5 * documents.MOST_BYTES + 1024 * 1024


class MyTutorProfileView(AccountView):
    """One's own tutor profile. Tutors only."""

    permission_classes = (IsTutor,)
    answers: ClassVar[dict[str, Any]] = {"get": TutorProfileSerializer}

    def get(self, request: SignedInRequest) -> Response:
        """The caller's own profile, whatever its state."""
        return self.show(request, own_tutor_side(request.user))

    def show(self, request: SignedInRequest, profile: TutorProfile, **more: Any) -> Response:
        return Response(presenters.full(profile, viewer=request.user) | more)


class MyTutorPart(MyTutorProfileView):
    """A part of the profile that is changed on its own, with PATCH or, as a whole, with PUT."""

    versioned_actions = frozenset({"patch", "put"})
    answers = dict.fromkeys(("patch", "put"), TutorProfileSerializer)
    refusals: ClassVar[dict[str, Any]] = dict.fromkeys(("patch", "put"), (StaleProfile, ProfileFrozen))
    http_method_names = ("patch", "options")

    def read_change(self, request: Request) -> tuple[dict[str, Any], Expected]:
        """What is sent, and the version that it is meant for."""
        sent = self.read(request)
        return sent, Expected(sent.pop("version", None), expected_version(request))


class AboutView(MyTutorPart):
    input_serializer: ClassVar[type[Serializer]] = AboutSerializer
    refusals = {"patch": (StaleProfile, ProfileFrozen, ProfileIncomplete)}

    def patch(self, request: SignedInRequest) -> Response:
        """Change title, headline, bio, philosophy, experience or languages. What is left out stays as it is."""
        changes, expected = self.read_change(request)
        return self.show(request, tutor_edits.change_about(request.user, changes, expected=expected))


class DescriptionView(AboutView):
    input_serializer = DescriptionSerializer
    refusals = MyTutorPart.refusals

    def patch(self, request: SignedInRequest) -> Response:
        """Change the description."""
        return super().patch(request)


class VideoView(AboutView):
    input_serializer = VideoSerializer
    refusals = MyTutorPart.refusals

    def patch(self, request: SignedInRequest) -> Response:
        """Change the address of the introduction's video. Nobody fetches it but who watches it."""
        return super().patch(request)


class SubjectsView(MyTutorPart):
    http_method_names = ("put", "options")
    input_serializer = SubjectsSerializer
    takes_arrays = True  # the client's body
    refusals = {"put": (StaleProfile, ProfileFrozen, ProfileIncomplete)}

    def put(self, request: SignedInRequest) -> Response:
        """Say what the caller teaches: `subject_ids`, or an array of subjects with levels and years as the body."""
        sent, expected = self.read_change(request)
        return self.show(request, tutor_edits.set_subjects(request.user, sent["subjects"], expected=expected))


class PhotoView(TakesOnePicture, MyTutorPart):
    input_serializer = PhotoSerializer
    refusals = {"patch": (StaleProfile, ProfileFrozen, *images.REFUSALS)}

    def patch(self, request: SignedInRequest) -> Response:
        """Show another photo: JPG, PNG, GIF or WebP of up to 5 MB. Its middle is kept, as a square JPEG."""
        sent, expected = self.read_change(request)
        return self.show(request, tutor_edits.set_photo(request.user, sent["profile_photo"], expected=expected))


class CredentialsView(MyTutorPart):
    http_method_names = ("put", "options")
    largest_body = LARGEST_SCANS
    refusals = {"put": (StaleProfile, ProfileFrozen, *documents.REFUSALS)}


class CertificationsView(CredentialsView):
    input_serializer = CertificationsSerializer
    multipart_serializer = CertificationsFormSerializer

    def put(self, request: SignedInRequest) -> Response:
        """Say all of the caller's certificates; as multipart with scans `file_0` and so on, by the entries' places."""
        sent, expected = self.read_change(request)
        profile = credentials.set_certifications(
            request.user, sent["certifications"], scans_of(request.FILES), expected=expected
        )
        return self.show(request, profile)


class EducationView(CredentialsView):
    input_serializer = EducationSerializer
    multipart_serializer = EducationFormSerializer

    def put(self, request: SignedInRequest) -> Response:
        """Say all of the caller's degrees; as multipart with scans `file_0` and so on, by the entries' places."""
        sent, expected = self.read_change(request)
        profile = credentials.set_education(request.user, sent["education"], scans_of(request.FILES), expected=expected)
        return self.show(request, profile)
