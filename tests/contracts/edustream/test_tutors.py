"""The edustream document on tutor profiles: each of its examples, and what its client sends."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from accounts.models import TutorLanguage, TutorProfile, TutorStatus
from accounts.services import moderation, revisions
from bookings.models import BookingTerms
from tests.factories import (
    AdminFactory,
    BookingFactory,
    StudentFactory,
    SubjectFactory,
    TutorCertificationFactory,
    TutorEducationFactory,
    TutorFactory,
    TutorSubjectFactory,
    WeeklyHoursFactory,
)
from tests.support.golden import differences
from tests.support.uploads import picture, upload

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7 a scan"

# --- The document's examples ---------------------------------------------------------------------------------------

ITEM = {
    "id": 5,
    "user_id": 10,
    "title": "Experienced Math Tutor",
    "headline": "10+ years teaching calculus and algebra",
    "bio": "Passionate about helping students excel...",
    "hourly_rate": 45.00,
    "currency": "USD",
    "experience_years": 10,
    "education": "Master's in Education",
    "languages": ["English", "Spanish"],
    "subjects": [{"id": 1, "name": "Mathematics", "category": "STEM"}],
    "avatar_url": "http://127.0.0.1:8000/api/avatars/10.jpg",
    "average_rating": 4.8,
    "total_reviews": 42,
    "is_approved": True,
    "is_online": False,
}
OWN = {
    "id": 10,
    "user_id": 5,
    "title": "Expert Math & Physics Tutor",
    "headline": "15 years of teaching experience",
    "bio": "I specialize in making complex topics simple...",
    "teaching_philosophy": "I focus on building intuition first, then practice.",
    "hourly_rate": 55.00,
    "experience_years": 15,
    "languages": ["en", "es"],
    "profile_status": "approved",
    "average_rating": 4.9,
    "total_reviews": 120,
}
ABOUT = {
    "title": "Expert Math & Physics Tutor",
    "headline": "15 years of teaching experience",
    "bio": "I specialize in making complex topics simple...",
    "teaching_philosophy": "I focus on building intuition first, then practice.",
    "experience_years": 12,
    "languages": ["en", "es"],
}
CERTIFICATIONS = [{"title": "Certified Math Educator", "issuer": "National Board", "year": 2020}]
CREDENTIALS = ("certifications", "education")
EDUCATION = [{"degree": "Master of Education", "institution": "University of Example", "year": 2015}]


def speak(profile: TutorProfile, *codes: str) -> None:
    TutorLanguage.objects.bulk_create([TutorLanguage(tutor=profile, code=code) for code in codes])


@pytest.fixture
def listed() -> Any:
    """The tutor of the document's list."""
    tutor = TutorFactory(
        pk=10,
        avatar="avatars/10.jpg",
        profile__pk=5,
        profile__title=ITEM["title"],
        profile__headline=ITEM["headline"],
        profile__bio=ITEM["bio"],
        profile__experience_years=10,
        profile__rating_sum=202,
        profile__total_reviews=42,
    )
    TutorSubjectFactory(tutor=tutor.tutor_profile, subject=SubjectFactory(pk=1, name="Mathematics", category="STEM"))
    TutorEducationFactory(tutor=tutor.tutor_profile, degree="Master's in Education")
    speak(tutor.tutor_profile, "en", "es")
    return tutor


@pytest.fixture
def own() -> Any:
    """The tutor of the document's own profile."""
    tutor = TutorFactory(
        pk=5,
        profile__pk=10,
        profile__title=OWN["title"],
        profile__headline=OWN["headline"],
        profile__bio=OWN["bio"],
        profile__teaching_philosophy=OWN["teaching_philosophy"],
        profile__hourly_rate=Decimal("55.00"),
        profile__experience_years=15,
        profile__rating_sum=588,
        profile__total_reviews=120,
    )
    speak(tutor.tutor_profile, "en", "es")
    return tutor


@pytest.fixture
def draft() -> Any:
    return TutorFactory(profile__status=TutorStatus.DRAFT)


