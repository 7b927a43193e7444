"""What tutors write about themselves, one version after the other."""

import pytest
from django.core.files.storage import default_storage

from accounts import images
from accounts.errors import ProfileFrozen, ProfileIncomplete, StaleProfile
from accounts.models import Proficiency, TutorProfile, TutorStatus
from accounts.services import credentials, tutor_edits
from accounts.services.tutor_edits import Teaches
from accounts.services.tutor_side import Expected, own_tutor_side
from bookings.services import pricing
from common.errors import Invalid, StaleVersion
from tests.factories import SubjectFactory, TutorFactory, TutorSubjectFactory, UserFactory
from tests.support.uploads import picture, upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def tutor():
    return TutorFactory(profile__status=TutorStatus.DRAFT)


def again(user):
    return TutorProfile.objects.get(user=user)


# Each part, as a call with everything but the version.
PARTS = {
    "about": lambda user, **kw: tutor_edits.change_about(user, {"title": "New"}, **kw),
    "subjects": lambda user, **kw: tutor_edits.set_subjects(user, [Teaches(SubjectFactory().pk)], **kw),
    "photo": lambda user, **kw: tutor_edits.set_photo(user, upload(picture()), **kw),
    "certifications": lambda user, **kw: credentials.set_certifications(user, [], **kw),
    "education": lambda user, **kw: credentials.set_education(user, [], **kw),
    "pricing": lambda user, **kw: pricing.change_pricing(user, currency="EUR", **kw),
}
EACH = pytest.mark.parametrize("change", PARTS.values(), ids=PARTS)


@EACH
@pytest.mark.parametrize("expected", [Expected(), Expected(body=1), Expected(header=1), Expected(1, 1)])
def test_each_change_makes_the_next_version(change, expected, tutor):
    assert change(tutor, expected=expected).version == again(tutor).version == 2


@EACH
@pytest.mark.parametrize(("expected", "error"), [(Expected(body=7), StaleProfile), (Expected(header=7), StaleVersion)])
def test_a_change_of_another_version_is_refused_and_changes_nothing(change, expected, error, tutor):
    before = TutorProfile.objects.values().get()

    with pytest.raises(error) as caught:
        change(tutor, expected=expected)

    assert caught.value.extra == {"current_version": 1}
    assert TutorProfile.objects.values().get() == before


@EACH
def test_a_profile_that_is_being_reviewed_is_frozen(change):
    tutor = TutorFactory(profile__status=TutorStatus.PENDING_APPROVAL)
    before = TutorProfile.objects.values().get()

    with pytest.raises(ProfileFrozen):
        change(tutor)

    assert TutorProfile.objects.values().get() == before


def test_who_became_a_tutor_by_hand_gets_a_profile(db):
    user = UserFactory(role="tutor")

    assert tutor_edits.change_about(user, {"description": "New"}).description == "New"
    assert own_tutor_side(user).version == 2


class TestAbout:
    def test_what_is_left_out_stays(self, tutor):
        tutor_edits.change_about(tutor, {"title": "Sums", "bio": "About me", "experience_years": 3})
        tutor_edits.change_about(tutor, {"bio": "More about me"})

        mine = again(tutor)
        assert (mine.title, mine.bio, mine.experience_years) == ("Sums", "More about me", 3)

    def test_languages_are_kept_in_their_order_and_once(self, tutor):
        tutor_edits.change_about(tutor, {"languages": ["es", "en", "es"]})
        assert list(again(tutor).languages.values_list("code", flat=True)) == ["es", "en"]

        tutor_edits.change_about(tutor, {"languages": ["en"]})
        assert list(again(tutor).languages.values_list("code", flat=True)) == ["en"]

    @pytest.mark.parametrize("change", [{"title": " "}, {"bio": "x" * 49}])
    def test_an_approved_tutor_takes_away_nothing_that_the_approval_needed(self, change):
        tutor = TutorFactory(profile__title="Sums", profile__bio="y" * 50)

        with pytest.raises(ProfileIncomplete) as caught:
            tutor_edits.change_about(tutor, change)

        assert caught.value.extra == {"missing": list(change)}
        assert (again(tutor).title, again(tutor).bio) == ("Sums", "y" * 50)


class TestSubjects:
    def test_are_replaced_as_a_whole_in_the_order_given(self, tutor):
        gone, old, new = SubjectFactory(), SubjectFactory(), SubjectFactory()
        for subject in (gone, old):
            TutorSubjectFactory(tutor=tutor.tutor_profile, subject=subject, years_experience=4)

        tutor_edits.set_subjects(tutor, [Teaches(new.pk), Teaches(old.pk)])

        taught = again(tutor).taught.values_list("subject", "years_experience", "proficiency_level")
        assert list(taught) == [(new.pk, 0, Proficiency.ADVANCED), (old.pk, 4, Proficiency.ADVANCED)]

    def test_come_with_levels_and_years(self, tutor):
        subject = SubjectFactory()
        tutor_edits.set_subjects(tutor, [Teaches(subject.pk, Proficiency.NATIVE, 9)])
        tutor_edits.set_subjects(tutor, [Teaches(subject.pk, years_experience=10)])

        row = again(tutor).taught.get()
        assert (row.proficiency_level, row.years_experience) == (Proficiency.NATIVE, 10)

    def test_that_do_not_exist_are_named(self, tutor):
        with pytest.raises(Invalid) as caught:
            tutor_edits.set_subjects(tutor, [Teaches(4711), Teaches(SubjectFactory().pk)])

        assert caught.value.errors == {"subject_ids": ["There is no subject 4711."]}
        assert not again(tutor).taught.exists()

    def test_of_an_approved_tutor_are_at_least_one(self):
        taught = TutorSubjectFactory()

        with pytest.raises(ProfileIncomplete):
            tutor_edits.set_subjects(taught.tutor.user, [])

        assert taught.tutor.taught.get().subject == taught.subject


class TestPhoto:
    def test_is_a_square_jpeg_that_replaces_the_one_before(self, tutor, django_capture_on_commit_callbacks):
        first = tutor_edits.set_photo(tutor, upload(picture())).photo.name
        with django_capture_on_commit_callbacks(execute=True):
            second = tutor_edits.set_photo(tutor, upload(picture("JPEG"), "me.jpg", "image/jpeg")).photo.name

        assert default_storage.open(second).read().startswith(b"\xff\xd8\xff")
        assert second.startswith("avatars/")
        assert second.endswith(".jpg")
        assert not default_storage.exists(first)

    def test_that_comes_too_late_is_not_kept(self, tutor):
        tutor_edits.set_photo(tutor, upload(picture()))
        stored = default_storage.listdir("avatars")[1]

        with pytest.raises(StaleProfile):
            tutor_edits.set_photo(tutor, upload(picture()), expected=Expected(body=1))

        assert default_storage.listdir("avatars")[1] == stored

    def test_that_is_none_is_refused(self, tutor):
        with pytest.raises(images.ImageTypeNotAllowed):
            tutor_edits.set_photo(tutor, upload(b"<svg/>"))

        assert again(tutor).version == 1
