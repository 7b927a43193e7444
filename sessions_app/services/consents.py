"""Who agrees to the recording of a session (R-GDPR-7).

Everybody has to whom a recording may show: the host, those who have a seat, and those who lost theirs while it ran. Who
did not come (`absent`) need not agree, but may refuse. Every look at a recording asks anew (`agreed`), so that whoever
withdraws stops it at once, and whoever is new in a session is asked first. A minor's yes counts once their guardian
agrees as well (`guardians`); who is a minor is asked anew, too.
"""

from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from accounts import ages
from accounts.models import User
from audit.services import record
from notifications.services import Notice, notify
from sessions_app import recording_terms
from sessions_app.errors import ConsentTextChanged, NotInSession
from sessions_app.models import Participant, RecordingConsent, SeatState, TutoringSession
from sessions_app.services import access, events, guardian_mails, members

_TAKEN_OUT = Q(state=SeatState.REMOVED, left_at__gte=F("session__starts_at"))
_WAS_SHOWN = Q(state__in=(SeatState.JOINED, SeatState.ATTENDED)) | _TAKEN_OUT


def answer(
    session_id: int, *, user: User, consent: bool, text_version: int | None = None, now: datetime
) -> RecordingConsent:
    """Agree to the recording of a session that one is in, to what is asked now; or refuse, or withdraw.

    When the host agrees everybody else is asked. When a minor does their guardian is mailed, and a minor who says so
    again has them mailed again. Raises NotFound, NotInSession, ConsentTextChanged, GuardianMissing, GuardianInSession,
    EmailNotVerified or GuardianAskedTooOften.
    """
    with transaction.atomic():
        session = access.lock(session_id, user)  # what keeps a recording waits here, and then sees this
        if not members.was_inside(session, user):
            raise NotInSession(members.NOT_FOR_OTHERS)
        if consent and text_version != recording_terms.CURRENT:
            raise ConsentTextChanged(text_version=recording_terms.CURRENT)
        guardian = guardian_mails.require_guardian(user) if consent else None
        said = _keep(session, user, consent, now=now)
        if guardian is not None and not said.guardian_agrees:
            guardian_mails.ask(said, guardian, by=user, now=now)
    return said


def _keep(session: TutoringSession, user: User, consent: bool, *, now: datetime) -> RecordingConsent:
    """Write down and tell what is new about what somebody says."""
    # Locked against whoever names another guardian, who then has to agree.
    known = RecordingConsent.objects.select_for_update(of=("self",)).filter(session=session, user=user).first()
    said = known or RecordingConsent(session=session, user=user)
    before = _standing(known)
    if consent and not _holds(known):
        said.text_version, said.given_at, said.withdrawn_at = recording_terms.CURRENT, now, None
        if said.guardian_refused_at is None:  # a new yes is one that the guardian has not heard of
            said.guardian = said.guardian_agreed_at = None
    elif not consent and said.withdrawn_at is None:
        said.text_version, said.withdrawn_at = said.text_version or recording_terms.CURRENT, now
    else:
        return said
    said.save()
    action = f"recording_consent.{'given' if consent else 'withdrawn'}"
    record(action, actor=user, obj=session, before=before, after=_standing(said))
    had_agreed = bool(before["consent"])
    notify(_asked(session, by=user) if consent else withdrawn(session, user, had_agreed=had_agreed, now=now))
    return said


def missing(session: TutoringSession) -> list[int]:
    """The ids of those who do not agree to what is asked now; of all who have to for a new recording."""
    given = RecordingConsent.objects.given().filter(session=session, text_version=recording_terms.CURRENT)
    seats = _shown().filter(session=session).values_list("user_id", flat=True)
    agreeing = set(given.values_list("user_id", flat=True))
    refusing = _refused().filter(session=session).values_list("user_id", flat=True)
    return sorted({session.creator_id, *seats} - agreeing | set(refusing))


def agreed() -> Q:
    """Of recordings: those to which everybody agrees whom they may show, whatever the text was then."""
    given = RecordingConsent.objects.given().filter(session=OuterRef("session"), user=OuterRef("user"))
    unsettled = _shown().filter(~Exists(given))
    host = RecordingConsent.objects.given().filter(session=OuterRef("session"), user=OuterRef("session__creator"))
    here = {"session": OuterRef("session")}
    return Q(Exists(host)) & ~Q(Exists(unsettled.filter(**here))) & ~Q(Exists(_refused().filter(**here)))


