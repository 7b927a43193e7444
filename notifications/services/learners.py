"""What learners set for themselves and have been told, done by them or by an admin in their place (`actor`).

A learner's settings are one document, of which each part is kept where it belongs: the time zone is the user's, the
switches are the notification preferences', the rest is `LearnerSettings`.
"""

from typing import Any

from django.db import transaction

from accounts.models import User
from accounts.services import learners, settings
from notifications.models import Notification
from notifications.services import notices
from notifications.services.preferences import preferences_of, update_preferences

# The names of the document's switches in the preferences.
_SWITCHES = {"email_notifications": "email", "push_notifications": "push"}


def settings_of(learner: User) -> dict[str, Any]:
    """The whole document, with what holds where nothing was chosen yet."""
    own, preferences = settings.settings_of(learner), preferences_of(learner)
    return {
        "language": own.language,
        "theme": own.theme,
        "timezone": learner.timezone,
        "show_to_peers": own.show_to_peers,
        "share_interests": own.share_interests,
        "show_on_leaderboards": own.show_on_leaderboards,
        "match_with_peers": own.match_with_peers,
        **{name: getattr(preferences, switch) for name, switch in _SWITCHES.items()},
    }


@transaction.atomic
def update_settings(learner: User, changes: dict[str, Any], *, actor: User) -> dict[str, Any]:
    """Write the valid `changes`, each to its place; returns the whole document."""
    settings.update_settings(learner, changes)
    switches = {switch: changes[name] for name, switch in _SWITCHES.items() if name in changes}
    zone = {"timezone": changes["timezone"]} if "timezone" in changes else {}
    update_preferences(learner, switches | zone)
    learners.record_help("learner.settings_changed", learner=learner, actor=actor, fields=sorted(changes))
    return settings_of(learner)


@transaction.atomic
def mark_read(notification_id: int, *, learner: User, actor: User) -> Notification:
    """Safe to repeat. Raises NotFound for what is not the learner's own."""
    notification = notices.mark_read(notification_id, user=learner)
    learners.record_help("learner.notification_read", learner=learner, actor=actor, notification=notification_id)
    return notification
