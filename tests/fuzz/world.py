"""The people and things that the fuzzer meets."""

import hashlib
import itertools
import os
import re
from collections.abc import Callable, Iterable
from datetime import timedelta

from django.core.files.base import ContentFile
from django.utils import timezone

from accounts.models import (
    Role,
    StudentProfile,
    TutorCertification,
    TutorEducation,
    TutorProfile,
    TutorStatus,
    User,
    VerificationDocument,
)
from catalog.models import Subject
from matching.models import PrecomputeJob, TutorFeedback
from notifications.models import Notification, PushSubscription
from sessions_app.models import JoinRequest, PlaceState, SessionKind, TutoringSession, WaitlistEntry
from sessions_app.services.course import start_session
from sessions_app.services.seats import join_session
from tests.factories import TicketFactory
from tests.fuzz import availability, bookings, client, courses, market, messages, payments
from tests.support.browsers import KEYS, PUBLIC_ENDPOINT
from tests.support.things import thing_at

ROLES = {
    "student": Role.STUDENT,
    "tutor": Role.TUTOR,
    "unapproved": Role.TUTOR,
    "admin": Role.ADMIN,
}
_numbers = itertools.count(1)


def make_people() -> None:
    """Each role's person, the one who signs out in their place, and a tutor who hosts what others join."""
    for role in ROLES:
        for suffix in ("", ".leaving"):
            _make_person(f"{role}{suffix}@fuzz.example.com", role)
    _make_person("host@fuzz.example.com", "tutor")
    Subject.objects.get_or_create(name="Mathematics")


def ids_at(path: str, role: str, names: Iterable[str]) -> dict[str, int]:
    """The ids in a path, by their names: `id` is of something new, or of a tutor whom everybody may find, that the
    role's person can do something with; `course_id` is its course's; `learner_id` is the student's, in whose place
    an admin acts.
    """
    found = {}
    if "learner_id" in names:
        role = "student"
        found["learner_id"] = User.objects.get(email="student@fuzz.example.com").pk
    if "id" in names:
        found["id"] = _something_at(path, User.objects.filter(email=f"{role}@fuzz.example.com").first())
    if "course_id" in names:
        found["course_id"] = courses.course_of(thing_at(_as_routed(path)), found["id"])
    return found


def _something_at(path: str, caller: User | None) -> int:
    thing = thing_at(_as_routed(path))
    return _session_for(path, caller) if thing == "session" else MAKERS[thing](caller)


def _as_routed(path: str) -> str:
    return re.sub(r"{(\w+)}", r"<id:\1>", path).replace("<id:id>", "<id:pk>")


def _session_for(path: str, caller: User | None) -> int:
    talks = path.startswith("/api/v1/chat/")
    joins = path.endswith(("/join", "/leave")) or talks
    hosts = caller is not None and caller.is_tutor and not joins
    session = _make_session(caller if hosts else User.objects.get(email="host@fuzz.example.com"))
    if (path.endswith("/leave") or talks) and caller:
        join_session(session.pk, user=caller)
    if path.endswith("/complete") and hosts:
        start_session(session.pk, actor=caller)
    return session.pk


def _queued_session(caller: User | None) -> int:
    """Full, with an offer to the caller."""
    host = User.objects.get(email="host@fuzz.example.com")
    session = _make_session(host)
    now = timezone.now()
    WaitlistEntry.objects.create(
        session=session,
        user=caller or host,
        state=PlaceState.OFFERED,
        joined_at=now,
        offered_at=now,
        offer_expires_at=session.starts_at,
    )
    TutoringSession.objects.filter(pk=session.pk).update(seats_offered=1)
    return session.pk


def _join_request(caller: User | None) -> int:
    """Somebody asks the caller for a seat, if they host any."""
    host = caller if caller and caller.is_tutor else User.objects.get(email="host@fuzz.example.com")
    asking = User.objects.create(email=f"asking{next(_numbers)}.{os.getpid()}@fuzz.example.com", role=Role.STUDENT)
    return JoinRequest.objects.create(session=_make_session(host), user=asking, created_at=timezone.now()).pk


def _make_person(email: str, role: str) -> None:
    is_admin = role == "admin"
    user = User.objects.create(
        email=email,
        first_name=role,
        last_name="Fuzz",
        role=ROLES[role],
        is_verified=True,
        is_staff=is_admin,
        is_superuser=is_admin,
    )
    if role == "student":
        StudentProfile.objects.create(user=user)
    elif not is_admin:
        status = TutorStatus.APPROVED if role == "tutor" else TutorStatus.PENDING_APPROVAL
        TutorProfile.objects.create(user=user, status=status, is_listed=status == TutorStatus.APPROVED)


def _peer_session(caller: User | None) -> int:
    return _make_session(caller or User.objects.get(email="student@fuzz.example.com"), SessionKind.PEER).pk


