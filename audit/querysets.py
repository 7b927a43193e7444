"""The refusal to change what is append-only."""

from typing import Any, NoReturn, Self

from django.db import models
from django.db.models import Q


class AppendOnlyError(RuntimeError):
    """Code tried to change or delete a row of the audit log. Always a bug, never an answer to a user."""

    def __init__(self, model: type[models.Model]) -> None:
        super().__init__(f"{model._meta.label} is append-only: rows are never changed or deleted.")


class AppendOnlyQuerySet(models.QuerySet):
    """Adds and reads. The database refuses the rest as well; this says so earlier and more clearly."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise AppendOnlyError(self.model)

    def delete(self) -> NoReturn:
        raise AppendOnlyError(self.model)

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnlyError(self.model)

    def bulk_create(self, objs: Any, *args: Any, update_conflicts: bool = False, **kwargs: Any) -> list[Any]:
        if update_conflicts:
            raise AppendOnlyError(self.model)
        return super().bulk_create(objs, *args, **kwargs)

    # Django leaves these off managers made from a queryset unless they say otherwise.
    update.alters_data = delete.alters_data = bulk_update.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]


class AuditEntryQuerySet(AppendOnlyQuerySet):
    def about_user(self, user_id: int) -> Self:
        """What that user did, and what was done to the account."""
        return self.filter(Q(actor_id=user_id) | Q(object_type="accounts.user", object_id=str(user_id)))

    def of_kind(self, action: str) -> Self:
        """Entries of one action such as `account.deleted`, or of all that begin with a word such as `account`."""
        return self.filter(Q(action=action) | Q(action__startswith=f"{action}."))
