"""Changes of approved profiles in the back office: beside the new words stand the approved ones."""

from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils import timezone
from unfold.decorators import display

from accounts.admin.staff import OfAnAccount
from accounts.admin.tutors import CertificationInline, EducationInline, WithReasonForTutor
from accounts.models import RevisionState, TutorRevision
from accounts.requests import BackOfficeRequest
from accounts.services import revisions
from common.back_office import ReadOnlyAdmin, moderate, offered_if

REVISION_COLOURS = {
    RevisionState.PENDING: "warning",
    RevisionState.APPROVED: "success",
    RevisionState.REJECTED: "danger",
}


def _waits(revision: TutorRevision) -> bool:
    return revision.state == RevisionState.PENDING and revision.tutor.user.deleted_at is None


@admin.register(TutorRevision)
class TutorRevisionAdmin(OfAnAccount, ReadOnlyAdmin):
    """Changes of approved profiles: beside the new words stand the approved ones."""

    account = "tutor.user"
    parties = ("tutor.user_id",)

    list_display = ["person", "shown_state", "shown_parts", "submitted_at", "decided_at"]
    list_select_related = ["tutor__user"]
    list_filter = ["state", "submitted_at", ("tutor__user__deleted_at", admin.EmptyFieldListFilter)]
    search_fields = ["tutor__user__email", "tutor__user__first_name", "tutor__user__last_name", "=id"]
    search_help_text = "Part of an address or a name, or a whole number."
    actions = ["approve_changes", "reject_changes"]
    inlines = [CertificationInline, EducationInline]
    fieldsets = [
        (None, {"fields": [("tutor", "state"), ("submitted_at", "decided_at"), ("decided_by", "reason")]}),
        ("New", {"fields": ["new_words", "lists"]}),
        ("Approved now", {"fields": ["approved_words"]}),
    ]

    def name_of(self, obj: TutorRevision) -> str:
        return f"{obj.tutor.user.display_name} ({obj.tutor.user.email})"

    @display(description="tutor", ordering="tutor__user__email")
    def person(self, revision: TutorRevision) -> str:
        return self.name_of(revision)

    @display(description="state", ordering="state", label=REVISION_COLOURS)
    def shown_state(self, revision: TutorRevision) -> tuple[str, str]:
        return revision.state, revision.get_state_display()

    @admin.display(description="parts")
    def shown_parts(self, revision: TutorRevision) -> str:
        return ", ".join(revision.parts)

    @admin.display(description="words")
    def new_words(self, revision: TutorRevision) -> str:
        return _in_lines(revision.words)

    @admin.display(description="words")
    def approved_words(self, revision: TutorRevision) -> str:
        return _in_lines({name: getattr(revision.tutor, name) for name in revision.words})

    @offered_if(_waits)
    @admin.action(description="Approve", permissions=["moderate"])
    def approve_changes(self, request: BackOfficeRequest, queryset: QuerySet) -> HttpResponse | None:
        def deed(revision: TutorRevision) -> None:
            revisions.approve(revision.pk, actor=request.user, now=timezone.now())

        return moderate(self, request, queryset, deed)

    @offered_if(_waits)
    @admin.action(description="Reject", permissions=["moderate"])
    def reject_changes(self, request: BackOfficeRequest, queryset: QuerySet) -> HttpResponse | None:
        def deed(revision: TutorRevision, *, reason: str) -> None:
            revisions.reject(revision.pk, actor=request.user, reason=reason, now=timezone.now())

        return moderate(self, request, queryset, deed, form_class=WithReasonForTutor)


def _in_lines(words: Mapping[str, Any]) -> str:
    return "\n".join(f"{name}: {value}" for name, value in words.items()) or "none"
