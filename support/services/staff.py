"""Who the staff is, and when they are there."""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q, QuerySet

from accounts.models import Role, User
from bookings.slots.spans import Span
from support.clock import BusinessHours


def members() -> QuerySet[User]:
    """Admins, and whom a group lets handle tickets in the back office."""
    handlers = User.groups.through.objects.filter(group__permissions__codename="change_ticket")
    return User.objects.active().filter(Q(role=Role.ADMIN) | Q(is_staff=True, pk__in=handlers.values("user")))


def everybody() -> list[int]:
    """The ids of the whole staff."""
    return list(members().order_by("pk").values_list("pk", flat=True))


def on_call() -> list[int]:
    """The ids of those who are called when it cannot wait, and who lead; where nobody is named, the whole staff."""
    named = members().filter(email__in=settings.SUPPORT_ON_CALL)
    return list(named.order_by("pk").values_list("pk", flat=True)) or everybody()


def business_hours() -> BusinessHours:
    zone = ZoneInfo(settings.SUPPORT_TIMEZONE)
    weekly = {day: [Span(*window) for window in windows] for day, windows in settings.SUPPORT_HOURS.items()}
    return BusinessHours(zone, weekly, frozenset(settings.SUPPORT_HOLIDAYS))
