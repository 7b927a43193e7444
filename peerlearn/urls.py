"""Every path: the five contracts, the documentation, the back office."""

from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularRedocView, SpectacularSwaggerSplitView

from api.core.root import RootView
from api.core.schema.view import SchemaView
from api.learner_v1.views.points import certificate_page
from bookings.views.calendar import calendar_feed
from notifications.views import unsubscribe
from peerlearn.metrics.view import MetricsView
from sessions_app.views.guardians import guardian_page

urlpatterns = [
    path("", RootView.as_view()),
    path("", include("api.sessions.urls")),
    path("", include("api.edustream.urls")),
    path("", include("api.mentor.urls")),
    path("", include("api.learner.urls")),
    path("", include("api.learner_v1.urls")),
    path("calendar/feed/<str:token>.ics", calendar_feed, name="calendar-feed"),
    path("notifications/unsubscribe/<str:token>", unsubscribe, name="unsubscribe"),
    path("guardians/recordings/<str:token>", guardian_page, name="guardian"),
    path("certificates/<str:code>", certificate_page, name="certificate"),
    path("metrics", MetricsView.as_view(), name="metrics"),
    path("openapi.json", SchemaView.as_view(), name="schema"),
    path("docs", SpectacularSwaggerSplitView.as_view(), name="swagger"),
    path("redoc", SpectacularRedocView.as_view(template_name="redoc.html"), name="redoc"),
    path("api-auth/", include("rest_framework.urls")),
    path("admin/", admin.site.urls),
]

handler400 = "api.core.root.bad_request"
handler403 = "api.core.root.forbidden"
handler404 = "api.core.root.not_found"
handler500 = "api.core.root.server_error"
