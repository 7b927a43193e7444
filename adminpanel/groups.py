"""The groups of the staff, and what each sees and does in the back office: docs/back-office.md as code.

Who may change a model may also look at it, edit what its page lets be edited, and take its actions. The groups are
written anew after every migration, so that the table below is what holds.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.apps import apps
from django.contrib.auth import get_permission_codename
from django.contrib.auth.models import Group, Permission
from django.db.models import Q
from django.db.models.signals import post_migrate


class Rights(NamedTuple):
    """Models by their labels."""

    changes: frozenset[str]
    views: frozenset[str]
    adds: frozenset[str] = frozenset()


def _of(**models: str) -> frozenset[str]:
    return frozenset(f"{app}.{model}" for app, names in models.items() for model in names.split())


GROUPS: Mapping[str, Rights] = {
    "Moderators": Rights(
        changes=_of(
            accounts="user tutorprofile tutorrevision",
            sessions_app="tutoringsession conflictreport",
            bookings="review reviewreport",
            messaging="report",
        ),
        views=_of(
            accounts="studentprofile",
            sessions_app="participant waitlistentry sessionrating qualityreview material recording",
            bookings="booking",
            courses="course module enrolment",
            messaging="conversation attachment block",
            catalog="subject language",
            audit="auditentry",
        ),
    ),
    "Support": Rights(
        changes=_of(
            accounts="user tokenfamily",
            bookings="booking",
            sessions_app="waitlistentry",
            support="ticket",
            notifications="delivery",
        ),
        views=_of(
            accounts="tutorprofile studentprofile learnersettings outgoingmail",
            sessions_app="tutoringsession participant conflictreport guardianmail",
            bookings="package packagepurchase weeklyhours dateoverride timeoff bookingterms reminder calendarmail",
            courses="course enrolment",
            payments="payment refund dispute",
            notifications="notification notificationpreferences",
            support="feedback",
            catalog="subject",
        ),
    ),
    "Finance": Rights(
        changes=_of(
            bookings="packagepurchase", payments="payment dispute payout payoutaccount adjustment providerevent"
        ),
        views=_of(
            accounts="user tutorprofile",
            bookings="booking package",
            payments="refund earning fee providercall posting ledgerline",
        ),
        adds=_of(payments="adjustment payoutaccount"),
    ),
}


def establish(**_signal: Any) -> None:
    """Make each group what the table says; who is in it stays. Safe to repeat."""
    for name, rights in GROUPS.items():
        group, _ = Group.objects.get_or_create(name=name)
        group.permissions.set(_permissions(rights))


def establish_after_migrations() -> None:
    """The last app with models: by then every model has its permissions."""
    last = [config for config in apps.get_app_configs() if config.models_module][-1]
    post_migrate.connect(establish, sender=last, dispatch_uid="adminpanel.groups")


def _permissions(rights: Rights) -> list[Permission]:
    wanted = Q()
    for verb, labels in (("change", rights.changes), ("view", rights.changes | rights.views), ("add", rights.adds)):
        for label in labels:
            options = apps.get_model(label)._meta
            wanted |= Q(content_type__app_label=options.app_label, codename=get_permission_codename(verb, options))
    return list(Permission.objects.filter(wanted))
