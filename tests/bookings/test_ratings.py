from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import StudentProfile, TutorProfile
from bookings.models import BookingStatus, DisputeState, ReviewKind, ReviewState
from bookings.services import disputes, ratings, review_moderation, reviews
from bookings.services.ratings import Rating, mean, ranking_score
from bookings.tasks import refresh_rankings
from matching import pool
from tests.factories import (
    AdminFactory,
    BookingFactory,
    PackagePurchaseFactory,
    ReviewFactory,
    StudentFactory,
    TutorProfileFactory,
)

DAY = timedelta(days=1)
YEAR = timedelta(days=365)
NOW = timedelta(0)


class TestTheMean:
    @pytest.mark.parametrize(
        ("total", "count", "shown"), [(0, 0, "0"), (9, 2, "4.50"), (13, 3, "4.33"), (14, 3, "4.67"), (201, 200, "1.01")]
    )
    def test_is_plain_and_rounds_half_up(self, total, count, shown):
        assert str(mean(total, count)) == shown


class TestTheRankingScore:
    def test_of_who_has_no_reviews_is_the_platforms_mean(self):
        assert ranking_score([], platform_mean=4.2) == Decimal("4.2000")

    def test_is_drawn_to_the_platforms_mean_by_five_reviews(self):
        assert ranking_score([Rating(1, 5, NOW)], platform_mean=4.0) == Decimal("4.1667")

    def test_counts_a_review_half_after_a_year(self):
        # five times 4 and half of a 5, divided by five and a half
        assert ranking_score([Rating(1, 5, YEAR)], platform_mean=4.0) == Decimal("4.0909")

    def test_counts_each_student_once(self):
        one_regular = [Rating(1, 5, NOW)] * 40

        assert ranking_score(one_regular, platform_mean=4.0) == ranking_score(one_regular[:1], platform_mean=4.0)

    def test_takes_a_students_average_first(self):
        both = [Rating(1, 5, NOW), Rating(1, 3, NOW), Rating(2, 4, NOW)]

        assert ranking_score(both, platform_mean=4.0) == Decimal("4.0000")

    @given(
        st.lists(st.builds(Rating, st.integers(1, 5), st.integers(1, 5), st.timedeltas(NOW, 20 * YEAR)), max_size=30),
        st.floats(1, 5),
    )
    def test_is_between_the_worst_and_the_best_that_is_known(self, told, overall):
        known = [overall, *(rating.stars for rating in told)]

        assert min(known) - 0.0001 <= ranking_score(told, platform_mean=overall) <= max(known) + 0.0001

    def test_of_a_few_perfect_reviews_is_below_that_of_many_good_ones(self):
        few = [Rating(n, 5, NOW) for n in range(2)]
        many = [Rating(n, 5, NOW) for n in range(40)] + [Rating(n, 4, NOW) for n in range(40, 50)]

        assert ranking_score(few, platform_mean=4.0) < ranking_score(many, platform_mean=4.0)


FIGURES = ("total_reviews", "rating_sum", "average_rating", "rated_1", "rated_2", "rated_3", "rated_4", "rated_5")


def figures(tutor):
    tutor.refresh_from_db()
    return {name: getattr(tutor, name) for name in FIGURES if getattr(tutor, name)}


def lesson(tutor, **changes):
    """A lesson that took place some days ago; each on another day."""
    lesson.number += 1
    starts_at = timezone.now() - timedelta(days=1, hours=2 * lesson.number)
    return BookingFactory(tutor=tutor, **({"status": BookingStatus.COMPLETED, "starts_at": starts_at} | changes))


lesson.number = 0


def reviewed(tutor, rating, **changes):
    booking = lesson(tutor, **changes)
    return reviews.write_review(booking.pk, author=booking.student, rating=rating)


@pytest.fixture
def tutor(db):
    lesson.number = 0
    return TutorProfileFactory()


