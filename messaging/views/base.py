"""What views of messages share."""

from typing import Any

from rest_framework import serializers, viewsets
from rest_framework.permissions import IsAuthenticated

from accounts.models import User
from accounts.requests import SignedInRequest
from accounts.views.base import AccountView
from common.merged import Merged
from messaging.models import Message
from messaging.presenters import messages as presenter
from messaging.querysets import MessageQuerySet


class MessagingViewSet(viewsets.GenericViewSet):
    """`inputs` names what each action reads."""

    request: SignedInRequest
    queryset = Message.objects.none()
    permission_classes = (IsAuthenticated,)
    lookup_value_converter = "id"
    inputs: dict[str, type[serializers.Serializer]] = {}
    queries: dict[str, type[serializers.Serializer]] = {}

    def get_serializer_class(self) -> type[serializers.BaseSerializer]:
        return self.inputs.get(self.action, serializers.Serializer)

    def read_body(self) -> dict[str, Any]:
        serializer = self.get_serializer(data=self.request.data)
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data

    def read_query(self) -> dict[str, Any]:
        serializer = self.queries[self.action](data=self.request.query_params.dict())
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data

    def paginate_merged(self, rows: Merged) -> Any:
        paginator: Any = self.paginator
        paginator.counted = rows.parts
        return paginator.paginate_queryset(rows, self.request, view=self)


class MessagingView(AccountView):
    permission_classes = (IsAuthenticated,)


def page_of_thread(view: Any, messages: MessageQuerySet, viewer: User, *, before: int | None) -> dict[str, Any]:
    """One page of a thread, oldest first: by its number, or the newest that came before a message.

    The second is read along the index, however far back it is, and nothing that is written meanwhile shifts it.
    """
    newest_first = messages.newest_first()
    rows = view.paginate_queryset(newest_first)
    page = view.paginator.page
    if before is not None:
        rows = newest_first.filter(pk__lt=before)[: page.size + 1]
    shown = presenter.messages(rows, viewer)
    has_more = page.next is not None if before is None else len(shown) > page.size
    shown = shown[: page.size]
    return {
        "messages": shown[::-1],
        "total": page.total,
        "page": page.number,
        "page_size": page.size,
        "total_pages": page.count,
        "has_more": has_more,
        "next_before": shown[-1]["id"] if shown and has_more else None,
    }
