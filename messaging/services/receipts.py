"""Whether two people see when the other has read something (R-MSG-4)."""

from collections.abc import Collection

from accounts.models import User
from messaging.models import MessagingSettings


def are_shown(one: int, other: int) -> bool:
    """Unless either of them has turned receipts off."""
    return not MessagingSettings.objects.filter(user__in=(one, other), read_receipts=False).exists()


def settings_of(user: User) -> MessagingSettings:
    """What the user has chosen, or what holds for those who have not chosen yet (that is no row)."""
    return MessagingSettings.objects.filter(user=user).first() or MessagingSettings(user=user)


def update_settings(user: User, *, read_receipts: bool) -> MessagingSettings:
    return MessagingSettings.objects.update_or_create(user=user, defaults={"read_receipts": read_receipts})[0]


def silent_with(user_id: int, others: Collection[int]) -> set[int]:
    """Those of the others with whom no receipts are shown: all of them, if the user has turned receipts off."""
    off = set(
        MessagingSettings.objects.filter(user__in={user_id, *others}, read_receipts=False).values_list(
            "user_id", flat=True
        )
    )
    return set(others) if user_id in off else off
