"""The questions that are asked of sessions and seats, each by its name."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import connection, models
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.expressions import RawSQL

from accounts import ages
from common.compiled import compiled_update

if TYPE_CHECKING:
    from accounts.models import User

# One statement decides: a new seat, or that of somebody who left (or, for the host, whom they removed), but never a
# second one for the same person.
_TAKE_SEATS = """
    INSERT INTO sessions_app_participant (session_id, user_id, role, state, joined_at)
    VALUES {rows}
    ON CONFLICT (session_id, user_id) DO UPDATE
        SET state = 'joined', role = excluded.role, joined_at = excluded.joined_at, left_at = NULL
        WHERE sessions_app_participant.state IN ('left', %s)
    RETURNING user_id
"""
_ONE_SEAT = "(%s, %s, %s, 'joined', %s)"


# Plain SQL, because building these two by the ORM took a quarter of a list's time. Neither names the outer table.
_SEATS = (
    "SELECT session_id FROM sessions_app_participant WHERE user_id = %s AND state IN ('joined', 'attended', 'absent')"
)
# Of whom has a seat, or was taken out.
_HAD_SEAT = "SELECT session_id FROM sessions_app_participant WHERE user_id = %s AND state <> 'left'"
# A union: for an OR between the two tables PostgreSQL reads every session there is.
_MINE = f"SELECT id FROM sessions_app_tutoringsession WHERE creator_id = %s UNION ALL {_SEATS}"  # noqa: S608 # nosec B608

# And where a person asks or waits for a seat.
_CONCERNS = (
    f"{_MINE} UNION ALL SELECT session_id FROM sessions_app_joinrequest WHERE user_id = %s AND state = 'pending' "  # noqa: S608 # nosec B608
    "UNION ALL SELECT session_id FROM sessions_app_waitlistentry WHERE user_id = %s AND state IN ('waiting', 'offered')"
)

# Whom a person blocks, or who blocks them.
_BLOCKED = (
    "SELECT blocked_id FROM messaging_block WHERE blocker_id = %s "
    "UNION ALL SELECT blocker_id FROM messaging_block WHERE blocked_id = %s"
)
# The state of a person's seat in the session of the row.
_SEAT_STATE = (
    "(SELECT seat.state FROM sessions_app_participant AS seat "
    "WHERE seat.user_id = %s AND seat.session_id = sessions_app_tutoringsession.id)"
)


def joined_by(user: "User") -> Q:
    """Whether the user has a seat in the session of the row."""
    return Q(pk__in=RawSQL(_SEATS, (user.pk,)))  # noqa: S611 # nosec B611


def seat_state_of(user_id: Any) -> RawSQL:
    """What the user's seat in the session of the row is, or null: for querysets of sessions themselves."""
    return RawSQL(_SEAT_STATE, (user_id,), output_field=models.CharField())  # noqa: S611 # nosec B611


def _hosted_or_joined_by(user: "User") -> Q:
    return Q(pk__in=RawSQL(_MINE, (user.pk, user.pk)))  # noqa: S611 # nosec B611


def _hosted_by_blocked(user: "User") -> Q:
    return Q(creator__in=RawSQL(_BLOCKED, (user.pk, user.pk)))  # noqa: S611 # nosec B611


def joinable_after(now: datetime) -> datetime:
    """Sessions that begin later than this can still be joined: the cut-off of R-SEAT-2."""
    return now + timedelta(minutes=settings.SESSION_JOIN_CUTOFF_MINUTES)


