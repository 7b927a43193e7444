from django.urls import path

from api.core.routers import router
from api.learner_v1.views import me, people

routes = router()
routes.register("api/v1/tutor/reviews", me.OwnReviewViewSet, basename="own-review")

urlpatterns = [
    path("api/v1/learner/me", me.LearnerMeView.as_view()),
    path("api/v1/learner/me/recommendations", me.RecommendationView.as_view()),
    path("api/v1/tutors", me.BriefTutorViewSet.as_view({"get": "list"}, detail=False)),
    path("api/v1/tutor/auth/register", me.TutorRegisterView.as_view()),
    path("api/v1/tutor/auth/login", me.TutorLoginView.as_view()),
    path("api/v1/tutor/auth/refresh", people.RefreshView.as_view()),
    path("api/v1/tutor/auth/logout", people.LogoutView.as_view()),
    path("api/v1/tutor/auth/change-password", me.TutorChangePasswordView.as_view()),
    path("api/v1/tutor/me", me.TutorMeView.as_view()),
    path("api/v1/tutor/analytics/overview", me.OverviewView.as_view()),
    path("api/v1/tutor/earnings", me.EarningsViewSet.as_view({"get": "show"})),
    *routes.urls,
]
