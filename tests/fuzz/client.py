"""What the learner_v1 client rates and keeps, for the fuzzer to find."""

from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from sessions_app.models import TutoringSession
from tests.factories import MaterialFactory, ParticipantFactory, PastSessionFactory, RecordingFactory, agree


def _past_session(caller: User | None) -> int:
    """One that the caller was in, at a time when its host gave no other."""
    host = User.objects.get(email="host@fuzz.example.com")
    first = TutoringSession.objects.filter(creator=host).order_by("starts_at").first()
    begin = min(timezone.now(), first.starts_at if first else timezone.now()) - timedelta(hours=2)
    session = PastSessionFactory(creator=host, starts_at=begin)
    if caller:
        ParticipantFactory(session=session, user=caller)
    return session.pk


def _material(caller: User | None) -> int:
    return MaterialFactory(owner=caller or User.objects.get(email="host@fuzz.example.com")).pk


def _recorded_session(caller: User | None) -> TutoringSession:
    """One of the caller's own where they teach, to whose recording both agree."""
    teaches = caller is not None and caller.is_tutor
    host = caller if caller and teaches else User.objects.get(email="host@fuzz.example.com")
    first = TutoringSession.objects.filter(creator=host).order_by("starts_at").first()
    begin = min(timezone.now(), first.starts_at if first else timezone.now()) - timedelta(hours=2)
    session = PastSessionFactory(creator=host, starts_at=begin)
    guest = ParticipantFactory(session=session, **({"user": caller} if caller and not teaches else {})).user
    agree(session, guest)
    return session


MAKERS: dict[str, Callable[[User | None], int]] = {
    "past_session": _past_session,
    "material": _material,
    "noted_session": lambda caller: _recorded_session(caller).pk,
    "recorded_session": lambda caller: _recorded_session(caller).pk,
    "recording": lambda caller: RecordingFactory(session=_recorded_session(caller)).pk,
}
