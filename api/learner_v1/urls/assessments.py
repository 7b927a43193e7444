from django.urls import path

from api.learner_v1.views import assessments

urlpatterns = [
    path("api/v1/assessments/<id:pk>", assessments.AssessmentViewSet.as_view({"get": "retrieve"}, detail=True)),
    path("api/v1/assessments/<id:pk>/submit", assessments.AssessmentViewSet.as_view({"post": "submit"}, detail=True)),
    path(
        "api/v1/learner/assessments/<id:pk>",
        assessments.LearnerAssessmentViewSet.as_view({"get": "retrieve", "post": "submit"}, detail=True),
    ),
    path(
        "api/v1/tutor/assessments/<id:pk>/submissions",
        assessments.GradingViewSet.as_view({"get": "list"}, detail=False),
    ),
    path(
        "api/v1/tutor/submissions/<id:pk>",
        assessments.GradingViewSet.as_view({"patch": "partial_update"}, detail=True),
    ),
]
