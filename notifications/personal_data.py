"""What notifications keep about people (see `common.personal_data`)."""

from datetime import datetime

from accounts.models import User
from common.personal_data import Counts, Delete, Section, forget_name
from notifications.models import LiveEvent, Notification

SECTIONS = (
    Section(
        *("notifications.Delivery", "recipient", "notifications", Delete()),
        shows=("channel", "type", "state", "created_at"),
    ),
    Section(
        *("notifications.Digest", "user", "notifications", Delete()),
        shows=("category", "state", "ends_at", "created_at"),
    ),
    Section(
        *("notifications.Notification", "recipient", "notifications", Delete()),
        shows=("id", "type", "title", "message", "link", "is_read", "read_at", "created_at"),
    ),
    Section(
        *("notifications.LiveEvent", "user", "notifications", Delete()),
        hides="Copies of a week at most, for sockets, of what other sections have.",
    ),
    Section(*("notifications.EventCounter", "user", "notifications", Delete()), hides="How many events there were."),
    Section(
        *("notifications.PushSubscription", "user", "devices", Delete()),
        shows=("id", "endpoint", "user_agent", "created_at", "last_used_at"),
    ),
    Section(
        *("notifications.NotificationPreferences", "user", "preferences", Delete()),
        shows=(
            *("email", "push", "sms", "types", "categories", "quiet_start", "quiet_end", "quiet_days", "digests"),
            "digest_hour",
        ),
    ),
)

LINKS = {"notifications.Announcement.created_by": "Which admin wrote to many people: nothing but the number."}


def _forget_in_others(user: User, now: datetime) -> Counts:
    """What others were told names the person, and what they may replay does so for a week."""
    others = Notification.objects.exclude(recipient=user)
    return {
        "notifications.notification names": forget_name(others, ("title", "message"), user),
        "notifications.liveevent names": forget_name(LiveEvent.objects.exclude(user=user), ("frame",), user),
    }


STEPS = {"names_in_notifications": _forget_in_others}
