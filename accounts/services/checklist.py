"""What a profile needs before admins are asked to look at it; an approved one keeps it."""

from collections.abc import Callable, Iterable

from django.conf import settings
from django.utils.module_loading import import_string

from accounts.errors import ProfileIncomplete
from accounts.models import TutorProfile

SHORTEST_BIO = 50

Check = Callable[[TutorProfile], bool]

OWN: dict[str, Check] = {
    "title": lambda profile: bool(profile.title.strip()),
    "bio": lambda profile: len(profile.bio.strip()) >= SHORTEST_BIO,
    "subjects": lambda profile: profile.taught.exists(),
    "hourly_rate": lambda profile: profile.hourly_rate is not None,
    "photo": lambda profile: bool(profile.photo or profile.user.avatar),
}


def missing(profile: TutorProfile) -> list[str]:
    """The parts that are not there yet, other apps' included (`settings.TUTOR_CHECKLIST`)."""
    checks = OWN | {name: import_string(path) for name, path in settings.TUTOR_CHECKLIST.items()}
    return [name for name, is_there in checks.items() if not is_there(profile)]


def require_kept(profile: TutorProfile, changed: Iterable[str]) -> None:
    """An approved tutor changes these parts but takes none away. Raises ProfileIncomplete."""
    lost = [name for name in changed if name in OWN and not OWN[name](profile)]
    if profile.is_approved and lost:
        raise ProfileIncomplete(missing=lost)
