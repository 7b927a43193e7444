"""Lists whose rows are found along several indexes, one of which alone would not do."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

# What is put in are names of columns and statements of the ORM's; values stay parameters.
_PART = "SELECT * FROM ({statement}) AS part{number}"
_PAGE = "SELECT id FROM ({parts}) AS merged ORDER BY {newest} LIMIT %s OFFSET %s"


class Merged:
    """Querysets of one model without a row in common, as one list, for a paginator to slice.

    Each part is read in `order` along an index of its own, and no further than the page needs: where one WHERE with an
    OR makes PostgreSQL read everything and sort it. `order` are columns of the model, the last of them `id`, each with
    a `-`: newest first. Only the rows of the page itself are joined with others.
    """

    def __init__(self, parts: Sequence[QuerySet], *order: str) -> None:
        self.parts, self.order = parts, order
        self.columns = [name.removeprefix("-") for name in order]

    def __getitem__(self, page: slice) -> QuerySet:
        parts: list[str] = []
        params: list[Any] = []
        for number, part in enumerate(self.parts):
            statement, values = self._read(part, page.stop)
            parts.append(_PART.format(statement=statement, number=number))
            params += values
        newest = ", ".join(f"{column} DESC" for column in self.columns)
        ids = _PAGE.format(parts=" UNION ALL ".join(parts), newest=newest)
        start = page.start or 0
        found = RawSQL(ids, [*params, page.stop - start, start])  # noqa: S611 # nosec B611
        return self._rows().filter(pk__in=found).order_by(*self.order)

    def none(self) -> QuerySet:
        return self._rows().none()

    def _read(self, part: QuerySet, most: int) -> tuple[str, Sequence[Any]]:
        return part.order_by(*self.order).values_list(*self.columns)[:most].query.sql_with_params()

    def _rows(self) -> QuerySet:
        return self.parts[0].model._default_manager.all()
