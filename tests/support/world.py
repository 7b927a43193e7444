"""People and sessions for a running site: made with `site.call`, returned as plain data.

Tokens are minted, not fetched: a password hash costs more than everything else that a test does.
"""

from datetime import timedelta

from django.contrib.auth.hashers import make_password
from django.db.models import Count, F, Q
from django.utils import timezone

from accounts import tokens
from accounts.models import Role, StudentProfile, TokenFamily, TutorProfile, TutorStatus, User
from audit.models import AuditEntry
from notifications.models import LiveEvent, Notification
from sessions_app.models import SEATED, Participant, TutoringSession

PASSWORD = "password123"

_made = 0


def make_students(count: int = 1) -> list[dict]:
    """`{id, email, token, refresh}` of each."""
    users = _make(count, Role.STUDENT)
    StudentProfile.objects.bulk_create([StudentProfile(user=user) for user in users])
    return _signed_in(users)


def make_tutors(count: int = 1) -> list[dict]:
    """Approved ones; as `make_students`."""
    users = _make(count, Role.TUTOR)
    TutorProfile.objects.bulk_create([TutorProfile(user=user, status=TutorStatus.APPROVED) for user in users])
    return _signed_in(users)


def make_admin() -> dict:
    return _signed_in(_make(1, Role.ADMIN, is_staff=True, is_superuser=True))[0]


def make_session(host: int, *, seats: int = 8, day: int = 1, title: str = "Algebra together") -> int:
    """The id of an upcoming group session of one hour, that many days from now."""
    starts_at = timezone.now() + timedelta(days=day)
    session = TutoringSession.objects.create(
        creator_id=host,
        title=title,
        description="Bring your questions.",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=1),
        max_participants=seats,
    )
    return session.pk


def set_password(user: int, password: str = PASSWORD) -> None:
    """For tests that sign in with it."""
    User.objects.filter(pk=user).update(password=make_password(password))


def seats(session: int) -> dict:
    """`{taken, rows, max}`: the stored counter, the participants who sit there, and how many may."""
    row = TutoringSession.objects.get(pk=session)
    return {
        "taken": row.seats_taken,
        "rows": Participant.objects.joined().filter(session=session).count(),
        "max": row.max_participants,
    }


def seats_and_offers(session: int) -> dict:
    """`{rows, offered, max}` as they are at one moment: a single statement."""
    joined = Count("participants", filter=Q(participants__state__in=SEATED), distinct=True)
    offered = Count("waitlist", filter=Q(waitlist__state="offered"), distinct=True)
    found = TutoringSession.objects.filter(pk=session).annotate(rows=joined, offered=offered)
    row = found.values("rows", "offered", "max_participants").get()
    return {"rows": row["rows"], "offered": row["offered"], "max": row["max_participants"]}


def wrong_counters() -> int:
    """How many sessions count other than their participants."""
    joined = Count("participants", filter=Q(participants__state__in=SEATED))
    return TutoringSession.objects.annotate(rows=joined).exclude(rows=F("seats_taken")).count()


def joined_users(session: int) -> list[int]:
    return list(Participant.objects.joined().filter(session=session).values_list("user", flat=True))


def sessions_of(host: int) -> list[dict]:
    """`{id, title, starts_at, ends_at}` of each, oldest first."""
    rows = TutoringSession.objects.filter(creator=host).order_by("pk")
    return list(rows.values("id", "title", "starts_at", "ends_at"))


def audit_count(action: str, *, of: int | None = None) -> int:
    """How often that was done, `of` names to what."""
    rows = AuditEntry.objects.filter(action=action)
    return (rows.filter(object_id=str(of)) if of else rows).count()


def notification_count(kind: str | None = None, *, user: int | None = None) -> int:
    rows = Notification.objects.all()
    if kind:
        rows = rows.filter(type=kind)
    return (rows.filter(recipient=user) if user else rows).count()


def event_count(user: int | None = None) -> int:
    return (LiveEvent.objects.filter(user=user) if user else LiveEvent.objects.all()).count()


def _make(count: int, role: Role, **fields) -> list[User]:
    global _made
    people = [
        User(
            email=f"{role}{_made + number}@example.com",
            password="!",
            first_name=f"First{_made + number}",
            last_name="Person",
            role=role,
            is_verified=True,
            **fields,
        )
        for number in range(count)
    ]
    _made += count
    return User.objects.bulk_create(people)


def _signed_in(users: list[User]) -> list[dict]:
    expires_at = timezone.now() + timedelta(days=7)
    families = TokenFamily.objects.bulk_create([TokenFamily(user=user, expires_at=expires_at) for user in users])
    pairs = [tokens.make_pair(user, family) for user, family in zip(users, families, strict=True)]
    return [
        {"id": user.pk, "email": user.email, "token": pair.access, "refresh": pair.refresh}
        for user, pair in zip(users, pairs, strict=True)
    ]