def test_the_list(api, listed):
    answer = api.get("/api/tutors")

    assert answer.status_code == 200
    assert differences(answer.json(), {"items": [ITEM], "total": 1, "page": 1, "page_size": 20, "total_pages": 1}) == []


def test_what_the_client_reads_of_the_list(api, listed):
    body = api.get("/api/tutors").json()
    item = body["items"][0]

    assert (body["pages"], body["has_next"], body["has_prev"]) == (1, False, False)
    assert (item["first_name"], item["last_name"]) == (listed.first_name, listed.last_name)
    assert item["name"] == listed.full_name
    assert item["profile_photo_url"] == item["avatar_url"]
    assert item["subject_names"] == ["Mathematics"]
    assert item["language_codes"] == ["en", "es"]
    assert item["total_sessions"] == 0
    assert item["profile_status"] == "approved"
    assert item["subjects"] == [
        {
            "id": 1,
            "subject_id": 1,
            "name": "Mathematics",
            "subject_name": "Mathematics",
            "category": "STEM",
            "proficiency_level": "advanced",
            "years_experience": 0,
        }
    ]


def test_the_public_profile(api, listed):
    answer = api.get("/api/tutors/5/public")

    assert answer.status_code == 200
    assert differences(answer.json(), ITEM) == []
    assert answer.json() == api.get("/api/tutors").json()["items"][0]


def test_the_own_profile(api, own):
    answer = api.as_(own).get("/api/tutors/me/profile")

    assert answer.status_code == 200
    assert differences(answer.json(), OWN) == []
    assert answer["ETag"] == '"1"'


def test_the_detailed_profile_has_hours_prices_and_credentials(api, own):
    profile = own.tutor_profile
    WeeklyHoursFactory(tutor=profile)
    BookingTerms.objects.create(tutor=profile, timezone="America/New_York")
    certificate, degree = TutorCertificationFactory(tutor=profile), TutorEducationFactory(tutor=profile)
    api.as_(own).patch(
        "/api/tutors/me/pricing",
        {"pricing_options": [{"title": "Trial", "description": "", "duration_minutes": 30, "price": 20}]},
    )

    body = api.as_(StudentFactory()).get("/api/tutors/10").json()

    assert differences(body, OWN) == []
    assert body["timezone"] == "America/New_York"
    window = {
        "day_of_week": 1,
        "day_name": "monday",
        "start_time": "09:00",
        "end_time": "17:00",
        "is_recurring": True,
        "date": None,
    }
    assert differences(body["availabilities"], [window]) == []
    option = {"title": "Trial", "description": "", "duration_minutes": 30, "price": 20, "currency": "USD"}
    assert differences(body["pricing_options"], [option]) == []
    assert body["certifications"] == [{"id": certificate.pk, **CERTIFICATIONS[0]}]
    assert body["educations"] == body["education"] == [{"id": degree.pk, **EDUCATION[0]}]
    assert body["is_favorite"] is False


def test_about(api, draft):
    answer = api.as_(draft).patch("/api/tutors/me/about", ABOUT)

    assert answer.status_code == 200
    assert differences(answer.json(), ABOUT | {"version": 2}) == []


def test_subjects_by_their_ids(api, draft):
    ids = [SubjectFactory().pk for _ in range(3)]

    answer = api.as_(draft).put("/api/tutors/me/subjects", {"subject_ids": ids})

    assert answer.status_code == 200
    assert [subject["subject_id"] for subject in answer.json()["subjects"]] == ids


def test_pricing(api, draft):
    answer = api.as_(draft).patch("/api/tutors/me/pricing", {"hourly_rate": 55.00, "currency": "USD"})

    assert answer.status_code == 200
    assert (answer.json()["hourly_rate"], answer.json()["currency"]) == (55, "USD")


def test_certifications(api, draft):
    answer = api.as_(draft).put("/api/tutors/me/certifications", {"certifications": CERTIFICATIONS})

    assert answer.status_code == 200
    assert differences(answer.json()["certifications"], CERTIFICATIONS) == []
    assert answer.json()["certifications"][0]["file_url"] is None


def test_education(api, draft):
    answer = api.as_(draft).put("/api/tutors/me/education", {"education": EDUCATION})

    assert answer.status_code == 200
    assert differences(answer.json(), {"education": EDUCATION, "educations": EDUCATION}) == []


