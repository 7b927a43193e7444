from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from catalog import services
from catalog.models import Subject
from common.back_office import SturdyAdmin
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
