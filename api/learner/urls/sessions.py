from django.urls import path

from api.learner.urls.people import LEARNER
from api.learner.views.sessions import SessionViewSet

SESSION = f"{LEARNER}/sessions/<id:pk>"

urlpatterns = [
    path(f"{LEARNER}/sessions", SessionViewSet.as_view({"get": "list", "post": "create"}, detail=False)),
    path(SESSION, SessionViewSet.as_view({"put": "update", "delete": "destroy"}, detail=True)),
    path(f"{SESSION}/book", SessionViewSet.as_view({"post": "book", "delete": "give_up"}, detail=True)),
]
