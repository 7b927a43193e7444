"""What all pages of the back office share: nothing is deleted, and whoever moderates is asked first.

Moderators act through the same services as everybody else; what a service refuses is shown as a message.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from operator import attrgetter
from typing import Any, NamedTuple

from django import forms
from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import unquote
from django.contrib.auth import get_permission_codename
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.http import url_has_allowed_host_and_scheme
from unfold.admin import ModelAdmin, TabularInline
from unfold.widgets import UnfoldAdminTextareaWidget

from common.errors import DomainError, Forbidden
from common.opened import AsOpened

# More than a person can have looked at; each is a transaction of its own.
MOST_AT_ONCE = 200
LONGEST_SEARCH = 200
# How soon a moderator should have decided about what was reported (R-REV-7).
DECIDED_WITHIN = timedelta(hours=72)
PARTY = "You are a party to this: leave it to a colleague."
LOOKUPS = {"exact", "in", "isnull", "isempty", "lt", "lte", "gt", "gte"}


class Offer(NamedTuple):
    """What somebody may do with an object now: `actions` as Django has them, or `refusal`, why it is for others."""

    actions: list[Any]
    refusal: str


class Confirmation(forms.Form):
    """Nothing but the question whether to do it. The answers to further fields go to the deed by name."""


class WithReason(Confirmation):
    reason = forms.CharField(
        max_length=500,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text="Kept in the audit log for ever: put no personal data here.",
    )


class SturdyAdmin(ModelAdmin):
    """What Django's own pages would fail over: made-up keys, lookups that a database refuses, a service's refusal,
    somebody else's changes to what is being changed.
    """

    change_form_before_template = "back_office/opened.html"

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Only what filters ask. A regular expression may keep the database busy for ever, the year -1 is an error."""
        _, _, operator = lookup.rpartition("__")
        is_asked = operator == lookup or operator in LOOKUPS or lookup in self.list_filter
        return is_asked and self._is_shown(lookup) and super().lookup_allowed(lookup, value, request)

    def _is_shown(self, lookup: str) -> bool:
        """Whether a column of the list, or one that it can be filtered by, is asked for: comparing what nobody shows
        (a password's hash, a secret, private words) with one text after the other spells it out.
        """
        name = lookup.partition("__")[0]
        hidden = {column.name for column in self.opts.concrete_fields if not column.is_relation} - {self.opts.pk.name}
        filters = (each[0] if isinstance(each, tuple | list) else each for each in self.list_filter)
        offered = {each.partition("__")[0] for each in filters if isinstance(each, str)}
        return name not in hidden or name in self.list_display or name in offered

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
            if request.method != "POST" or object_id is None:
                return super().changeform_view(request, object_id, form_url, extra_context)
            with transaction.atomic():
                if obj := self.get_object(request, unquote(object_id)):
                    self.hold(obj)
                return super().changeform_view(request, object_id, form_url, extra_context)
        except DomainError as error:
            return self._refused(request, error)

    def hold(self, obj: Any) -> None:
        """Lock what is to be saved before it is compared with what the page showed: what the service behind
        `save_model` locks first, so that there is one order and no deadlock.
        """
        lock(self.model, obj.pk)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        if not (change and self.has_change_permission(request, obj)):
            return form
        return type(form.__name__, (AsOpened, form), {})

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
    change the model, one with `permissions=["administer"]` to admins alone. Staff that is no admin acts as an admin's
    deputy. Whom an object concerns only looks on (`refusal`), and an object's page offers what its state allows
    (`offered_if`); whether this very thing can be done, the service decides.
    """

    # Where an object says whom it is about, such as `tutor.user_id`: who is a party leaves it to a colleague.
    parties: tuple[str, ...] = ()

    change_form_outer_before_template = "back_office/actions_here.html"

    def name_of(self, obj: Any) -> str:
        """What a moderator recognises the object by."""
        return str(obj)

    def refusal(self, user: Any, obj: Any) -> str:
        """Why `user` may do nothing to the object, whatever it is; empty where they may. Every way to change something
        asks here: actions, the forms of new and of old objects.
        """
        return PARTY if any(attrgetter(path)(obj) == user.pk for path in self.parties) else ""

    def offer(self, request: HttpRequest, obj: Any) -> Offer:
        actions = list(self.get_actions(request).values())
        if not actions and not self.has_change_permission(request):
            return Offer([], "")  # who only looks on anyway needs no reason
        possible = [action for action in actions if self.is_possible(request, action[0], obj)]
        return Offer(possible, self.refusal(request.user, obj))

    def is_possible(self, request: HttpRequest, action: Callable[..., object], obj: Any) -> bool:
        """Whether the object is in a state for the action, and this person may take it there."""
        return not self.refusal(request.user, obj) and getattr(action, "offered_if", _always)(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        may = super().has_change_permission(request, obj)
        return may and (obj is None or not self.refusal(request.user, obj))

    def has_moderate_permission(self, request: HttpRequest) -> bool:
        codename = get_permission_codename("change", self.opts)
        return request.user.has_perm(f"{self.opts.app_label}.{codename}")

    def has_administer_permission(self, request: HttpRequest) -> bool:
        return request.user.is_superuser

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if request.method != "POST":
            return super().changeform_view(request, object_id, form_url, extra_context)
        if object_id and (refusal := self._refusal_of_changes(request, object_id)):
            return self._refused(request, Forbidden(refusal))
        # Django asks for the permission to add or change before it saves.
        with _deputised(request):
            return super().changeform_view(request, object_id, form_url, extra_context)

    def save_form(self, request: HttpRequest, form: forms.ModelForm, change: bool) -> Any:
        """Whom a new object concerns is known once its form is filled in."""
        obj = super().save_form(request, form, change)
        if refusal := self.refusal(request.user, obj):
            raise Forbidden(refusal)
        return obj

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, obj: Any = None, **kwargs: Any
    ) -> HttpResponse:
        if obj is not None:
            offer = self.offer(request, obj)
            context |= {"actions_here": offer.actions, "refusal": offer.refusal}
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def _refusal_of_changes(self, request: HttpRequest, object_id: str) -> str:
        """In words where Django would only say 403: the page may have been opened before."""
        if not self.has_change_permission(request):
            return ""
        obj = self.get_object(request, unquote(object_id))
        return "" if obj is None else self.refusal(request.user, obj)


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


def offered_if(state: Callable[[Any], bool]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Mark an action that only objects in such a state are offered: what the service would refuse is no button."""

    def mark(action: Callable[..., Any]) -> Callable[..., Any]:
        action.offered_if = state  # type: ignore[attr-defined]
        return action

    return mark


