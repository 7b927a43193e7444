"""People in the back office. What changes somebody's rights or access goes through `accounts.services.moderation`."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters
from unfold.decorators import display
from unfold.forms import UserCreationForm
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from accounts.admin.staff import OfAnAccount
from accounts.errors import AccountErased
from accounts.models import FavouriteTutor, LearnerSettings, OutgoingMail, Role, StudentProfile, TokenFamily, User
from accounts.requests import BackOfficeRequest
from accounts.services import moderation, staff
from accounts.services.guardians import guardian_of
from accounts.validators import parse_phone, validate_currency
from common.back_office import Confirmation, ReadOnlyAdmin, WithReason, moderate, offered_if
from common.models import DueWork

AGE = "Age"
ROLE_COLOURS = {Role.ADMIN: "danger", Role.TUTOR: "info", Role.STUDENT: "success"}
STATE_COLOURS = {DueWork.State.DUE: "warning", DueWork.State.DONE: "success", DueWork.State.DEAD: "danger"}


class NewAccount(UserCreationForm):
    """An account that an admin makes, with a password or without one."""

    usable_password = UserCreationForm.base_fields["usable_password"]
    usable_password.help_text = "Without one, send the owner a link to set it."

    class Meta:
        model = User
        fields = ["email", "role", "first_name", "last_name", "timezone", "is_verified"]
        field_classes: dict[str, type] = {}


class Details(forms.ModelForm):
    class Meta:
        model = User
        fields = ["first_name", "last_name", "phone", "birth_date", "timezone", "currency"]
        # The browser's own field: the calendar of Django's is a link without a name.
        widgets: ClassVar[dict[str, Any]] = {"birth_date": UnfoldAdminTextInputWidget(attrs={"type": "date"})}

    def clean_phone(self) -> str:
        phone = self.cleaned_data["phone"]
        return parse_phone(phone) if phone else ""

    def clean_currency(self) -> str:
        validate_currency(self.cleaned_data["currency"])
        return self.cleaned_data["currency"]


class NewRole(Confirmation):
    role = forms.ChoiceField(
        choices=Role, widget=UnfoldAdminSelectWidget(), help_text="An admin may open the back office and do everything."
    )


class StaffGroups(Confirmation):
    groups = forms.ModelMultipleChoiceField(
        Group.objects.order_by("name"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="What each of them sees and does is in docs/back-office.md. None: no staff.",
    )


def _is_restorable(user: User) -> bool:
    return moderation.why_not_restored(user, timezone.now()) is None


@admin.register(User)
class UserAdmin(OfAnAccount):
    parties = ("pk",)
    form = Details
    add_form = NewAccount
    list_display = ["email", "full_name", "shown_role", "is_active", "is_verified", "timezone", "created_at"]
    list_filter = ["role", "is_active", "is_verified", "is_staff", "groups", "created_at"]
    search_fields = ["email", "first_name", "last_name", "=id"]
    search_help_text = "Part of an address or a name, or a whole number."
    actions = [
        *("verify", "send_reset_link", "sign_out", "change_role", "set_groups"),
        *("deactivate", "reactivate", "close_account", "restore"),
    ]
    fieldsets = [
        (None, {"fields": ["email", ("first_name", "last_name"), "phone", ("timezone", "currency")]}),
        (AGE, {"fields": ["birth_date", "shown_guardian"]}),
        (
            "Access",
            {
                "fields": [
                    ("role", "is_staff"),
                    "shown_groups",
                    ("is_active", "is_verified"),
                    ("last_login", "token_version"),
                    ("created_at", "updated_at"),
                    ("onboarded_at", "deleted_at"),
                ]
            },
        ),
    ]
    readonly_fields = [
        "email", "role", "is_staff", "shown_groups", "shown_guardian", "is_active", "is_verified", "last_login",
        "token_version", "created_at", "updated_at", "onboarded_at", "deleted_at",
    ]  # fmt: skip
    add_fieldsets = [
        (None, {"fields": ["email", "role", ("first_name", "last_name"), "timezone", "is_verified"]}),
        ("Password", {"fields": ["usable_password", "password1", "password2"]}),
    ]

    def refusal(self, user: Any, obj: User) -> str:
        return super().refusal(user, obj) or (AccountErased.message if obj.erased_at else "")

    @display(description="role", ordering="role", label=ROLE_COLOURS)
    def shown_role(self, user: User) -> tuple[str, str]:
        return user.role, user.get_role_display()

    @display(description="groups of the staff")
    def shown_groups(self, user: User) -> str:
        return ", ".join(user.groups.order_by("name").values_list("name", flat=True)) or "none"

    @display(description="guardian")
    def shown_guardian(self, user: User) -> str:
        guardian = guardian_of(user)
        return f"{guardian.name} ({guardian.email})" if guardian else "none"

    def get_form(self, request: HttpRequest, obj: User | None = None, change: bool = False, **kwargs: Any) -> Any:
        return super().get_form(request, obj, change, **({} if obj else {"form": self.add_form}), **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        """How old somebody is and who their guardian is are shown to admins alone."""
        shown = super().get_fieldsets(request, obj)
        if request.user.is_authenticated and request.user.role == Role.ADMIN:
            return shown
        return [part for part in shown if part[0] != AGE]

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        return self.readonly_fields if obj else []

    @method_decorator(sensitive_post_parameters())
    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict | None = None) -> HttpResponse:
        return super().add_view(request, form_url, extra_context)

    def save_model(self, request: BackOfficeRequest, obj: User, form: forms.ModelForm, change: bool) -> None:
        if change:
            changes = {name: form.cleaned_data[name] for name in form.changed_data}
            moderation.correct_details(obj.pk, changes, actor=request.user)
        else:
            moderation.create_account(obj, actor=request.user)

    @offered_if(lambda user: not user.is_verified)
    @admin.action(description="Mark as verified", permissions=["moderate"])
    def verify(self, request: BackOfficeRequest, queryset: QuerySet) -> HttpResponse | None:
        return moderate(self, request, queryset, lambda user: moderation.mark_verified(user.pk, actor=request.user))

    @admin.action(description="Send a link to set a password", permissions=["moderate"])
    def send_reset_link(self, request: BackOfficeRequest, queryset: QuerySet) -> HttpResponse | None:
        return moderate(self, request, queryset, lambda user: moderation.send_reset_link(user.pk, actor=request.user))

    @admin.action(description="Sign out everywhere", permissions=["moderate"])
    def sign_out(self, request: BackOfficeRequest, queryset: QuerySet) -> HttpResponse | None:
        return moderate(
            self, request, queryset, lambda user: moderation.sign_out_everywhere(user.pk, actor=request.user)
        )

    @admin.action(description="Change the role", permissions=["administer"])
    def change_role(self, request: BackOfficeRequest, queryset: QuerySet) -> HttpResponse | None:
        def deed(user: User, *, role: str) -> None:
            moderation.change_role(user.pk, Role(role), actor=request.user)

        return moderate(self, request, queryset, deed, form_class=NewRole)

    @admin.action(description="Put into groups of the staff", permissions=["administer"])
    def set_groups(self, request: BackOfficeRequest, queryset: QuerySet) -> HttpResponse | None:
        def deed(user: User, *, groups: QuerySet[Group]) -> None:
            staff.set_groups(user.pk, groups, actor=request.user)

        return moderate(self, request, queryset, deed, form_class=StaffGroups)

    @offered_if(lambda user: user.is_active)
    @admin.action(description="Deactivate", permissions=["moderate"])
    def deactivate(self, request: BackOfficeRequest, queryset: QuerySet) -> HttpResponse | None:
        def deed(user: User, *, reason: str) -> None:
            moderation.deactivate(user.pk, actor=request.user, reason=reason)

        return moderate(self, request, queryset, deed, form_class=WithReason)

    @offered_if(lambda user: not user.is_active and _is_restorable(user))
    @admin.action(description="Reactivate", permissions=["moderate"])
    def reactivate(self, request: BackOfficeRequest, queryset: QuerySet) -> HttpResponse | None:
        def deed(user: User, *, reason: str) -> None:
            moderation.reactivate(user.pk, actor=request.user, reason=reason)

        return moderate(self, request, queryset, deed, form_class=WithReason)

    @offered_if(lambda user: user.deleted_at is None)
    @admin.action(description="Delete, to be restored for 30 days", permissions=["administer"])
    def close_account(self, request: BackOfficeRequest, queryset: QuerySet) -> HttpResponse | None:
        def deed(user: User, *, reason: str) -> None:
            moderation.soft_delete(user.pk, actor=request.user, reason=reason, now=timezone.now())

        return moderate(self, request, queryset, deed, form_class=WithReason)

    @offered_if(lambda user: user.deleted_at is not None and _is_restorable(user))
    @admin.action(description="Restore what was deleted", permissions=["moderate"])
    def restore(self, request: BackOfficeRequest, queryset: QuerySet) -> HttpResponse | None:
        def deed(user: User, *, reason: str) -> None:
            moderation.restore(user.pk, actor=request.user, reason=reason, now=timezone.now())

        return moderate(self, request, queryset, deed, form_class=WithReason)


@admin.register(StudentProfile)
class StudentProfileAdmin(ReadOnlyAdmin):
    list_display = ["person", "grade_level", "shown_interests", "preferred_language", "total_sessions", "created_at"]
    list_select_related = ["user"]
    list_filter = ["created_at"]
    search_fields = ["user__email", "user__first_name", "user__last_name"]

    @display(description="student", ordering="user__email")
    def person(self, profile: StudentProfile) -> str:
        return f"{profile.user.display_name} ({profile.user.email})"

    @display(description="interests")
    def shown_interests(self, profile: StudentProfile) -> str:
        return ", ".join(map(str, profile.interests))


@admin.register(LearnerSettings)
class LearnerSettingsAdmin(ReadOnlyAdmin):
    """How learners want the site to be. Who is not here has set nothing yet."""

    list_display = [
        *("user", "language", "theme"),
        *("show_to_peers", "share_interests", "show_on_leaderboards", "match_with_peers", "updated_at"),
    ]
    list_select_related = ["user"]
    list_filter = ["theme", "show_to_peers", "share_interests", "show_on_leaderboards", "match_with_peers"]
    search_fields = ["user__email"]


@admin.register(FavouriteTutor)
class FavouriteTutorAdmin(ReadOnlyAdmin):
    """Whom students want to find again."""

    list_display = ["student", "shown_tutor", "created_at"]
    list_select_related = ["student", "tutor__user"]
    list_filter = ["created_at"]
    search_fields = ["student__email", "tutor__user__email", "tutor__user__last_name"]

    @display(description="tutor", ordering="tutor__user__email")
    def shown_tutor(self, favourite: FavouriteTutor) -> str:
        return f"{favourite.tutor.user.display_name} ({favourite.tutor.user.email})"


@admin.register(TokenFamily)
class TokenFamilyAdmin(OfAnAccount, ReadOnlyAdmin):
    """Who is signed in where."""

    account = "user"
    parties = ("user_id",)

    list_display = ["user", "created_at", "expires_at", "revoked_at", "ip", "user_agent"]
    list_select_related = ["user"]
    list_filter = [("revoked_at", admin.EmptyFieldListFilter), "created_at"]
    search_fields = ["user__email", "ip"]
    actions = ["revoke"]

    def name_of(self, obj: TokenFamily) -> str:
        return f"{obj.user.email}, since {obj.created_at:%Y-%m-%d %H:%M} UTC, from {obj.ip or 'an unknown address'}"

    @offered_if(lambda family: family.revoked_at is None)
    @admin.action(description="Sign this device out", permissions=["moderate"])
    def revoke(self, request: BackOfficeRequest, queryset: QuerySet) -> HttpResponse | None:
        return moderate(self, request, queryset, lambda family: moderation.end_sign_in(family.pk, actor=request.user))


@admin.register(OutgoingMail)
class OutgoingMailAdmin(ReadOnlyAdmin):
    list_display = ["email", "kind", "shown_state", "attempts", "due_at", "outcome", "created_at"]
    list_filter = ["state", "kind", "created_at"]
    search_fields = ["email", "outcome"]

    @display(description="state", ordering="state", label=STATE_COLOURS)
    def shown_state(self, mail: OutgoingMail) -> tuple[str, str]:
        return mail.state, mail.get_state_display()
