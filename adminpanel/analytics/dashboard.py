"""The figures of the front page: plain functions for whoever shows them, each in a fixed number of statements."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncDate

from accounts.models import Role, TutorProfile, User
from accounts.models.tutor import TO_APPROVE
from adminpanel.analytics.day_book import ALWAYS, DayBook, Days
from adminpanel.analytics.money import NO_MONEY, Money, money_of_steps, total_money
from adminpanel.analytics.periods import ONE_DAY, Period, midnight, platform_zone, today
from adminpanel.analytics.sources import BOOKINGS, SESSIONS
from bookings.models import BookingStatus, Party
from catalog.models import Subject
from sessions_app.models import SessionStatus

MISSED = (BookingStatus.NO_SHOW_STUDENT, BookingStatus.NO_SHOW_TUTOR)
# What `change` compares: this many days with as many before them.
LATELY = timedelta(days=30)


class Outcomes(NamedTuple):
    """What became of lessons. Rates are fractions, None where there is nothing to be counted."""

    bookings: int
    completed: int
    missed_by_student: int
    missed_by_tutor: int
    cancelled_by_student: int
    cancelled_by_tutor: int
    cancelled_by_others: int

    @property
    def missed(self) -> int:
        return self.missed_by_student + self.missed_by_tutor

    @property
    def cancelled(self) -> int:
        return self.cancelled_by_student + self.cancelled_by_tutor + self.cancelled_by_others

    @property
    def given(self) -> int:
        """Those that began, whoever came."""
        return self.completed + self.missed

    @property
    def no_show_rate(self) -> float | None:
        return rate(self.missed, self.given)

    @property
    def completion_rate(self) -> float | None:
        """Of those that are over: given, missed or called off."""
        return rate(self.completed, self.given + self.cancelled)

    @property
    def cancellation_rate(self) -> float | None:
        return rate(self.cancelled, self.given + self.cancelled)


class People(NamedTuple):
    """Accounts that are not deleted."""

    total: int
    students: int
    tutors: int
    admins: int


class SessionCounts(NamedTuple):
    """Sessions of all kinds, whatever became of them."""

    total: int
    upcoming: int
    ongoing: int
    completed: int
    cancelled: int


class Stats(NamedTuple):
    people: People
    active_tutors: int  # approved, with an open account
    pending_approvals: int
    sessions: SessionCounts
    outcomes: Outcomes
    satisfaction: float | None  # the mean of all reviews that count, 1 to 5
    money: dict[str, Money]  # by currency, of all time
    money_this_month: dict[str, Money]


class SessionMetrics(NamedTuple):
    sessions: SessionCounts
    outcomes: Outcomes


class Growth(NamedTuple):
    """The accounts that were opened in a month and are not deleted, and how many there were at its end."""

    month: date
    students: int
    tutors: int
    total: int


class MonthlyRevenue(NamedTuple):
    """What students paid in a month less what they got back, and the sessions of it that took place."""

    month: date
    currency: str
    revenue: Decimal
    sessions: int
    money: dict[str, Money]


class SubjectShare(NamedTuple):
    """Sessions that took place or are still to: not those that were called off."""

    subject: str
    sessions: int


def stats(book: DayBook | None = None) -> Stats:
    book = book or DayBook.open()
    this_month = Period.last_months(1)
    tutors = TutorProfile.objects.aggregate(
        active=Count("pk", filter=Q(is_listed=True)),
        pending=Count("pk", filter=Q(**TO_APPROVE)),
        stars=Sum("rating_sum"),
        reviews=Sum("total_reviews"),
    )
    return Stats(
        people=people(),
        active_tutors=tutors["active"],
        pending_approvals=tutors["pending"],
        sessions=session_counts(book),
        outcomes=outcomes(book),
        satisfaction=round(tutors["stars"] / tutors["reviews"], 2) if tutors["reviews"] else None,
        money=total_money(book),
        money_this_month=total_money(book, Days(this_month.first, this_month.until)),
    )


def people() -> People:
    counted = User.objects.filter(deleted_at=None).aggregate(
        total=Count("pk"),
        students=Count("pk", filter=Q(role=Role.STUDENT)),
        tutors=Count("pk", filter=Q(role=Role.TUTOR)),
        admins=Count("pk", filter=Q(role=Role.ADMIN)),
    )
    return People(**counted)


def session_metrics(days: Days = ALWAYS, book: DayBook | None = None) -> SessionMetrics:
    book = book or DayBook.open()
    return SessionMetrics(session_counts(book, days), outcomes(book, days))


def lately() -> tuple[Days, Days]:
    """The last 30 days, today's among them, and the 30 before."""
    tomorrow = today() + ONE_DAY
    return Days(tomorrow - LATELY, tomorrow), Days(tomorrow - 2 * LATELY, tomorrow - LATELY)


