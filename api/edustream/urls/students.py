from django.urls import path

from api.edustream.views.students import AboutMeView, FavouriteTutorViewSet, FavouriteViewSet, StudentProfileView

urlpatterns = [
    path("api/profile/student/me", StudentProfileView.as_view()),
    path("api/profile/me", AboutMeView.as_view()),
    path("api/students/favorites", FavouriteTutorViewSet.as_view({"get": "list"}, detail=False)),
    path(
        "api/students/favorites/<id:pk>",
        FavouriteTutorViewSet.as_view({"post": "add", "delete": "remove"}, detail=True),
    ),
    # The client's family on the same table.
    path("api/favorites", FavouriteViewSet.as_view({"get": "list", "post": "create"}, detail=False)),
    path("api/favorites/<id:pk>", FavouriteViewSet.as_view({"get": "retrieve", "delete": "destroy"}, detail=True)),
]
