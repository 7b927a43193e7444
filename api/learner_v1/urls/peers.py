from django.urls import path

from api.learner_v1.views import peers

urlpatterns = [
    path("api/v1/learner/peers", peers.PeerViewSet.as_view({"get": "list"}, detail=False)),
]