def monthly_revenue(months: int, currency: str = "", book: DayBook | None = None) -> list[MonthlyRevenue]:
    """The last months, the running one as the last; in one currency, the platform's unless another is asked for."""
    book, currency = book or DayBook.open(), currency or settings.PLATFORM_CURRENCY
    period = Period.last_months(months)
    completed: Counter[date] = Counter()
    for row in book.read(SESSIONS, "day", "status", days=Days(period.first, period.until)):
        if row["status"] == SessionStatus.COMPLETED:
            completed[period.step_of(row["day"])] += row["sessions"]
    return [
        MonthlyRevenue(month, currency, money.get(currency, NO_MONEY).net, completed[month], money)
        for month, money in money_of_steps(book, period).items()
    ]


def user_growth(months: int) -> list[Growth]:
    """The last months, the running one as the last."""
    period = Period.last_months(months)
    there = User.objects.filter(deleted_at=None)
    total = there.filter(created_at__lt=midnight(period.first)).count()
    opened: dict[date, Counter[str]] = {month: Counter() for month in period.steps()}
    for row in opened_by_day(period):
        opened[period.step_of(row["opened_on"])][row["role"]] += row["number"]
    growth = []
    for month, roles in opened.items():
        total += roles.total()
        growth.append(Growth(month, roles[Role.STUDENT], roles[Role.TUTOR], total))
    return growth


def opened_by_day(period: Period) -> QuerySet:
    """The accounts that were opened on each day and are not deleted, by role."""
    opened = User.objects.filter(
        deleted_at=None, created_at__gte=midnight(period.first), created_at__lt=midnight(period.until)
    )
    by_day = opened.annotate(opened_on=TruncDate("created_at", tzinfo=platform_zone())).order_by()
    return by_day.values("opened_on", "role").annotate(number=Count("pk"))


def subject_distribution(days: Days = ALWAYS, book: DayBook | None = None) -> list[SubjectShare]:
    """The most frequent subject first; sessions without one have none."""
    book = book or DayBook.open()
    sessions: Counter[int | None] = Counter()
    for row in book.read(SESSIONS, "subject_id", "status", days=days):
        if row["status"] != SessionStatus.CANCELLED:
            sessions[row["subject_id"]] += row["sessions"]
    names = dict(Subject.objects.values_list("pk", "name"))
    shares = [SubjectShare(names.get(pk, "") if pk else "", number) for pk, number in sessions.items()]
    return sorted(shares, key=lambda share: (-share.sessions, share.subject))


def session_counts(book: DayBook, days: Days = ALWAYS) -> SessionCounts:
    by_status = Counter({row["status"]: row["sessions"] for row in book.read(SESSIONS, "status", days=days)})
    return SessionCounts(by_status.total(), *(by_status[status] for status in SessionStatus.values))


def outcomes(book: DayBook, days: Days = ALWAYS) -> Outcomes:
    return outcomes_of(book.read(BOOKINGS, "status", "cancelled_by", days=days))


def outcomes_of(rows: Iterable[dict[str, Any]]) -> Outcomes:
    """From rows by status and by whom they were cancelled."""
    statuses: Counter[str] = Counter()
    cancelled: Counter[str] = Counter()
    for row in rows:
        statuses[row["status"]] += row["bookings"]
        if row["status"] == BookingStatus.CANCELLED:
            cancelled[row["cancelled_by"]] += row["bookings"]
    return Outcomes(
        bookings=statuses.total(),
        completed=statuses[BookingStatus.COMPLETED],
        missed_by_student=statuses[BookingStatus.NO_SHOW_STUDENT],
        missed_by_tutor=statuses[BookingStatus.NO_SHOW_TUTOR],
        cancelled_by_student=cancelled.pop(Party.STUDENT, 0),
        cancelled_by_tutor=cancelled.pop(Party.TUTOR, 0),
        cancelled_by_others=cancelled.total(),
    )


def rate(part: int, whole: int) -> float | None:
    """A fraction to four places; None of nothing."""
    return round(part / whole, 4) if whole else None
