"""Notes of the people of a session over HTTP."""

from typing import Any

from rest_framework import serializers, status, viewsets
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response

from accounts.requests import SignedInRequest
from sessions_app.errors import NotInSession, TooManyNotes
from sessions_app.models import SessionNote
from sessions_app.records import presenters
from sessions_app.records.serializers import (
    NoteChangesSerializer,
    NoteInputSerializer,
    NoteQuerySerializer,
    NoteSerializer,
)
from sessions_app.services import notes


class NoteViewSet(viewsets.GenericViewSet):
    """Notes about a session: private ones are their author's only, shared ones its people's."""

    request: SignedInRequest
    permission_classes = (IsAuthenticated,)
    queryset = SessionNote.objects.none()
    serializer_class = serializers.Serializer
    filter_backends = ()
    page_size = 20
    idempotent_actions = frozenset({"create"})
    inputs = {"create": NoteInputSerializer, "update": NoteChangesSerializer}
    queries = {"list": NoteQuerySerializer}
    answers = {
        "list": NoteSerializer(many=True),
        "create": NoteSerializer,
        "update": NoteSerializer,
        "destroy": None,
    }
    refusals = {"create": (NotInSession, TooManyNotes), **dict.fromkeys(("list", "update", "destroy"), (NotInSession,))}

    def get_serializer_class(self) -> type[serializers.BaseSerializer]:
        return self.inputs.get(self.action, serializers.Serializer)

    def list(self, request: SignedInRequest, pk: int) -> Response:
        """The caller's own notes about a session and those that its people share, the latest first."""
        asked = NoteQuerySerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        found = notes.notes_of(pk, request.user).order_by("-created_at", "-id")
        if visibility := asked.validated_data.get("visibility"):
            found = found.filter(visibility=visibility)
        page: Any = self.paginate_queryset(found)
        return self.get_paginated_response(presenters.notes(page))

    def create(self, request: SignedInRequest, pk: int) -> Response:
        """Note something about a session, for oneself or for its people."""
        note = notes.add_note(pk, author=request.user, **self._read())
        return Response(_shown(note), status=status.HTTP_201_CREATED)

    def update(self, request: SignedInRequest, pk: int, note_id: int) -> Response:
        """Change a note of one's own."""
        return Response(_shown(notes.change_note(pk, note_id, self._read(), author=request.user)))

    def destroy(self, request: SignedInRequest, pk: int, note_id: int) -> Response:
        """Delete a note of one's own."""
        notes.delete_note(pk, note_id, author=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _read(self) -> dict[str, Any]:
        serializer = self.get_serializer(data=self.request.data)
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data


def _shown(note: SessionNote) -> dict[str, Any]:
    (shown,) = presenters.notes(SessionNote.objects.filter(pk=note.pk))
    return shown
