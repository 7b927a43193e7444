"""Seats in sessions: the learner's side and the tutor's."""

from api.learner_v1.views.base import LearnerV1Mixin
from sessions_app import views as sessions


class LearnerSeatViewSet(LearnerV1Mixin, sessions.LearnerSeatViewSet):
    pass


class TutorRequestViewSet(LearnerV1Mixin, sessions.TutorRequestViewSet):
    pass


class TutorStudentViewSet(LearnerV1Mixin, sessions.TutorStudentViewSet):
    pass
