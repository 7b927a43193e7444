from django.urls import path

from api.edustream.views import accounts

urlpatterns = [
    path("auth/register", accounts.RegisterView.as_view()),
    path("auth/login", accounts.LoginView.as_view()),
    path("auth/refresh", accounts.RefreshView.as_view()),
    path("auth/logout", accounts.LogoutView.as_view()),
    path("auth/logout-all", accounts.LogoutEverywhereView.as_view()),
    path("auth/me", accounts.MeView.as_view()),
    # The document leaves /api out, its client does not.
    path("api/auth/refresh", accounts.RefreshView.as_view()),
    path("api/auth/logout", accounts.LogoutView.as_view()),
    path("api/auth/logout-all", accounts.LogoutEverywhereView.as_view()),
    path("api/auth/me", accounts.MeView.as_view()),
    path("health", accounts.HealthView.as_view()),
    path("api/health/integrity", accounts.IntegrityView.as_view()),
    path("users/me", accounts.MeView.as_view(http_method_names=["get", "head", "options"])),
]
