from django.apps import AppConfig
from django.contrib.admin import apps as admin
from django.db.models.signals import post_migrate


class BackOfficeConfig(admin.AdminConfig):
    """Django's admin with a site of our own."""

    default = False
    default_site = "adminpanel.sites.BackOffice"


class AdminPanelConfig(AppConfig):
    default = True
    name = "adminpanel"
    verbose_name = "Back office"

    def ready(self) -> None:
        from adminpanel.analytics import triggers
        from adminpanel.groups import establish_after_migrations

        post_migrate.connect(triggers.after_migrate, sender=self)
        establish_after_migrations()
