from django.urls import path

from api.core.routers import router
from api.sessions import views

routes = router()
routes.register("api/sessions", views.SessionViewSet, basename="session")
routes.register("api/sessions", views.SessionSeatViewSet, basename="session-seats")

urlpatterns = [
    path(
        "api/sessions/<id:pk>/participants/<id:user_id>",
        views.SessionSeatViewSet.as_view({"delete": "remove"}, detail=True),
    ),
    *(
        path(
            f"api/sessions/<id:pk>/requests/<id:join_request_id>/{verb}",
            views.SessionSeatViewSet.as_view({"post": verb}, detail=True),
        )
        for verb in ("approve", "reject")
    ),
    *routes.urls,
]
