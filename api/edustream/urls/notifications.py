from api.core.routers import router
from api.edustream.views import notifications

routes = router()
routes.register("api/notifications", notifications.NotificationViewSet, basename="notification")

urlpatterns = routes.urls
