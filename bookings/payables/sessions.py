"""A session that somebody wants to pay for (settings.SESSION_PAYABLE)."""

from accounts.models import User
from common.errors import NotFound
from payments.errors import NothingToPay
from sessions_app.models import SessionKind, TutoringSession


def what_is_paid(session_id: int, *, payer: User) -> tuple[str, int]:
    """The booking that a private session belongs to; whose it is, its bill asks. Group and peer sessions are free.

    Raises NotFound for one that the payer cannot see, or NothingToPay.
    """
    visible = TutoringSession.objects.visible_to(payer).filter(pk=session_id)
    session = visible.values("kind", "booking__pk").first()
    if session is None:
        raise NotFound("Session not found")
    if session["kind"] != SessionKind.PRIVATE or session["booking__pk"] is None:
        raise NothingToPay("This session is free.")
    return "booking", session["booking__pk"]
