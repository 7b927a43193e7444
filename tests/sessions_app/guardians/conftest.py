"""A minor in a session that took place, and the link that their guardian is mailed."""

import pytest
from django.core import mail

from tests.factories import GuardianFactory, ParticipantFactory, PastSessionFactory, RecordingFactory, agree
from tests.sessions_app.guardians.steps import answer, path_in, say


@pytest.fixture
def guardian():
    return GuardianFactory()


@pytest.fixture
def minor(guardian):
    return guardian.user


@pytest.fixture
def session(minor):
    """One that took place, whose host agrees."""
    session = PastSessionFactory()
    ParticipantFactory(session=session, user=minor)
    agree(session)
    return session


@pytest.fixture
def link(session, minor, django_capture_on_commit_callbacks):
    """The minor agrees, and the guardian is mailed."""
    with django_capture_on_commit_callbacks(execute=True):
        say(session, minor)
    return path_in(mail.outbox[-1])


@pytest.fixture
def recorded(session, link, client):
    """Everybody agrees, the guardian as well."""
    answer(client, link, "agree")
    return RecordingFactory(session=session)
