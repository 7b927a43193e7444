"""What all pages of the back office share: nothing is deleted, and whoever moderates is asked first.

Moderators act through the same services as everybody else; what a service refuses is shown as a message.
"""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth import get_permission_codename
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from unfold.admin import ModelAdmin, TabularInline
from unfold.widgets import UnfoldAdminTextareaWidget

from common.errors import DomainError

# More than a person can have looked at; each is a transaction of its own.
MOST_AT_ONCE = 200
LONGEST_SEARCH = 200
LOOKUPS = {"exact", "in", "isnull", "isempty", "lt", "lte", "gt", "gte"}


class Confirmation(forms.Form):
    """Nothing but the question whether to do it. The answers to further fields go to the deed by name."""


class WithReason(Confirmation):
    reason = forms.CharField(
        max_length=500,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text="Kept in the audit log for ever: put no personal data here.",
    )


class SturdyAdmin(ModelAdmin):
    """What Django's own pages would fail over: made-up keys, lookups that a database refuses, a service's refusal."""

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Only what filters ask. A regular expression may keep the database busy for ever, the year -1 is an error."""
        _, _, operator = lookup.rpartition("__")
        is_asked = operator == lookup or operator in LOOKUPS or lookup in self.list_filter
        return is_asked and super().lookup_allowed(lookup, value, request)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """PostgreSQL holds no NUL, so nothing can be found by one."""
        if len(request.GET.get("q", "")) > LONGEST_SEARCH:
            self.message_user(request, f"Search for {LONGEST_SEARCH} characters at most.", messages.WARNING)
            return HttpResponseRedirect(request.path)
        if any("\0" in value for values in request.GET.lists() for value in values[1]):
            self.message_user(request, "There is nothing with such a value.", messages.WARNING)
            return HttpResponseRedirect(request.path)
        return super().changelist_view(request, extra_context)

    def response_action(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        try:
            for key in request.POST.getlist(ACTION_CHECKBOX_NAME):
                self.opts.pk.clean(key, None)
        except ValidationError:
            self.message_user(request, "There is nothing with such a key.", messages.WARNING)
            return HttpResponseRedirect(request.get_full_path())
        return super().response_action(request, queryset)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except DomainError as error:
            return self._refused(request, error)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        try:
            return super().delete_view(request, object_id, extra_context)
        except DomainError as error:
            return self._refused(request, error)

    def _refused(self, request: HttpRequest, error: DomainError) -> HttpResponse:
        """The transaction of the form is rolled back by now."""
        self.message_user(request, error.message, messages.ERROR)
        return HttpResponseRedirect(request.get_full_path())


class BackOfficeAdmin(SturdyAdmin):
    """Rows are moderated, not deleted: what happened to people stays on record.

    An action with `permissions=["moderate"]` is offered in the list and on each object's own page, to those who may
    change the model; whether they may do this very thing, the service decides.
    """

    change_form_outer_before_template = "back_office/actions_here.html"

    def name_of(self, obj: Any) -> str:
        """What a moderator recognises the object by."""
        return str(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_moderate_permission(self, request: HttpRequest) -> bool:
        codename = get_permission_codename("change", self.opts)
        return request.user.has_perm(f"{self.opts.app_label}.{codename}")

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        here = {"actions_here": list(self.get_actions(request).values()) if object_id else []}
        return super().changeform_view(request, object_id, form_url, (extra_context or {}) | here)


class ReadOnlyAdmin(BackOfficeAdmin):
    """To be looked at, searched and moderated, but not edited."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class OnRecordInline(TabularInline):
    """To be looked at only."""

    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


def moderate(
    page: BackOfficeAdmin,
    request: HttpRequest,
    chosen: QuerySet,
    deed: Callable[..., object],
    *,
    form_class: type[Confirmation] = Confirmation,
) -> HttpResponse | None:
    """The body of an action: ask on a page of its own, then call `deed(obj, **answers)` for each of the chosen.

    A refusal (DomainError) of one is reported and does not hold up the others.
    """
    if chosen.count() > MOST_AT_ONCE:
        page.message_user(request, f"Choose {MOST_AT_ONCE} at most at a time.", messages.WARNING)
        return None
    form = form_class(request.POST) if "confirmed" in request.POST else form_class()
    if not form.is_valid():
        return _ask(page, request, chosen, form)
    done = 0
    for obj in chosen:
        try:
            deed(obj, **form.cleaned_data)
        except DomainError as error:
            page.message_user(request, f"{page.name_of(obj)}: {error.message}", messages.WARNING)
        else:
            done += 1
    if done:
        page.message_user(request, f"{_description(page, request)}: done for {done}.", messages.SUCCESS)
    return None


def _ask(page: BackOfficeAdmin, request: HttpRequest, chosen: QuerySet, form: Confirmation) -> HttpResponse:
    context = page.admin_site.each_context(request) | {
        "title": _description(page, request),
        "opts": page.opts,
        "chosen": [page.name_of(obj) for obj in chosen],
        "form": form,
        "action": chosen_action(request),
        "keys": request.POST.getlist(ACTION_CHECKBOX_NAME),
        "select_across": request.POST.get("select_across", "0"),
    }
    return TemplateResponse(request, "back_office/confirm.html", context)


def _description(page: BackOfficeAdmin, request: HttpRequest) -> str:
    return str(page.get_actions(request)[chosen_action(request)][2])


def chosen_action(request: HttpRequest) -> str:
    """The action that Django runs: a list has two menus of them, and says which one was used."""
    return request.POST.getlist("action")[int(request.POST.get("index", 0))]
