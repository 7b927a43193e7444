import pytest

from accounts.models import LearnerSettings
from courses.models import EnrolmentStatus
from courses.services.peers import peers_of
from tests.factories import BlockFactory, CourseFactory, EnrolmentFactory, StudentFactory, TutorFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def course():
    return CourseFactory()


@pytest.fixture
def learner(course):
    return EnrolmentFactory(course=course).learner


@pytest.fixture
def peer(course):
    return EnrolmentFactory(course=course, learner__first_name="Alan", learner__last_name="Turing").learner


def test_peers_are_in_a_course_of_ones_own_or_have_completed_it(course, learner, peer):
    done = EnrolmentFactory(
        course=course,
        status=EnrolmentStatus.COMPLETED,
        completed_at=course.published_at,
        learner__first_name="Zoe",
    ).learner
    EnrolmentFactory(course=course, status=EnrolmentStatus.DROPPED)
    EnrolmentFactory(course=course, status=EnrolmentStatus.WAITLISTED, waiting_since=course.published_at)
    EnrolmentFactory()

    assert list(peers_of(learner)) == [peer, done]


def test_who_dropped_a_course_has_no_peers_in_it(course, peer):
    gone = EnrolmentFactory(course=course, status=EnrolmentStatus.DROPPED).learner

    assert not peers_of(gone).exists()


def test_a_peer_of_two_courses_is_listed_once(learner, peer):
    other = CourseFactory()
    for one in (learner, peer):
        EnrolmentFactory(course=other, learner=one)

    assert list(peers_of(learner)) == [peer]


def test_who_does_not_want_to_be_found_is_not(learner, peer):
    LearnerSettings.objects.create(user=peer, show_to_peers=False)

    assert not peers_of(learner).exists()


def test_who_has_set_something_else_is_found(learner, peer):
    LearnerSettings.objects.create(user=peer, theme="dark")

    assert list(peers_of(learner)) == [peer]


@pytest.mark.parametrize("by", ["learner", "peer"])
def test_a_block_hides_both_from_each_other(learner, peer, by):
    pair = (learner, peer) if by == "learner" else (peer, learner)
    BlockFactory(blocker=pair[0], blocked=pair[1])

    assert not peers_of(learner).exists()
    assert not peers_of(peer).exists()


def test_who_is_gone_and_who_is_no_student_is_no_peer(course, learner, peer):
    EnrolmentFactory(course=course, learner=TutorFactory())
    peer.is_active = False
    peer.save()

    assert not peers_of(learner).exists()


@pytest.mark.parametrize(("search", "found"), [("tur", 1), ("ALAN t", 1), ("alan turing", 1), ("grace", 0), ("%", 0)])
def test_peers_are_looked_for_by_parts_of_their_name(learner, peer, search, found):
    assert peers_of(learner, search=search).count() == found


def test_peers_are_narrowed_to_one_of_ones_own_courses(course, learner, peer):
    foreign = EnrolmentFactory(learner=peer).course

    assert list(peers_of(learner, course_id=course.pk)) == [peer]
    assert not peers_of(learner, course_id=foreign.pk).exists()
    assert not peers_of(learner, course_id=10**9).exists()


def test_somebody_without_courses_has_no_peers(peer):
    assert not peers_of(StudentFactory()).exists()
