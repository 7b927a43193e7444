"""Notifications over HTTP: one's own, newest first; how they come; what admins tell everybody."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods
from rest_framework import status, viewsets
from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response

from accounts.permissions import IsAdmin
from accounts.requests import SignedInRequest
from accounts.serializers import UserSerializer
from accounts.views import AccountView
from common.pages import dead_link
from notifications import presenters, services
from notifications.errors import ExactlyOne, PushNotConfigured, TooManyBrowsers
from notifications.filters import NotificationFilter
from notifications.kinds import EMAIL
from notifications.models import Notification, NotificationQuerySet, PushSubscription
from notifications.serializers import (
    AllReadSerializer,
    AnnouncementSerializer,
    BrowserSerializer,
    ChannelsSerializer,
    DeletedSerializer,
    NotificationForLearnersSerializer,
    NotificationSerializer,
    PreferencesSerializer,
    PushKeySerializer,
    QueuedSerializer,
    ReachedSerializer,
    ReachSerializer,
    SubscribeSerializer,
    UnreadCountSerializer,
    UpdatedSerializer,
    UserWithPreferencesSerializer,
    WhichSerializer,
)
from notifications.services import announcements, mails, push
from notifications.services.preferences import choose, preferences_of, switch_off, update_preferences


class NotificationViewSet(viewsets.GenericViewSet):
    """What the caller has been told."""

    request: SignedInRequest
    queryset = Notification.objects.none()
    serializer_class = NotificationSerializer
    filterset_class = NotificationFilter
    shown = staticmethod(presenters.notifications)
    lookup_value_converter = "id"
    answers = {
        "list": NotificationSerializer(many=True),
        "read": NotificationSerializer,
        "mark_all_read": AllReadSerializer,
        "destroy": None,
    }

    def get_queryset(self) -> NotificationQuerySet:
        return Notification.objects.of(self.request.user.pk)

    def list(self, request: SignedInRequest) -> Response:
        """The caller's notifications, newest first."""
        page: Any = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(self.shown(page))

    @action(detail=True, methods=["patch"])
    def read(self, request: SignedInRequest, pk: int) -> Response:
        """Mark a notification as read."""
        return Response(self.get_serializer(services.mark_read(pk, user=request.user)).data)

    @action(detail=False, methods=["patch"], url_path="mark-all-read")
    def mark_all_read(self, request: SignedInRequest) -> Response:
        """Mark all of the caller's notifications as read."""
        return Response(
            {"message": "All notifications marked as read", "updated": services.mark_all_read(user=request.user)}
        )

    def destroy(self, request: SignedInRequest, pk: int) -> Response:
        """Delete a notification."""
        services.delete(pk, user=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


class PreferencesView(AccountView):
    """One's own settings."""

    permission_classes = (IsAuthenticated,)
    input_serializer = PreferencesSerializer
    answers = {"patch": UserWithPreferencesSerializer}

    def patch(self, request: SignedInRequest) -> Response:
        """Choose the channels of notifications, or change the caller's account. What is left out stays as it is."""
        preferences = update_preferences(request.user, self.read(request))
        return Response(UserSerializer(request.user).data | ChannelsSerializer(preferences).data)


class LearnerNotificationViewSet(NotificationViewSet):
    """What the learner_v1 client asks besides."""

    serializer_class = NotificationForLearnersSerializer
    shown = staticmethod(presenters.for_learners)
    answers = NotificationViewSet.answers | {
        "list": NotificationForLearnersSerializer(many=True),
        "read": NotificationForLearnersSerializer,
        "clear": DeletedSerializer,
        "unread_count": UnreadCountSerializer,
    }

    def unread_count(self, request: SignedInRequest) -> Response:
        """How many are unread."""
        count = self.get_queryset().unread().count()
        return Response({"count": count, "unread_count": count})

    def clear(self, request: SignedInRequest) -> Response:
        """Delete all of the caller's notifications."""
        deleted = services.delete_all(user=request.user)
        return Response({"message": "All notifications deleted", "deleted": deleted})


class MarkReadView(AccountView):
    permission_classes = (IsAuthenticated,)
    input_serializer = WhichSerializer
    answers = {"put": UpdatedSerializer}
    refusals = {"put": (ExactlyOne,)}

    def put(self, request: SignedInRequest) -> Response:
        """Mark one, several or all of the caller's notifications as read. Those of others are passed over."""
        which = self.read(request)
        if which.get("all"):
            return Response({"updated": services.mark_all_read(user=request.user)})
        ids = which["ids"] if "ids" in which else [which["id"]]
        return Response({"updated": services.mark_read_of(ids, user=request.user)})


class ReachView(AccountView):
    """How the caller wants to be reached: switches, a matrix of types and channels, quiet hours, digests."""

    permission_classes = (IsAuthenticated,)
    inputs = {"put": ReachSerializer}
    input_serializer = ReachSerializer
    answers = {"get": ReachedSerializer, "put": ReachedSerializer}

    def get(self, request: SignedInRequest) -> Response:
        """What the caller has chosen, and what follows from it for every type of notification."""
        return Response(ReachedSerializer(preferences_of(request.user)).data)

    def put(self, request: SignedInRequest) -> Response:
        """Choose. What is left out stays as it is; null takes a single choice back."""
        return Response(ReachedSerializer(choose(request.user, self.read(request))).data)


class AnnouncementView(AccountView):
    permission_classes = (IsAdmin,)
    input_serializer = AnnouncementSerializer
    idempotent_actions = ("post",)
    answers = {"post": {202: QueuedSerializer}}
    refusals = {"post": (ExactlyOne,)}

    def post(self, request: SignedInRequest) -> Response:
        """Tell these people, all of a role, or everybody, in the app and by push. A worker does it."""
        queued = announcements.request(actor=request.user, **self.read(request))
        return Response({"queued": queued}, status=status.HTTP_202_ACCEPTED)


class PushKeyView(AccountView):
    permission_classes = (IsAuthenticated,)
    answers = {"get": PushKeySerializer}

    def get(self, request: SignedInRequest) -> Response:
        """The key that a browser needs to subscribe."""
        return Response({"public_key": push.public_key()})


class BrowserViewSet(viewsets.GenericViewSet):
    """The browsers that the caller receives pushes in."""

    request: SignedInRequest
    queryset = PushSubscription.objects.none()
    serializer_class = BrowserSerializer
    filter_backends = ()
    lookup_value_converter = "id"
    inputs = {"create": SubscribeSerializer}
    answers = {"list": BrowserSerializer(many=True), "create": BrowserSerializer, "destroy": None}
    refusals = {"create": (PushNotConfigured, TooManyBrowsers)}

    def list(self, request: SignedInRequest) -> Response:
        """The caller's browsers, newest first."""
        page = self.paginate_queryset(PushSubscription.objects.filter(user=request.user))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def create(self, request: SignedInRequest) -> Response:
        """Push to this browser from now on. The same browser again is the same subscription."""
        serializer = SubscribeSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        sent = serializer.validated_data
        agent = request.headers.get("User-Agent", "").replace("\0", "")
        browser = push.subscribe(request.user, endpoint=sent["endpoint"], **sent["keys"], user_agent=agent)
        return Response(self.get_serializer(browser).data, status=status.HTTP_201_CREATED)

    def destroy(self, request: SignedInRequest, pk: int) -> Response:
        """Push to it no more."""
        push.unsubscribe(pk, user=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


@never_cache
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind the link in every mail that can be switched off. Only a POST does it: programs that look at mails
    open links, and mail readers with one click for it send a POST (RFC 8058). Whoever has the link may do it.
    """
    known = mails.read_unsubscribe_token(token)
    if known is None:
        return dead_link(request)
    user_id, kinds = known
    done = request.method == "POST"
    if done:
        switch_off(user_id, kinds, EMAIL)
    title = "No more mails of this kind" if done else "Stop these mails?"
    page = {"title": title, "label": mails.label_of(kinds), "done": done}
    return render(request, "notifications/unsubscribe.html", page)
