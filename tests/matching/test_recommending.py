"""Which list a student gets: what is kept if it is good, otherwise worked out now, with the same numbers (R-MAT-6)."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import TutorLanguage, TutorProfile
from bookings.models import BookingStatus, BookingTerms, WeeklyHours
from matching import pool
from matching.models import FreeTime, Opinion, RecommendationList
from matching.score import Exclusion
from matching.services import feedback, recommending
from matching.wishes import free_cells, wishes_of
from sessions_app.models import TutoringSession
from sessions_app.services import private
from tests.factories import (
    AdminFactory,
    BlockFactory,
    BookingFactory,
    CourseFactory,
    EnrolmentFactory,
    StudentFactory,
    SubjectFactory,
    TimeOffFactory,
    TutorSubjectFactory,
)

pytestmark = pytest.mark.django_db


def shown(student, now, **asked):
    """`{tutor's id: score}` of the first hundred, in order."""
    found = recommending.recommend(student, now=now, **asked)
    return {each.tutor_id: each.score for each in found.ranking[0:100]}


def settle(*tutors, now):
    """Let nothing of them have changed for an hour."""
    pks, before = [each.pk for each in tutors], now - timedelta(hours=1)
    TutorProfile.objects.filter(pk__in=pks).update(updated_at=before)
    BookingTerms.objects.filter(tutor__in=pks).update(updated_at=before)
    TutoringSession.objects.filter(creator__tutor_profile__in=pks).update(updated_at=before)


class TestWishes:
    def test_are_read_from_all_that_is_known(self, student, tutor, maths, now):
        physics, poetry = SubjectFactory(name="Physics", category="STEM"), SubjectFactory(name="Poetry")
        profile = student.student_profile
        profile.learning_goals = ["Pass the exam", "Metaphysics"]
        profile.academic_subjects = ["physics"]
        profile.language_preferences = [{"code": "de", "level": "beginner"}]
        profile.save()
        EnrolmentFactory(learner=student, course=CourseFactory(subject=maths, level="advanced"))
        lesson = {"student": student, "subject": poetry, "currency": "EUR"}
        BookingFactory(**lesson, hourly_rate=30, status=BookingStatus.COMPLETED, starts_at=now - timedelta(days=9))
        BookingFactory(**lesson, hourly_rate=90, status=BookingStatus.DECLINED, starts_at=now - timedelta(days=8))
        blocked = BlockFactory(blocker=student).blocked

        wishes = wishes_of([student], now=now)[student.pk]

        assert wishes.subjects == {maths.pk: 3, physics.pk: None, poetry.pk: None}
        assert (wishes.categories, wishes.languages) == ({"STEM"}, {"de": 1, "en": 4})
        assert wishes.budgets == {"EUR": 30}
        assert {"mathematics", "pass", "exam", "metaphysics"} <= wishes.words
        assert wishes.blocked == {blocked.pk}

    def test_of_many_cost_what_those_of_one_cost(self, student, now):
        others = [student, *StudentFactory.create_batch(2)]
        with CaptureQueriesContext(connection) as at_one:
            wishes_of([student], now=now)
        with CaptureQueriesContext(connection) as at_three:
            wishes_of(others, now=now)

        assert len(at_three) == len(at_one) == 8

    def test_free_time_is_the_day_where_the_student_lives_without_what_is_planned(self, student, now):
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        lesson = BookingFactory(student=student, starts_at=midnight + timedelta(days=3, hours=9))

        here = wishes_of([student], now=midnight)[student.pk].free
        tokyo = free_cells("Asia/Tokyo", [], now=midnight)

        day = [bool(here >> cell & 1) for cell in range(3 * 96, 4 * 96)]
        assert day == [7 <= cell / 4 < 22 and not 9 <= cell / 4 < 10 for cell in range(96)]
        assert [bool(tokyo >> cell & 1) for cell in range(96)] == [not 13 <= cell / 4 < 22 for cell in range(96)]
        assert lesson.student == student


class TestFacts:
    def test_of_tutors_are_read_from_all_that_counts(self, tutor, maths, now):
        made = tutor(languages=("de", "en"), bio="Patience and algebra.", hourly_rate=55, total_sessions=3)
        lesson = BookingFactory(tutor=made, status=BookingStatus.CANCELLED, starts_at=now - timedelta(days=2))
        made.strikes.create(booking=lesson, reason="late_cancel", created_at=now)
        made.languages.filter(code="de").update(level="intermediate")

        (facts,) = pool.read(pool.candidates(), now=now)

        assert (facts.id, facts.user_id, facts.subjects) == (made.pk, made.user_id, {maths.pk: 3})
        assert (facts.languages, facts.hourly_rate, facts.lessons) == ({"de": 2, "en": 4}, 55, 3)
        assert (facts.bookings, facts.late_cancels, facts.no_shows) == (1, 1, 0)
        assert {"patience", "algebra", "mathematics"} <= facts.words
        assert not {"first", "person"} & facts.words  # a name says where somebody is from

    def test_free_time_is_that_of_real_slots(self, tutor, now):
        """Of two weeks round the clock, what notice, time off and a lesson leave."""
        made = tutor()
        TimeOffFactory(tutor=made, starts_at=now + timedelta(days=2), ends_at=now + timedelta(days=30))

        (facts,) = pool.read(pool.candidates(), now=now)

        assert 44 * 4 <= facts.free.bit_count() <= 46 * 4
        BookingFactory(tutor=made, starts_at=(now + timedelta(days=1)).replace(minute=0, second=0, microsecond=0))
        (again,) = pool.read(pool.candidates(), now=now)
        assert facts.free.bit_count() - again.free.bit_count() == 4

    def test_free_time_is_worked_out_once_until_something_changes(self, tutor, now, django_assert_num_queries):
        made, other = tutor(), tutor()
        settle(made, other, now=now)
        pool.refresh_free_times(now=now + timedelta(minutes=1))
        FreeTime.objects.filter(tutor=made).update(starts=b"\x01", lesson_minutes=60)
        known = made.weekly_hours.first()

        with CaptureQueriesContext(connection) as captured:
            read = pool.read(pool.candidates(), now=now + timedelta(minutes=2))
        assert read[0].free == 0
        assert len(captured) == 6
        TutorProfile.objects.filter(pk=made.pk).update(updated_at=now + timedelta(minutes=1))
        assert pool.read(pool.candidates(), now=now + timedelta(minutes=2))[0].free > 0
        assert pool.read(pool.candidates(), now=now + timedelta(hours=3))[0].free > 0
        assert known.tutor_id == made.pk

    def test_free_time_grows_by_a_lesson_that_moves_out_of_its_two_weeks(self, tutor, now):
        made = tutor()
        lesson = BookingFactory(tutor=made).session
        settle(made, now=now)
        (before,) = pool.read(pool.candidates(), now=now)
        assert pool.changed_since(now, now=now, most=1) == []

        days = timedelta(days=40)
        private.move_to(lesson, starts_at=lesson.starts_at + days, ends_at=lesson.ends_at + days)

        assert pool.changed_since(now, now=now, most=1) == [made.pk]
        (after,) = pool.read(pool.candidates(), now=now)
        assert after.free.bit_count() - before.free.bit_count() == 4

    def test_who_has_no_hours_has_no_free_time(self, tutor, student, now):
        made = tutor()
        WeeklyHours.objects.filter(tutor=made).delete()

        assert shown(student, now) == {}
        found = recommending.compatibility(made.pk, actor=student, student_id=None, now=now)
        assert found.excluded_because == [Exclusion.NO_FREE_SLOT]


class TestTheList:
    def test_has_who_fits_the_best_first(self, tutor, student, now):
        liked, fitting = tutor(ranking_score="4.8"), tutor(ranking_score="4.0")
        tutor(languages=("fr",)), tutor(subject=SubjectFactory()), tutor(accepts_bookings=False)
        tutor(is_listed=False)
        BlockFactory(blocked=student, blocker=tutor().user)

        found = shown(student, now)

        assert list(found) == [liked.pk, fitting.pk]
        assert found[liked.pk] - found[fitting.pk] == 6

    def test_is_kept_and_answered_with_the_numbers_that_it_would_have_live(self, tutor, student, now):
        made = [tutor(ranking_score=f"4.{number}", total_sessions=number) for number in range(5)]
        settle(*made, now=now)
        live = recommending.rank_live(wishes_of([student], now=now)[student.pk], now=now)

        first = recommending.recommend(student, now=now)
        kept = recommending.recommend(student, now=now)

        assert live.matches == first.ranking.matches == kept.ranking.matches
        assert (kept.computed_at, len(kept.ranking)) == (RecommendationList.objects.get().computed_at, 5)

    def test_that_is_kept_is_read_without_the_tutors(self, tutor, student, now):
        made = tutor()
        settle(made, now=now)
        shown(student, now)
        RecommendationList.objects.update(entries=[[made.pk, [[10_000, None]] * 7 + [[0, None]]]])

        with CaptureQueriesContext(connection) as captured:
            assert shown(student, now) == {made.pk: 100}
        assert len(captured) == 8 + 3

    @pytest.mark.parametrize("hours", [24, 30])
    def test_is_worked_out_anew_after_a_day(self, tutor, student, now, hours):
        tutor()
        shown(student, now)
        RecommendationList.objects.update(entries=[], size=0)

        assert len(shown(student, now + timedelta(hours=hours))) == 1
        assert RecommendationList.objects.get().computed_at == now + timedelta(hours=hours)

    def test_is_worked_out_anew_when_the_student_changes(self, tutor, student, now):
        poetry = SubjectFactory(name="Poetry")
        mathematician, poet = tutor(), tutor(subject=poetry)
        assert list(shown(student, now)) == [mathematician.pk]

        student.student_profile.interests = ["poetry"]
        student.student_profile.save()

        assert list(shown(student, now)) == [poet.pk]

    def test_looks_again_at_the_tutors_who_have_changed_only(self, tutor, student, now):
        gone, raised, same = tutor(), tutor(), tutor()
        settle(gone, raised, same, now=now)
        before = shown(student, now)
        BookingFactory(student=student, hourly_rate=40, starts_at=now + timedelta(days=3), currency="EUR")
        before = shown(student, now)
        later = now + timedelta(minutes=5)
        TutorProfile.objects.filter(pk=gone.pk).update(is_listed=False)
        TutorProfile.objects.filter(pk=raised.pk).update(ranking_score=5, updated_at=later)
        TutorProfile.objects.filter(pk=same.pk).update(ranking_score=5)
        newcomer = tutor()

        found = shown(student, later)

        assert found == {raised.pk: before[raised.pk] + 15, same.pk: before[same.pk], newcomer.pk: before[same.pk]}
        assert RecommendationList.objects.get().computed_at == now

    def test_is_worked_out_anew_where_somebody_may_have_been_left_out(self, tutor, student, now, monkeypatch):
        """Two are kept; when one of them falls behind, the third, who was not kept, may come before."""
        monkeypatch.setattr("matching.score.ranking.MOST", 2)
        monkeypatch.setattr("matching.services.recommending.MOST", 2)
        made = [tutor(ranking_score=score) for score in ("4.9", "4.8", "4.7")]
        settle(*made, now=now)
        assert list(shown(student, now)) == [made[0].pk, made[1].pk]

        later = now + timedelta(minutes=5)
        TutorProfile.objects.filter(pk=made[0].pk).update(ranking_score="4.5", updated_at=later)

        assert list(shown(student, later)) == [made[1].pk, made[2].pk]
        assert RecommendationList.objects.get().computed_at == later

    def test_is_worked_out_anew_where_many_have_changed(self, tutor, student, now, monkeypatch):
        monkeypatch.setattr(recommending, "MOST_CHANGED", 1)
        tutor(), tutor()
        shown(student, now)

        shown(student, now + timedelta(minutes=1))

        assert RecommendationList.objects.get().computed_at == now + timedelta(minutes=1)


class TestWhatIsAsked:
    def test_stands_in_the_place_of_what_is_known_for_this_once(self, tutor, student, maths, now):
        poetry = SubjectFactory(name="Poetry")
        cheap, dear = tutor(hourly_rate=20), tutor(hourly_rate=100, languages=("fr",))
        poet = tutor(subject=poetry)
        TutorSubjectFactory(tutor=dear, subject=poetry)

        assert set(shown(student, now, subject=poetry)) == {poet.pk}
        assert set(shown(student, now, languages=["fr"])) == {dear.pk}
        assert set(shown(student, now, budget=17)) == {cheap.pk}
        assert shown(student, now, budget=Decimal(0)) == {}
        assert set(shown(student, now, any_language=True)) == {cheap.pk, dear.pk}
        assert not RecommendationList.objects.exists()

    def test_a_related_subject_is_not_the_subject_that_is_asked_for(self, tutor, student, now):
        physics = SubjectFactory(name="Physics", category="STEM")
        physicist = tutor(subject=physics)

        assert set(shown(student, now)) == {physicist.pk}
        assert shown(student, now, subject=SubjectFactory(name="Botany", category="STEM")) == {}


class TestFeedback:
    def test_who_was_dismissed_comes_back_after_90_days(self, tutor, student, now):
        made = tutor()
        feedback.give(made.pk, Opinion.DISMISS, student=student, now=now)

        assert shown(student, now) == shown(student, now + timedelta(days=89)) == {}
        assert set(shown(student, now + timedelta(days=90))) == {made.pk}

    def test_the_last_word_counts_and_can_be_taken_back(self, tutor, student, now):
        made = tutor()
        feedback.give(made.pk, Opinion.DISMISS, student=student, now=now)
        saved = feedback.give(made.pk, Opinion.SAVE, student=student, now=now)

        assert (saved.action, saved.until, student.tutor_feedback.count()) == ("save", None, 1)
        assert recommending.recommend(student, now=now).wishes.saved == {made.pk}
        feedback.take_back(made.pk, student=student)
        assert not student.tutor_feedback.exists()


class TestCompatibility:
    def test_names_all_that_speaks_against_it(self, tutor, student, now):
        made = tutor(languages=("fr",), accepts_bookings=False)
        TutorLanguage.objects.filter(tutor=made).update(code="it")

        found = recommending.compatibility(made.pk, actor=student, student_id=None, now=now)

        assert found.excluded_because == [Exclusion.UNAVAILABLE, Exclusion.LANGUAGE, Exclusion.NO_FREE_SLOT]
        as_admin = recommending.compatibility(made.pk, actor=AdminFactory(), student_id=student.pk, now=now)
        assert as_admin == found
