"""Matches as they are answered."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from accounts.models import User
from accounts.presenters import tutors
from accounts.presenters.avatars import avatar_url
from catalog import languages
from catalog.models import Subject
from courses.models import Course
from matching.models import PrecomputeJob, TutorFeedback
from matching.score import ALGORITHM_VERSION, Match, reason_of, weights_in_force
from matching.score.peers import PeerMatch
from matching.services.languages import InCommon, in_common
from matching.services.recommending import Compatibility, Recommended

NEW = "new tutor"


def recommendations(page: Sequence[Match], recommended: Recommended, *, viewer: User) -> list[dict[str, Any]]:
    """The matches of a page with the tutors themselves. The same statements, however many they are."""
    cards = {card["id"]: card for card in tutors.cards_of([each.tutor_id for each in page], viewer=viewer)}
    names = _subject_names(page)
    return [
        _score(each, names, recommended.computed_at)
        | {"saved": each.tutor_id in recommended.wishes.saved, "mentor": cards[each.tutor_id]}
        for each in page
        if each.tutor_id in cards
    ]


def compatibility(found: Compatibility, *, now: datetime) -> dict[str, Any]:
    return _score(found.match, _subject_names([found.match]), now) | {
        "student_id": found.student_id,
        "is_eligible": not found.excluded_because,
        "excluded_because": [{"code": each.name.lower(), "reason": each.value} for each in found.excluded_because],
    }


def language_matches(page: Any, found: InCommon, *, viewer: User) -> list[dict[str, Any]]:
    pks = [tutor.pk for tutor in page]
    shared = in_common(pks, found)
    return [card | {"common_languages": shared[card["id"]]} for card in tutors.cards_of(pks, viewer=viewer)]


def peers(page: Sequence[PeerMatch], *, now: datetime) -> list[dict[str, Any]]:
    """The learners of a page, as far as they may be shown: never an address."""
    people = User.objects.in_bulk([each.learner_id for each in page])
    titles = dict(Course.objects.filter(pk__in={pk for each in page for pk in each.shared}).values_list("pk", "title"))
    return [
        {
            "student_id": each.learner_id,
            "name": people[each.learner_id].display_name,
            "avatar": avatar_url(people[each.learner_id].avatar.name or ""),
            "shared_courses": [{"id": pk, "title": titles[pk]} for pk in sorted(each.shared)],
            "score": each.score,
            "factors": each.lines(),
            "algorithm_version": ALGORITHM_VERSION,
            "computed_at": now,
        }
        for each in page
        if each.learner_id in people
    ]


def accepted(job: PrecomputeJob) -> dict[str, Any]:
    return {"job_id": job.pk, "status_url": f"/api/matching/precompute/{job.pk}"}


def job(job: PrecomputeJob) -> dict[str, Any]:
    return accepted(job) | {
        **{name: getattr(job, name) for name in ("scope", "student_id", "status", "done", "total")},
        "percent": 100 * job.done // job.total if job.total else 100 * (job.status == "done"),
        "requested_at": job.created_at,
        "started_at": job.started_at,
        "finished_at": job.finished_at,
    }


def feedback(row: TutorFeedback) -> dict[str, Any]:
    return {"mentor_id": row.tutor_id, **{name: getattr(row, name) for name in ("action", "until", "updated_at")}}


def _score(each: Match, names: Mapping[int, str], computed_at: datetime) -> dict[str, Any]:
    lines = each.lines(weights_in_force())
    names_of_languages = languages.names()
    for line, value in zip(lines, each.values, strict=True):
        line["reason"] = reason_of(line["name"], value, subjects=names, languages=names_of_languages)
    return {
        "mentor_id": each.tutor_id,
        "score": each.score,
        "factors": lines,
        "is_new_tutor": each.is_new,
        "label": NEW if each.is_new else None,
        "algorithm_version": ALGORITHM_VERSION,
        "computed_at": computed_at,
    }


def _subject_names(matches: Iterable[Match]) -> dict[int, str]:
    """Those that the reasons name: the first factor's details."""
    pks = {each.values[0].detail for each in matches}
    return dict(Subject.objects.filter(pk__in=[pk for pk in pks if pk]).values_list("pk", "name"))
