from typing import Any

from django.urls import path

from api.core.routers import router
from api.learner_v1.views import courses

ALL: dict[str, Any] = {"get": "list", "post": "create"}
ONE: dict[str, Any] = {"patch": "partial_update", "delete": "destroy"}
TUTORS = "api/v1/tutor/courses/<id:pk>"
THEIRS = "api/v1/tutor/courses/<id:course_id>"

routes = router()
routes.register("api/v1/courses", courses.CourseViewSet, basename="course")
routes.register("api/v1/learner/courses", courses.CourseViewSet, basename="learner-course")
routes.register("api/v1/tutor/courses", courses.TutorCourseViewSet, basename="tutor-course")

meetings = courses.CourseMeetingViewSet.as_view({"get": "list"}, detail=False)
assessment = courses.TutorAssessmentViewSet.as_view({"get": "retrieve", **ONE}, detail=True)

urlpatterns = [
    path("api/v1/courses/<id:pk>/sessions", meetings),
    path("api/v1/learner/courses/<id:pk>/sessions", meetings),
    path(f"{TUTORS}/modules", courses.TutorModuleViewSet.as_view(ALL, detail=False)),
    path(f"{TUTORS}/modules/order", courses.TutorModuleViewSet.as_view({"put": "reorder"}, detail=False)),
    path(f"{THEIRS}/modules/<id:pk>", courses.TutorModuleViewSet.as_view(ONE, detail=True)),
    path(f"{TUTORS}/assessments", courses.TutorAssessmentViewSet.as_view(ALL, detail=False)),
    path(f"{THEIRS}/assessments/<id:pk>", assessment),
    path(f"{TUTORS}/sessions", courses.TutorMeetingViewSet.as_view(ALL, detail=False)),
    path(f"{THEIRS}/sessions/<id:pk>", courses.TutorMeetingViewSet.as_view({"delete": "destroy"}, detail=True)),
    path(f"{TUTORS}/learners", courses.CourseLearnerViewSet.as_view({"get": "list"}, detail=False)),
    path(f"{THEIRS}/learners/<id:pk>/reset", courses.CourseLearnerViewSet.as_view({"post": "reset"}, detail=True)),
    *routes.urls,
]
