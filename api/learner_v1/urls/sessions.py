from django.urls import path

from api.core.routers import router
from api.learner_v1.views import sessions

routes = router()
routes.register("api/v1/learner/sessions", sessions.LearnerMeetingViewSet, basename="learner-session")
routes.register("api/v1/tutor/sessions", sessions.TutorMeetingViewSet, basename="tutor-session")
routes.register("api/v1/tutor/students", sessions.TutorStudentViewSet, basename="tutor-student")
routes.register("api/v1/tutor/materials", sessions.MaterialViewSet, basename="material")

urlpatterns = [
    path("api/v1/sessions/<id:pk>", sessions.MeetingView.as_view()),
    path("api/v1/learner/sessions/browse", sessions.BrowseViewSet.as_view({"get": "list"}, detail=False)),
    path("api/v1/learner/sessions/available", sessions.BrowseViewSet.as_view({"get": "available"}, detail=False)),
    path("api/v1/materials/<id:pk>/file", sessions.MaterialFileView.as_view()),
    path("api/v1/tutor/google-meet/<path:rest>", sessions.GoogleMeetView.as_view()),
    *routes.urls,
]
