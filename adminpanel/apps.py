from django.apps import AppConfig
from django.contrib.admin import apps as admin


class BackOfficeConfig(admin.AdminConfig):
    """Django's admin with a site of our own."""

    default = False
    default_site = "adminpanel.sites.BackOffice"


class AdminPanelConfig(AppConfig):
    default = True
    name = "adminpanel"
    verbose_name = "Back office"
