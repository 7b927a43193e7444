"""What people teach and learn."""

from collections.abc import Iterable
from typing import Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from common.models import TimestampedModel


class SubjectQuerySet(models.QuerySet):
    def named(self, names: Iterable[str], *, or_ids: Iterable[int] = ()) -> Self:
        """Those that have one of the names, whatever their case, or one of the ids."""
        wanted = Q(pk__in=list(or_ids))
        for name in names:
            wanted |= Q(name__iexact=name)
        return self.filter(wanted)


class Subject(TimestampedModel):
    """Something that is taught, such as "Mathematics". Names are unique whatever their case."""

    name = models.CharField(max_length=100)
    category = models.CharField(max_length=100, blank=True)
    description = models.TextField(blank=True)

    objects = SubjectQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(Lower("name"), name="subject_name_once")]

    def __str__(self) -> str:
        return self.name