def test_submitting_and_approving(api, draft):
    profile, admin = draft.tutor_profile, AdminFactory()
    WeeklyHoursFactory(tutor=profile)
    tutor = api.as_(draft)
    tutor.patch("/api/tutors/me/about", ABOUT | {"bio": "y" * 50})
    tutor.put("/api/tutors/me/subjects", {"subject_ids": [SubjectFactory().pk]})
    tutor.patch("/api/tutors/me/photo", {"profile_photo": upload(picture())}, format="multipart")

    submitted = tutor.post("/api/tutors/me/submit", {})
    withdrawn = tutor.post("/api/tutors/me/withdraw", {})
    tutor.post("/api/tutors/me/submit", {})
    waiting = api.as_(admin).get("/api/admin/tutors/pending").json()
    approved = api.as_(admin).post(f"/api/admin/tutors/{profile.pk}/approve")

    assert submitted.status_code == 200
    example = {"message": "Profile submitted for review", "status": "pending_approval"}
    assert differences(submitted.json(), example | {"profile_status": "pending_approval", "id": profile.pk}) == []
    assert (withdrawn.status_code, withdrawn.json()["status"]) == (200, "draft")
    assert [item["id"] for item in waiting["items"]] == [profile.pk]
    assert approved.status_code == 200
    example = {"message": "Tutor approved successfully", "tutor_id": profile.pk, "status": "approved"}
    assert differences(approved.json(), example | {"id": profile.pk, "profile_status": "approved"}) == []
    assert api.get(f"/api/tutors/{profile.pk}/public").status_code == 200
    assert [item["id"] for item in api.get("/api/tutors", {"search": "physics"}).json()["items"]] == [profile.pk]


def test_rejecting(api):
    tutor = TutorFactory(profile__status=TutorStatus.PENDING_APPROVAL)
    path = f"/api/admin/tutors/{tutor.tutor_profile.pk}/reject"

    answer = api.as_(AdminFactory()).post(path, {"rejection_reason": "Incomplete profile information"})

    assert answer.status_code == 200
    body = answer.json()
    assert (body["tutor_id"], body["status"]) == (tutor.tutor_profile.pk, "rejected")
    assert body["rejection_reason"] == "Incomplete profile information"
    own = api.as_(tutor).get("/api/tutors/me/profile").json()
    assert own["rejection_reason"] == "Incomplete profile information"


def test_asking_for_changes(api):
    tutor = TutorFactory(profile__status=TutorStatus.PENDING_APPROVAL)
    path = f"/api/admin/tutors/{tutor.tutor_profile.pk}/request-changes"
    admin = api.as_(AdminFactory())

    refused = admin.post(path, {"reason": "Say more.", "fields": ["shoe_size"]})
    answer = admin.post(path, {"reason": "Say more.", "fields": ["bio"]})
    repeated = admin.post(path, {"reason": "Say more."})

    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["fields.0"])
    assert answer.status_code == 200
    expected = {"status": "changes_requested", "rejection_reason": "Say more.", "requested_changes": ["bio"]}
    assert differences(answer.json(), expected | {"tutor_id": tutor.tutor_profile.pk}) == []
    own = api.as_(tutor).get("/api/tutors/me/profile").json()
    assert (own["profile_status"], own["requested_changes"]) == ("changes_requested", ["bio"])
    assert (repeated.status_code, repeated.json()["code"]) == (409, "INVALID_TRANSITION")


def test_closing(api):
    booking = BookingFactory(status="confirmed")
    waits = api.as_(booking.tutor.user).post("/api/tutors/me/close")
    tutor = TutorFactory()
    closed = api.as_(tutor).post("/api/tutors/me/close")
    again = api.as_(tutor).post("/api/tutors/me/close")

    assert (waits.status_code, waits.json()["code"]) == (409, "LESSONS_TO_COME")
    assert waits.json()["bookings"] == [booking.pk]
    assert (closed.status_code, closed.json()["status"]) == (200, "closed")
    assert (again.status_code, again.json()["current_state"]) == (409, "closed")
    assert api.get(f"/api/tutors/{tutor.tutor_profile.pk}/public").status_code == 404


