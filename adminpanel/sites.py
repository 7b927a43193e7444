"""The back office as a whole."""

from functools import partial
from typing import Any

from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.views import PasswordChangeView
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse_lazy
from django.utils.functional import SimpleLazyObject
from unfold.forms import AdminOwnPasswordChangeForm
from unfold.sites import UnfoldAdminSite

from accounts.models import TutorProfile, User
from accounts.requests import BackOfficeRequest
from accounts.services import recovery
from adminpanel import search as find
from adminpanel.overview import overview
from adminpanel.permissions import may_view
from adminpanel.person import sections
from audit import services as audit
from common.back_office import BackOfficeAdmin, Offer
from common.client_address import client_address
from common.errors import DomainError
from common.filters import LARGEST_ID

# Pages of the menu that a search names.
MOST_PAGES = 5


class OwnPasswordForm(AdminOwnPasswordChangeForm):
    def clean_old_password(self) -> str:
        """Whether it is right, the service finds out: there, wrong ones count towards the lock."""
        return self.cleaned_data["old_password"]


class OwnPassword(PasswordChangeView):
    """Changing one's password here signs out every other device and is audited, as it is everywhere else."""

    request: BackOfficeRequest
    form_class = OwnPasswordForm
    template_name = "registration/password_change_form.html"
    success_url = reverse_lazy("admin:password_change_done")

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        try:
            user = recovery.change_password(
                self.request.user,
                current=form.cleaned_data["old_password"],
                new=form.cleaned_data["new_password1"],
                address=client_address(self.request),
            )
        except DomainError as error:
            form.add_error("old_password", error.message)
            return self.form_invalid(form)
        update_session_auth_hash(self.request, user)
        return HttpResponseRedirect(str(self.success_url))


class NamedChoices(AutocompleteJsonView):
    """What can be chosen is shown by the name that its own page calls it by."""

    model_admin: BackOfficeAdmin

    def get_queryset(self) -> QuerySet:
        related = self.model_admin.list_select_related
        found = super().get_queryset()
        return found if isinstance(related, bool) else found.select_related(*related)

    def serialize_result(self, obj: Any, to_field_name: str) -> dict[str, str]:
        return super().serialize_result(obj, to_field_name) | {"text": self.model_admin.name_of(obj)}


class BackOffice(UnfoldAdminSite):
    index_title = "Overview"
    index_template = "adminpanel/index.html"

    def extra_urls(self) -> list[URLPattern]:
        return [
            path("find/", self.admin_view(self.find), name="find"),
            path("person/<int:person_id>/", self.admin_view(self.person), name="person"),
        ]

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> Any:
        """Worked out when it is read: Django asks for it on every page, and ours show `navigation.sidebar` instead."""
        return SimpleLazyObject(partial(super().get_app_list, request, app_label))

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().index(request, overview(request) | (extra_context or {}))

    def search(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """What the menu's search box offers while somebody types: pages by their name, then what was found.

        Unlike unfold's own it keeps nothing: what is found changes, and so does what somebody may see.
        """
        words = request.GET.get("s", "").strip()
        if not words:
            return HttpResponse()
        hits = [hit for group in find.search(self, request, words) for hit in group.hits]
        results = self._search_apps(self.get_app_list(request), words.lower())[:MOST_PAGES] + hits
        return TemplateResponse(request, "unfold/helpers/search_results.html", {"results": results})

    def find(self, request: HttpRequest) -> HttpResponse:
        """The same search as a page of its own, which needs no script."""
        words = request.GET.get("q", "").strip()
        found = {"title": "Find", "words": words.replace("\0", ""), "groups": find.search(self, request, words)}
        return TemplateResponse(request, "adminpanel/found.html", self.each_context(request) | found)

    def person(self, request: BackOfficeRequest, person_id: int) -> HttpResponse:
        """Everything about somebody. That it was looked at is on record."""
        if not may_view(request, User):
            raise PermissionDenied
        if person_id > LARGEST_ID:
            raise Http404
        somebody = get_object_or_404(User.objects.select_related("tutor_profile", "student_profile"), pk=person_id)
        with request.user.deputised():
            audit.record("account.examined", actor=request.user, obj=somebody)
        parts = sections(request, somebody)
        context = {
            "title": somebody.full_name or somebody.email,
            "person": somebody,
            "groups": ", ".join(somebody.groups.order_by("name").values_list("name", flat=True)),
            "full": [section for section in parts if section.lines],
            "empty": [section for section in parts if not section.lines],
            "sees_tutor": may_view(request, TutorProfile),
            "offers": self._offers(request, somebody),
        }
        return TemplateResponse(request, "adminpanel/person.html", self.each_context(request) | context)

    def _offers(self, request: HttpRequest, person: User) -> list[tuple[str, Any, Any, list[Any], str]]:
        """What may be done with the account, and with the tutor's side of it, as on their own pages."""
        sides = [("Account", person), ("Tutor", getattr(person, "tutor_profile", None))]
        offers = [(title, side, self._offer(request, side)) for title, side in sides if side]
        return [(title, side, side._meta, *offer) for title, side, offer in offers if any(offer)]

    def _offer(self, request: HttpRequest, side: Any) -> Offer:
        page: Any = self.get_model_admin(type(side))
        return page.offer(request, side)

    def autocomplete_view(self, request: HttpRequest) -> HttpResponseBase:
        return NamedChoices.as_view(admin_site=self)(request)

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:
        context = self.each_context(request) | (extra_context or {})
        return OwnPassword.as_view(extra_context=context)(request)
