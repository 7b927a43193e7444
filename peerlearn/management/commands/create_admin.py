import sys
from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from accounts.models import User
from accounts.models.user import normalise_email
from accounts.services import first_admin
from common.commands import NOTHING_CHANGED, add_dry_run
from common.errors import DomainError
from peerlearn import environment as env

# Domains that nobody owns: the demo accounts' and other people's examples.
RESERVED = ("example.com", "example.org", "example.net")


class Command(BaseCommand):
    help = (
        "Make an administrator. The password comes from PEERLEARN_ADMIN_PASSWORD or is asked for, never from the "
        "command line, which everybody on the machine can read. A weak one is refused, in production a demo address as "
        "well."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_dry_run(parser)
        parser.add_argument("--email", help="Or PEERLEARN_ADMIN_EMAIL in the environment.")
        parser.add_argument("--first-name", default="")
        parser.add_argument("--last-name", default="")
        parser.add_argument(
            "--if-missing", action="store_true", help="Do nothing, and end with 0, if that address is an admin's."
        )

    def handle(
        self, *, email: str | None, first_name: str, last_name: str, if_missing: bool, dry_run: bool, **options: Any
    ) -> None:
        address = _address(email)
        known = User.objects.filter(email=address).first()
        if known and if_missing and known.is_admin and known.is_active:
            self.stdout.write(f"{address} is an admin already; nothing was changed.")
            return
        if known:
            raise CommandError(f"{address} is somebody's already.")
        password = _password()
        try:
            first_admin.require_strong(password, email=address)
            if dry_run:
                self.stdout.write(f"{address} would be an admin. {NOTHING_CHANGED}")
                return
            first_admin.create_admin(email=address, password=password, first_name=first_name, last_name=last_name)
        except DomainError as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"{address} is an admin.")


def _address(given: str | None) -> str:
    address = normalise_email(given or env.text("PEERLEARN_ADMIN_EMAIL"))
    if not address:
        raise CommandError("Name the address with --email or PEERLEARN_ADMIN_EMAIL.")
    try:
        validate_email(address)
    except ValidationError:
        raise CommandError("This is no e-mail address.") from None
    if not settings.DEBUG and address.rpartition("@")[2] in RESERVED:
        raise CommandError("An address of an example domain is nobody's: not in production.")
    return address


def _password() -> str:
    password = env.text("PEERLEARN_ADMIN_PASSWORD")
    if password:
        return password
    if not sys.stdin.isatty():
        raise CommandError("Set PEERLEARN_ADMIN_PASSWORD, or run this on a terminal.")
    password = getpass("Password: ")
    if password != getpass("The same again: "):
        raise CommandError("These were two passwords.")
    return password