@pytest.mark.parametrize("reason", [{}, {"rejection_reason": ""}, {"rejection_reason": "  "}])
def test_a_rejection_needs_a_reason(api, reason):
    tutor = TutorFactory(profile__status=TutorStatus.PENDING_APPROVAL)

    answer = api.as_(AdminFactory()).post(f"/api/admin/tutors/{tutor.tutor_profile.pk}/reject", reason)

    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["rejection_reason"])
    assert TutorProfile.objects.get().status == TutorStatus.PENDING_APPROVAL


# --- What the client sends ------------------------------------------------------------------------------------------


def test_subjects_as_the_array_that_the_client_sends(api, draft):
    first, second = SubjectFactory(), SubjectFactory()
    body = [
        {"subject_id": second.pk, "proficiency_level": "C1", "years_experience": 5},
        {"subjectId": first.pk, "proficiencyLevel": "Native"},
    ]

    answer = api.as_(draft).put("/api/tutors/me/subjects", body)

    assert answer.status_code == 200
    kept = [(s["subject_id"], s["proficiency_level"], s["years_experience"]) for s in answer.json()["subjects"]]
    assert kept == [(second.pk, "advanced", 5), (first.pk, "native", 0)]


@pytest.mark.parametrize("part", ["certifications", "education"])
def test_credentials_as_multipart_with_scans(part, api, draft):
    entries = CERTIFICATIONS if part == "certifications" else EDUCATION
    body = {part: json.dumps([*entries, *entries]), "file_1": upload(PDF, "scan.pdf", "application/pdf")}

    answer = api.as_(draft).put(f"/api/tutors/me/{part}", body, format="multipart")

    assert answer.status_code == 200
    first, second = answer.json()[part]
    assert first["file_url"] is None
    scan = api.as_(draft).get(second["file_url"])
    assert (scan.status_code, scan.content, scan["Content-Type"]) == (200, PDF, "application/pdf")
    assert scan["Content-Disposition"].startswith("attachment; filename=")
    assert scan["X-Content-Type-Options"] == "nosniff"
    stranger = api.as_(StudentFactory()).get(second["file_url"])
    missing = api.as_(StudentFactory()).get(second["file_url"].replace(str(second["id"]), "999999"))
    assert (stranger.status_code, missing.status_code) == (404, 404)
    assert {**stranger.json(), "timestamp": 0} == {**missing.json(), "timestamp": 0}


@pytest.mark.parametrize("text", ["", "{", "[1]", "7", '[{"title": "x", "year": 3}]', "[" * 500])
def test_a_text_that_is_no_list_of_certificates_is_400(text, api, draft):
    answer = api.as_(draft).put("/api/tutors/me/certifications", {"certifications": text}, format="multipart")

    assert answer.status_code == 400
    assert next(iter(answer.json()["errors"])).startswith("certifications")


def test_a_scan_of_another_kind_is_400_and_nothing_changes(api, draft):
    body = {"certifications": json.dumps(CERTIFICATIONS), "file_0": upload(b"<html>", "a.pdf", "application/pdf")}

    answer = api.as_(draft).put("/api/tutors/me/certifications", body, format="multipart")

    assert (answer.status_code, answer.json()["code"]) == (400, "DOCUMENT_TYPE_NOT_ALLOWED")
    assert not draft.tutor_profile.certifications.exists()


@pytest.mark.parametrize("name", ["profile_photo", "file"])
def test_a_photo(name, api, draft):
    answer = api.as_(draft).patch("/api/tutors/me/photo", {name: upload(picture())}, format="multipart")

    assert answer.status_code == 200
    key = TutorProfile.objects.get().photo.name
    assert answer.json()["profile_photo_url"].endswith(f"/api/{key}")
    assert api.get(answer.json()["profile_photo_url"]).content == default_storage.open(key).read()


