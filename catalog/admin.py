from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from catalog import services
from catalog.models import Language, Subject
from catalog.reference import all_language_names
from common.back_office import BackOfficeAdmin, SturdyAdmin
from common.errors import DomainError


@admin.register(Subject)
class SubjectAdmin(SturdyAdmin):
    list_display = ["name", "category", "updated_at"]
    list_filter = ["category"]
    search_fields = ["name", "category"]

    def save_model(self, request: HttpRequest, obj: Subject, form: Any, change: bool) -> None:
        if change:
            services.update_subject(obj.pk, form.cleaned_data, actor=request.user)
        else:
            obj.pk = services.create_subject(**form.cleaned_data, actor=request.user).pk

    def delete_model(self, request: HttpRequest, obj: Subject) -> None:
        services.delete_subject(obj.pk, actor=request.user)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet) -> None:
        for subject in queryset:
            try:
                self.delete_model(request, subject)
            except DomainError as error:
                self.message_user(request, f"{subject}: {error.message}", messages.WARNING)


@admin.register(Language)
class LanguageAdmin(BackOfficeAdmin):
    """What was decided about languages. A row is never deleted: it is emptied."""

    list_display = ["code", "name", "usual_name", "is_active", "updated_at"]
    list_filter = ["is_active"]
    search_fields = ["code", "name"]

    @admin.display(description="usual name")
    def usual_name(self, language: Language) -> str:
        return all_language_names()[language.code]

    def get_readonly_fields(self, request: HttpRequest, obj: Language | None = None) -> list[str]:
        return ["code"] if obj else []

    def save_model(self, request: HttpRequest, obj: Language, form: Any, change: bool) -> None:
        said = dict(form.cleaned_data)
        code = obj.code if change else said.pop("code").lower()
        obj.pk = services.decide_language(code, said, actor=request.user).language.pk
