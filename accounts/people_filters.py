"""What admins' lists of people and of tutors can be narrowed and sorted by."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import django_filters
from django.db.models import Q, QuerySet
from django_filters.fields import ChoiceField

from accounts.models import Role, TutorProfile, TutorStatus, User
from accounts.presenters.verification import WORDS
from accounts.serializers.account import role_of
from common.filters import LARGEST_ID, IdFilter, Moment, MomentFilter, TruthFilter, start_of

LONGEST_SEARCH = 200


class RoleField(ChoiceField):
    """In the words of every contract."""

    def to_python(self, value: Any) -> str:
        return role_of(value) if value else ""


class RoleFilter(django_filters.ChoiceFilter):
    field_class = RoleField

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=Role.choices, **options)


class VerificationField(ChoiceField):
    """A status of ours, or the front end's word for one or two of them, in any case."""

    def to_python(self, value: Any) -> str:
        return str(value).strip().lower() if value else ""


class VerificationFilter(django_filters.ChoiceFilter):
    field_class = VerificationField

    def __init__(self, **options: Any) -> None:
        words = sorted({*TutorStatus.values, *(word.lower() for word in WORDS.values())})
        super().__init__(choices=[(word, word) for word in words], **options)


class Sorted(django_filters.FilterSet):
    """With an order that the id makes one."""

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        found = super().filter_queryset(queryset)
        return found.order_by(*(found.query.order_by or ["-id"]), "-id")


class PeopleFilter(Sorted):
    role = RoleFilter(help_text="In the words of any contract.")
    status = django_filters.ChoiceFilter(
        choices=[(word, word) for word in ("active", "inactive", "deleted", "all")],
        method="standing",
        help_text="deleted: whose account was closed for good; all but those otherwise.",
    )
    is_active = TruthFilter()
    is_verified = TruthFilter(help_text="Whose e-mail address is proven, or not.")
    created_from = MomentFilter(method="since", help_text="Registered at this instant, on this date, or later.")
    created_to = MomentFilter(method="until", help_text="Registered at this instant, on this date, or earlier.")
    search = django_filters.CharFilter(
        method="containing", max_length=LONGEST_SEARCH, help_text="Every word is in address or name; or the id."
    )
    ordering = django_filters.OrderingFilter(
        fields=[(name, name) for name in ("created_at", "email", "last_name", "last_login", "role")],
        help_text="created_at, email, last_name, last_login or role, - turns it round; newest first by default.",
    )

    class Meta:
        model = User
        fields = ()

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        found = super().filter_queryset(queryset)
        return found if self.form.cleaned_data.get("status") else found.filter(deleted_at=None)

    def standing(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        if value == "deleted":
            return queryset.filter(deleted_at__isnull=False)
        known = {"active": {"is_active": True}, "inactive": {"is_active": False}}.get(value)
        return queryset if known is None else queryset.filter(deleted_at=None, **known)

    def since(self, queryset: QuerySet, name: str, value: Moment) -> QuerySet:
        return queryset.filter(created_at__gte=self._start(value))

    def until(self, queryset: QuerySet, name: str, value: Moment) -> QuerySet:
        if isinstance(value, datetime):
            return queryset.filter(created_at__lte=value)
        return queryset.filter(created_at__lt=self._start(value + timedelta(days=1)))

    def containing(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(named_or_numbered(value, "", "pk"))

    def _start(self, value: Moment) -> datetime:
        return start_of(value, ZoneInfo(self.request.user.timezone))


class MentorFilter(Sorted):
    status = VerificationFilter(
        method="standing", help_text="Of the profile, in our words or in those of the verification."
    )
    subject_id = IdFilter(field_name="taught__subject", help_text="Teaches this subject.")
    accepts_bookings = TruthFilter(help_text="Not paused, or paused.")
    is_listed = TruthFilter(help_text="Whom everybody can find, or not.")
    search = django_filters.CharFilter(
        method="containing", max_length=LONGEST_SEARCH, help_text="Every word is in address, name or title; or the id."
    )
    ordering = django_filters.OrderingFilter(
        fields=[
            *(("created_at", "created_at"), ("submitted_at", "submitted_at"), ("average_rating", "rating")),
            *(("total_sessions", "total_sessions"), ("user__last_name", "last_name")),
        ],
        help_text="created_at, submitted_at, rating, total_sessions or last_name, - turns it round.",
    )

    class Meta:
        model = TutorProfile
        fields = ()

    def standing(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        meant = [status for status, word in WORDS.items() if value in (status, word.lower())]
        return queryset.filter(status__in=meant)

    def containing(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(named_or_numbered(value, "user__", "pk", "title"))


def named_or_numbered(text: str, person: str, number: str, *more: str) -> Q:
    """That every word is in the address or name of the `person`, or in `more`; or that the text is the `number`."""
    found = Q()
    for word in text.split():
        columns = (f"{person}email", f"{person}first_name", f"{person}last_name", *more)
        within = Q()
        for column in columns:
            within |= Q(**{f"{column}__icontains": word})
        found &= within
    whole = text.strip()
    is_number = whole.isascii() and whole.isdecimal()
    return found | Q(**{number: min(int(whole), LARGEST_ID)}) if is_number else found
