"""Students who are matched with each other (R-MAT-7): by what they share, and only if both want it."""

from decimal import Decimal
from itertools import permutations

import pytest
from django.utils import timezone

from accounts.models import LearnerSettings, StudentProfile
from matching.errors import PeerMatchingOff
from matching.score import peers
from matching.score.peers import Learner
from matching.services.peers import matches_of
from tests.factories import BlockFactory, CourseFactory, EnrolmentFactory, StudentFactory
from tests.support.clients import queries_of

PATH = "/api/matching/peers"


class TestTheScore:
    ME = Learner(1, frozenset({7, 8}), frozenset({"chess"}), frozenset({"algebra"}), free=0b1111)

    def test_is_whole_for_who_shares_courses_strengths_and_time(self):
        other = Learner(2, frozenset({7, 8, 9}), frozenset({"algebra"}), frozenset({"chess"}), free=0b1111)

        (found,) = peers.best(self.ME, [other], minutes=60)

        assert (found.score, found.shared) == (100, {7, 8})
        assert [line["contribution"] for line in found.lines()] == [40, 40, 20]

    def test_adds_up_exactly_and_says_why(self):
        other = Learner(2, frozenset({7}), frozenset({"algebra"}), frozenset(), free=0b0001)

        (found,) = peers.best(self.ME, [other], minutes=45)

        lines = found.lines()
        assert sum((line["contribution"] for line in lines), Decimal(0)) == found.score
        assert [line["reason"] for line in lines] == [
            "You have one course in common.",
            "Good at what you want to learn.",
            "0.2 hours in the next 14 days when you are both free.",
        ]

    def test_does_not_hang_on_the_order_and_equal_ones_go_by_id(self):
        others = [Learner(3, frozenset({7})), Learner(2, frozenset({7})), Learner(4, frozenset({7, 8}))]

        orders = {
            tuple(each.learner_id for each in peers.best(self.ME, order, minutes=60)) for order in permutations(others)
        }

        assert orders == {(4, 2, 3)}


def wanting(**fields):
    student = StudentFactory()
    LearnerSettings.objects.create(user=student, match_with_peers=True)
    StudentProfile.objects.filter(user=student).update(**fields)
    return student


@pytest.fixture
def me():
    return wanting(skills=["Chess"], learning_goals=["Algebra"])


@pytest.mark.django_db
class TestMatches:
    def test_are_those_who_want_it_with_whom_no_block_stands_between(self, me):
        course = CourseFactory()
        EnrolmentFactory(course=course, learner=me)
        friend, other = wanting(skills=["algebra"], interests=["chess"]), wanting()
        EnrolmentFactory(course=course, learner=friend)
        blocked, gone, shy = wanting(), wanting(), StudentFactory()
        BlockFactory(blocker=blocked, blocked=me)
        gone.is_active = False
        gone.save()

        found = matches_of(me, now=timezone.now())

        assert [each.learner_id for each in found] == [friend.pk, other.pk]
        assert (found[0].shared, found[0].values[1].share) == ({course.pk}, 10_000)
        assert shy.pk not in {each.learner_id for each in found}

    def test_are_not_for_who_does_not_want_to_be_seen(self):
        with pytest.raises(PeerMatchingOff):
            matches_of(StudentFactory(), now=timezone.now())

    def test_are_shown_without_addresses_in_pages_at_a_constant_price(self, api, me):
        course = CourseFactory()
        EnrolmentFactory(course=course, learner=me)
        friend = wanting()
        EnrolmentFactory(course=course, learner=friend)
        mine = api.as_(me)
        one = queries_of(mine, PATH)
        for _ in range(2):
            EnrolmentFactory(course=course, learner=wanting())

        page = mine.get(f"{PATH}?pageSize=1").json()

        assert (page["total"], len(page["items"])) == (3, 1)
        assert page["items"][0]["sharedCourses"] == [{"id": course.pk, "title": course.title}]
        assert friend.email not in mine.get(PATH).content.decode()
        assert mine.get(f"{PATH}?page=9").json()["items"] == []
        assert queries_of(mine, PATH) == one
        assert api.as_(StudentFactory()).get(PATH).json()["code"] == "PEER_MATCHING_OFF"
