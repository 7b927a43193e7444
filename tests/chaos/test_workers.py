"""Work outside the request, done by real Celery workers."""

import re
import sys
from collections import Counter

import pytest

from accounts.models import OutgoingMail
from accounts.services import recovery, registration
from common.models import DueWork
from tests.chaos.load import until
from tests.support.server import running_site

pytestmark = pytest.mark.redis
MAILS = 12


def register_people() -> None:
    for number in range(MAILS):
        registration.register(email=f"worker{number}@example.com", password="a-good-password")


def ask_again() -> None:
    """Too soon after the first mail: nothing may go out."""
    recovery.request_verification("worker0@example.com")


def outcomes() -> dict[str, int]:
    return dict(Counter(OutgoingMail.objects.exclude(state=DueWork.State.DUE).values_list("outcome", flat=True)))


async def test_the_one_command_works_off_what_is_due_with_redis_too(tmp_path, redis):
    with running_site(tmp_path, redis_url=redis.url) as site:
        server = site.serve(tick=True)
        site.call(register_people)

        async def all_sent() -> bool:
            return site.call(outcomes).get("sent", 0) >= MAILS

        await until(all_sent, seconds=60, what="the sending of the mails")
        assert server.stop() == 0


async def test_two_workers_send_each_mail_once_and_the_beat_finds_what_no_message_told_of(tmp_path, redis):
    with running_site(tmp_path, redis_url=redis.url) as site:
        # Nobody is there to hear the first messages, and they are lost; what the rows say is not.
        site.call(register_people)
        redis.stop()
        redis.start()
        celery = [sys.executable, "-m", "celery", "--app", "peerlearn"]
        for name in ("one", "two"):
            site._start([*celery, "worker", "--concurrency", "1", "--hostname", name], answers=False)
        site._start([*celery, "beat", "--schedule", str(tmp_path / "beat")], answers=False)

        async def all_sent() -> bool:
            return site.call(outcomes).get("sent", 0) >= MAILS

        await until(all_sent, seconds=90, what="the sending of the mails")
        site.call(ask_again)

        async def answered() -> bool:
            return "suppressed: asked too often" in site.call(outcomes)

        await until(answered, seconds=60, what="the second request")

        # Two workers may take the same second and the same name: then one file has the mails of both.
        mails = "\n".join(file.read_text() for file in (tmp_path / "mail").iterdir())
        told = re.findall(r"^To: (\S+)$", mails, re.MULTILINE)
        assert Counter(told) == {f"worker{n}@example.com": 1 for n in range(MAILS)}
        assert site.call(outcomes) == {"sent": MAILS, "suppressed: asked too often": 1}
