"""What people have set for themselves."""

from typing import Any

from django.db import transaction

from accounts.models import LearnerSettings, User
from catalog import languages

EDITABLE = frozenset(
    {"language", "theme", "preferences", "show_to_peers", "share_interests", "show_on_leaderboards", "match_with_peers"}
)


def settings_of(user: User) -> LearnerSettings:
    """What the user has set, or what holds for those who have set nothing yet (that is no row)."""
    return LearnerSettings.objects.filter(user=user).first() or LearnerSettings(user=user)


@transaction.atomic
def update_settings(user: User, changes: dict[str, Any]) -> LearnerSettings:
    """Write the valid `changes` to those of `EDITABLE`; anything else is left alone.

    Raises Invalid for a language that cannot be newly chosen.
    """
    fields = sorted(EDITABLE & changes.keys())
    if not fields:
        return settings_of(user)
    if "language" in changes and changes["language"] != settings_of(user).language:
        languages.require_offered([changes["language"]], field="language")
    # Of two changes at once neither loses the other's switches.
    row, made = LearnerSettings.objects.select_for_update().get_or_create(
        user=user, defaults={field: changes[field] for field in fields}
    )
    if not made:
        for field in fields:
            setattr(row, field, changes[field])
        row.save(update_fields=[*fields, "updated_at"])
    return row
