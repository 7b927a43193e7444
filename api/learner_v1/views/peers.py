"""Learners of the same courses."""

from api.learner_v1.views.base import LearnerV1Mixin
from courses.views import peers


class PeerViewSet(LearnerV1Mixin, peers.PeerViewSet):
    pass
