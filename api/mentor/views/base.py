"""What all views of the mentor contract share."""

from api.core.views import DialectMixin
from api.mentor.dialect import Mentor


class MentorMixin(DialectMixin):
    dialect = Mentor()
