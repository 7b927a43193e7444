"""What binds a view to the edustream contract."""

from typing import ClassVar

from api.core.dialect import Dialect
from api.core.views import DialectMixin
from api.edustream.dialect import EduStream, EduStreamArrays


class EduStreamMixin(DialectMixin):
    dialect: ClassVar[Dialect] = EduStream()


class EduStreamArraysMixin(EduStreamMixin):
    """Where the document has a bare array."""

    dialect: ClassVar[Dialect] = EduStreamArrays()
