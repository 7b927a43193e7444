from django.urls import path

from api.core.routers import router
from api.edustream.views import packages

routes = router()
routes.register("api/packages", packages.PackageViewSet, basename="package")

urlpatterns = [
    *routes.urls,
    path("api/packages/<id:pk>/credits", packages.CreditViewSet.as_view({"get": "list"}, detail=False)),
]
