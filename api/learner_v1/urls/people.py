from django.urls import path

from api.learner_v1.views import people

urlpatterns = [
    path("api/v1/learner/auth/register", people.RegisterView.as_view()),
    path("api/v1/learner/auth/login", people.LoginView.as_view()),
    path("api/v1/learner/auth/refresh", people.RefreshView.as_view()),
    path("api/v1/learner/auth/logout", people.LogoutView.as_view()),
    path("api/v1/learner/auth/change-password", people.ChangePasswordView.as_view()),
]
