"""A learner's sessions."""

from api.learner.views.base import LearnerMixin
from sessions_app import views as sessions


class SessionViewSet(LearnerMixin, sessions.LearnerSessionViewSet):
    pass
