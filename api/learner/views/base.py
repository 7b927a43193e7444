"""What every view of the learner contract wears."""

from typing import ClassVar

from api.core.dialect import Dialect
from api.core.views import DialectMixin
from api.learner.dialect import Learner


class LearnerMixin(DialectMixin):
    dialect: ClassVar[Dialect] = Learner()
