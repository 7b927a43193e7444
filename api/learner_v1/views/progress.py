"""Progress."""

from api.learner_v1.views.base import LearnerV1Mixin
from courses.views import progress


class ProgressViewSet(LearnerV1Mixin, progress.ProgressViewSet):
    pass
