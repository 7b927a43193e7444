"""What sessions keep about people (see `common.personal_data`)."""

from datetime import datetime

from django.db.models import Q

from accounts.models import User
from common import files
from common.personal_data import Counts, Delete, Keep, Overwrite, Section
from notifications.models import LiveEvent, Notification
from notifications.services import stream
from sessions_app.models import Recording, TutoringSession

BATCH = 500

_SEATS = Keep("Who was in a session is part of what everybody else in it has on record; it names a number only.")
_SESSION = Overwrite(
    {
        "title": "Session of a former member",
        **dict.fromkeys(("description", "end_reason", "meeting_link", "meeting_id"), ""),
        "modules": [],
    }
)
_REPORT = Overwrite({"description": "", "resolution_note": ""})

SECTIONS = (
    Section(
        *("sessions_app.Material", "owner", "materials", Delete()),
        shows=("id", "session_id", "title", "description", "file", "name", "media_type", "size", "created_at"),
    ),
    Section(
        *("sessions_app.SessionNote", "author", "sessions", Delete()),
        shows=("session_id", "content", "visibility", "created_at", "updated_at"),
    ),
    Section(
        *("sessions_app.SessionRating", "user", "sessions", Overwrite({"comment": ""})),
        shows=("session_id", "rating", "comment", "created_at"),
    ),
    Section(
        *("sessions_app.SessionMessage", "sender", "messages", Overwrite({"text": ""})),
        shows=("session_id", "text", "created_at"),
    ),
    Section(
        *("sessions_app.ConflictReport", "reporter", "sessions", _REPORT),
        shows=("session_id", "kind", "description", "state", "outcome", "resolution_note", "created_at"),
    ),
    Section(
        *("sessions_app.ConflictReport", "reported", "sessions", _REPORT), hides="Who reports somebody is protected."
    ),
    Section(
        *("sessions_app.QualityReview", "session__creator", "sessions", Overwrite({"notes": ""})),
        hides="What the staff noted about a session.",
    ),
    Section(
        *("sessions_app.Recording", "added_by", "recordings", Delete()),
        shows=("session_id", "title", "file", "name", "media_type", "size", "provider", "provider_url", "created_at"),
    ),
    Section(
        *("sessions_app.RecordingConsent", "user", "recordings", Delete()),
        shows=(
            *("session_id", "text_version", "given_at", "withdrawn_at"),
            *("guardian_agreed_at", "guardian_refused_at", "guardian_left_at"),
        ),
    ),
    Section(
        *("sessions_app.GuardianMail", "user", "recordings", Delete()),
        shows=("session_id", "text_version", "created_at"),
    ),
    Section(
        *("sessions_app.Participant", "user", "sessions", _SEATS),
        shows=("session_id", "role", "state", "joined_at", "left_at", "attended_minutes"),
    ),
    Section(
        *("sessions_app.WaitlistEntry", "user", "sessions", _SEATS),
        shows=("session_id", "state", "joined_at", "offered_at", "ended_at"),
    ),
    Section(
        *("sessions_app.JoinRequest", "user", "sessions", _SEATS),
        shows=("session_id", "state", "created_at", "decided_at"),
    ),
    Section(
        *("sessions_app.TutoringSession", "creator", "sessions", _SESSION),
        shows=(
            *("id", "kind", "title", "description", "level", "starts_at", "ends_at", "status", "modules"),
            *("meeting_link", "created_at"),
        ),
    ),
)

LINKS = {
    "sessions_app.QualityReview.reviewer": "An admin's number.",
    "sessions_app.ConflictReport.reviewer": "An admin's number.",
    "sessions_app.JoinRequest.decided_by": "Who gave the seat, by number.",
}


def _withdraw_consents(user: User, now: datetime) -> Counts:
    """Who is erased agrees to no recording any more: those that show them go, whoever made them."""
    shown = Recording.objects.filter(session__recording_consents__user=user)
    files.discard_after_commit(*shown.exclude(file="").values_list("file", flat=True))
    return {"sessions_app.recording with the person": Recording.objects.filter(pk__in=shown.values("pk")).delete()[0]}


def _forget_titles(user: User, now: datetime) -> Counts:
    """What others were told of the person's sessions has their titles, and what sockets replay for a week as well."""
    hosted = TutoringSession.objects.filter(creator=user).order_by("pk").values_list("pk", flat=True)
    links = [f"/sessions/{pk}" for pk in hosted]
    told = sum(_forget_told(links[at : at + BATCH], user) for at in range(0, len(links), BATCH))
    frames = 0
    for pk in hosted.filter(updated_at__gte=now - stream.KEPT_FOR):  # what is older is in no frame any more
        name = f'"session_id":{pk}'
        lasting = LiveEvent.objects.filter(Q(frame__contains=f"{name},") | Q(frame__contains=f"{name}}}"))
        frames += lasting.delete()[0]
    return {"notifications.notification of sessions": told, "notifications.liveevent of sessions": frames}


def _forget_told(links: list[str], user: User) -> int:
    others = Notification.objects.filter(link__in=links).exclude(recipient=user)
    return others.update(message="It was about a session of a former member.")


STEPS = {"recordings_of_others": _withdraw_consents, "titles_of_sessions": _forget_titles}
