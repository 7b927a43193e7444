from django.urls import path

from api.core.routers import router
from api.edustream.views import availability

routes = router()
routes.register("api/tutors/availability/overrides", availability.OverrideViewSet, basename="override")
routes.register("api/tutors/availability/time-off", availability.TimeOffViewSet, basename="time-off")
routes.register("api/bookings/holds", availability.HoldViewSet, basename="hold")

urlpatterns = [
    path("api/tutors/availability", availability.AvailabilityView.as_view()),
    path("api/tutors/availability/bulk", availability.BulkAvailabilityView.as_view()),
    path("api/tutors/availability/<id:pk>", availability.AvailabilityWindowView.as_view()),
    path("api/tutors/me/availability", availability.WeekView.as_view()),
    path("api/tutors/me/booking-terms", availability.TermsView.as_view()),
    path("api/tutors/<id:pk>/available-slots", availability.AvailableSlotsView.as_view()),
    *routes.urls,
]
