from django.urls import path

from api.core.routers import router
from api.edustream.views import reviews

routes = router()
routes.register("api/reviews", reviews.ReviewViewSet, basename="review")
of_tutor = reviews.TutorReviewViewSet.as_view({"get": "list"}, detail=False)

urlpatterns = [
    *routes.urls,
    path("api/reviews/tutors/<id:pk>", of_tutor),
    path("api/tutors/<id:pk>/reviews", of_tutor),
]
