"""The charts of the first page, from the same figures as the dashboards of the API."""

from datetime import date
from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest

from accounts.models import User
from adminpanel.analytics import dashboard
from adminpanel.analytics.day_book import DayBook
from adminpanel.analytics.money import NO_MONEY
from adminpanel.charts import Amount, Columns, Point, Row, columns, rows
from adminpanel.lists import list_of
from adminpanel.permissions import may_view
from catalog.models import Subject
from payments.models import Payment
from sessions_app.models import SessionStatus, TutoringSession

MONTHS = 12
MOST_SUBJECTS = 8
MOST_CURRENCIES = 3


class Bars(NamedTuple):
    """Several things beside each other; `of` says what they are."""

    title: str
    of: str
    rows: list[Row]


def charts(request: HttpRequest) -> list[Columns | Bars]:
    """Those whose rows somebody may see."""
    shown: list[Columns | Bars] = []
    book = DayBook.open()
    if may_view(request, User):
        shown.append(_growth())
    if may_view(request, Payment):
        shown += _revenue(book)
    if may_view(request, TutoringSession):
        shown += [_sessions(book), _subjects(book)]
    return shown


def _growth() -> Columns:
    months = dashboard.user_growth(MONTHS)
    return columns("Users", [_of_month(growth.month, growth.total) for growth in months])


def _revenue(book: DayBook) -> list[Columns]:
    """The platform's currency always, and those that brought most after it."""
    months = dashboard.monthly_revenue(MONTHS, book=book)
    sums = {
        currency: sum(month.money.get(currency, NO_MONEY).net for month in months)
        for currency in {code for month in months for code in month.money}
    }
    others = sorted(sums.keys() - {settings.PLATFORM_CURRENCY}, key=lambda code: (-sums[code], code))
    return [
        columns(
            "Revenue per month",
            [_of_month(month.month, month.money.get(code, NO_MONEY).net) for month in months],
            unit=code,
        )
        for code in [settings.PLATFORM_CURRENCY, *others][:MOST_CURRENCIES]
    ]


def _sessions(book: DayBook) -> Bars:
    counts = dashboard.session_counts(book)._asdict()
    return Bars(
        "Sessions by state",
        "State",
        rows([(status.label, counts[status], _sessions_with(status__exact=status)) for status in SessionStatus]),
    )


def _subjects(book: DayBook) -> Bars:
    shares = [share for share in dashboard.subject_distribution(book=book) if share.subject][:MOST_SUBJECTS]
    ids = dict(Subject.objects.filter(name__in=[share.subject for share in shares]).values_list("name", "pk"))
    return Bars(
        "Most frequent subjects",
        "Subject",
        rows(
            [(share.subject, share.sessions, _sessions_with(subject__id__exact=ids[share.subject])) for share in shares]
        ),
    )


def _of_month(month: date, value: Amount) -> Point:
    return Point(f"{month:%b %Y}", value, f"{month:%b}")


def _sessions_with(**filters: Any) -> str:
    return list_of(TutoringSession, **filters)
