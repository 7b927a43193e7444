"""Learners of the same courses over HTTP."""

from typing import Any

from rest_framework import viewsets
from rest_framework.response import Response

from accounts.models import User
from accounts.permissions import LearnerSide
from accounts.requests import SignedInRequest
from courses.presenters import peers as presenter
from courses.serializers.peers import PeerQuerySerializer, PeerSerializer
from courses.services.peers import peers_of


class PeerViewSet(viewsets.GenericViewSet):
    """Learners of the same courses."""

    request: SignedInRequest
    queryset = User.objects.none()
    permission_classes = (LearnerSide,)
    queries = {"list": PeerQuerySerializer}
    answers = {"list": PeerSerializer(many=True)}

    def list(self, request: SignedInRequest) -> Response:
        """The learners of the caller's courses who want to be found, by name."""
        query = PeerQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        page: Any = self.paginate_queryset(peers_of(request.user, **query.validated_data))
        return self.get_paginated_response(presenter.peers(page, request.user))
