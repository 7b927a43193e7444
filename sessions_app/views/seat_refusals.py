"""Why somebody gets no seat: what several views say of their refusals."""

from accounts.errors import EmailNotVerified
from sessions_app.errors import (
    AlreadyJoined,
    AlreadyRequested,
    AlreadyWaiting,
    CannotJoin,
    OwnSession,
    RemovedFromSession,
    RequestRejected,
    SessionFull,
    WaitlistFull,
)

GUARDS = (CannotJoin, OwnSession, AlreadyJoined, RemovedFromSession)
JOINING = (EmailNotVerified, *GUARDS, AlreadyWaiting, AlreadyRequested, RequestRejected, SessionFull, WaitlistFull)
