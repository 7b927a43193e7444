"""Certificates and degrees of a tutor as they are answered."""

from typing import Any

from django.conf import settings

from accounts.models import TutorCertification, TutorEducation, TutorProfile, TutorRevision
from common.compiled import compiled

Credential = type[TutorCertification] | type[TutorEducation]
# The name of each list in a profile.
_LISTS: dict[Credential, str] = {TutorCertification: "certifications", TutorEducation: "education"}


def listed(
    profile: TutorProfile, model: Credential, title: str, by: str, *, draft: TutorRevision | None, knows_all: bool
) -> list[dict[str, Any]]:
    """Certificates or degrees in the tutor's order: the approved ones, or with a `draft` those that wait. `file_url`
    leads to the scan, for who may see it.
    """
    columns = ("id", title, by, "year", "file")
    if draft and _LISTS[model] in draft.lists:
        rows = _waiting(model, columns, revision=draft.pk)
    else:
        rows = _approved(model, columns, tutor=profile.pk)
    return [
        {name: row[name] for name in columns if name != "file"}
        | ({"file_url": _file_url(model, row)} if knows_all else {})
        for row in rows
    ]


@compiled
def _approved(model: Credential, columns: tuple[str, ...], *, tutor: Any) -> Any:
    return model.objects.approved().filter(tutor=tutor).order_by("id").values(*columns)


@compiled
def _waiting(model: Credential, columns: tuple[str, ...], *, revision: Any) -> Any:
    return model.objects.filter(revision=revision).order_by("id").values(*columns)


def _file_url(model: Credential, row: dict[str, Any]) -> str | None:
    return f"{settings.PUBLIC_URL}/api/tutors/{_LISTS[model]}/{row['id']}/file" if row["file"] else None