def lock(model: type[Model], key: Any) -> None:
    """A row until the transaction ends; not against foreign keys. None that is gone."""
    model._default_manager.select_for_update(no_key=True).filter(pk=key).first()


def _always(obj: Any) -> bool:
    return True


def moderate(
    page: BackOfficeAdmin,
    request: HttpRequest,
    chosen: QuerySet,
    deed: Callable[..., object],
    *,
    form_class: type[Confirmation] = Confirmation,
) -> HttpResponse | None:
    """The body of an action: ask on a page of its own, then call `deed(obj, **answers)` for each of the chosen.

    Whoever is here may act: Django runs no action without its permission. A refusal (DomainError) of one is reported
    and does not hold up the others.
    """
    if chosen.count() > MOST_AT_ONCE:
        page.message_user(request, f"Choose {MOST_AT_ONCE} at most at a time.", messages.WARNING)
        return None
    form = form_class(request.POST) if "confirmed" in request.POST else form_class()
    if not form.is_valid():
        return _ask(page, request, chosen, form)
    done = 0
    for obj in chosen:
        if refusal := page.refusal(request.user, obj):
            page.message_user(request, f"{page.name_of(obj)}: {refusal}", messages.WARNING)
            continue
        try:
            with _deputised(request):
                deed(obj, **form.cleaned_data)
        except DomainError as error:
            page.message_user(request, f"{page.name_of(obj)}: {error.message}", messages.WARNING)
        else:
            done += 1
    if done:
        page.message_user(request, f"{_description(page, request)}: done for {done}.", messages.SUCCESS)
    return HttpResponseRedirect(back) if (back := _back(request)) else None


def _ask(page: BackOfficeAdmin, request: HttpRequest, chosen: QuerySet, form: Confirmation) -> HttpResponse:
    action = page.get_actions(request)[chosen_action(request)][0]
    possible = [obj for obj in chosen if page.is_possible(request, action, obj)]
    context = page.admin_site.each_context(request) | {
        "title": _description(page, request),
        "opts": page.opts,
        "chosen": [page.name_of(obj) for obj in possible],
        "left_out": [page.name_of(obj) for obj in chosen if obj not in possible],
        "form": form,
        "action": chosen_action(request),
        "back": _back(request),
        "keys": request.POST.getlist(ACTION_CHECKBOX_NAME),
        "select_across": request.POST.get("select_across", "0"),
    }
    return TemplateResponse(request, "back_office/confirm.html", context)


def _deputised(request: HttpRequest) -> AbstractContextManager[None]:
    """Whom Django let act here, the services take for an admin: `accounts.models.User.deputised`."""
    user: Any = request.user
    return user.deputised()


def _back(request: HttpRequest) -> str:
    """The page that an action was chosen on, where it was not the list; of this site only."""
    back = request.POST.get("_back", "")
    return back if back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None) else ""


def _description(page: BackOfficeAdmin, request: HttpRequest) -> str:
    return str(page.get_actions(request)[chosen_action(request)][2])


def chosen_action(request: HttpRequest) -> str:
    """The action that Django runs: a list has two menus of them, and says which one was used."""
    chosen = request.POST.getlist("action")
    try:
        return chosen[int(request.POST.get("index", 0))]
    except (ValueError, IndexError):
        return chosen[0]
