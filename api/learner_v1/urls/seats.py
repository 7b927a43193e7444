from django.urls import path

from api.learner_v1.views import seats

TUTOR = "api/v1/tutor"

urlpatterns = [
    path("api/v1/learner/sessions/<id:pk>/join", seats.LearnerSeatViewSet.as_view({"post": "join"}, detail=True)),
    path("api/v1/learner/sessions/<id:pk>/leave", seats.LearnerSeatViewSet.as_view({"post": "leave"}, detail=True)),
    path(f"{TUTOR}/sessions/requests", seats.TutorRequestViewSet.as_view({"get": "list"}, detail=False)),
    path(f"{TUTOR}/sessions/<id:pk>/requests", seats.TutorRequestViewSet.as_view({"get": "of_session"}, detail=False)),
    path(f"{TUTOR}/sessions/<id:pk>/students/add", seats.TutorStudentViewSet.as_view({"post": "add"}, detail=True)),
    path(
        f"{TUTOR}/sessions/<id:pk>/students/<id:student_id>",
        seats.TutorStudentViewSet.as_view({"delete": "remove"}, detail=True),
    ),
    # The client tries the second and third spelling where the first one is not known.
    *(
        path(f"{TUTOR}/{prefix}/<id:pk>/{verb}", seats.TutorRequestViewSet.as_view({"post": verb}, detail=True))
        for prefix in ("sessions/requests", "requests", "enrollments/requests")
        for verb in ("approve", "reject")
    ),
]
