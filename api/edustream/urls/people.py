from django.urls import path

from api.core.routers import router
from api.edustream.views import people

routes = router()
routes.register("api/admin/users", people.AccountViewSet, basename="account")

urlpatterns = [
    path("api/admin/users/<id:pk>/avatar", people.AccountAvatarView.as_view()),
    *routes.urls,
]
