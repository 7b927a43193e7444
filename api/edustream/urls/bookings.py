from api.core.routers import router
from api.edustream.views import bookings

routes = router()
routes.register("api/bookings", bookings.BookingViewSet, basename="booking")
routes.register("api/tutor/bookings", bookings.TutorBookingViewSet, basename="tutor-booking")

urlpatterns = routes.urls
