"""What views of figures share."""

from typing import Any, ClassVar

from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from accounts.permissions import IsAdmin


class FiguresView(APIView):
    """For admins: 401 to who is not signed in, 403 to everybody else."""

    permission_classes = (IsAuthenticated, IsAdmin)
    queries: ClassVar[dict[str, Any]] = {}
    answers: ClassVar[dict[str, Any]]

    def asked(self, request: Request) -> Any:
        """The query's serializer, validated."""
        query: Serializer = self.queries["get"](data=request.query_params)
        query.is_valid(raise_exception=True)
        return query
