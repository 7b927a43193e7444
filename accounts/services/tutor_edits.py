"""What tutors say of themselves: words, languages, subjects, video and photo. Each part has a function of its own.

All of them take the version that the caller believes to change, and raise StaleVersion, StaleProfile or ProfileFrozen
(`tutor_side.open_for_changes`).
"""

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from typing import Any, NamedTuple

from django.db import transaction

from accounts.images import Upload, square_jpeg
from accounts.models import Proficiency, TutorLanguage, TutorProfile, TutorSubject, User
from accounts.presenters.avatars import FOLDER
from accounts.services import checklist, revisions
from accounts.services.avatars import SIDE
from accounts.services.tutor_moves import close
from accounts.services.tutor_side import ANY, Expected, open_for_changes
from catalog import languages as catalogue
from catalog.models import Subject
from common import files
from common.errors import Invalid

WORDS = frozenset({"title", "headline", "bio", "teaching_philosophy", "experience_years", "description", "video_url"})


class Teaches(NamedTuple):
    """A subject as a tutor teaches it; what is None stays as it was."""

    subject_id: int
    proficiency_level: Proficiency | None = None
    years_experience: int | None = None


class Speaks(NamedTuple):
    """A language that a tutor teaches in. Without a level it keeps the one it has."""

    code: str
    level: Proficiency | None = None


@transaction.atomic
def change_about(user: User, changes: Mapping[str, Any], *, expected: Expected = ANY) -> TutorProfile:
    """Write the valid `changes`: those of `WORDS`, and `languages` as codes, alone or with a level: a code
    alone keeps the level it has. What is left out stays as it is.

    `video_url` has passed `validate_video_url`, or is empty for none; it is never fetched. What students choose an
    approved tutor by waits for an admin (`revisions`). Raises ProfileIncomplete where such a profile would lose what it
    needs, Invalid for a language that cannot be newly chosen.
    """
    profile = open_for_changes(user, expected)
    wanted = {field: changes[field] for field in sorted(WORDS & changes.keys())}
    checklist.require_kept(_changed(copy(profile), wanted), wanted)
    written = revisions.hold(profile, wanted)
    _changed(profile, written)
    if "languages" in changes:
        _speak(profile, changes["languages"])
    return close(profile, *written)


@transaction.atomic
def set_subjects(user: User, subjects: Sequence[Teaches], *, expected: Expected = ANY) -> TutorProfile:
    """Let these be all that the tutor teaches. Raises Invalid for a subject that does not exist, ProfileIncomplete."""
    wanted = {subject.subject_id: subject for subject in subjects}
    # Before the profile, as when a subject is renamed: one order, no deadlock, and no old name in the search.
    _lock_subjects(wanted)
    profile = open_for_changes(user, expected)
    before = {row.subject_id: row for row in profile.taught.all()}
    profile.taught.all().delete()  # written anew: their order is the tutor's
    TutorSubject.objects.bulk_create([_taught(profile, each, before.get(each.subject_id)) for each in wanted.values()])
    checklist.require_kept(profile, ["subjects"])
    return close(profile)


def set_photo(user: User, upload: Upload, *, expected: Expected = ANY) -> TutorProfile:
    """Show this picture on the profile; the one before it is deleted. Raises one of `accounts.images.REFUSALS`."""
    content = square_jpeg(upload, side=SIDE)
    key = files.keep(content, folder=FOLDER, kind="jpg")  # beside the avatars, which are as public
    try:
        return _show_photo(user, key, expected)
    except BaseException:
        files.discard([key])
        raise


@transaction.atomic
def _show_photo(user: User, key: str, expected: Expected) -> TutorProfile:
    profile = open_for_changes(user, expected)
    before, profile.photo = profile.photo.name, key
    files.discard_after_commit(before or "")
    return close(profile, "photo")


def _changed(profile: TutorProfile, values: Mapping[str, Any]) -> TutorProfile:
    for field, value in values.items():
        setattr(profile, field, value)
    return profile


def _taught(profile: TutorProfile, teaches: Teaches, before: TutorSubject | None) -> TutorSubject:
    row = TutorSubject(tutor=profile, subject_id=teaches.subject_id)
    for field in ("proficiency_level", "years_experience"):
        said = getattr(teaches, field)
        setattr(row, field, said if said is not None else getattr(before or row, field))
    return row


def _speak(profile: TutorProfile, languages: Sequence[str | Speaks]) -> None:
    before = dict(profile.languages.values_list("code", "level"))
    profile.languages.all().delete()  # written anew: their order is the tutor's
    said = [each if isinstance(each, Speaks) else Speaks(each) for each in languages]
    catalogue.require_offered({each.code for each in said} - before.keys(), field="languages")
    rows = {
        each.code: TutorLanguage(
            tutor=profile, code=each.code, level=each.level or before.get(each.code) or Proficiency.NATIVE
        )
        for each in said
    }
    TutorLanguage.objects.bulk_create(rows.values())


def _lock_subjects(pks: Iterable[int]) -> None:
    rows = Subject.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=pks).order_by("pk")
    unknown = sorted(set(pks) - set(rows.values_list("pk", flat=True)))
    if unknown:
        raise Invalid(errors={"subject_ids": [f"There is no subject {pk}." for pk in unknown]})
