"""Signing in, and who a learner is."""

from accounts import views as accounts
from api.core.dialect import Dialect
from api.learner.views.base import LearnerMixin
from bookings.views.dashboard import LearnerDashboardView as Dashboard
from courses.views.learners import LearnerView as Profile
from notifications import views as notifications


class LoginView(LearnerMixin, accounts.LoginView):
    """Shared with the edustream client, which posts a form and reads `access_token`: names stay as they are there."""

    dialect = Dialect()


class LearnerView(LearnerMixin, Profile):
    pass


class DashboardView(LearnerMixin, Dashboard):
    pass


class SettingsView(LearnerMixin, notifications.LearnerSettingsView):
    pass


class NotificationViewSet(LearnerMixin, notifications.LearnersNotificationViewSet):
    pass
