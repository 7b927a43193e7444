"""Asking a minor's guardian by mail whether the minor may be recorded (R-GDPR-7).

The address is one that somebody typed in, and its owner may know nothing of us: such mails are few, and what other
people have written is harmless in them.
"""

import re
import unicodedata
from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage
from django.db.models import Q, QuerySet
from django.template.loader import render_to_string

from accounts import ages
from accounts.mailboxes import mailbox, mark
from accounts.models import Guardian, User
from accounts.services.proven import require_verified
from common import counters, mailing, work
from notifications.services import mails
from sessions_app import recording_terms
from sessions_app.errors import GuardianAskedTooOften, GuardianInSession, GuardianMissing
from sessions_app.models import GuardianMail, Participant, RecordingConsent, TutoringSession

SALT = "sessions_app.guardian"
ONE_IN = timedelta(days=1)  # of a minor's yes and a mailbox: the link of the first is still good
MOST_AN_HOUR = 5  # of one minor
MOST_A_DAY = 5  # to one mailbox, whoever names it
SENT = "sent"
KEPT_FOR = timedelta(days=180)  # as the log of notifications
LONGEST_IN_MAIL = 100

# Control and format characters (turned writing, invisible spaces), and what ends a line or a paragraph.
_UNSEEN = ("Cc", "Cf", "Zl", "Zp")
_LINKING = re.compile(r"[<>@/\\:\[\]]+")
_DOT = re.compile("[.\N{IDEOGRAPHIC FULL STOP}\N{HALFWIDTH IDEOGRAPHIC FULL STOP}](?=\\S)")


def require_guardian(user: User) -> Guardian | None:
    """Who has to agree besides a minor, locked until the transaction ends; None of whoever is of age.

    Raises GuardianMissing.
    """
    if not ages.is_minor(user.birth_date):
        return None
    named = Guardian.objects.select_for_update(of=("self",), no_key=True).filter(user=user)
    # Who waited for a row that is gone now, as another one was named, has not seen that one yet.
    guardian = named.first() or named.all().first()
    if guardian is None:
        raise GuardianMissing
    return guardian


def ask(said: RecordingConsent, guardian: Guardian, *, by: User, now: datetime) -> None:
    """Have the guardian of `by` mailed after the commit, unless they were asked about this very yes today, or have
    nothing to say as another one has refused. The guardian and what was said are locked.

    Raises GuardianInSession, EmailNotVerified or GuardianAskedTooOften.
    """
    from sessions_app.tasks import send_guardian_mail

    if is_inside(said.session, guardian):
        raise GuardianInSession
    require_verified(by)
    marked = mark(guardian.email)
    about = {"session_id": said.session_id, "user_id": said.user_id, "text_version": said.text_version}
    if said.is_closed_to(guardian) or _asked(said, now).filter(**about, mailbox=marked).exists():
        return
    _require_mails_left(said.user_id, marked, now)
    row = GuardianMail.objects.create(guardian=guardian, mailbox=marked, due_at=now, **about)
    work.after_commit(send_guardian_mail, row.pk)


def is_inside(session: TutoringSession, guardian: Guardian) -> bool:
    """Whether the address is that of somebody in the session: nobody there agrees for anybody else."""
    seats = Participant.objects.filter(session=session).values("user")
    people = User.objects.filter(Q(pk=session.creator_id) | Q(pk__in=seats))
    return mailbox(guardian.email) in map(mailbox, people.values_list("email", flat=True))


def _asked(said: RecordingConsent, now: datetime) -> QuerySet[GuardianMail]:
    """The mails about a yes that came to somebody today, or are still to come."""
    is_due = Q(state=GuardianMail.State.DUE, guardian__isnull=False)
    about_this_yes = GuardianMail.objects.filter(created_at__gt=now - ONE_IN, created_at__gte=said.given_at)
    return about_this_yes.filter(is_due | Q(state=GuardianMail.State.DONE, outcome=SENT))


def _require_mails_left(user_id: int, marked: str, now: datetime) -> None:
    caused = GuardianMail.objects.filter(user=user_id, created_at__gt=now - timedelta(hours=1)).order_by("-created_at")
    times = list(caused.values_list("created_at", flat=True)[:MOST_AN_HOUR])
    if len(times) >= MOST_AN_HOUR:
        raise GuardianAskedTooOften(retry_after=times[-1] + timedelta(hours=1) - now)
    day = counters.hit_since_first(f"guardian_mailbox:{marked}", window=timedelta(days=1))
    if day.hits > MOST_A_DAY:
        raise GuardianAskedTooOften(retry_after=timedelta(seconds=day.seconds_left))


def deliver(row: GuardianMail) -> str:
    """Write and send one mail, if it is still to be sent; returns what came of it. The body of a task."""
    if row.guardian is None:
        return "suppressed: nobody's guardian any more"
    user, said = row.user, RecordingConsent.objects.filter(session=row.session_id, user=row.user_id).first()
    if not user.is_active or row.session.deleted_at or not ages.is_minor(user.birth_date):
        return "suppressed: nothing to ask"
    if said is None or not said.is_given or said.text_version != row.text_version or said.guardian_agrees:
        return "suppressed: answered, or taken back"
    if said.given_at is None or row.created_at < said.given_at or said.is_closed_to(row.guardian):
        return "suppressed: asked anew, or another guardian has refused"
    mailing.send(_mail(row, row.guardian))
    return SENT


def url_for(row: GuardianMail, guardian: Guardian) -> str:
    """The page that asks. Whoever has the link answers; it ends when another guardian is named."""
    what = [row.session_id, row.user_id, row.text_version, guardian.pk]
    return f"{settings.PUBLIC_URL}/guardians/recordings/{signing.dumps(what, salt=SALT)}"


def harmless(text: str) -> str:
    """What somebody has written, on one line, without what a mail reader would make a link, and not too long."""
    plain = unicodedata.normalize("NFKC", text)  # what only looks like a dot or a slash is one
    seen = "".join(" " if unicodedata.category(each) in _UNSEEN else each for each in plain)
    line = " ".join(_LINKING.sub(" ", seen).split())
    line = _DOT.sub(". ", line)  # of example.org, too, readers make a link
    return line if len(line) <= LONGEST_IN_MAIL else f"{line[: LONGEST_IN_MAIL - 1]}…"


def purge(*, now: datetime, limit: int = 500) -> int:
    """Forget the mails that were sent half a year ago; returns how many. Safe to repeat."""
    pks = list(old(now).values_list("pk", flat=True)[:limit])
    return GuardianMail.objects.filter(pk__in=pks).delete()[0]


def old(now: datetime) -> QuerySet[GuardianMail]:
    return GuardianMail.objects.filter(created_at__lt=now - KEPT_FOR).exclude(state=GuardianMail.State.DUE)


def _mail(row: GuardianMail, guardian: Guardian) -> EmailMessage:
    context = {
        "guardian": harmless(guardian.name),
        "minor": harmless(row.user.display_name),
        "host": harmless(row.session.creator.display_name),
        "title": harmless(row.session.title),
        "starts_at": row.session.starts_at,
        "of_age": ages.OF_AGE,
        "text": recording_terms.TEXTS[row.text_version],
        "version": row.text_version,
        "url": url_for(row, guardian),
    }
    return EmailMessage(
        subject="Your agreement to a recording is asked for",  # nobody else's words
        body=render_to_string("sessions_app/mail/guardian.txt", context),
        to=[guardian.email],
        headers=mails.headers_of(f"guardian-{row.pk}"),
    )
