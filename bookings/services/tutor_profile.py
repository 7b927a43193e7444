"""A tutor's own profile in one go, as the learner_v1 client saves it."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts.models import TutorProfile, User
from accounts.services import profile, tutor_edits
from accounts.services.tutor_side import ANY, Expected, own_tutor_side
from bookings.services import pricing


@transaction.atomic
def change_own(user: User, changes: Mapping[str, Any], *, expected: Expected = ANY) -> TutorProfile:
    """Write the valid `changes`, all of them or none: what `profile.update_own` and `tutor_edits.change_about` take,
    `subjects` (a list of `Subject`), and `hourly_rate`.

    Raises StaleVersion, StaleProfile, ProfileFrozen, ProfileIncomplete or Invalid.
    """
    words = {name: value for name, value in changes.items() if name in tutor_edits.WORDS or name == "languages"}
    if words:
        tutor_edits.change_about(user, words, expected=expected)
        expected = ANY  # the version has just been compared, and grown
    if "subjects" in changes:
        taught = [tutor_edits.Teaches(subject.pk) for subject in changes["subjects"]]
        tutor_edits.set_subjects(user, taught, expected=expected)
        expected = ANY
    if "hourly_rate" in changes:
        pricing.change_pricing(user, hourly_rate=changes["hourly_rate"], expected=expected)
    profile.update_own(user, dict(changes))
    return own_tutor_side(user)
