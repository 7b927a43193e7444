"""How often people signed in. A sign-in's row is deleted when it has expired, so its day is noted while it is there.

A sign-in lasts for a day and an hour at least: the last count before that is that of the whole day.
"""

from collections import Counter
from datetime import date

from django.db import transaction
from django.db.models import Count, Max, QuerySet
from django.db.models.functions import TruncDate

from accounts.models import TokenFamily
from adminpanel.analytics.periods import ONE_DAY, Period, midnight, platform_zone, today
from adminpanel.models import UsageDay

_WHAT = "sign_ins"


@transaction.atomic
def note() -> None:
    """Write down how many there were today and yesterday, as long as all of them are there. Safe to repeat."""
    now = Period(today() - ONE_DAY, today() + ONE_DAY)
    kept = {row.day: row for row in _noted(now).select_for_update()}
    for day, number in _counted(now).items():
        if day not in kept:
            UsageDay.objects.create(day=day, what=_WHAT, number=number)
        elif kept[day].number < number:
            UsageDay.objects.filter(pk=kept[day].pk).update(number=number)


def by_day(period: Period) -> Counter[date]:
    """In two statements: what was noted, or what is there if that is more."""
    noted = _noted(period).values("day").annotate(most=Max("number")).values_list("day", "most")
    return Counter(dict(noted)) | _counted(period)


def _noted(period: Period) -> QuerySet[UsageDay]:
    return UsageDay.objects.filter(what=_WHAT, day__gte=period.first, day__lt=period.until).order_by()


def _counted(period: Period) -> Counter[date]:
    made = TokenFamily.objects.filter(created_at__gte=midnight(period.first), created_at__lt=midnight(period.until))
    by_date = made.annotate(day=TruncDate("created_at", tzinfo=platform_zone())).order_by()
    return Counter(dict(by_date.values("day").annotate(number=Count("pk")).values_list("day", "number")))