class SessionQuerySet(models.QuerySet):
    def present(self) -> Self:
        """Not deleted."""
        return self.filter(deleted_at=None)

    def visible_to(self, user: "User") -> Self:
        """Group and peer sessions are everybody's to see; a private one is its parties' and the admins' (R-GEN-8)."""
        if user.is_admin:
            return self.present()
        return self.present().filter(~Q(kind="private") | _hosted_or_joined_by(user))

    def parts_visible_to(self, user: "User") -> list[Self]:
        """`visible_to` in parts without a row in common, for counting: the large one is the same for everybody."""
        if user.is_admin:
            return [self.present()]
        return [self.present().exclude(kind="private"), self.mine(user).filter(kind="private")]

    def hosted_by(self, user: "User") -> Self:
        return self.present().filter(creator=user.pk)

    def joined_by(self, user: "User") -> Self:
        return self.present().filter(joined_by(user))

    def mine(self, user: "User") -> Self:
        """Hosted or joined."""
        return self.present().filter(_hosted_or_joined_by(user))

    def concerning(self, user: "User") -> Self:
        """Hosted or joined, asked or waited for."""
        return self.present().filter(pk__in=RawSQL(_CONCERNS, (user.pk,) * 4))  # noqa: S611 # nosec B611

    def open_to(self, user: "User", now: datetime) -> Self:
        """Those that `user` could join now."""
        theirs = RawSQL(_HAD_SEAT, (user.pk,))  # noqa: S611 # nosec B611
        return self.joinable(now).exclude(creator=user).exclude(pk__in=theirs).exclude(_hosted_by_blocked(user))

    def joinable(self, now: datetime) -> Self:
        """Those with a seat that nobody has, is offered or waits for (R-SEAT-6)."""
        return self.present().filter(_has_a_seat_to_take, starts_at__gt=joinable_after(now))

    def live(self) -> Self:
        """Those that take somebody's time."""
        return self.present().filter(status__in=("upcoming", "ongoing"))

    def not_over(self, now: datetime) -> Self:
        """To come or running, by the clock as well."""
        return self.filter(status__in=("upcoming", "ongoing"), ends_at__gt=now)

    def over(self, now: datetime) -> Self:
        """Whatever is not `not_over`: one that nobody ended, too."""
        return self.filter(~Q(status__in=("upcoming", "ongoing")) | Q(ends_at__lte=now))

    def overlapping(self, starts_at: datetime, ends_at: datetime) -> Self:
        """Half-open intervals: back to back is no overlap (R-OVL-1)."""
        return self.filter(starts_at__lt=ends_at, ends_at__gt=starts_at)

    def take_seat(self, pk: int, user: "User", *, now: datetime) -> bool:
        """Count one more seat, if the session is open and one is free: a single conditional UPDATE (R-SEAT-1).

        Not where the host has to approve, not if one of the two blocks the other, and not while any seat is offered:
        it may be theirs, and then is the one to be taken (R-SEAT-7).
        """
        return _take_seat(self.model, pk=pk, user=user.pk, now=now, after=joinable_after(now)) == 1


_has_a_seat_to_take = Q(status="upcoming", max_participants__gt=F("seats_taken") + F("seats_offered"), waiting_count=0)


@compiled_update
def _take_seat(model: type[models.Model], *, pk: Any, user: Any, now: Any, after: Any) -> Any:
    free = model._default_manager.filter(_has_a_seat_to_take, pk=pk, deleted_at=None, starts_at__gt=after)
    # Of the row itself, which PostgreSQL looks at once more after waiting for it; of other tables it would not.
    free = free.filter(needs_approval=False, seats_offered=0).exclude(kind="private").filter(~Q(creator_id=user))
    free = free.exclude(creator__in=RawSQL(_BLOCKED, (user, user)))  # noqa: S611 # nosec B611
    return free, {"seats_taken": F("seats_taken") + 1, "version": F("version") + 1, "updated_at": now}


class ParticipantQuerySet(models.QuerySet):
    def joined(self) -> Self:
        """Those who have a seat, during the session and after it."""
        return self.filter(state__in=("joined", "attended", "absent"))

    def sit_down(
        self, session_id: int, user_id: int, *, role: str, now: datetime, though_removed: bool = False
    ) -> bool:
        """Seat a person; False when they already sit there, or when the host has removed them."""
        return bool(self.sit_down_all(session_id, {user_id: role}, now=now, though_removed=though_removed))

    def sit_down_all(
        self, session_id: int, roles: Mapping[int, str], *, now: datetime, though_removed: bool = False
    ) -> set[int]:
        """Seat people, given as the roles of their ids, in one statement; returns the ids of those who now have a seat
        and had none.
        """
        moment = connection.ops.adapt_datetimefield_value(now)
        rows = [value for user_id, role in roles.items() for value in (session_id, user_id, role, moment)]
        vacant = "removed" if though_removed else "left"
        with connection.cursor() as cursor:
            cursor.execute(_TAKE_SEATS.format(rows=", ".join([_ONE_SEAT] * len(roles))), [*rows, vacant])
            return {user_id for (user_id,) in cursor.fetchall()}

    def stand_up(self, session_id: int, user_id: int, *, state: str, now: datetime) -> bool:
        """Give a person's seat up; False when they had none."""
        seat = self.joined().filter(session_id=session_id, user_id=user_id)
        return seat.update(state=state, left_at=now) == 1


