import socket
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from contextlib import suppress
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, SystemCheckError
from django.db import connections

from common import redis
from peerlearn import children, database, demo
from peerlearn.demo import passwords

# What works beside the server ends within seconds when asked; one that hangs is not waited for.
HELPER_END_SECONDS = 5
# How many connections may wait to be accepted. With Twisted's 50 a burst of clients has some of them reset.
BACKLOG = 1024


class Command(BaseCommand):
    help = (
        "Serve HTTP and WebSockets on HOST:PORT, with one process beside them that does what must happen later: a "
        "Celery worker where there is Redis, else the periodic tasks. Ends gracefully on SIGTERM."
    )
    requires_system_checks: list[str] = []  # they can need the database, and its absence is to be said in a sentence

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--demo", action="store_true", help="First migrate, and load the demo data (debug only).")
        parser.add_argument("--no-tick", action="store_true", help="Workers run elsewhere: start nothing beside it.")

    def handle(self, *, no_tick: bool, **options: Any) -> None:
        try:
            self.start(with_demo=options["demo"], with_helper=not no_tick)
        except CommandError as error:
            sys.exit(f"PeerLearn cannot start: {error}")
        except KeyboardInterrupt:
            sys.exit(130)

    def start(self, *, with_demo: bool, with_helper: bool) -> None:
        host, port = settings.HOST, settings.PORT
        database.refuse_unreachable()
        refuse_used_port(host, port)
        if with_demo:
            self.prepare_demo()
        else:
            database.refuse_unapplied_migrations()
        if not settings.DEBUG:
            refuse_demo_passwords()
        self.refuse_wrong_settings()
        text = banner(host, port)
        connections.close_all()
        serve(host, port, with_helper=with_helper, when_ready=lambda: self.say(text))

    def refuse_wrong_settings(self) -> None:
        try:
            self.check(databases=["default"])
        except SystemCheckError as error:
            first = next(line for line in str(error).splitlines() if line.startswith("?:") or "E0" in line)
            raise CommandError(first.removeprefix("?: ").strip()) from None

    def say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()

    def prepare_demo(self) -> None:
        self.say("Preparing the database ...")
        call_command("migrate", interactive=False, verbosity=0)
        if settings.DEBUG:
            call_command("load_demo")
        else:
            self.say("Demo data are left out: PEERLEARN_DEBUG is false.")


# --- What keeps it from starting: one sentence each -----------------------------------------------------------------


def refuse_used_port(host: str, port: int) -> None:
    try:
        family, kind, protocol, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(where)
            probe.listen(1)
    except OSError as error:
        raise CommandError(cannot_listen(host, port, error.strerror or str(error))) from None


def cannot_listen(host: str, port: int, reason: str) -> str:
    advice = "set PORT to a free one, and HOST to an address of this machine."
    return f"Port {port} on {host} cannot be used ({reason}): {advice}"


def refuse_demo_passwords() -> None:
    if sentence := passwords.complaint():
        raise CommandError(sentence)


# --- What it says when it starts ----------------------------------------------------------------------------------


def banner(host: str, port: int) -> str:
    """Where to look, whom to log in as, and what the system stands on."""
    with suppress(ValueError):  # a name
        if ip_address(host).is_unspecified:
            host = "localhost"
    place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    site = f"http://{place}"
    accounts = {user.email: demo.ACCOUNTS[user.email] for user in passwords.accounts()} if settings.DEBUG else {}
    parts = {
        "Look at  ": [
            f"{site}/              what is here",
            f"{site}/docs          Swagger UI",
            f"{site}/redoc         ReDoc",
            f"{site}/admin/        back office",
            f"{site}/api/sessions  browsable API",
            f"ws://{place}/ws/{{user_id}}?token=...",
        ],
        "Stands on": [database.describe(), describe_channels(), describe_mail()],
        "Log in as": [f"{email:<20} {accounts[email]}" for email in demo.ACCOUNTS if email in accounts],
    }
    if not parts["Log in as"]:
        del parts["Log in as"]
    lines = ["", f"PeerLearn runs at {site} (Ctrl-C ends it)", ""]
    for title, (first, *others) in parts.items():
        lines += [f"  {title}  {first}", *(f"{'':13}{other}" for other in others), ""]
    return "\n".join([*lines, ""])


def describe_channels() -> str:
    if not settings.REDIS_URL:
        return "sockets, counters and tasks in this process (REDIS_URL is not set)"
    where = urlsplit(settings.REDIS_URL)
    try:
        redis.call("PING")
        state = ""
    except redis.RedisUnavailable:
        state = ", which does not answer at the moment"
    return f"Redis at {where.hostname or where.path}:{where.port or 6379}{state}"


def describe_mail() -> str:
    kind = settings.EMAIL_BACKEND.split(".")[-2]
    if kind == "console":
        return "e-mail on this console (EMAIL_URL is not set)"
    if kind == "filebased":
        return f"e-mail in the folder {settings.EMAIL_FILE_PATH}"
    return f"e-mail through {settings.EMAIL_HOST}:{settings.EMAIL_PORT}"


# --- Serving ------------------------------------------------------------------------------------------------------


def serve(host: str, port: int, *, with_helper: bool, when_ready: Callable[[], None]) -> None:
    """Run until SIGTERM or SIGINT; the process that works beside us ends with us, however we end.

    Daphne's own reading of forwarded headers stays off: it takes the leftmost address, which is the client's to make
    up. `common.client_address` reads the one that our proxy wrote.
    """
    from peerlearn.asgi import application
    from peerlearn.server import Server

    endpoint = f"tcp:port={port}:interface={host.replace(':', chr(92) + ':')}:backlog={BACKLOG}"
    server = Server(application, endpoints=[endpoint], ready_callable=when_ready)
    helper = children.start("work" if settings.REDIS_URL else "tick") if with_helper else None
    try:
        server.run()
    finally:
        if helper:
            children.end(helper, seconds=HELPER_END_SECONDS)
    if server.failure:
        raise CommandError(cannot_listen(host, port, server.failure))
