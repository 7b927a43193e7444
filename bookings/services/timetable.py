"""Reads the timetables that decide which times of a tutor are free."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from enum import IntEnum
from functools import cached_property
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection

from accounts.models import TutorProfile, User
from bookings.models import Booking, BookingTerms
from bookings.slots import Appointment, Hours, Interval, Limits, Offer, Rules, Span
from bookings.slots.hours import DAY, local_date

# Farther than any lesson and its buffers reach, and than any zone's calendar is from another's.
MARGIN = 2 * DAY
WEEK = 7 * DAY
# An id that nobody has.
NOBODY = 0

# Plain SQL, because building these by the ORM took three quarters of the time of a list of slots. `{tutors}` and
# `{hosts}` stand for lists of ids, of which there is mostly one.
# Weekly and single windows and overrides: `tutor, weekday, start, end, date, windows`.
_HOURS = """
    SELECT tutor_id, weekday, start_minute, end_minute, only_on, NULL
    FROM bookings_weeklyhours
    WHERE tutor_id IN ({tutors}) AND (only_on IS NULL OR only_on BETWEEN %(first)s AND %(last)s)
    UNION ALL
    SELECT tutor_id, 0, 0, 0, date, windows
    FROM bookings_dateoverride
    WHERE tutor_id IN ({tutors}) AND date BETWEEN %(first)s AND %(last)s
"""
# Rows of `_Taken`. In order: what the tutor hosts, group and private sessions alike (a booking's session holds the
# tutor's time); holds of others (one's own is there to be booked); the times of open proposals, which stay taken until
# somebody has answered (R-RES-2); the tutor's time off; what the student hosts, and has joined; the student's
# bookings at that time, and all future ones with this tutor, which are counted.
_TAKEN = """
    SELECT 1, session.creator_id, session.starts_at, session.ends_at,
        booking.buffer_before_minutes, booking.buffer_after_minutes, booking.id
    FROM sessions_app_tutoringsession session LEFT JOIN bookings_booking booking ON booking.session_id = session.id
    WHERE session.creator_id IN ({hosts}) AND session.id <> %(moving_session)s
        AND session.status IN ('upcoming', 'ongoing') AND session.deleted_at IS NULL
        AND session.starts_at < %(until)s AND session.ends_at > %(since)s
    UNION ALL
    SELECT 2, tutor_id, starts_at, ends_at, NULL, NULL, 0
    FROM bookings_slothold
    WHERE tutor_id IN ({tutors}) AND student_id <> %(student)s AND expires_at > %(now)s
        AND starts_at < %(until)s AND ends_at > %(since)s
    UNION ALL
    SELECT 3, booking.tutor_id, proposed.starts_at, proposed.ends_at,
        booking.buffer_before_minutes, booking.buffer_after_minutes, 0
    FROM bookings_proposedtime proposed
        JOIN bookings_rescheduleproposal proposal ON proposal.id = proposed.proposal_id
        JOIN bookings_booking booking ON booking.id = proposal.booking_id
    WHERE booking.tutor_id IN ({tutors}) AND booking.id <> %(moving)s
        AND proposal.state = 'open' AND proposal.lapses_at > %(now)s
        AND proposed.starts_at < %(until)s AND proposed.ends_at > %(since)s
    UNION ALL
    SELECT 4, tutor_id, starts_at, ends_at, 0, 0, 0
    FROM bookings_timeoff
    WHERE tutor_id IN ({tutors}) AND starts_at < %(until)s AND ends_at > %(since)s
    UNION ALL
    SELECT 5, 0, starts_at, ends_at, 0, 0, 0
    FROM sessions_app_tutoringsession
    WHERE creator_id = %(student)s AND status IN ('upcoming', 'ongoing') AND deleted_at IS NULL
        AND starts_at < %(until)s AND ends_at > %(since)s
    UNION ALL
    SELECT 5, 0, session.starts_at, session.ends_at, 0, 0, 0
    FROM sessions_app_participant seat JOIN sessions_app_tutoringsession session ON session.id = seat.session_id
    WHERE seat.user_id = %(student)s AND seat.state IN ('joined', 'attended') AND session.id <> %(moving_session)s
        AND session.status IN ('upcoming', 'ongoing') AND session.deleted_at IS NULL
        AND session.starts_at < %(until)s AND session.ends_at > %(since)s
    UNION ALL
    SELECT 6, 0, starts_at, ends_at, 0, 0, tutor_id
    FROM bookings_booking
    WHERE student_id = %(student)s AND id <> %(moving)s AND status IN ('pending', 'confirmed')
        AND (starts_at < %(until)s AND ends_at > %(since)s OR tutor_id IN ({tutors}) AND starts_at > %(now)s)
