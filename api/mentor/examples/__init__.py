"""Examples of the mentor contract, by the groups of its document, which has none."""

from typing import Any

from api.mentor.examples import (
    analytics,
    auth,
    matching,
    mentors,
    moderation,
    payments,
    platform,
    sessions,
    support,
    users,
)

EXAMPLES: dict[str, dict[Any, Any]] = {
    **analytics.EXAMPLES,
    **auth.EXAMPLES,
    **users.EXAMPLES,
    **mentors.EXAMPLES,
    **sessions.EXAMPLES,
    **matching.EXAMPLES,
    **moderation.EXAMPLES,
    **payments.EXAMPLES,
    **support.EXAMPLES,
    **platform.EXAMPLES,
}
