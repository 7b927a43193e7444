"""What every view of the learner_v1 contract wears."""

from api.core.views import DialectMixin
from api.learner_v1.dialect import LearnerV1


class LearnerV1Mixin(DialectMixin):
    dialect = LearnerV1()