"""


class _Kind(IntEnum):
    """Where a row of taken time comes from."""

    HOSTED = 1
    HELD = 2
    PROPOSED = 3
    AWAY = 4
    ATTENDED = 5
    BOOKED = 6


class _Taken(NamedTuple):
    """One row of taken time. `owner`: the tutor's profile or, of a hosted session, the host; 0: the student's.

    Without buffers of its own (None) it has those of the tutor's terms. `reference`: the booking of a hosted session,
    the tutor of a booked one.
    """

    kind: int
    owner: int
    start: datetime
    end: datetime
    before: int | None
    after: int | None
    reference: int | None


class TimetableReader:
    """Reads the hours of tutors, and all time of both sides that is taken: two statements, however much there is.

    `tutors` are they with their terms; their `user` is not needed.
    """

    def __init__(
        self,
        tutors: Mapping[TutorProfile, BookingTerms],
        asked: Interval,
        *,
        now: datetime,
        student: User | None = None,
        moving: Booking | None = None,
    ) -> None:
        self.tutors, self.now = tutors, now
        self.student, self.moving = student, moving
        # The limits of a week need the whole week that a slot is in.
        margin = MARGIN + WEEK if any(map(_limits_a_week, tutors.values())) else MARGIN
        self.span = Span(asked.start - margin, asked.end + margin)

    def offer(self, tutor: TutorProfile, *, own: bool = True) -> Offer:
        """What there is to be had of one of the tutors; with `own`, minus the student's other commitments."""
        terms = self.tutors[tutor]
        taken, of_student = self._taken[tutor.pk], self._taken[NOBODY]
        hosted = [one for one in taken if one.kind == _Kind.HOSTED]
        return Offer(
            hours=self._hours[tutor.pk],
            rules=_rules(terms, self.moving or terms),
            now=self.now,
            time_off=[Span(one.start, one.end) for one in taken if one.kind == _Kind.AWAY],
            busy=[_appointment(one, terms) for one in taken if one.kind != _Kind.AWAY],
            booked=[Span(one.start, one.end) for one in hosted if one.reference],
            own=[Span(one.start, one.end) for one in of_student] if own else (),
            pair_is_full=self._open_of_the_pair(of_student, tutor) >= settings.MAX_OPEN_PER_PAIR,
        )

    def _open_of_the_pair(self, taken: Iterable[_Taken], tutor: TutorProfile) -> int:
        """How many future bookings the two have with each other (R-SLOT-8)."""
        return sum(one.kind == _Kind.BOOKED and one.reference == tutor.pk and one.start > self.now for one in taken)

    @cached_property
    def _hours(self) -> dict[int, Hours]:
        zones = {tutor.pk: ZoneInfo(terms.timezone) for tutor, terms in self.tutors.items()}
        weekly: dict[int, Any] = {pk: defaultdict(list) for pk in zones}
        once: dict[int, Any] = {pk: defaultdict(list) for pk in zones}
        overrides: dict[int, Any] = {pk: {} for pk in zones}
        first = min(local_date(self.span.start, zone) for zone in zones.values())
        last = max(local_date(self.span.end, zone) for zone in zones.values())
        rows = self._rows(_HOURS, {"first": _stored_date(first), "last": _stored_date(last)})
        for tutor, weekday, start, end, day, windows in rows:
            if windows is not None:
                overrides[tutor][_date(day)] = [Span(*window) for window in json.loads(windows)]
            elif day:
                once[tutor][_date(day)].append(Span(start, end))
            else:
                weekly[tutor][weekday].append(Span(start, end))
        return {pk: Hours(zone, weekly[pk], once[pk], overrides[pk]) for pk, zone in zones.items()}

    @cached_property
    def _taken(self) -> defaultdict[int, list[_Taken]]:
        """By the tutor's profile; what is the student's own, under nobody."""
        stored = connection.ops.adapt_datetimefield_value
        values = {
            "student": self.student.pk if self.student else NOBODY,
            "moving": self.moving.pk if self.moving else NOBODY,
            "moving_session": self.moving.session_id if self.moving else NOBODY,
            "since": stored(self.span.start),
            "until": stored(self.span.end),
            "now": stored(self.now),
        }
        of_host = {tutor.user_id: tutor.pk for tutor in self.tutors}
        found: defaultdict[int, list[_Taken]] = defaultdict(list)
        for kind, owner, start, end, *rest in self._rows(_TAKEN, values):
            pk = of_host[owner] if kind == _Kind.HOSTED else owner
            found[pk].append(_Taken(kind, owner, _instant(start), _instant(end), *rest))
        return found

    def _rows(self, statement: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
        tutors = {f"tutor{place}": tutor.pk for place, tutor in enumerate(self.tutors)}
        hosts = {f"host{place}": tutor.user_id for place, tutor in enumerate(self.tutors)}
        statement = statement.format(tutors=_placeholders(tutors), hosts=_placeholders(hosts))
        with connection.cursor() as cursor:
            cursor.execute(statement, values | tutors | hosts)
            return cursor.fetchall()


def _appointment(one: _Taken, terms: BookingTerms) -> Appointment:
    before = terms.buffer_before_minutes if one.before is None else one.before
    after = terms.buffer_after_minutes if one.after is None else one.after
    return Appointment(one.start, one.end, before, after)


def _placeholders(names: Iterable[str]) -> str:
    return ", ".join(f"%({name})s" for name in names)


def _instant(value: datetime | str) -> datetime:
    """SQLite has instants as text without an offset, in UTC."""
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _date(value: date | str) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


def _stored_date(day: date) -> Any:
    return connection.ops.adapt_datefield_value(day)


def _limits_a_week(terms: BookingTerms) -> bool:
    return terms.most_a_week is not None or terms.most_minutes_a_week is not None


def _rules(terms: BookingTerms, buffers: BookingTerms | Booking) -> Rules:
    """By the tutor's present terms; a booking that moves keeps its buffers (R-RES-7)."""
    return Rules(
        step=terms.slot_step_minutes,
        notice=timedelta(hours=terms.min_notice_hours),
        most_days_ahead=terms.max_advance_days,
        before=buffers.buffer_before_minutes,
        after=buffers.buffer_after_minutes,
        a_day=Limits(terms.most_a_day, terms.most_minutes_a_day),
        a_week=Limits(terms.most_a_week, terms.most_minutes_a_week),
    )
