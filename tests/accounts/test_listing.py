"""Who is listed and what the search looks in follow, in the same transaction, from whatever they follow from."""

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import Role, TutorProfile, TutorStatus
from accounts.services import approval, listing, moderation, profile, revisions, tutor_edits
from accounts.services.tutor_edits import Teaches
from catalog import services as catalog
from tests.factories import AdminFactory, SubjectFactory, TutorFactory, TutorProfileFactory, TutorSubjectFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    return AdminFactory()


@pytest.fixture
def tutor():
    """Ada, who is approved."""
    return TutorFactory(first_name="Ada", last_name="Lovelace", profile__title="Sums", profile__bio="Patient.")


def text_of(user):
    return TutorProfile.objects.get(user=user).search_text


def is_listed(user):
    return TutorProfile.objects.get(user=user).is_listed


class TestTheText:
    def test_has_name_title_headline_bio_and_subjects_in_lower_case(self, tutor):
        mine = tutor.tutor_profile
        mine.headline = "Numbers\tare   FRIENDS"
        TutorSubjectFactory(tutor=mine, subject=SubjectFactory(name="Álgebra"))

        listing.refresh(mine)

        assert text_of(tutor) == " ada lovelace sums numbers are friends patient. álgebra"

    def test_spells_each_letter_in_one_way(self):
        assert listing.plain("Cafe\u0301") == listing.plain("Caf\u00e9") == " caf\u00e9"

    def test_what_is_sought_are_words_and_the_beginnings_of_short_ones(self):
        assert listing.sought("  AI tutor tutor c++ ") == [" ai", "tutor", "c++"]
        assert listing.sought("   ") == []

    def test_follows_the_name(self, tutor, admin):
        profile.update_own(tutor, {"first_name": "Augusta"})
        assert " augusta lovelace" in text_of(tutor)

        moderation.correct_details(tutor.pk, {"last_name": "King"}, actor=admin)
        assert " augusta king" in text_of(tutor)

    def test_follows_what_the_tutor_writes_once_it_is_public(self, tutor, admin):
        tutor_edits.change_about(tutor, {"title": "Algebra", "headline": "For all", "bio": "y" * 50})
        assert " for all " in text_of(tutor)
        assert "algebra" not in text_of(tutor)

        revisions.approve(tutor.tutor_profile.revisions.get().pk, actor=admin, now=timezone.now())
        assert " algebra for all yyyy" in text_of(tutor)

    def test_follows_the_subjects_and_their_names(self, tutor, admin):
        subject = SubjectFactory(name="Botany")
        other = TutorSubjectFactory(subject=subject).tutor

        tutor_edits.set_subjects(tutor, [Teaches(subject.pk)])
        assert text_of(tutor).endswith(" botany")

        catalog.update_subject(subject.pk, {"name": "Plant Science"}, actor=admin)
        assert text_of(tutor).endswith(" plant science")
        assert text_of(other.user).endswith(" plant science")

    def test_of_many_tutors_follows_a_subject_in_a_fixed_number_of_statements_for_each_batch(
        self, admin, django_assert_max_num_queries, monkeypatch
    ):
        monkeypatch.setattr(listing, "BATCH", 20)
        subject = SubjectFactory(name="Botany")
        for _ in range(30):
            TutorSubjectFactory(subject=subject)

        with django_assert_max_num_queries(25):
            catalog.update_subject(subject.pk, {"name": "Plants"}, actor=admin)

        assert TutorProfile.objects.filter(search_text__endswith=" plants").count() == 30

    def test_is_rolled_back_with_its_cause(self, tutor):
        listing.refresh(tutor.tutor_profile)
        with transaction.atomic():
            profile.update_own(tutor, {"first_name": "Augusta"})
            transaction.set_rollback(True)

        assert " ada " in text_of(tutor)


class TestBeingListed:
    @pytest.mark.parametrize("status", TutorStatus.values)
    def test_is_for_approved_tutors_only(self, status):
        mine = TutorProfileFactory(status=status, is_listed=False)

        listing.refresh(mine)

        assert is_listed(mine.user) == (status == "approved")

    def test_begins_with_the_approval_and_ends_with_a_suspension(self, admin, now):
        tutor = TutorFactory(profile__status=TutorStatus.PENDING_APPROVAL)

        approval.approve(tutor.tutor_profile.pk, actor=admin, now=now)
        assert is_listed(tutor)
        moderation.suspend_tutor(tutor.pk, actor=admin, reason="no-shows")
        assert not is_listed(tutor)
        moderation.reinstate_tutor(tutor.pk, actor=admin)
        assert is_listed(tutor)

    def test_ends_while_the_account_is_closed(self, tutor, admin):
        moderation.deactivate(tutor.pk, actor=admin)
        assert not is_listed(tutor)
        moderation.reactivate(tutor.pk, actor=admin)
        assert is_listed(tutor)

    def test_ends_when_the_account_is_no_tutors_any_more(self, tutor, admin):
        moderation.change_role(tutor.pk, Role.STUDENT, actor=admin)
        assert not is_listed(tutor)

    def test_ends_when_the_account_is_deleted(self, tutor, now):
        tutor.deleted_at = now
        tutor.save()
        listing.refresh_of(tutor)
        assert not is_listed(tutor)

    def test_asks_nothing_of_who_has_no_tutor_side(self, admin):
        listing.refresh_of(admin)
        assert not TutorProfile.objects.exists()

    def test_a_paused_tutor_stays_listed(self, tutor):
        approval.set_accepting(tutor, False)
        assert is_listed(tutor)
