"""The services that can hang: how each is made to, who goes on needing it, and what waits for it meanwhile."""

import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread
from typing import Any

from accounts.models import OutgoingMail, User
from notifications.models import Delivery
from notifications.services import push
from payments.models import Payment
from tests.chaos.load import Answer, ask
from tests.support.browsers import KEYS, PUBLIC_ENDPOINT
from tests.support.uploads import picture

# What `paying.make_requests` makes.
Lessons = list[dict[str, Any]]


@dataclass(frozen=True)
class Service:
    at: Callable[[int], dict[str, str]]
    """The environment of a site that looks for it at a port of this machine."""
    need: Callable[[Any, Lessons, int], Awaitable[Answer]]
    """One request of somebody who needs it; they are numbered."""
    waiting: Callable[[], int] | None = None
    """How much waits until it answers. Without: who needs it is told to come back."""
    prepare: Callable[[Lessons], None] | None = None
    """Runs beside the server, as `waiting` does."""
    worker: str = ""
    """What must be changed in the worker (`tests.support.changed`)."""


@contextmanager
def black_hole() -> Iterator[int]:
    """The port of a service that accepts and never answers."""
    listening = socket.create_server(("127.0.0.1", 0), backlog=1024)
    held = []

    def hold() -> None:
        while True:
            try:
                held.append(listening.accept()[0])
            except OSError:
                return

    Thread(target=hold, daemon=True).start()
    try:
        yield listening.getsockname()[1]
    finally:
        listening.close()
        for connection in held:
            connection.close()


# --- The payment provider -----------------------------------------------------------------------------------------


def _stripe_at(port: int) -> dict[str, str]:
    keys = {"STRIPE_SECRET_KEY": "sk_test_hanging", "STRIPE_WEBHOOK_SECRET": "whsec_hanging"}
    return keys | {"STRIPE_API_BASE": f"http://127.0.0.1:{port}"}


async def _pay(client: Any, lessons: Lessons, number: int) -> Answer:
    lesson = lessons[number % len(lessons)]
    body = {"bookingId": lesson["booking"]}
    return await ask(client, "POST", "/api/payments/create-intent", lesson["student"], json=body)


def payments_begun() -> int:
    return Payment.objects.filter(provider_id="").count()


# --- The mail server ----------------------------------------------------------------------------------------------


def _mail_server_at(port: int) -> dict[str, str]:
    return {"EMAIL_URL": f"smtp://127.0.0.1:{port}"}


async def _ask_for_mail(client: Any, lessons: Lessons, number: int) -> Answer:
    student = lessons[number % len(lessons)]["student"]
    return await ask(client, "POST", "/api/auth/forgot-password", json={"email": student["email"]})


def mails_due() -> int:
    return OutgoingMail.objects.filter(state=OutgoingMail.State.DUE).count()


# --- Push services ------------------------------------------------------------------------------------------------


def _push_service_at(port: int) -> dict[str, str]:
    return {"HANGING_PORT": str(port)}


def subscribe_tutors(lessons: Lessons) -> None:
    """Each has a browser that wants to be pushed to."""
    for tutor in User.objects.filter(pk__in=[lesson["tutor"]["id"] for lesson in lessons]):
        push.subscribe(tutor, endpoint=f"{PUBLIC_ENDPOINT}/{tutor.pk}", **KEYS)


async def _write(client: Any, lessons: Lessons, number: int) -> Answer:
    """To another tutor in each turn: of an unread thread nobody is told again."""
    turn, place = divmod(number, len(lessons))
    sender, recipient = lessons[place]["student"], lessons[(place + turn) % len(lessons)]["tutor"]
    body = {"recipient_id": recipient["id"], "message": f"Question {number}"}
    return await ask(client, "POST", "/api/messages", sender, json=body)


def pushes_due() -> int:
    return Delivery.objects.filter(channel=Delivery.Channel.PUSH, state=Delivery.State.DUE).count()


# --- The storage --------------------------------------------------------------------------------------------------


def _bucket_at(port: int) -> dict[str, str]:
    server = f"endpoint_url=http://127.0.0.1:{port}&region_name=eu-central-1"
    return {"PEERLEARN_STORAGE_URL": f"s3://key:secret@bucket?{server}"}


async def _upload(client: Any, lessons: Lessons, number: int) -> Answer:
    sent = {"file": ("me.png", picture(), "image/png")}
    student = lessons[number % len(lessons)]["student"]
    return await ask(client, "POST", "/api/users/me/avatar", student, files=sent)


SERVICES = {
    "payments": Service(_stripe_at, _pay, payments_begun),
    "mail": Service(_mail_server_at, _ask_for_mail, mails_due),
    "push": Service(_push_service_at, _write, pushes_due, subscribe_tutors, worker="tests.chaos.near_pushes"),
    "storage": Service(_bucket_at, _upload),
}
