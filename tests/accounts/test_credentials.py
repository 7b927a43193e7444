"""Certificates and degrees, and the scans that nobody but their owner and admins sees."""

import pytest
from django.core.files.storage import default_storage

from accounts.documents import MOST_BYTES, read_document
from accounts.errors import DocumentTypeNotAllowed, FileEmpty, FileTooLarge
from accounts.models import TutorCertification, TutorEducation
from accounts.services import credentials
from accounts.services.tutor_side import Expected
from common.errors import NotFound, StaleVersion
from tests.factories import AdminFactory, StudentFactory, TutorCertificationFactory, TutorFactory
from tests.support.uploads import HOSTILE, picture, upload

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7 a scan"


@pytest.fixture
def tutor():
    return TutorFactory()


def entry(title="Certified", issuer="Board", year=2020, **more):
    return {"title": title, "issuer": issuer, "year": year, **more}


def scan(content=PDF, name="scan.pdf"):
    return upload(content, name, "application/octet-stream")


def titles():
    return list(TutorCertification.objects.order_by("id").values_list("title", flat=True))


def files():
    return {row.title: row.file.name for row in TutorCertification.objects.all()}


def test_the_list_is_replaced_as_a_whole_in_its_order(tutor):
    credentials.set_certifications(tutor, [entry("A"), entry("B")])
    credentials.set_certifications(tutor, [entry("C"), entry("A")])

    assert titles() == ["C", "A"]


def test_degrees_are_kept_in_the_same_way(tutor):
    degree = {"degree": "Master", "institution": "University", "year": 2015}

    credentials.set_education(tutor, [degree], {0: scan()})

    kept = TutorEducation.objects.get()
    assert (kept.degree, kept.institution, kept.year, kept.tutor.user) == ("Master", "University", 2015, tutor)
    assert default_storage.open(kept.file.name).read() == PDF


def test_a_scan_belongs_to_the_entry_of_its_place(tutor):
    credentials.set_certifications(tutor, [entry("A"), entry("B")], {1: scan(), 7: scan()})

    kept = files()
    assert kept["A"] == ""
    assert kept["B"].startswith("certificates/")
    assert kept["B"].endswith(".pdf")
    assert "scan" not in kept["B"]


@pytest.mark.parametrize("by_id", [True, False])
def test_an_entry_that_was_there_keeps_its_scan(tutor, by_id, django_capture_on_commit_callbacks):
    credentials.set_certifications(tutor, [entry("A"), entry("B")], {0: scan()})
    first, name = TutorCertification.objects.get(title="A"), files()["A"]

    again = entry("A changed", id=first.pk) if by_id else entry("A")
    with django_capture_on_commit_callbacks(execute=True):
        credentials.set_certifications(tutor, [entry("New"), again])

    assert files() == {"New": "", again["title"]: name}
    assert default_storage.exists(name)


def test_the_scan_of_an_entry_that_is_gone_or_has_another_is_deleted(tutor, django_capture_on_commit_callbacks):
    credentials.set_certifications(tutor, [entry("A"), entry("B")], {0: scan(), 1: scan()})
    old = files()

    with django_capture_on_commit_callbacks(execute=True):
        credentials.set_certifications(tutor, [entry("A")], {0: scan(picture("PNG"))})

    assert [default_storage.exists(name) for name in old.values()] == [False, False]
    assert files()["A"].endswith(".png")


def test_an_id_of_somebody_elses_gains_no_scan(tutor):
    theirs = TutorCertificationFactory()

    credentials.set_certifications(tutor, [entry("Mine", id=theirs.pk)])

    assert files()["Mine"] == ""
    assert TutorCertification.objects.filter(pk=theirs.pk).exists()


def test_two_entries_never_share_a_scan(tutor):
    credentials.set_certifications(tutor, [entry("A")], {0: scan()})

    credentials.set_certifications(tutor, [entry("A"), entry("A")])

    assert sorted(bool(row.file) for row in TutorCertification.objects.all()) == [False, True]


def test_a_change_that_is_refused_keeps_no_file_and_loses_none(tutor):
    credentials.set_certifications(tutor, [entry("A")], {0: scan()})
    stored = default_storage.listdir("certificates")[1]

    with pytest.raises(StaleVersion):
        credentials.set_certifications(tutor, [], {}, expected=Expected(header=1))
    with pytest.raises(StaleVersion):
        credentials.set_certifications(tutor, [entry("B")], {0: scan()}, expected=Expected(header=1))
    with pytest.raises(FileEmpty):
        credentials.set_certifications(tutor, [entry("B"), entry("C")], {0: scan(), 1: scan(b"")})

    assert default_storage.listdir("certificates")[1] == stored
    assert titles() == ["A"]


class TestDocuments:
    @pytest.mark.parametrize(
        ("content", "kind"),
        [(PDF, "pdf"), (picture("PNG"), "png"), (picture("JPEG"), "jpg")],
        ids=["pdf", "png", "jpg"],
    )
    def test_are_told_by_their_content(self, content, kind):
        assert read_document(scan(content, "lie.exe")).kind == kind

    @pytest.mark.parametrize("name", ["text", "HTML", "SVG", "PHP", "EICAR", "a zip", "a program", "a BMP", "one byte"])
    def test_of_other_kinds_are_refused(self, name):
        with pytest.raises(DocumentTypeNotAllowed):
            read_document(scan(HOSTILE[name].make(), "scan.pdf"))

    def test_are_of_five_megabytes_at_most(self):
        assert len(read_document(scan(PDF.ljust(MOST_BYTES))).content) == MOST_BYTES
        with pytest.raises(FileTooLarge):
            read_document(scan(PDF.ljust(MOST_BYTES + 1)))


class TestWhoSeesAScan:
    def test_its_owner_and_admins(self):
        row = TutorCertificationFactory()

        assert credentials.find_certification(row.pk, row.tutor.user) == row
        assert credentials.find_certification(row.pk, AdminFactory()) == row

    def test_nobody_else_and_never_one_that_is_not_there(self, tutor):
        row = TutorCertificationFactory()

        for viewer in (tutor, StudentFactory()):
            with pytest.raises(NotFound):
                credentials.find_certification(row.pk, viewer)
        row.file = ""
        row.save()
        with pytest.raises(NotFound):
            credentials.find_certification(row.pk, row.tutor.user)
