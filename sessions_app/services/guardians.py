"""What a minor's guardian answers by the link that they were mailed (R-GDPR-7).

Their word is one of its own, beside the minor's: they can give it, and take it back, at any time by the same link.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.core import signing
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts import ages
from accounts.models import Guardian, User
from audit.origin import Origin, acting_from, current_origin
from audit.services import record
from common import counters
from common.errors import NotFound
from notifications.services import Notice, notify
from sessions_app import recording_terms
from sessions_app.errors import GuardianAnsweredTooOften
from sessions_app.models import RecordingConsent, TutoringSession
from sessions_app.services import consents, events
from sessions_app.services.guardian_mails import SALT, is_inside

# That change something, for each consent: a no that does needs a yes before it, so this bounds both.
MOST_YESES_A_DAY = 5

_WORD = ("guardian", "guardian_agreed_at", "guardian_refused_at", "guardian_left_at", "updated_at")


@dataclass(frozen=True)
class Question:
    """What one link asks, and how things stand."""

    session: TutoringSession
    guardian: Guardian
    said: RecordingConsent
    text_version: int
    is_inside: bool  # the guardian's address is that of somebody in the session

    @property
    def user(self) -> User:
        return self.guardian.user

    @property
    def text(self) -> str:
        return recording_terms.TEXTS[self.text_version]

    @property
    def is_asked(self) -> bool:
        """The minor agrees to these very words."""
        return self.said.is_given and self.said.text_version == self.text_version

    @property
    def is_closed(self) -> bool:
        """Another guardian has refused, which stays so."""
        return self.said.is_closed_to(self.guardian)

    @property
    def is_open(self) -> bool:
        """The guardian can agree. Refusing is always possible."""
        return self.is_asked and not self.is_closed and not self.is_inside

    @property
    def is_agreed(self) -> bool:
        return self.is_asked and self.said.guardian_agrees

    @property
    def is_refused(self) -> bool:
        return self.said.guardian_refused_at is not None


def find(token: str) -> Question:
    """What the link asks. Raises NotFound for one that is not ours, or of somebody who is no minor's guardian now."""
    return _load(token, lambda rows: rows)


def answer(token: str, *, agrees: bool, now: datetime) -> Question:
    """Agree, refuse, or withdraw, which stops access at once. Safe to repeat; agreeing to what the minor does not agree
    to (any more), or another guardian has refused, changes nothing. Raises NotFound or GuardianAnsweredTooOften.
    """
    with transaction.atomic():
        # What keeps a recording waits for the session, as it does for everybody's answer; who names another guardian
        # waits for the guardian.
        question = _load(token, lambda rows: rows.select_for_update(of=("self",)))
        said = question.said
        before, had_agreed = _standing(said), said.is_given and said.guardian_agrees
        if agrees and question.is_open and not question.is_agreed:
            _require_yes_left(said)
            said.guardian_agreed_at, said.guardian_refused_at, said.guardian_left_at = now, None, None
        elif not agrees and not question.is_refused:
            said.guardian_agreed_at, said.guardian_refused_at = None, now
        else:
            return question
        said.guardian = question.guardian
        said.save(update_fields=_WORD)
        _write_down(question, before, agrees)
        notify(_news(question, agrees=agrees, had_agreed=had_agreed, now=now))
    return question


def follow(guardian: Guardian) -> None:
    """Withdraw what somebody has agreed to who is about to be a guardian no longer, as nobody else can do it then. The
    guardian is locked (`settings.GUARDIAN_FOLLOWERS`).
    """
    now = timezone.now()
    agreed = RecordingConsent.objects.filter(guardian=guardian, guardian_agreed_at__isnull=False)
    for said in agreed.select_for_update(of=("self",)).select_related("session", "user").order_by("pk"):
        before, had_agreed = _standing(said), said.is_given and ages.is_minor(said.user.birth_date)
        said.guardian, said.guardian_agreed_at, said.guardian_left_at = None, None, now
        said.save(update_fields=_WORD)
        after = _standing(said) | {"user": said.user_id, "guardian": guardian.pk}
        record("recording_consent.guardian_left", actor=said.user, obj=said.session, before=before, after=after)
        notify(consents.withdrawn(said.session, said.user, had_agreed=had_agreed, now=now))


def _require_yes_left(said: RecordingConsent) -> None:
    day = counters.hit_since_first(f"guardian_yes:{said.pk}", window=timedelta(days=1))
    if day.hits > MOST_YESES_A_DAY:
        raise GuardianAnsweredTooOften(retry_after=timedelta(seconds=day.seconds_left))


def _load(token: str, rows_of: Callable[[QuerySet], QuerySet]) -> Question:
    session_id, user_id, text_version, guardian_id = _read(token)
    session = rows_of(TutoringSession.objects.select_related("creator").filter(pk=session_id, deleted_at=None)).first()
    named = Guardian.objects.select_related("user").filter(pk=guardian_id, user=user_id)
    guardian = rows_of(named).first()
    said = rows_of(RecordingConsent.objects.filter(session=session_id, user=user_id)).first()
    if not session or not guardian or not said or not ages.is_minor(guardian.user.birth_date):
        raise NotFound
    return Question(session, guardian, said, text_version, is_inside(session, guardian))


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
