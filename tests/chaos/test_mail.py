"""Mails while workers are killed (goal R10), and while mail server or push service hang (goal R20)."""

import asyncio
import re
import socket
import sys
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import transaction

from accounts.models import User
from common import work
from notifications.models import Delivery
from notifications.services import Notice, notify, push
from tests.chaos.load import ask, clients, report, until
from tests.peerlearn.processes import command
from tests.support import world
from tests.support.browsers import KEYS, PUBLIC_ENDPOINT
from tests.support.figures import figure
from tests.support.server import running_site

MAILS = figure(500, 150)
FEWER = figure(150, 60)
KILLS = figure(20, 2)
JOINS = 40


@transaction.atomic
def tell_everybody(count: int) -> None:
    """One notification each, in one transaction; the workers do the rest."""
    people = world.make_students(count=count)
    notify(
        [
            Notice(
                recipient_id=person["id"],
                kind="booking_confirmed",
                title="Booking Confirmed",
                message="It is confirmed.",
                dedupe_key="killed:1",
            )
            for person in people
        ]
    )


def sent() -> int:
    return Delivery.objects.filter(outcome="sent").count()


def pushed() -> int:
    return Delivery.objects.filter(channel="push", outcome="sent").count()


def log() -> list[dict]:
    return list(Delivery.objects.order_by("pk").values("pk", "state", "outcome", "attempts", "recipient__email"))


def copies_of(folder: Path) -> Counter:
    """How often each mail reached the mail server, by its Message-ID; a mail that was cut off in the middle counts."""
    ids: Counter = Counter()
    for file in folder.iterdir():
        ids.update(re.findall(r"^Message-ID: <delivery-(\d+)@", file.read_text(errors="replace"), re.MULTILINE))
    return ids


async def kill_and_go_on(site, start, *, mails: int) -> None:
    """Kill what `start` starts again and again in the middle of its work, then let one finish it."""
    for kill in range(KILLS):
        worker = start()
        enough = mails * (kill + 1) // (KILLS + 2)

        async def has_begun(enough: int = enough) -> bool:
            return site.call(sent) >= enough

        await until(has_begun, what="the sending of some mails")
        worker.kill()
    start()

    async def all_sent() -> bool:
        return site.call(sent) == mails

    await until(all_sent, what="the sending of all mails")


def assert_each_once_or_tried_again(site, folder: Path, *, mails: int) -> None:
    copies, rows = copies_of(folder), site.call(log)
    again = [row for row in rows if row["attempts"] > 1]
    print(f"{len(rows)} mails, {len(again)} tried again, {sum(copies.values()) - len(copies)} sent a second time")
    assert len(rows) == len(copies) == mails
    assert {(row["state"], row["outcome"]) for row in rows} == {("done", "sent")}
    # The log explains every copy: none was sent more often than it was tried, and few had to be.
    assert [row for row in rows if copies[str(row["pk"])] > row["attempts"]] == []
    assert len(again) <= KILLS * 2


ENGINES = pytest.mark.parametrize("engine", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])


@ENGINES
@pytest.mark.redis
async def test_killed_celery_workers_send_each_mail_once_or_try_it_again(tmp_path, redis, engine):
    with running_site(tmp_path, engine=engine, redis_url=redis.url, PEERLEARN_WORK_LEASE_SECONDS="2") as site:
        celery = [sys.executable, "-m", "celery", "--app", "peerlearn"]
        site._start([*celery, "beat", "--schedule", str(tmp_path / "beat")], answers=False)
        site.call(tell_everybody, MAILS)

        worker = [*celery, "worker", "--concurrency", "2", "--without-mingle", "--without-gossip"]
        await kill_and_go_on(site, lambda: site._start(worker, answers=False), mails=MAILS)

        assert_each_once_or_tried_again(site, tmp_path / "mail", mails=MAILS)


@ENGINES
async def test_without_redis_a_killed_tick_does_so_too(tmp_path, engine):
    with running_site(tmp_path, engine=engine, PEERLEARN_WORK_LEASE_SECONDS="2") as site:
        site.call(tell_nobody_yet, FEWER)

        await kill_and_go_on(site, lambda: site._start(command("tick"), answers=False), mails=FEWER)

        assert_each_once_or_tried_again(site, tmp_path / "mail", mails=FEWER)


def tell_nobody_yet(count: int) -> None:
    """As above, but nothing is woken after the commit, as if that process had died too."""
    work.wake = lambda *_: None
    tell_everybody(count)


@contextmanager
def hanging_server():
    """Takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=128) as server:
        yield server.getsockname()[1]


async def join_while_something_hangs(site, server, *, broken: str) -> None:
    """Twenty seats, forty students: everybody is answered as usual, and the broken part is named."""
    host = site.call(world.make_tutors, count=1)[0]
    if broken == "push":
        site.call(subscribe, host["id"])
    session = site.call(world.make_session, host["id"], seats=20)
    students = site.call(world.make_students, count=JOINS)
    async with clients(server.url) as client:
        answers = []
        for student in students:
            answers.append(await ask(client, "POST", f"/api/sessions/{session}/join", student))
            await asyncio.sleep(0.05)

        async def is_named() -> bool:
            services = (await ask(client, "GET", "/api/health/services")).body
            return (services["status"], services["services"][broken]) == ("degraded", "down")

        await until(is_named, what=f"the naming of {broken}")

    report(f"joining while {broken} hangs", answers)
    assert Counter(answer.status for answer in answers) == {201: 20, 400: 20}
    # The server lets a mail or a push wait for ten seconds; no request waited for one.
    assert max(answer.seconds for answer in answers) < 5
    assert site.call(world.notification_count, "session_joined") == 20


def subscribe(user: int) -> None:
    """A browser of the host's that wants to be pushed to."""
    push.subscribe(User.objects.get(pk=user), endpoint=PUBLIC_ENDPOINT, **KEYS)


async def test_a_mail_server_that_hangs_slows_nobody_and_is_named(tmp_path):
    with hanging_server() as port, running_site(tmp_path, EMAIL_URL=f"smtp://127.0.0.1:{port}") as site:
        await join_while_something_hangs(site, site.serve(tick=True), broken="mail")

        assert site.call(sent) == 0


async def test_a_push_service_that_hangs_slows_nobody_and_is_named(tmp_path):
    with hanging_server() as port, running_site(tmp_path, HANGING_PORT=str(port)) as site:
        await join_while_something_hangs(site, site.serve(module="tests.chaos.near_pushes"), broken="push")

        assert site.call(pushed) == 0
