"""The catalogue over HTTP. What everybody reads and nearly nobody changes may be cached, and is asked for by ETag."""

import hashlib
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, ClassVar

import orjson
from django.http import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_cache_control
from rest_framework import serializers, status, viewsets
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import SAFE_METHODS, AllowAny, BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog import languages, reference, services
from catalog.errors import LanguageNameTaken, SubjectInUse, SubjectNameTaken
from catalog.models import Language, Subject
from catalog.serializers import (
    LanguageDecisionSerializer,
    LanguageQuerySerializer,
    LanguageShownSerializer,
    NamedCodeSerializer,
    PhoneCodeSerializer,
    SubjectChangesSerializer,
    SubjectInputSerializer,
    SubjectSerializer,
)
from common.errors import Invalid

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


class SubjectViewSet(viewsets.ViewSet):
    """What is taught. Everybody reads it; who may change it, the binding says by `writers`."""

    writers: ClassVar[type[BasePermission]]
    lookup_value_converter = "id"
    inputs: ClassVar = {"create": SubjectInputSerializer, "update": SubjectChangesSerializer}
    answers: ClassVar = {
        "list": SubjectSerializer(many=True),
        "create": SubjectSerializer,
        "update": SubjectSerializer,
        "destroy": None,
    }
    refusals: ClassVar = {
        "create": (SubjectNameTaken,),
        "update": (SubjectNameTaken,),
        "destroy": (SubjectInUse,),
    }

    def get_authenticators(self) -> list[BaseAuthentication]:
        """Reading looks at no credentials, so that an old token is no obstacle and everybody's answer is the same."""
        is_read = getattr(self.request, "method", "") in SAFE_METHODS  # no request while the API is described
        return [] if is_read else super().get_authenticators()

    def get_permissions(self) -> list[BasePermission]:
        return [AllowAny()] if self.action in ("list", None) else [self.writers()]

    def list(self, request: Request) -> HttpResponseBase:
        """All subjects, in the order of their names."""
        subjects = list(Subject.objects.values("id", "name", "category", "description"))
        return cacheable(request, subjects, max_age=MINUTE)

    def create(self, request: Request) -> Response:
        """Add a subject. Admins only."""
        subject = services.create_subject(**self._read(request), actor=request.user)
        return Response(SubjectSerializer(subject).data, status=status.HTTP_201_CREATED)

    def update(self, request: Request, pk: int) -> Response:
        """Change a subject. Admins only. What is left out stays as it is."""
        subject = services.update_subject(pk, self._read(request), actor=request.user)
        return Response(SubjectSerializer(subject).data)

    def destroy(self, request: Request, pk: int) -> Response:
        """Delete a subject that nothing refers to. Admins only."""
        services.delete_subject(pk, actor=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _read(self, request: Request) -> dict[str, Any]:
        serializer = self.inputs[self.action](data=request.data)
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data


class ReferenceView(APIView):
    """What the world has agreed on. It changes with our libraries only."""

    permission_classes = (AllowAny,)
    authentication_classes = ()
    rows: ClassVar[Callable[[], Sequence[Any]]]
    max_age: ClassVar[timedelta] = DAY

    def get(self, request: Request) -> HttpResponseBase:
        return cacheable(request, list(type(self).rows()), max_age=self.max_age)


class CountriesView(ReferenceView):
    """The countries of the world (ISO 3166-1)."""

    rows = reference.countries
    answers: ClassVar = {"get": NamedCodeSerializer(many=True)}


class LanguagesView(ReferenceView):
    """The languages that can be chosen: those of the world that have a code of two letters (ISO 639-1), as admins have
    decided.
    """

    rows = languages.offered
    max_age = MINUTE
    answers: ClassVar = {"get": NamedCodeSerializer(many=True)}


class LanguageDecisionViewSet(viewsets.GenericViewSet):
    """Which languages there are here. Who may ask, the binding says."""

    queryset = Language.objects.none()
    serializer_class = LanguageDecisionSerializer
    filter_backends = ()
    inputs: ClassVar = {"create": LanguageDecisionSerializer}
    queries: ClassVar = {"list": LanguageQuerySerializer}
    answers: ClassVar = {
        "list": LanguageShownSerializer(many=True),
        "create": {200: LanguageShownSerializer, 201: LanguageShownSerializer},
    }
    refusals: ClassVar = {"create": (Invalid, LanguageNameTaken)}

    def list(self, request: Request) -> Response:
        """All languages, hidden or not, in the order of their names."""
        query = LanguageQuerySerializer(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        found = [row for row in languages.described() if _fits(row, query.validated_data)]
        return self.get_paginated_response(list(self.paginate_queryset(found) or ()))

    def create(self, request: Request) -> Response:
        """Name a language, hide it or show it again. Who has chosen a hidden one keeps it. 201 for the first decision
        about a language, 200 for a later one.
        """
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        changes = dict(serializer.validated_data)
        decided = services.decide_language(changes.pop("code"), changes, actor=request.user)
        (shown,) = (row for row in languages.described() if row["code"] == decided.language.code)
        return Response(shown, status=status.HTTP_201_CREATED if decided.is_first else status.HTTP_200_OK)


def _fits(row: dict[str, Any], asked: dict[str, Any]) -> bool:
    words = str(asked.get("search", "")).strip().lower()
    is_found = words in row["code"] or words in row["name"].lower() or words in row["default_name"].lower()
    return is_found and all(asked.get(flag) in (None, row[flag]) for flag in ("is_active", "is_changed"))


class ProficiencyLevelsView(ReferenceView):
    """How well somebody may know a language."""

    answers: ClassVar[dict[str, Any]] = {"get": serializers.ListSerializer(child=serializers.CharField())}

    @staticmethod
    def rows() -> Sequence[str]:
        return reference.PROFICIENCY_LEVELS


class PhoneCodesView(ReferenceView):
    """Which number each country is called by."""

    rows = reference.phone_codes
    answers: ClassVar = {"get": PhoneCodeSerializer(many=True)}


def cacheable(request: Request, data: list[Any], *, max_age: timedelta) -> HttpResponseBase:
    """The data for every cache to keep; 304 for who has them already."""
    response = Response(data)
    patch_cache_control(response, public=True, max_age=int(max_age.total_seconds()))
    etag = f'W/"{hashlib.sha256(orjson.dumps(data)).hexdigest()[:32]}"'
    response["ETag"] = etag
    return get_conditional_response(request, etag=etag, response=response) or response
