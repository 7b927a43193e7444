"""What people teach and learn, and in which languages."""

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


class Language(TimestampedModel):
    """What admins have decided about a language; whatever has no row is as the world has it (`catalog.reference`).

    A language that is not active cannot be newly chosen and is in no list; who has chosen it keeps it.
    """

    code = models.CharField(max_length=3, unique=True, help_text="ISO 639.")
    name = models.CharField(max_length=100, blank=True, help_text="Empty: its usual English name.")
    is_active = models.BooleanField(default=True, help_text="Off: nobody can choose it any more.")

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(Lower("name"), name="language_name_once", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return self.name or self.code
