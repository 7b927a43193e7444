from django.urls import path

from api.learner_v1.views import progress

urlpatterns = [
    path("api/v1/learner/me/progress", progress.ProgressViewSet.as_view({"get": "list"}, detail=False)),
    path(
        "api/v1/learner/me/progress/<id:pk>",
        progress.ProgressViewSet.as_view({"get": "retrieve", "patch": "partial_update"}, detail=True),
    ),
]
