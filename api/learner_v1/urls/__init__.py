"""The learner_v1 contract's paths, by resource."""

from api.learner_v1.urls import assessments, courses, me, peers, people, points, progress, seats, sessions, talk

RESOURCES = (people, me, sessions, seats, courses, progress, assessments, peers, points, talk)

urlpatterns = [pattern for resource in RESOURCES for pattern in resource.urlpatterns]
