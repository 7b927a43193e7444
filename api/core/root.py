"""The front door and the unknown path."""

from django.http import HttpRequest, HttpResponse
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.core.errors import response_for


class RootSerializer(serializers.Serializer):
    documentation = serializers.URLField()
    reference = serializers.URLField()
    schema = serializers.URLField()
    sessions = serializers.URLField()
    back_office = serializers.URLField()
    health = serializers.URLField()


class RootView(APIView):
    """PeerLearn, the backend of peer-learning products. Start with the documentation."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_scope = None
    answers = {"get": RootSerializer}

    def get(self, request: Request) -> Response:
        pages = {
            "documentation": "/docs",
            "reference": "/redoc",
            "schema": "/openapi.json",
            "sessions": "/api/sessions",
            "back_office": "/admin/",
            "health": "/health",
        }
        return Response({name: request.build_absolute_uri(path) for name, path in pages.items()})


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return response_for(400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return response_for(403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return response_for(404)


def server_error(request: HttpRequest) -> HttpResponse:
    return response_for(500)