class WaitlistQuerySet(models.QuerySet):
    def live(self) -> Self:
        """Places of those who wait or have been offered a seat."""
        return self.filter(state__in=("waiting", "offered"))

    def waiting(self) -> Self:
        return self.filter(state="waiting")

    def overdue(self, now: datetime) -> Self:
        """Offers that nobody has answered in time."""
        return self.filter(state="offered", offer_expires_at__lte=now)

    def to_nudge(self, now: datetime) -> Self:
        """Offers that can still be accepted, and whose owners are to be reminded of them by now."""
        open_still = Q(session__status="upcoming", session__starts_at__gt=joinable_after(now), offer_expires_at__gt=now)
        return self.filter(open_still, state="offered", nudge_at__lte=now)

    def in_order(self) -> Self:
        """Whose turn it is first (R-SEAT-5)."""
        return self.order_by("-priority", "joined_at", "id")

    def with_position(self) -> Self:
        """Adds `position`: 1 is whose turn it is next. It means something only for those who wait."""
        before = Q(priority__gt=OuterRef("priority")) | Q(priority=OuterRef("priority")) & (
            Q(joined_at__lt=OuterRef("joined_at")) | Q(joined_at=OuterRef("joined_at"), pk__lte=OuterRef("pk"))
        )
        ahead = self.model._default_manager.filter(before, state="waiting", session=OuterRef("session"))
        counted = ahead.order_by().values("session").annotate(count=Count("pk")).values("count")
        return self.annotate(position=Subquery(counted))


class JoinRequestQuerySet(models.QuerySet):
    def pending(self) -> Self:
        return self.filter(state="pending")

    def decided_by(self, user: "User") -> Self:
        """Those that are this person's to decide: the host's, and an admin's."""
        shown = self.filter(session__deleted_at=None)
        return shown if user.is_admin else shown.filter(session__creator=user)


class MaterialQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> Self:
        """One's own, those of sessions that one has a seat in, and everything to an admin."""
        if user.is_admin:
            return self
        joined = RawSQL(_SEATS, (user.pk,))  # noqa: S611 # nosec B611
        return self.filter(Q(owner=user) | Q(session__in=joined, session__deleted_at=None))


class NoteQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> Self:
        """One's own, and those that are shared. Whether one is of the session, the service asks."""
        return self.filter(Q(author=user) | Q(visibility="shared"))


class ConsentQuerySet(models.QuerySet):
    """Who is a minor is asked at this moment, of the date of birth: not for queries that are `common.compiled`."""

    def given(self) -> Self:
        """Those that count: a minor's guardian has to agree as well (R-GDPR-7)."""
        agreed = Q(guardian_agreed_at__isnull=False, guardian__isnull=False)
        return self.said().filter(ages.of_age("user") | agreed)

    def said(self) -> Self:
        """Of those who agree themselves, whatever a guardian says."""
        return self.filter(withdrawn_at=None)

    def refused(self) -> Self:
        """To which the person says no, or a minor's guardian, or one had agreed who is their guardian no longer."""
        ended = Q(guardian_refused_at__isnull=False) | Q(guardian_left_at__isnull=False)
        return self.filter(Q(withdrawn_at__isnull=False) | ended & ages.minors("user"))

    def refused_by(self, moment: datetime) -> Self:
        """The same of those that were refused by then."""
        ended = Q(guardian_refused_at__lte=moment) | Q(guardian_left_at__lte=moment)
        return self.filter(Q(withdrawn_at__lte=moment) | ended & ages.minors("user"))


class RecordingQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> Self:
        """Those of sessions that one hosts or has a seat in, and all to an admin; whether everybody agrees is asked
        besides (`services.consents`).
        """
        if user.is_admin:
            return self.filter(session__deleted_at=None)
        joined = RawSQL(_SEATS, (user.pk,))  # noqa: S611 # nosec B611
        return self.filter(Q(session__creator=user) | Q(session__in=joined), session__deleted_at=None)
