"""The data that a new installation shows: people, subjects, sessions, courses and money, and three accounts to use.

`load` fills a database once. Everything is made up, follows from a fixed seed and lies around the moment of loading.
"""

from collections.abc import Callable
from datetime import datetime

from django.apps import apps
from django.conf import settings
from django.db import IntegrityError, transaction

from accounts.models import User
from audit.models import AuditEntry
from audit.services import record
from common.models import DueWork
from peerlearn.demo import courses, market, money, people, story, subjects, timetable
from peerlearn.demo.people import ACCOUNTS

__all__ = ["ACCOUNTS", "is_loaded", "load"]

LOADED = "demo.loaded"
STEPS = 8

Progress = Callable[[int, str], None]
"""Is told how many of the STEPS are done, and what comes next."""


def is_loaded() -> bool:
    """Whether the demo data are, or were, here, or one of their e-mail addresses is somebody's.

    The audit entry outlives them: who deletes the demo accounts does not get them back.
    """
    return (
        AuditEntry.objects.filter(action=LOADED).exists() or User.objects.filter(email__in=people.all_emails()).exists()
    )


def load(*, now: datetime, progress: Progress = lambda done, what: None) -> bool:
    """Write the demo data, all or nothing; False when they were there already, and then nothing is changed."""
    if is_loaded():
        return False
    hashes = people.hash_passwords()  # slow on purpose, hence outside the transaction
    try:
        with transaction.atomic():
            _write(hashes, now, progress)
    except IntegrityError:
        if not is_loaded():
            raise
        return False  # somebody else was loading them at the same time
    return True


def _write(hashes: dict[str, str], now: datetime, progress: Progress) -> None:
    progress(0, "subjects")
    taught = subjects.create()
    progress(1, "people")
    cast = people.create(hashes, now=now)
    progress(2, "sessions")
    plans = timetable.create(cast, taught, now=now)
    progress(3, "profiles, hours and packages")
    market.open_up(cast, taught, now=now)
    progress(4, "what the demo accounts have done")
    own = story.play(cast, taught, now=now)
    progress(5, "lessons and reviews")
    lessons = market.trade(cast, now=now)
    progress(6, "courses")
    taught_courses = courses.open_up(cast, taught, hosted=own, now=now)
    progress(7, "payments")
    paid = money.pay(cast, lessons)
    _keep_quiet()
    counts = {"users": len(cast.everybody), "sessions": len(plans) + len(own), "bookings": len(lessons)}
    record(LOADED, actor=None, after=counts | {"courses": len(taught_courses), "payments": len(paid)})
    progress(8, "done")


def _keep_quiet() -> None:
    """Nobody is mailed about what never happened: a console would be full of it before anybody has done anything."""
    for label in (*settings.MAIL_QUEUES, "notifications.Delivery"):
        due = apps.get_model(label)._default_manager.filter(state=DueWork.State.DUE)
        due.update(state=DueWork.State.DONE, outcome="suppressed: demo data")
