"""How somebody wants to hear of things: the switches, the matrix of types and channels, quiet hours, digests."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.services import profile
from notifications.models import Digest, NotificationPreferences
from notifications.services.choices import IMMEDIATE

SWITCHES = ("email", "push", "sms")
# What holds for those who have chosen nothing. Never saved.
MISSING = NotificationPreferences()


def preferences_of(user: User) -> NotificationPreferences:
    """What the user has chosen, or what holds for those who have not chosen yet (that is no row)."""
    return NotificationPreferences.objects.filter(user=user).first() or NotificationPreferences(user=user)


def preferences_of_all(users: Iterable[User]) -> dict[int, NotificationPreferences]:
    """Of those who have chosen something, by user id. The users were loaded with `notification_preferences`."""
    return {user.pk: user.notification_preferences for user in users if hasattr(user, "notification_preferences")}


@transaction.atomic
def update_preferences(user: User, changes: dict[str, Any]) -> NotificationPreferences:
    """Write the valid `changes`: switches by their names, and what `profile.update_own` writes to the user."""
    profile.update_own(user, changes)
    return choose(user, {switch: changes[switch] for switch in SWITCHES if switch in changes})


@transaction.atomic
def choose(user: User, changes: dict[str, Any]) -> NotificationPreferences:
    """Change what is named, and nothing else. In `types` and `categories` single channels are changed, and None takes a
    choice back; `quiet_hours` is None or `{start, end, days}` in minutes and weekdays; in `digests` single categories.

    A category that goes back to immediate gets what its digest has collected at once (R-NOTIF-5).
    """
    if not changes:
        return preferences_of(user)
    # Of two changes at once neither loses the other's cells.
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)
    preferences = preferences_of(user)
    for switch in SWITCHES:
        setattr(preferences, switch, changes.get(switch, getattr(preferences, switch)))
    for matrix in ("types", "categories"):
        setattr(preferences, matrix, _merged(getattr(preferences, matrix), changes.get(matrix, {})))
    preferences.digests = preferences.digests | changes.get("digests", {})
    preferences.digest_hour = changes.get("digest_hour", preferences.digest_hour)
    if "quiet_hours" in changes:
        _set_quiet_hours(preferences, changes["quiet_hours"])
    preferences.save()
    _flush(user, [name for name, rhythm in changes.get("digests", {}).items() if rhythm == IMMEDIATE])
    return preferences


def switch_off(user_id: int, kinds: Iterable[str], channel: str) -> None:
    """What a one-click unsubscribe does (R-NOTIF-7). Safe to repeat."""
    user = User.objects.filter(pk=user_id).first()
    if user is not None:
        choose(user, {"types": {kind: {channel: False} for kind in kinds}})


def _merged(
    chosen: dict[str, dict[str, bool]], changes: dict[str, dict[str, bool | None]]
) -> dict[str, dict[str, bool]]:
    merged = dict(chosen)
    for name, cells in changes.items():
        both = merged.get(name, {}) | cells
        merged[name] = {channel: is_on for channel, is_on in both.items() if is_on is not None}
    return {name: cells for name, cells in merged.items() if cells}


def _set_quiet_hours(preferences: NotificationPreferences, hours: dict[str, Any] | None) -> None:
    if hours is None:
        preferences.quiet_start = preferences.quiet_end = None
        return
    preferences.quiet_start, preferences.quiet_end = hours["start"], hours["end"]
    preferences.quiet_days = hours["days"]


def _flush(user: User, categories: list[str]) -> None:
    from common import work
    from notifications.tasks import send_digest

    waiting = Digest.objects.filter(user=user, category__in=categories, state=Digest.State.DUE)
    for digest in waiting.select_for_update():
        digest.due_at = timezone.now()
        digest.save(update_fields=["due_at", "updated_at"])
        work.after_commit(send_digest, digest.pk)
