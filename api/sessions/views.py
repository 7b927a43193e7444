"""The sessions contract's views, and what the learner and mentor contracts share with it."""

from api.core.views import DialectMixin
from api.sessions.dialect import Sessions
from bookings.views.sessions import BookableSessionViewSet
from sessions_app import views as sessions


class SessionViewSet(DialectMixin, BookableSessionViewSet):
    dialect = Sessions()


class SessionSeatViewSet(DialectMixin, sessions.SessionSeatViewSet):
    dialect = Sessions()
