from django.urls import path

from api.learner.views import people

LEARNER = "api/learners/<id:learner_id>"

urlpatterns = [
    path("api/auth/login", people.LoginView.as_view()),
    path(LEARNER, people.LearnerView.as_view()),
    path(f"{LEARNER}/profile", people.LearnerView.as_view()),
    path(f"{LEARNER}/dashboard", people.DashboardView.as_view()),
    path(f"{LEARNER}/settings", people.SettingsView.as_view()),
    path(f"{LEARNER}/notifications", people.NotificationViewSet.as_view({"get": "list"}, detail=False)),
    path(f"{LEARNER}/notifications/<id:pk>", people.NotificationViewSet.as_view({"put": "mark_read"}, detail=True)),
]