def _make_session(host: User, kind: SessionKind = SessionKind.GROUP) -> TutoringSession:
    last = TutoringSession.objects.filter(creator=host).order_by("-ends_at").first()
    begin = max(timezone.now(), last.ends_at if last else timezone.now()) + timedelta(hours=1)
    return TutoringSession.objects.create(
        creator=host,
        kind=kind,
        title="Algebra together",
        description="Bring your questions.",
        starts_at=begin,
        ends_at=begin + timedelta(hours=1),
        max_participants=8,
    )


def _found_tutor(caller: User | None) -> int:
    return TutorProfile.objects.get(user__email="tutor@fuzz.example.com").pk


def _saved_tutor(caller: User | None) -> int:
    """The tutor whom everybody may find, saved by the caller."""
    tutor = _found_tutor(caller)
    if caller:
        TutorFeedback.objects.update_or_create(
            student=caller, tutor_id=tutor, defaults={"action": "save", "until": None}
        )
    return tutor


def _precompute_job(caller: User | None) -> int:
    return PrecomputeJob.objects.create(scope=PrecomputeJob.Scope.ALL, due_at=timezone.now(), state="done").pk


def _found_user(caller: User | None) -> int:
    return User.objects.get(email="student@fuzz.example.com").pk


def _account(role: Role = Role.STUDENT) -> User:
    """Of somebody in whose name nobody calls."""
    return User.objects.create(email=f"somebody{next(_numbers)}.{os.getpid()}@fuzz.example.com", role=role)


def new_mentor() -> int:
    """The id of the profile of one whom nothing depends on."""
    return TutorProfile.objects.create(user=_account(Role.TUTOR), status=TutorStatus.APPROVED).pk


def _waiting_tutor(caller: User | None) -> int:
    return TutorProfile.objects.create(user=_account(Role.TUTOR), status=TutorStatus.PENDING_APPROVAL).pk


def _own_profile(caller: User | None) -> TutorProfile:
    return TutorProfile.objects.filter(user=caller).first() or TutorProfile.objects.get(pk=_found_tutor(caller))


def _certification(caller: User | None) -> int:
    scan = ContentFile(b"%PDF-1.7 a certificate", "scan.pdf")
    return TutorCertification.objects.create(tutor=_own_profile(caller), title="Certified", file=scan).pk


def _document(caller: User | None) -> int:
    file = ContentFile(b"%PDF-1.7 a passport", "passport.pdf")
    document = VerificationDocument(tutor=_own_profile(caller), kind="id_proof", name="passport.pdf", size=19)
    document.file.save("passport.pdf", file)
    return document.pk


def _degree(caller: User | None) -> int:
    scan = ContentFile(b"%PDF-1.7 a degree", "scan.pdf")
    return TutorEducation.objects.create(tutor=_own_profile(caller), degree="Master", file=scan).pk


def _subject(caller: User | None) -> int:
    return Subject.objects.create(name=f"Subject {next(_numbers)} of {caller.pk if caller else os.getpid()}").pk


def _notification(recipient: User | None) -> int:
    return _make_notification(recipient).pk


def _make_notification(recipient: User | None) -> Notification:
    return Notification.objects.create(
        recipient=recipient or User.objects.get(email="host@fuzz.example.com"),
        type="session_updated",
        title="Session changed",
        message="The details have changed.",
        dedupe_key=f"fuzz:{timezone.now().isoformat()}:{next(_numbers)}",
    )


def _browser(caller: User | None) -> int:
    name = f"{os.getpid()}/{next(_numbers)}"
    return PushSubscription.objects.create(
        user=caller or User.objects.get(email="host@fuzz.example.com"),
        endpoint=f"{PUBLIC_ENDPOINT}/{name}",
        endpoint_hash=hashlib.sha256(name.encode()).hexdigest(),
        **KEYS,
    ).pk


def _ticket(caller: User | None) -> int:
    return TicketFactory(requester=caller or User.objects.get(email="student@fuzz.example.com")).pk


# How to make each thing whose id can stand in a path.
MAKERS: dict[str, Callable[[User | None], int]] = {
    "account": lambda caller: _account().pk,
    "asked_session": lambda caller: JoinRequest.objects.get(pk=_join_request(caller)).session_id,
    "browser": _browser,
    "certification": _certification,
    "degree": _degree,
    "document": _document,
    "favourite_tutor": _found_tutor,
    "join_request": _join_request,
    "notification": _notification,
    "peer_session": _peer_session,
    "precompute_job": _precompute_job,
    "saved_tutor": _saved_tutor,
    "queued_session": _queued_session,
    "subject": _subject,
    "ticket": _ticket,
    "user": _found_user,
    "waiting_tutor": _waiting_tutor,
    **availability.MAKERS,
    **bookings.MAKERS,
    **courses.MAKERS,
    **client.MAKERS,
    **market.MAKERS,
    **messages.MAKERS,
    **payments.MAKERS,
}
