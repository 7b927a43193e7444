"""What becomes of lessons when their tutor stops teaching: suspended, closed, or the account is closed or no tutor's
any more (R-BOOK-7); and when their student closes the account (R-GDPR-1).

That a live booking has such a party is all there is to know: `clock` cancels it, and nothing needs to be remembered.
"""

from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.errors import LessonsToCome
from accounts.models import Role, TutorProfile, TutorStatus, User
from bookings.cancellation import NOTHING_LOST
from bookings.models import LIVE, Booking, Party
from bookings.services import alternatives, outcomes, settling
from bookings.services.events import News
from common import work

TUTOR_GONE = "The tutor does not teach at the moment."
STUDENT_GONE = "The student has left PeerLearn."
MOST_NAMED = 5


def follow(tutor: TutorProfile, event: str, *, reason: str, actor: User | None) -> None:
    """What a move of a profile means for its lessons (`settings.TUTOR_FOLLOWERS`): with a suspension those to come are
    called off after the commit; closing needs that there are none. Raises LessonsToCome.
    """
    if event == "suspended":
        follow_account(tutor.user)
    if event == "closed":
        now = timezone.now()
        to_come = Booking.objects.filter(tutor=tutor, status__in=LIVE, ends_at__gt=now).order_by("starts_at", "pk")
        pks = list(to_come.values_list("pk", flat=True)[:MOST_NAMED])
        if pks:
            raise LessonsToCome(bookings=pks)


def follow_account(user: User) -> None:
    """After an account was closed, or is no tutor's any more (`settings.ACCOUNT_FOLLOWERS`)."""
    from bookings.tasks import cancel_lessons_of

    work.after_commit(cancel_lessons_of, user.pk)


def orphaned(now: datetime) -> QuerySet[Booking]:
    """Lessons to come whose tutor stopped teaching, or whose student has left."""
    served = Q(status=TutorStatus.SUSPENDED, suspended_until__lte=now)
    stopped = Q(status__in=(TutorStatus.SUSPENDED, TutorStatus.CLOSED)) & ~served
    left = ~Q(user__role=Role.TUTOR) | Q(user__is_active=False) | Q(user__deleted_at__isnull=False)
    gone = TutorProfile.objects.filter(stopped | left)
    has_lost_one = Q(tutor__in=gone) | Q(student__deleted_at__isnull=False)
    return Booking.objects.filter(has_lost_one, status__in=LIVE, starts_at__gt=now)


def is_orphaned(booking: Booking, now: datetime) -> bool:
    """The same of one booking that is at hand with its parties."""
    has_lost_one = booking.student.deleted_at is not None or booking.tutor.is_gone(now)
    return booking.status in LIVE and booking.starts_at > now and has_lost_one


def cancel(booking: Booking, *, now: datetime) -> News:
    """Call a locked lesson off as its tutor would, at no cost to the student, who is told who else has that time; the
    tutor has no strike: the system did it (R-CAN-3). Of a student who left, as they would have, at that moment.
    """
    left_at = booking.student.deleted_at
    if left_at is not None and not booking.tutor.is_gone(now):
        result = settling.outcome_of(booking, Party.STUDENT, now=left_at)
        by, reason = Party.STUDENT, STUDENT_GONE
        return outcomes.cancel(booking, result, actor=None, by=by, reason=reason, now=now, is_struck=False)
    return outcomes.cancel(
        booking,
        NOTHING_LOST,
        actor=None,
        by=Party.TUTOR,
        reason=TUTOR_GONE,
        now=now,
        is_struck=False,
        others={"alternatives": [], "tutors": alternatives.other_tutors(booking, now=now)},
    )
