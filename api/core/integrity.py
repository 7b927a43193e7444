"""Whether what is stored agrees with itself, for admins."""

from typing import Any, ClassVar

from django.utils import timezone
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import IsAdmin
from accounts.requests import SignedInRequest
from adminpanel import integrity
from adminpanel.errors import BearerTokenRequired
from api.core.authentication import BearerAuthentication


class IntegrityQuerySerializer(serializers.Serializer):
    repair = serializers.BooleanField(
        default=False, help_text="Mend what can be mended; only with an access token in the Authorization header."
    )
    thorough = serializers.BooleanField(
        default=False, help_text="Look at the files, all of the audit log and each payment, too."
    )


class IntegrityExampleSerializer(serializers.Serializer):
    object = serializers.CharField(help_text="Such as bookings.booking:12.")
    message = serializers.CharField()


class IntegrityIssueSerializer(serializers.Serializer):
    check = serializers.CharField(help_text="Its stable name.")
    message = serializers.CharField(help_text="What should hold.")
    count = serializers.IntegerField(help_text="How many rows were found.")
    can_repair = serializers.BooleanField()
    repaired = serializers.IntegerField()
    remaining = serializers.IntegerField()
    examples = IntegrityExampleSerializer(many=True, help_text="The first ten of what was found.")


class IntegrityRolesSerializer(serializers.Serializer):
    student = serializers.IntegerField()
    tutor = serializers.IntegerField()
    admin = serializers.IntegerField()


class IntegrityReportSerializer(serializers.Serializer):
    health_status = serializers.ChoiceField(["healthy", "unhealthy"])
    total_users = serializers.IntegerField(help_text="Accounts that are not deleted.")
    role_counts = IntegrityRolesSerializer()
    issues = IntegrityIssueSerializer(many=True)
    timestamp = serializers.DateTimeField()


class IntegritySerializer(serializers.Serializer):
    status = serializers.ChoiceField(["healthy", "unhealthy"])
    report = IntegrityReportSerializer()


class IntegrityView(APIView):
    """Whether what is stored twice is the same twice: seats, ratings, unread counts, the ledger, the audit log."""

    permission_classes = (IsAdmin,)
    queries: ClassVar[dict[str, Any]] = {"get": IntegrityQuerySerializer}
    answers: ClassVar[dict[str, Any]] = {"get": IntegritySerializer}
    refusals: ClassVar[dict[str, Any]] = {"get": (BearerTokenRequired,)}

    def get(self, request: SignedInRequest) -> Response:
        """Look, and with `repair=true` mend what can be mended. Healthy is a system in which nothing wrong is left.

        A repair is audited row by row, and mends some hundred rows of each kind at a time: ask again for the rest.
        """
        query = IntegrityQuerySerializer(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        repair = query.validated_data["repair"] and request.method == "GET"  # and not to a HEAD
        if repair and not isinstance(request.successful_authenticator, BearerAuthentication):
            raise BearerTokenRequired
        report = integrity.run(
            actor=request.user, now=timezone.now(), repair=repair, thorough=query.validated_data["thorough"]
        )
        return Response({"status": report.health_status, "report": report.as_json()})
