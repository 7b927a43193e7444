"""What free text is looked for in, against the words that it is made of."""

from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter

from django.db.models import F, QuerySet

from accounts.models import TutorProfile
from accounts.services import listing
from adminpanel.integrity.check import Check, DerivedCheck
from courses.models import Course
from courses.services import progress
from courses.services.listing import search_text_of
from messaging.models import Message
from messaging.services import conversations


def _of_tutors(rows: QuerySet) -> Iterator[tuple[TutorProfile, str]]:
    """A line for each subject of each tutor: names and profiles are of one moment."""
    told = rows.select_related("user").annotate(subject_name=F("taught__subject__name")).order_by("pk", "taught__id")
    for _, same in groupby(told.iterator(), key=attrgetter("pk")):
        lines = list(same)
        tutor, names = lines[0], [line.subject_name for line in lines if line.subject_name]
        yield tutor, listing.search_text_of(tutor, tutor.user, names)


def _of_courses(rows: QuerySet) -> Iterator[tuple[Course, str]]:
    return ((course, search_text_of(course)) for course in rows.select_related("subject").order_by("pk").iterator())


def _of_messages(rows: QuerySet) -> Iterator[tuple[Message, str]]:
    told = rows.only("text", "search_text").order_by("pk")
    return ((message, listing.plain(message.text)) for message in told.iterator())


def _lock_of_message(pk: int) -> None:
    conversations.lock(Message.objects.values_list("conversation_id", flat=True).get(pk=pk))


# Nobody finds what is empty: a tutor's text is so before the profile is described, and after an erasure.
CHECKS: list[Check] = [
    DerivedCheck(
        "accounts.search_texts",
        "tutors are found by their name, title, headline, bio and subjects",
        TutorProfile.objects.exclude(search_text="", is_listed=False),
        "search_text",
        _of_tutors,
    ),
    DerivedCheck(
        "courses.search_texts",
        "courses are found by their title, description and subject",
        Course.objects.exclude(search_text="", tutor__user__deleted_at__isnull=False),
        "search_text",
        _of_courses,
        lock=progress.lock_course,
    ),
    DerivedCheck(
        "messages.search_texts",
        "messages are found by what they say",
        Message.objects.all(),
        "search_text",
        _of_messages,
        lock=_lock_of_message,
    ),
]
