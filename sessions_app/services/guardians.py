"""What a minor's guardian answers by the link that they were mailed (R-GDPR-7).

Their word is one of its own, beside the minor's: they can give it, and take it back, at any time by the same link.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from django.core import signing
from django.db import transaction
from django.db.models import QuerySet

from accounts import ages
from accounts.models import Guardian, User
from audit.origin import Origin, acting_from, current_origin
from audit.services import record
from common.errors import NotFound
from notifications.services import Notice, notify
from sessions_app import recording_terms
from sessions_app.models import RecordingConsent, TutoringSession
from sessions_app.services import consents, events
from sessions_app.services.guardian_mails import SALT

_WORD = ("guardian", "guardian_agreed_at", "guardian_refused_at", "updated_at")


@dataclass(frozen=True)
class Question:
    """What one link asks, and how things stand."""

    session: TutoringSession
    guardian: Guardian
    said: RecordingConsent
    text_version: int

    @property
    def user(self) -> User:
        return self.guardian.user

    @property
    def text(self) -> str:
        return recording_terms.TEXTS[self.text_version]

    @property
    def is_open(self) -> bool:
        """The minor agrees to these very words, so that the guardian can, too. Refusing is always possible."""
        return self.said.is_given and self.said.text_version == self.text_version

    @property
    def is_agreed(self) -> bool:
        return self.is_open and self.said.guardian_agrees

    @property
    def is_refused(self) -> bool:
        return self.said.guardian_refused_at is not None


def find(token: str) -> Question:
    """What the link asks. Raises NotFound for one that is not ours, or of somebody who is no minor's guardian now."""
    return _load(token, lambda rows: rows)


def answer(token: str, *, agrees: bool, now: datetime) -> Question:
    """Agree, refuse, or withdraw, which stops access at once. Safe to repeat; agreeing to what the minor does not agree
    to (any more) changes nothing. Raises NotFound.
    """
    with transaction.atomic():
        # What keeps a recording waits for the session, as it does for everybody's answer; who names another guardian
        # waits for the guardian.
        question = _load(token, lambda rows: rows.select_for_update(of=("self",)))
        said, had_agreed = question.said, question.is_agreed
        before = _standing(said)
        if agrees and question.is_open and not had_agreed:
            said.guardian, said.guardian_agreed_at, said.guardian_refused_at = question.guardian, now, None
        elif not agrees and not question.is_refused:
            said.guardian, said.guardian_agreed_at, said.guardian_refused_at = None, None, now
        else:
            return question
        said.save(update_fields=_WORD)
        _write_down(question, before, agrees)
        notify(_news(question, agrees=agrees, had_agreed=had_agreed, now=now))
    return question


def _load(token: str, rows_of: Callable[[QuerySet], QuerySet]) -> Question:
    session_id, user_id, text_version, guardian_id = _read(token)
    session = rows_of(TutoringSession.objects.select_related("creator").filter(pk=session_id, deleted_at=None)).first()
    named = Guardian.objects.select_related("user").filter(pk=guardian_id, user=user_id)
    guardian = rows_of(named).first()
    said = rows_of(RecordingConsent.objects.filter(session=session_id, user=user_id)).first()
    if not session or not guardian or not said or not ages.is_minor(guardian.user.birth_date):
        raise NotFound
    return Question(session, guardian, said, text_version)


def _read(token: str) -> tuple[int, int, int, int]:
    """Session, user, version and guardian. It never expires: a guardian may always withdraw. Raises NotFound."""
    try:
        session_id, user_id, text_version, guardian_id = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        raise NotFound from None
    if text_version not in recording_terms.TEXTS:
        raise NotFound
    return session_id, user_id, text_version, guardian_id


def _standing(said: RecordingConsent) -> dict[str, object]:
    return {"agrees": said.guardian_agrees, "refuses": said.guardian_refused_at is not None}


def _write_down(question: Question, before: dict[str, object], agrees: bool) -> None:
    about = {"user": question.user.pk, "guardian": question.guardian.pk, "text_version": question.text_version}
    action = f"recording_consent.guardian_{'agreed' if agrees else 'refused'}"
    # Not from where: a guardian has no account, with whose erasure their address would go (docs/adr/0011).
    with acting_from(Origin(request_id=current_origin().request_id)):
        record(action, actor=None, obj=question.session, before=before, after=_standing(question.said) | about)


def _news(question: Question, *, agrees: bool, had_agreed: bool, now: datetime) -> list[Notice]:
    """For the minor; and for the host, of somebody whose yes counted and no longer does."""
    session, user = question.session, question.user
    title = "Your guardian agrees" if agrees else "Your guardian does not agree"
    words = f"You may {'' if agrees else 'not '}be recorded in {session.title}, says your guardian."
    notice = events.notice(user.pk, session, "recording_guardian_answered", title, words)
    key = f"session:{session.pk}:recording_guardian_answered:{user.pk}:{now.isoformat()}"
    lost = consents.withdrawn(session, user, had_agreed=had_agreed, now=now) if not agrees else []
    return [replace(notice, dedupe_key=key), *lost]
