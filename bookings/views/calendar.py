"""One's own calendar feed: opened and closed over the API, fetched by calendar programs."""

from datetime import UTC
from email.utils import format_datetime

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils import timezone
from django.utils.http import parse_http_date_safe
from django.views.decorators.http import require_safe
from rest_framework import serializers, status
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response

from accounts.requests import SignedInRequest
from accounts.views.base import AccountView
from bookings.calendar import feeds
from bookings.models import CalendarFeed


class FeedSerializer(serializers.Serializer):
    is_open = serializers.BooleanField()
    created_at = serializers.DateTimeField(allow_null=True)
    last_used_at = serializers.DateTimeField(allow_null=True)


class FeedOpenedSerializer(FeedSerializer):
    url = serializers.URLField(help_text="Shown this once: whoever has it can read the calendar.")


class CalendarFeedView(AccountView):
    """The secret address under which a calendar program fetches the caller's lessons and sessions."""

    permission_classes = (IsAuthenticated,)
    answers = {"get": FeedSerializer, "post": {201: FeedOpenedSerializer}, "delete": None}

    def get(self, request: SignedInRequest) -> Response:
        """Whether there is one, and when it was last fetched. The address itself is not shown again."""
        return Response(_facts(CalendarFeed.objects.filter(user=request.user).first()))

    def post(self, request: SignedInRequest) -> Response:
        """Make a new address, and end the old one."""
        feed, url = feeds.open_feed(request.user, now=timezone.now())
        return Response(_facts(feed) | {"url": url}, status=status.HTTP_201_CREATED)

    def delete(self, request: SignedInRequest) -> Response:
        """End the address. Safe to repeat."""
        feeds.close_feed(request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


@require_safe
def calendar_feed(request: HttpRequest, token: str) -> HttpResponse:
    """The calendar itself, for whoever has the address; no cookie is looked at. `?detail=busy` leaves out what and with
    whom, and so does any detail that there is not: an address with a slip in it gives nothing away.
    """
    feed = feeds.read(token, now=timezone.now(), busy_only=not {*request.GET.getlist("detail")} <= {"", "full"})
    etag = f'"{feed.etag}"'
    response = HttpResponse(feed.content, content_type="text/calendar; charset=utf-8")
    if _is_known(request, etag, int(feed.changed_at.timestamp())):
        response = HttpResponseNotModified()
    response["ETag"] = etag
    response["Last-Modified"] = format_datetime(feed.changed_at.astimezone(UTC).replace(microsecond=0), usegmt=True)
    response["Cache-Control"] = "private, no-cache"
    response["Content-Disposition"] = 'inline; filename="peerlearn.ics"'
    return response


def _is_known(request: HttpRequest, etag: str, changed_at: int) -> bool:
    """Where both are sent, the tag decides (RFC 9110)."""
    if "If-None-Match" in request.headers:
        known = [tag.strip().removeprefix("W/") for tag in request.headers["If-None-Match"].split(",")]
        return etag in known or "*" in known
    since = parse_http_date_safe(request.headers.get("If-Modified-Since", ""))
    return since is not None and changed_at <= since


def _facts(feed: CalendarFeed | None) -> dict[str, object]:
    return {
        "is_open": feed is not None,
        "created_at": feed and feed.created_at,
        "last_used_at": feed and feed.last_used_at,
    }
