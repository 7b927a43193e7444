"""The back office as a whole."""

from typing import Any

from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.views import PasswordChangeView
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse_lazy
from unfold.forms import AdminOwnPasswordChangeForm
from unfold.sites import UnfoldAdminSite

from accounts.requests import BackOfficeRequest
from accounts.services import recovery
from adminpanel.overview import overview
from common.back_office import BackOfficeAdmin
from common.client_address import client_address
from common.errors import DomainError


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

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().index(request, overview(request) | (extra_context or {}))

    def autocomplete_view(self, request: HttpRequest) -> HttpResponseBase:
        return NamedChoices.as_view(admin_site=self)(request)

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:
        context = self.each_context(request) | (extra_context or {})
        return OwnPassword.as_view(extra_context=context)(request)
