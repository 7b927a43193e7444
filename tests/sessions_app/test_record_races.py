"""What two people can do at the same time to what is kept of a session, done at the same time."""

from datetime import timedelta
from functools import partial

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from sessions_app.errors import ConsentMissing
from sessions_app.models import RECORDINGS_FOLDER, ConflictReport, Recording, RecordingConsent
from sessions_app.recording_files import Film
from sessions_app.services import conflicts, consents, notes, recordings
from tests.factories import ParticipantFactory, PastSessionFactory, RecordingFactory, SessionNoteFactory, agree
from tests.support.threads import at_once, kinds, waiting_after

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def seat():
    return ParticipantFactory(session=PastSessionFactory())


def reporting(seat):
    said = {"kind": "late", "description": "Half an hour."}
    return partial(conflicts.report_conflict, seat.session_id, reporter=seat.user, **said)


def test_of_one_persons_reports_at_once_one_is_made(seat):
    assert kinds(at_once([reporting(seat)] * 8)) == {"ok": 1, "ConflictReportedAlready": 7}
    assert ConflictReport.objects.count() == 1


@pytest.mark.postgres
def test_and_it_is_the_database_that_makes_it_one(seat, monkeypatch):
    """Both have looked and found none before either writes: looking alone would have let both through."""
    looked = waiting_after(conflicts._require_none_open)
    monkeypatch.setattr(conflicts, "_require_none_open", looked_once_each(looked, conflicts._require_none_open))

    assert kinds(at_once([reporting(seat)] * 2)) == {"ok": 1, "ConflictReportedAlready": 1}


def looked_once_each(first, then):
    """`first` for the first call of each of the two, `then` for what follows."""
    calls = []

    def look(*args):
        calls.append(args)
        return first(*args) if len(calls) <= 2 else then(*args)

    return look


def keeping(session):
    film = Film(ContentFile(b"\0\0\0\x18ftypmp42"), "a.mp4", "video/mp4", 12)
    return partial(recordings.add_file, session.pk, film, actor=session.creator)


def files_kept():
    names = default_storage.listdir(RECORDINGS_FOLDER)[1] if default_storage.exists(RECORDINGS_FOLDER) else []
    return {f"{RECORDINGS_FOLDER}{name}" for name in names}


def test_of_recordings_kept_at_once_one_is_and_no_other_file_stays(seat):
    agree(seat.session, seat.user)
    before = files_kept()

    results = at_once([keeping(seat.session) for _ in range(6)])

    assert kinds(results) == {"ok": 1, "RecordingExists": 5}
    assert files_kept() - before == {Recording.objects.get().file.name}


def test_a_recording_and_a_withdrawal_at_once_leave_nothing_that_anybody_may_have(seat):
    agree(seat.session, seat.user)
    refusing = partial(consents.answer, seat.session_id, user=seat.user, consent=False, now=timezone.now())

    kept, withdrawn = at_once([keeping(seat.session), refusing])

    assert isinstance(withdrawn, RecordingConsent)
    assert isinstance(kept, (Recording, ConsentMissing))
    assert not recordings.recordings_of(seat.session.creator).exists()


def test_of_two_sweeps_at_once_one_deletes(seat):
    RecordingFactory(session=seat.session)
    later = timezone.now() + timedelta(days=181)

    results = at_once([partial(recordings.delete_old, now=later)] * 2)

    assert (sum(results), Recording.objects.count()) == (1, 0)


def test_of_notes_made_at_once_no_more_than_the_limit_are_kept(seat, monkeypatch):
    monkeypatch.setattr(notes, "MOST_NOTES", 3)
    adding = partial(notes.add_note, seat.session_id, "Sums.", author=seat.user)

    assert kinds(at_once([adding] * 8)) == {"ok": 3, "TooManyNotes": 5}


@pytest.mark.postgres
def test_without_its_lock_the_same_race_keeps_more_notes_than_that(seat, monkeypatch):
    """The control: a race that cannot fail proves nothing."""
    monkeypatch.setattr(notes, "MOST_NOTES", 2)
    SessionNoteFactory(session=seat.session, author=seat.user)
    monkeypatch.setattr(notes.access, "lock", lambda session_id, author: seat.session)
    monkeypatch.setattr(notes, "_require_room", waiting_after(notes._require_room))

    assert kinds(at_once([partial(notes.add_note, seat.session_id, "Sums.", author=seat.user)] * 2)) == {"ok": 2}
    assert seat.session.notes.count() == 3
