from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "api.core"
    label = "api"
    verbose_name = "API"
