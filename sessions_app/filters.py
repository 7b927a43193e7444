"""What lists of sessions can be narrowed by."""

from collections.abc import Container
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import User
from common.filters import LARGEST_ID, IdFilter, Moment, MomentFilter, start_of
from sessions_app.models import SessionLevel, SessionStatus, TutoringSession
from sessions_app.querysets import SessionQuerySet, joined_by


class LevelChoice(django_filters.fields.ChoiceField):
    def clean(self, value: Any) -> Any:
        return super().clean(value.strip().lower() if isinstance(value, str) else value)


class LevelFilter(django_filters.ChoiceFilter):
    """In any case of letters."""

    field_class = LevelChoice


class SessionFilter(django_filters.FilterSet):
    status = django_filters.ChoiceFilter(choices=SessionStatus.choices, help_text="The session's state.")
    level = LevelFilter(choices=SessionLevel.choices)
    date_from = MomentFilter(method="begins_from", help_text="Begins at this instant, or on this date, or later.")
    date_to = MomentFilter(method="begins_until", help_text="Begins at this instant, or on this date, or earlier.")
    date = MomentFilter(method="begins_on", help_text="Begins on this date in the caller's zone.")
    creator = IdFilter(field_name="creator_id", help_text="User id of the host.")
    subject = django_filters.CharFilter(method="about", max_length=100, help_text="Subject id or name.")
    tutor = django_filters.CharFilter(method="hosted", max_length=100, help_text="Tutor profile id or name.")
    search = django_filters.CharFilter(method="containing", max_length=200, help_text="In title and description.")
    scope = django_filters.ChoiceFilter(
        choices=[("mine", "Hosted or joined by me"), ("available", "I could join now")], method="within"
    )
    ordering = django_filters.OrderingFilter(
        fields=[
            ("starts_at", "date"),
            ("created_at", "created_at"),
            ("title", "title"),
            ("seats_taken", "seats_taken"),
        ],
        help_text="date, created_at, title or seats_taken, - turns it round; newest created first by default.",
    )

    class Meta:
        model = TutoringSession
        fields = ()

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        return self.in_order(super().filter_queryset(queryset))

    @classmethod
    def in_order(cls, queryset: QuerySet) -> QuerySet:
        """The order that was asked for, or newest first. The id makes that of equals, and so the pages, stable."""
        return queryset.order_by(*(queryset.query.order_by or ["-created_at"]), "-id")

    @classmethod
    def is_asked(cls, query: Container[str]) -> bool:
        """Whether any of the parameters narrows or sorts the list."""
        return any(name in query for name in cls.base_filters)

    def begins_from(self, queryset: QuerySet, name: str, value: Moment) -> QuerySet:
        return queryset.filter(starts_at__gte=self._start(value))

    def begins_until(self, queryset: QuerySet, name: str, value: Moment) -> QuerySet:
        if isinstance(value, datetime):
            return queryset.filter(starts_at__lte=value)
        return queryset.filter(starts_at__lt=self._start(value + timedelta(days=1)))

    def begins_on(self, queryset: QuerySet, name: str, value: Moment) -> QuerySet:
        day = value.astimezone(self._zone()).date() if isinstance(value, datetime) else value
        return queryset.filter(starts_at__gte=self._start(day), starts_at__lt=self._start(day + timedelta(days=1)))

    def about(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        if value.isdecimal():
            return queryset.filter(subject_id=min(int(value), LARGEST_ID))
        return queryset.filter(subject__name__icontains=value)

    def hosted(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        if value.isdecimal():
            return queryset.filter(creator__tutor_profile=min(int(value), LARGEST_ID))
        words = [
            Q(creator__first_name__icontains=word) | Q(creator__last_name__icontains=word) for word in value.split()
        ]
        return queryset.filter(*words, creator__deleted_at=None)  # a name that is hidden finds nobody

    def containing(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(Q(title__icontains=value) | Q(description__icontains=value))

    def within(self, queryset: SessionQuerySet, name: str, value: str) -> QuerySet:
        return queryset.mine(self.user) if value == "mine" else queryset.open_to(self.user, timezone.now())

    @property
    def user(self) -> User:
        """Whose sessions are "mine", and on whose wall dates are."""
        return self.request.user

    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.user.timezone)

    def _start(self, value: Moment) -> datetime:
        """The instant itself, or where that date begins in the caller's zone."""
        return start_of(value, self._zone())


class LearnerSessionFilter(SessionFilter):
    """Of a learner's own sessions."""

    scope = None
    role = django_filters.ChoiceFilter(
        choices=[("creator", "Hosted by the learner"), ("participant", "Joined by the learner")], method="in_role"
    )

    def in_role(self, queryset: SessionQuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(creator=self.user) if value == "creator" else queryset.filter(joined_by(self.user))

    @property
    def user(self) -> User:
        return self.request.parser_context["view"].learner