def withdrawn_by(moment: datetime) -> Q:
    """Of recordings: those from which somebody had withdrawn by then whose word counts, and still does not agree."""
    no = RecordingConsent.objects.refused_by(moment).filter(session=OuterRef("session"))
    seats = Participant.objects.filter(_WAS_SHOWN | Q(state=SeatState.ABSENT), session=OuterRef("session"))
    others = seats.filter(Exists(no.filter(user=OuterRef("user"))))
    return Q(Exists(no.filter(user=OuterRef("session__creator")))) | Q(Exists(others))


def waits_for_guardian(said: RecordingConsent | None, user: User) -> bool:
    """Whether it is only a guardian's yes that this person's is still without."""
    return said is not None and said.is_given and not said.guardian_agrees and ages.is_minor(user.birth_date)


def wanted() -> Exists:
    """Of sessions: whether their hosts agree, and so want to record them. That is theirs alone to want, whatever their
    guardians say: so the query has no date in it, and can be compiled.
    """
    return Exists(RecordingConsent.objects.said().filter(session=OuterRef("pk"), user=OuterRef("creator")))


def ask_newcomers(session: TutoringSession, *users: User) -> list[Notice]:
    """For those who are new in a session whose host wants to record it."""
    is_wanted = TutoringSession.objects.filter(wanted(), pk=session.pk).exists()
    return ask_anew(session, *users) if is_wanted else []


def ask_anew(session: TutoringSession, *users: User) -> list[Notice]:
    """The same where that is known. Who has answered once has read the question."""
    ids = [user.pk for user in users]
    said = RecordingConsent.objects.filter(session=session, user__in=ids)
    answered = set(said.values_list("user_id", flat=True))
    return [_question(session, user_id) for user_id in ids if user_id not in answered]


def _holds(consent: RecordingConsent | None) -> bool:
    return consent is not None and consent.is_given and consent.text_version == recording_terms.CURRENT


def _standing(consent: RecordingConsent | None) -> dict[str, object]:
    if consent is None:
        return {"consent": None}
    return {"consent": consent.is_given, "text_version": consent.text_version}


def _shown() -> QuerySet[Participant]:
    """The seats of those whom a recording may show."""
    return Participant.objects.filter(_WAS_SHOWN)


def _refused() -> QuerySet[Participant]:
    """The seats of those who are said to have been absent, and refuse."""
    said_no = RecordingConsent.objects.refused().filter(session=OuterRef("session"), user=OuterRef("user"))
    return Participant.objects.filter(Exists(said_no), state=SeatState.ABSENT)


def _asked(session: TutoringSession, *, by: User) -> list[Notice]:
    """Everybody who has said nothing yet, when it is the host who agrees."""
    if by.pk != session.creator_id:
        return []
    answered = RecordingConsent.objects.filter(session=session, text_version=recording_terms.CURRENT)
    seats = Participant.objects.joined().filter(session=session).exclude(user__in=answered.values("user"))
    return [_question(session, user_id) for user_id in seats.values_list("user_id", flat=True)]


def _question(session: TutoringSession, user_id: int) -> Notice:
    words = f"The host would like to record {session.title}. It is recorded only if everybody agrees."
    notice = events.notice(user_id, session, "recording_consent_asked", "May this session be recorded?", words)
    key = f"session:{session.pk}:recording_consent_asked:{recording_terms.CURRENT}"
    return replace(notice, dedupe_key=key)  # once for each text


def withdrawn(session: TutoringSession, user: User, *, had_agreed: bool, now: datetime) -> list[Notice]:
    """For the host, of somebody who had agreed."""
    if user.pk == session.creator_id or not had_agreed:
        return []
    words = f"{user.display_name} no longer agrees to the recording of {session.title}."
    notice = events.notice(session.creator_id, session, "recording_consent_withdrawn", "Not recorded", words, user)
    return [replace(notice, dedupe_key=f"session:{session.pk}:recording_consent_withdrawn:{user.pk}:{now.isoformat()}")]