class TestATutorsFigures:
    def test_follow_each_review(self, tutor):
        for stars in (5, 5, 3):
            reviewed(tutor, stars)

        assert figures(tutor) == {
            "total_reviews": 3, "rating_sum": 13, "average_rating": Decimal("4.33"), "rated_3": 1, "rated_5": 2
        }  # fmt: skip
        assert tutor.ranking_score > 0

    def test_make_matching_look_at_the_tutor_again(self, tutor):
        now, before = timezone.now(), timezone.now() - DAY
        TutorProfile.objects.update(is_listed=True, updated_at=before)
        review = reviewed(tutor, 5)
        assert pool.changed_since(now, now=now, most=1) == [tutor.pk]

        TutorProfile.objects.update(updated_at=before)
        ratings.recompute(tutor.pk, now=review.created_at)  # and finds all as it is
        assert pool.changed_since(now, now=now, most=1) == []

    def test_follow_an_edit(self, tutor):
        review = reviewed(tutor, 5)

        reviews.edit_review(review.pk, {"rating": 2}, author=review.student)

        assert figures(tutor) == {"total_reviews": 1, "rating_sum": 2, "average_rating": Decimal(2), "rated_2": 1}

    def test_follow_a_moderator(self, tutor):
        admin, review = AdminFactory(), reviewed(tutor, 1)
        reviewed(tutor, 5)

        review_moderation.hide(review.pk, reason="Names a child", actor=admin)
        assert figures(tutor) == {"total_reviews": 1, "rating_sum": 5, "average_rating": Decimal(5), "rated_5": 1}

        review_moderation.show(review.pk, actor=admin)
        assert figures(tutor)["average_rating"] == 3

    def test_leave_out_lessons_that_the_tutor_missed(self, tutor):
        reviewed(tutor, 1, status=BookingStatus.NO_SHOW_TUTOR)

        assert figures(tutor) == {}

    def test_leave_out_what_was_refunded_since(self, tutor):
        review = reviewed(tutor, 1)
        reviewed(tutor, 5)
        review.booking.refund_percent = 100
        review.booking.save()

        assert ratings.recompute(tutor.pk, now=timezone.now())

        assert figures(tutor) == {"total_reviews": 1, "rating_sum": 5, "average_rating": Decimal(5), "rated_5": 1}

    # What the lesson was at first, what the moderators say that it was, what of it is given back; and whether the
    # review counts before and after that, and as what it is shown.
    @pytest.mark.parametrize(
        ("at_first", "result", "refund", "before", "after", "kind"),
        [
            ("completed", "completed", 0, True, True, "lesson"),
            ("completed", "completed", 50, True, True, "lesson"),
            ("completed", "completed", 100, True, False, "lesson"),
            ("completed", "no_show_tutor", 100, True, False, "no_show"),
            ("completed", "no_show_tutor", 50, True, False, "no_show"),
            ("completed", "no_show_student", 0, True, False, "lesson"),
            ("no_show_tutor", "completed", 0, False, True, "lesson"),
            ("no_show_tutor", "completed", 100, False, False, "lesson"),
            ("no_show_tutor", "no_show_tutor", 100, False, False, "no_show"),
            ("no_show_tutor", "no_show_student", 0, False, False, "no_show"),
        ],
    )
    def test_follow_the_decision_of_a_dispute(self, tutor, at_first, result, refund, before, after, kind):
        review = reviewed(tutor, 2, status=BookingStatus(at_first), dispute_state=DisputeState.OPEN)
        assert figures(tutor).get("total_reviews", 0) == before
        TutorProfile.objects.update(total_sessions=1)
        StudentProfile.objects.update(total_sessions=1)

        disputes.resolve_dispute(
            review.booking_id, actor=AdminFactory(), result=result, refund_percent=refund, reason="the logs"
        )

        assert figures(tutor) == (
            {"total_reviews": 1, "rating_sum": 2, "average_rating": Decimal(2), "rated_2": 1} if after else {}
        )
        review.refresh_from_db()
        assert review.kind == kind
        assert not ratings.recompute(tutor.pk, now=timezone.now().replace(microsecond=0))

    def test_follow_a_refund_of_a_lesson_paid_by_a_credit(self, tutor):
        booking = lesson(tutor, dispute_state=DisputeState.OPEN)
        booking.purchase = PackagePurchaseFactory(student=booking.student, tutor=tutor)
        booking.save()
        reviews.write_review(booking.pk, author=booking.student, rating=1)

        disputes.resolve_dispute(
            booking.pk, actor=AdminFactory(), result="completed", refund_percent=100, reason="the logs"
        )

        assert figures(tutor) == {}

    def test_a_hidden_review_stays_hidden_whatever_is_decided(self, tutor):
        review = reviewed(tutor, 1, dispute_state=DisputeState.OPEN)
        review_moderation.hide(review.pk, reason="Names a child", actor=AdminFactory())

        disputes.resolve_dispute(
            review.booking_id, actor=AdminFactory(), result="completed", refund_percent=0, reason="the logs"
        )

        assert figures(tutor) == {}

    def test_are_what_working_them_out_anew_gives(self, tutor):
        for stars in (5, 4, 4, 1):
            reviewed(tutor, stars)

        assert not ratings.recompute(tutor.pk, now=timezone.now().replace(microsecond=0))

    def test_can_be_repaired(self, tutor):
        ReviewFactory(booking=lesson(tutor), rating=4)
        ReviewFactory(booking=lesson(tutor), rating=1, state=ReviewState.HIDDEN)
        ReviewFactory(booking=lesson(tutor), rating=1, kind=ReviewKind.NO_SHOW)
        TutorProfile.objects.update(rating_sum=77, rated_2=9)

        assert ratings.recompute(tutor.pk, now=timezone.now())

        assert figures(tutor) == {"total_reviews": 1, "rating_sum": 4, "average_rating": Decimal(4), "rated_4": 1}


class TestRefreshing:
    def test_lets_scores_age_towards_the_platforms_mean(self, tutor):
        reviewed(tutor, 5)
        reviewed(TutorProfileFactory(), 1)
        ratings.refresh_scores(now=timezone.now())
        tutor.refresh_from_db()
        young = tutor.ranking_score

        changed = ratings.refresh_scores(now=timezone.now() + YEAR)

        tutor.refresh_from_db()
        assert 3 < tutor.ranking_score < young < 5
        assert changed == 2

    def test_gives_who_has_no_reviews_the_platforms_mean(self, tutor):
        reviewed(tutor, 4)
        newcomer = TutorProfileFactory()

        refresh_rankings()

        newcomer.refresh_from_db()
        assert newcomer.ranking_score == 4

    def test_is_a_command_too_and_may_be_repeated(self, tutor, capsys):
        reviewed(tutor, 5)
        TutorProfile.objects.update(ranking_score=0)

        call_command("refresh_rankings")
        call_command("refresh_rankings")

        assert capsys.readouterr().out == "1 scores changed\n0 scores changed\n"

    @pytest.mark.parametrize("count", [1, 30])
    def test_costs_the_same_for_few_and_for_many(self, tutor, count, django_assert_num_queries):
        for number in range(count):
            ReviewFactory(booking=lesson(TutorProfileFactory()), rating=1 + number % 5)
        for each in TutorProfile.objects.all():
            ratings.recompute(each.pk, now=timezone.now())
        TutorProfile.objects.update(ranking_score=0)

        with django_assert_num_queries(8):
            ratings.refresh_scores(now=timezone.now())

    def test_of_an_empty_platform_does_nothing(self, tutor):
        StudentFactory()

        assert ratings.refresh_scores(now=timezone.now()) == 0
