#!/usr/bin/env python
"""Django's command line for PeerLearn."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peerlearn.settings")
    if sys.argv[1:2] == ["serve"]:
        os.environ["PEERLEARN_SERVER"] = "asgi"  # before the settings are read: they choose how to reach the database

    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line
    from django.db import DatabaseError

    try:
        _ = settings.INSTALLED_APPS
    except (ImproperlyConfigured, OSError) as error:
        sys.exit(f"PeerLearn cannot start: {error}")
    try:
        execute_from_command_line(sys.argv)
    except DatabaseError:
        if complaint := database_complaint():
            sys.exit(complaint)
        raise


def database_complaint() -> str:
    """Why every command fails, in a sentence: the database cannot be reached, or lacks its tables. Empty: neither."""
    from django.core.management import CommandError

    from peerlearn import database

    try:
        database.refuse_unreachable()
        database.refuse_unapplied_migrations()
    except CommandError as error:
        return str(error)
    return ""


if __name__ == "__main__":
    main()
