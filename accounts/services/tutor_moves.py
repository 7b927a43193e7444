"""The door of the approval machine: every move of a tutor's profile goes through here, and so does every change of it.

Who may move it, and when, is for `approval` and `moderation` to say; the clock's one move, the end of a suspension, is
here.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from accounts.models import TutorProfile, TutorStatus, User
from accounts.services import listing
from audit.services import record


def close(profile: TutorProfile, *fields: str) -> TutorProfile:
    """Save those fields as the next version, and let the search know."""
    profile.version += 1
    profile.save(update_fields=[*fields, "version", "updated_at"])
    listing.refresh(profile)
    return profile


def move(
    profile: TutorProfile, status: TutorStatus, event: str, *fields: str, actor: User | None, reason: str = ""
) -> TutorProfile:
    """Write the status and `fields`, audit it, and tell whom it concerns. Nobody is the clock.

    The profile is locked, and the caller has made sure that the move is legal.
    """
    before, profile.status = profile.status, status
    close(profile, "status", *fields)
    note(profile, event, actor=actor, before=before, reason=reason)
    tell(profile, event, actor=actor, reason=reason)
    return profile


def note(
    profile: TutorProfile,
    event: str,
    *,
    actor: User | None,
    before: str = "",
    reason: str = "",
    facts: Mapping[str, Any] | None = None,
) -> None:
    """In the history, which goes with the profile, and in the audit log, which stays and has the `facts`, too."""
    status = profile.status
    profile.events.create(event=event, status=status, actor=actor, reason=reason)
    record(
        f"tutor.{event}",
        actor=actor,
        obj=profile,
        before={"status": before or status},
        after={"status": status, **(facts or {})},
        reason=reason,
    )


def tell(profile: TutorProfile, event: str, *, actor: User | None, reason: str = "") -> None:
    """Let those know in this transaction whom `settings.TUTOR_FOLLOWERS` names."""
    for path in settings.TUTOR_FOLLOWERS:
        import_string(path)(profile, event, reason=reason, actor=actor)


def reinstate(profile: TutorProfile, *, actor: User | None, reason: str = "") -> TutorProfile:
    """End the suspension of a locked profile: it is what it was before."""
    former = TutorStatus(profile.status_before_suspension or TutorStatus.APPROVED)
    profile.suspended_until, profile.status_before_suspension = None, ""
    ended = ("suspended_until", "status_before_suspension")
    return move(profile, former, "reinstated", *ended, actor=actor, reason=reason)


def reinstate_if_over(profile_id: int, *, now: datetime) -> bool:
    """The clock's move: end a suspension whose time is over (R-GEN-4); whether it was. Safe to repeat."""
    with transaction.atomic():
        profiles = TutorProfile.objects.select_for_update(of=("self",), no_key=True).select_related("user")
        profile = profiles.filter(pk=profile_id).first()
        is_over = profile is not None and profile.has_served_suspension(now)
        if profile and is_over:
            reinstate(profile, actor=None)
    return is_over


def end_suspensions(*, now: datetime, limit: int = 500) -> int:
    """Reinstate all whose suspension is over; returns how many. Several may run at once."""
    over = TutorProfile.objects.filter(status=TutorStatus.SUSPENDED, suspended_until__lte=now)
    pks = list(over.order_by("suspended_until").values_list("pk", flat=True)[:limit])
    return sum(reinstate_if_over(pk, now=now) for pk in pks)
