"""What the search reads of tutors, kept right in the transaction that changes what it follows from.

`is_listed`: approved, and the account is an open tutor's. `search_text`: the words of name, title, headline, bio and
subjects. Whoever writes any of that calls one of these afterwards.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Sequence

from django.db import transaction

from accounts.models import Role, TutorProfile, TutorSubject, User
from catalog.models import Subject

BATCH = 200
TRIGRAM = 3


def plain(text: str) -> str:
    """Text as the search compares it: one spelling of each letter, in lower case, a space before each word."""
    return "".join(f" {word}" for word in unicodedata.normalize("NFKC", text).lower().split())


def sought(text: str) -> list[str]:
    """What must occur in `search_text` for it to fit the words of `text`.

    A word of one or two letters must begin a word there: it would be within nearly every text, and no index of
    trigrams finds it.
    """
    words = dict.fromkeys(plain(text).split())
    return [word if len(word) >= TRIGRAM else f" {word}" for word in words]


def search_text_of(profile: TutorProfile, user: User, subjects: Sequence[str]) -> str:
    """What free text looks in; `subjects` are the names of what the tutor teaches, in the order of their choice."""
    return plain(" ".join([user.full_name, profile.title, profile.headline, profile.bio, *subjects]))


def refresh(profile: TutorProfile) -> None:
    """Bring both up to date. The caller has locked the profile and saved what it changed."""
    _refresh([profile])


def refresh_of(user: User) -> None:
    """The same after a change of the account, which the running transaction has saved."""
    profile = TutorProfile.objects.select_for_update(of=("self",), no_key=True).filter(user=user).first()
    if profile is not None:
        _refresh([profile])


def refresh_of_subject(subject: Subject) -> None:
    """The same for all who teach it, after a change of its name (`settings.SUBJECT_FOLLOWERS`)."""
    pks = list(TutorSubject.objects.filter(subject=subject).order_by("tutor").values_list("tutor", flat=True))
    with transaction.atomic():
        for start in range(0, len(pks), BATCH):
            tutors = TutorProfile.objects.select_for_update(of=("self",), no_key=True)
            _refresh(list(tutors.filter(pk__in=pks[start : start + BATCH]).order_by("pk")))


def _refresh(profiles: Sequence[TutorProfile]) -> None:
    # Read after the lock, in statements of their own: what a join brought along with the lock may be older than it.
    people = User.objects.in_bulk([profile.user_id for profile in profiles])
    subjects = _subjects_of(profiles)
    for profile in profiles:
        user = people[profile.user_id]
        profile.is_listed = profile.is_approved and user.is_active and not user.deleted_at and user.role == Role.TUTOR
        profile.search_text = search_text_of(profile, user, subjects[profile.pk])
    TutorProfile.objects.bulk_update(profiles, ["is_listed", "search_text"])


def _subjects_of(profiles: Sequence[TutorProfile]) -> dict[int, list[str]]:
    taught: dict[int, list[str]] = defaultdict(list)
    rows = TutorSubject.objects.filter(tutor__in=profiles).order_by("id")
    for tutor_id, name in rows.values_list("tutor_id", "subject__name"):
        taught[tutor_id].append(name)
    return taught
