"""A server that logs all that its parts can say, short of debugging."""

from django.conf import settings


def change() -> None:
    for logger in [settings.LOGGING["root"], *settings.LOGGING["loggers"].values()]:
        logger["level"] = "INFO"