@pytest.mark.parametrize(
    ("body", "code"),
    [({}, "VALIDATION_ERROR"), ({"file": "x"}, "VALIDATION_ERROR"), ({"file": b"<svg/>"}, "IMAGE_TYPE_NOT_ALLOWED")],
)
def test_what_is_no_photo_is_400(body, code, api, draft):
    sent = {name: upload(value) if isinstance(value, bytes) else value for name, value in body.items()}

    answer = api.as_(draft).patch("/api/tutors/me/photo", sent, format="multipart")

    assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_description_and_video(api, draft):
    described = api.as_(draft).patch("/api/tutors/me/description", {"description": "Calm."})
    shown = api.as_(draft).patch("/api/tutors/me/video", {"video_url": "https://vimeo.com/76979871"})
    removed = api.as_(draft).patch("/api/tutors/me/video", {"video_url": ""})

    assert described.json()["description"] == shown.json()["description"] == "Calm."
    assert shown.json()["video_url"] == "https://vimeo.com/76979871"
    assert (removed.status_code, removed.json()["video_url"], removed.json()["version"]) == (200, "", 4)


def test_prices_with_options_and_version(api, draft):
    options = [{"title": "Trial", "description": "To meet.", "duration_minutes": 30, "price": 20.5}]
    body = {"hourly_rate": "55.00", "pricing_options": options, "version": 1}

    answer = api.as_(draft).patch("/api/tutors/me/pricing", body)
    stale = api.as_(draft).patch("/api/tutors/me/pricing", body)

    assert answer.status_code == 200
    assert differences(answer.json(), {"hourly_rate": 55, "pricing_options": options, "version": 2}) == []
    assert (stale.status_code, stale.json()["code"], stale.json()["current_version"]) == (409, "STALE_VERSION", 2)


def test_an_old_version_in_if_match_is_412(api, draft):
    client = api.as_(draft)

    fresh = client.patch("/api/tutors/me/about", {"title": "One"}, headers={"If-Match": '"1"'})
    stale = client.patch(
        "/api/tutors/me/about", {"title": "Two"}, headers={"If-Match": fresh.headers["ETag"][:-2] + '1"'}
    )

    assert (fresh.status_code, fresh["ETag"]) == (200, '"2"')
    assert (stale.status_code, stale.json()["code"]) == (412, "STALE_VERSION")


def test_the_frozen_profile(api):
    tutor = TutorFactory(profile__status=TutorStatus.PENDING_APPROVAL)

    answer = api.as_(tutor).patch("/api/tutors/me/about", {"title": "New"})

    assert (answer.status_code, answer.json()["code"]) == (409, "PROFILE_FROZEN")


def test_submitting_too_little_names_what_is_missing(api, draft):
    answer = api.as_(draft).post("/api/tutors/me/submit", {})

    assert (answer.status_code, answer.json()["code"]) == (400, "PROFILE_INCOMPLETE")
    assert answer.json()["missing"] == ["bio", "subjects", "photo", "availability"]


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("about", {"experience_years": -1}, "experience_years"),
        ("about", {"experience_years": 81}, "experience_years"),
        ("about", {"languages": ["en", "klingon"]}, "languages"),
        ("about", {"languages": 7}, "languages"),
        ("about", {"title": "x" * 201}, "title"),
        ("about", {"title": "a\nb"}, "title"),
        ("about", {"bio": "x" * 5001}, "bio"),
        ("subjects", {}, "subject_ids"),
        ("subjects", {"subject_ids": [4711]}, "subject_ids"),
        ("subjects", {"subject_ids": ["x"]}, "subject_ids.0"),
        ("subjects", [{"subject_id": 1, "proficiency_level": "wizard"}], "subjects.0.proficiency_level"),
        ("pricing", {"hourly_rate": 0}, "hourly_rate"),
        ("pricing", {"hourly_rate": -5}, "hourly_rate"),
        ("pricing", {"hourly_rate": "NaN"}, "hourly_rate"),
        ("pricing", {"hourly_rate": 10**7}, "hourly_rate"),
        ("pricing", {"hourly_rate": None}, "hourly_rate"),
        ("pricing", {"currency": "XXQ"}, "currency"),
        (
            "pricing",
            {"pricing_options": [{"title": "x", "duration_minutes": 31, "price": 1}]},
            "pricing_options.0.duration_minutes",
        ),
        ("pricing", {"version": 0}, "version"),
        ("certifications", {}, "certifications"),
        ("certifications", {"certifications": [{"title": "x", "year": 1492}]}, "certifications.0.year"),
        ("education", {"education": [{"institution": "x"}]}, "education.0.degree"),
        ("video", {"video_url": "http://youtube.com/watch?v=x"}, "video_url"),
        ("description", {"description": 7 * ["x"]}, "description"),
    ],
)
def test_a_part_that_means_nothing_is_400_and_names_itself(path, body, field, api, draft):
    method = "put" if path in ("subjects", "certifications", "education") else "patch"

    answer = getattr(api.as_(draft), method)(f"/api/tutors/me/{path}", body)

    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]
    assert TutorProfile.objects.get().version == 1


