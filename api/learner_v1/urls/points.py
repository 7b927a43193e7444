from django.urls import path

from api.learner_v1.views import points

leaderboard = points.LeaderboardViewSet.as_view({"get": "retrieve"}, detail=True)

urlpatterns = [
    path("api/v1/courses/<id:pk>/leaderboard", leaderboard),
    path("api/v1/learner/courses/<id:pk>/leaderboard", leaderboard),
    path("api/v1/learner/me/points", points.PointsViewSet.as_view({"get": "history"})),
    path("api/v1/learner/me/certificates", points.OwnCertificateViewSet.as_view({"get": "list"}, detail=False)),
    path("api/v1/certificates/<str:code>", points.CertificateView.as_view()),
]
