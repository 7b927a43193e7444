"""The tutors with whom a student has a language in common."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Case, Count, IntegerField, Max, QuerySet, Value, When
from django.db.models.functions import Least

from accounts.models import TutorLanguage, TutorProfile, User
from catalog.languages import names as language_names
from matching import pool
from matching.score import Level
from matching.score.facts import level_of
from matching.wishes import asking, wishes_of


class InCommon(NamedTuple):
    """`tutors` are sorted: the best common level first, then who has more languages in common, then by rank. `asked`
    are the languages that it is about, `known` those of which the student has said a level.
    """

    tutors: QuerySet[TutorProfile]
    asked: Collection[str]
    known: Mapping[str, int]


def matching(student: User, *, languages: Sequence[str] = (), now: datetime) -> InCommon:
    """Those who can be booked and whom no block stands between. With `languages`, in these instead of the student's."""
    known = wishes_of([student], now=now)[student.pk]
    wishes = asking(known, languages=languages)
    own = _case("languages__code", wishes.languages)
    theirs = _case("languages__level", {level.name.lower(): level for level in Level})
    tutors = (
        pool.candidates()
        .filter(languages__code__in=list(wishes.languages))
        .exclude(user__in=wishes.blocked)
        .annotate(best_level=Max(Least(own, theirs)), in_common=Count("languages"))
        .order_by("-best_level", "-in_common", "-ranking_score", "-id")
    )
    return InCommon(tutors, wishes.languages.keys(), known.languages)


def in_common(tutor_ids: Sequence[int], found: InCommon) -> dict[int, list[dict[str, Any]]]:
    """Each language of it that these tutors speak, with the levels of both, by the tutor's id, the best first."""
    names = language_names()
    shared: dict[int, list[dict[str, Any]]] = {pk: [] for pk in tutor_ids}
    rows = TutorLanguage.objects.filter(tutor__in=tutor_ids, code__in=list(found.asked)).order_by("code")
    for tutor, code, level in rows.values_list("tutor_id", "code", "level"):
        theirs = level_of(level) or Level.NATIVE
        own = found.known.get(code)
        levels = {"student_level": own and _word(own), "mentor_level": _word(theirs)}
        common = min(own or theirs, theirs)
        shared[tutor].append({"code": code, "name": names.get(code, code), **levels, "level": _word(common)})
    for languages in shared.values():
        languages.sort(key=lambda language: -Level[language["level"].upper()])
    return shared


def _case(column: str, levels: Mapping[str, int]) -> Case:
    whens = (When(**{column: word}, then=Value(int(level))) for word, level in levels.items())
    return Case(*whens, default=Value(0), output_field=IntegerField())


def _word(level: int) -> str:
    return Level(level).name.lower()