# --- Who sees what --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [s for s in TutorStatus if s != TutorStatus.APPROVED])
def test_who_is_not_approved_is_seen_by_oneself_and_admins_only(status, api):
    tutor, other = TutorFactory(profile__status=status), TutorFactory()
    path = f"/api/tutors/{tutor.tutor_profile.pk}"

    assert api.get(f"{path}/public").status_code == 404
    assert api.get(path).status_code == 401
    assert api.as_(StudentFactory()).get(path).status_code == api.as_(other).get(path).status_code == 404
    assert api.as_(tutor).get(path).json()["profile_status"] == status
    assert api.as_(AdminFactory()).get(path).json()["profile_status"] == status
    assert [item["user_id"] for item in api.get("/api/tutors").json()["items"]] == [other.pk]


def test_how_the_approval_goes_is_for_its_owner_and_admins(api):
    tutor = TutorFactory(profile__rejection_reason="Thin.")
    TutorCertificationFactory(tutor=tutor.tutor_profile)
    path = f"/api/tutors/{tutor.tutor_profile.pk}"

    owner, admin, student = (api.as_(who).get(path).json() for who in (tutor, AdminFactory(), StudentFactory()))

    secret = {"submitted_at", "submissions", "decided_at", "rejection_reason", "suspended_until"}
    secret |= {"requested_changes", "revision"}
    assert set(owner) == set(admin) == set(student) | secret
    assert "file_url" in owner["certifications"][0]
    assert "file_url" not in student["certifications"][0]


def test_changes_of_an_approved_tutor_are_answered_as_new_and_public_once_approved(api, own):
    profile, admin = own.tutor_profile, AdminFactory()
    new = ABOUT | {"title": "Physics", "bio": "y" * 60}
    public = f"/api/tutors/{profile.pk}/public"
    before = api.get(public).json()
    sent = [
        api.as_(own).patch("/api/tutors/me/about", new),
        api.as_(own).patch("/api/tutors/me/video", {"video_url": "https://vimeo.com/76979871"}),
        api.as_(own).put("/api/tutors/me/certifications", {"certifications": CERTIFICATIONS}),
        api.as_(own).put("/api/tutors/me/education", {"education": EDUCATION}),
    ]

    assert [answer.status_code for answer in sent] == [200] * 4
    expected = new | {
        "certifications": CERTIFICATIONS,
        "education": EDUCATION,
        "video_url": "https://vimeo.com/76979871",
    }
    assert differences(sent[-1].json(), expected) == []
    assert differences(api.as_(own).get("/api/tutors/me/profile").json(), expected) == []
    waits = sent[-1].json()["revision"]
    assert (waits["state"], set(waits["parts"])) == ("pending", {"title", "bio", "video_url", *CREDENTIALS})
    changed = {name for name, value in api.get(public).json().items() if value != before[name]}
    assert changed == {"experience_years"}  # which needs no approval
    student = api.as_(StudentFactory()).get(f"/api/tutors/{profile.pk}").json()
    assert (student["title"], student["video_url"], student["education"]) == (OWN["title"], "", [])

    revisions.approve(waits["id"], actor=admin, now=datetime(2031, 1, 1, tzinfo=UTC))

    student = api.as_(StudentFactory()).get(f"/api/tutors/{profile.pk}").json()
    assert differences(student, expected) == []
    assert api.as_(own).get("/api/tutors/me/profile").json()["revision"] is None


