"""Assessments, handed in and graded."""

from api.learner_v1.views.base import LearnerV1Mixin
from courses.views import assessments


class AssessmentViewSet(LearnerV1Mixin, assessments.AssessmentViewSet):
    pass


class LearnerAssessmentViewSet(LearnerV1Mixin, assessments.LearnerAssessmentViewSet):
    pass


class GradingViewSet(LearnerV1Mixin, assessments.GradingViewSet):
    pass
