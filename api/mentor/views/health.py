"""Health checks."""

from api.core import health
from api.mentor.views.base import MentorMixin


class HealthView(MentorMixin, health.HealthView):
    pass


class ServicesHealthView(MentorMixin, health.ServicesHealthView):
    pass