def test_a_revision_can_be_withdrawn(api, own):
    api.as_(own).patch("/api/tutors/me/about", {"title": "Physics"})

    answer = api.as_(own).post("/api/tutors/me/withdraw")

    assert (answer.status_code, answer.json()["status"], answer.json()["title"]) == (200, "approved", OWN["title"])


def test_who_has_a_socket_open_is_online(api, listed):
    listed.online_until = datetime(2999, 1, 1, tzinfo=UTC)
    listed.save()

    assert api.get("/api/tutors/5/public").json()["is_online"] is True


@pytest.mark.parametrize(
    ("total", "count", "shown", "is_new"),
    [(0, 0, 0, True), (9, 2, 4.5, True), (169, 38, 4.4, False), (89, 20, 4.5, False)],
)
def test_the_rating_is_the_plain_mean_to_one_decimal(total, count, shown, is_new, api):
    tutor = TutorFactory(profile__rating_sum=total, profile__total_reviews=count)

    body = api.get(f"/api/tutors/{tutor.tutor_profile.pk}/public").json()

    assert (body["average_rating"], body["is_new"]) == (shown, is_new)


def test_pausing_and_resuming(api):
    tutor = TutorFactory()

    paused = api.as_(tutor).post("/api/tutors/me/pause")
    seen = api.get("/api/tutors").json()["items"][0]["accepts_bookings"]
    resumed = api.as_(tutor).post("/api/tutors/me/resume")

    assert (paused.status_code, paused.json()["accepts_bookings"], paused.json()["status"]) == (200, False, "approved")
    assert seen is False
    assert resumed.json()["accepts_bookings"] is True


# --- What it costs --------------------------------------------------------------------------------------------------


def test_a_profile_costs_the_same_for_one_and_for_many_parts(api, django_assert_num_queries):
    tutor, student = TutorFactory(), StudentFactory()
    client, profile = api.as_(student), tutor.tutor_profile
    for count in (1, 19):
        for _ in range(count):
            TutorSubjectFactory(tutor=profile)
            TutorCertificationFactory(tutor=profile)
            TutorEducationFactory(tutor=profile)
        # The caller, the profile, its card (five and the favourite), credentials, terms, hours and prices.
        with django_assert_num_queries(12):
            client.get(f"/api/tutors/{profile.pk}")


@pytest.mark.parametrize("path", ["pending", "approved"])
def test_the_lists_of_admins_cost_the_same_for_one_and_for_thirty(path, api, django_assert_num_queries):
    admin = api.as_(AdminFactory())
    status = TutorStatus.PENDING_APPROVAL if path == "pending" else TutorStatus.APPROVED
    for count in (1, 29):
        for _ in range(count):
            TutorSubjectFactory(tutor=TutorFactory(profile__status=status).tutor_profile)
        # The admin, the total, the approval's columns, the cards, subjects, languages, degrees.
        with django_assert_num_queries(7):
            items = admin.get(f"/api/admin/tutors/{path}", {"page_size": 100}).json()["items"]
    assert len(items) == 30


@pytest.mark.parametrize(
    ("path", "status"), [("pending", TutorStatus.PENDING_APPROVAL), ("approved", TutorStatus.APPROVED)]
)
def test_who_has_gone_is_in_no_list_of_the_approval(api, path, status):
    here, gone = TutorFactory(profile__status=status), TutorFactory(profile__status=status)
    moderation.soft_delete(gone.pk, actor=AdminFactory(), now=timezone.now())

    items = api.as_(AdminFactory()).get(f"/api/admin/tutors/{path}").json()["items"]

    assert [item["email"] for item in items] == [here.email]


def test_the_longest_waiting_comes_first(api):
    later, sooner = (
        TutorFactory(
            profile__status=TutorStatus.PENDING_APPROVAL, profile__submitted_at=datetime(2031, 1, day, tzinfo=UTC)
        )
        for day in (2, 1)
    )

    items = api.as_(AdminFactory()).get("/api/admin/tutors/pending").json()["items"]

    assert [item["email"] for item in items] == [sooner.email, later.email]
