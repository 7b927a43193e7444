"""The mails of accounts: asked for in the request, written and sent by a worker."""

import secrets
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from accounts.hashing import hash_secret
from accounts.models import EmailSecret, OutgoingMail, User
from accounts.models.user import normalise_email
from common import mailing, work

LINK_LIFE = {EmailSecret.Purpose.VERIFY: timedelta(hours=24), EmailSecret.Purpose.RESET: timedelta(hours=1)}
CODE_LIFE = timedelta(minutes=10)
RESEND_PAUSE = timedelta(seconds=60)
MOST_AN_HOUR = 5

SUBJECTS = {
    OutgoingMail.Kind.VERIFY: "Confirm your e-mail address",
    OutgoingMail.Kind.RESET: "Set a new password",
    OutgoingMail.Kind.LOCKED: "Too many attempts to sign in",
    OutgoingMail.Kind.PASSWORD_CHANGED: "Your password was changed",
    OutgoingMail.Kind.CLOSED: "Your account is closed",
    OutgoingMail.Kind.ERASURE: "Your account will be erased",
    OutgoingMail.Kind.EXPORT_READY: "Your data is ready",
}


def request(kind: OutgoingMail.Kind, email: str) -> None:
    """Ask for a mail. Whether anybody has that address is found out later, so nobody can tell from the answer."""
    from accounts.tasks import send_mail

    row = OutgoingMail.objects.create(kind=kind, email=normalise_email(email), due_at=timezone.now())
    work.after_commit(send_mail, row.pk)


def deliver(row: OutgoingMail) -> str:
    """Write and send one mail; returns what came of it. Mails that nobody should get are suppressed, not failed."""
    accounts = User.objects.active() if row.kind != OutgoingMail.Kind.CLOSED else User.objects.exclude(deleted_at=None)
    user = accounts.filter(email=row.email).first()
    if user is None:
        return "suppressed: no such account"
    if row.kind == OutgoingMail.Kind.VERIFY:
        if user.is_verified:
            return "suppressed: already verified"
        return _send_secret(row, user, EmailSecret.Purpose.VERIFY)
    if row.kind == OutgoingMail.Kind.RESET:
        return _send_secret(row, user, EmailSecret.Purpose.RESET)
    return _send(row, user, {})


def _send_secret(row: OutgoingMail, user: User, purpose: EmailSecret.Purpose) -> str:
    token = secrets.token_urlsafe(32)
    code = f"{secrets.randbelow(1_000_000):06d}" if purpose == EmailSecret.Purpose.VERIFY else ""
    with transaction.atomic():
        # Two workers must not both find that nobody asked yet.
        User.objects.take_turn(user.pk)
        if _asked_too_often(user, purpose):
            return "suppressed: asked too often"
        secret = _keep_secret(user, purpose, token, code)
    try:
        return _send(row, user, {"token": token, "code": code})
    except Exception:
        # Not sent, so it must not count as "asked too often" when the worker tries again.
        secret.delete()
        raise


def _keep_secret(user: User, purpose: EmailSecret.Purpose, token: str, code: str) -> EmailSecret:
    now = timezone.now()
    return EmailSecret.objects.create(
        user=user,
        purpose=purpose,
        token_hash=hash_secret(token),
        code_hash=hash_secret(code, salt=str(user.pk)) if code else "",
        code_expires_at=now + CODE_LIFE if code else None,
        expires_at=now + LINK_LIFE[purpose],
    )


def _send(row: OutgoingMail, user: User, context: dict[str, str]) -> str:
    body = render_to_string(
        f"accounts/mail/{row.kind}.txt",
        {"user": user, "frontend_url": settings.FRONTEND_URL, **context},
    )
    mailing.send(EmailMessage(subject=SUBJECTS[OutgoingMail.Kind(row.kind)], body=body, to=[user.email]))
    return "sent"


def _asked_too_often(user: User, purpose: EmailSecret.Purpose) -> bool:
    """At most one a minute and five an hour (R-AUTH-2)."""
    now = timezone.now()
    sent = EmailSecret.objects.filter(user=user, purpose=purpose, created_at__gt=now - timedelta(hours=1))
    times = list(sent.order_by("-created_at").values_list("created_at", flat=True)[:MOST_AN_HOUR])
    return len(times) >= MOST_AN_HOUR or (bool(times) and times[0] > now - RESEND_PAUSE)
