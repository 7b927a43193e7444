"""Signing in and oneself, and the health of the system."""

from accounts import views as accounts
from api.core import health, integrity
from api.edustream.views.base import EduStreamMixin


class RegisterView(EduStreamMixin, accounts.RegisterView):
    pass


class LoginView(EduStreamMixin, accounts.LoginView):
    pass


class RefreshView(EduStreamMixin, accounts.RefreshView):
    pass


class LogoutView(EduStreamMixin, accounts.LogoutView):
    pass


class LogoutEverywhereView(EduStreamMixin, accounts.LogoutEverywhereView):
    pass


class MeView(EduStreamMixin, accounts.MeView):
    pass


class HealthView(EduStreamMixin, health.HealthView):
    pass


class IntegrityView(EduStreamMixin, integrity.IntegrityView):
    pass
