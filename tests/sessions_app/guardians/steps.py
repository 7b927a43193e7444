"""What minors and their guardians do, step by step."""

import re

from django.utils import timezone

from sessions_app import recording_terms
from sessions_app.services import consents, recordings


def say(session, user, consent=True):
    version = recording_terms.CURRENT
    return consents.answer(session.pk, user=user, consent=consent, text_version=version, now=timezone.now())


def path_in(message):
    return re.search(r"^http://127\.0\.0\.1:\d+(/guardians/recordings/\S+)$", message.body, re.MULTILINE)[1]


def answer(client, link, word):
    return client.post(link, {"answer": word})


def is_available(session):
    return recordings.recordings_of(session.creator).filter(session=session).exists()
