"""The learner contract's paths, by resource."""

from api.learner.urls import people, sessions

urlpatterns = [*people.urlpatterns, *sessions.urlpatterns]
