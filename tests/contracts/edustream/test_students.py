"""The chapter on student profiles of the edustream document, and the client's `/api/favorites`."""

import pytest
import time_machine

from accounts.models import FavouriteTutor, StudentProfile, TutorStatus
from tests.factories import (
    AdminFactory,
    FavouriteTutorFactory,
    StudentFactory,
    TutorFactory,
    TutorProfileFactory,
    UserFactory,
)
from tests.support.golden import differences

pytestmark = pytest.mark.django_db

PROFILE = {
    "bio": "Busy high-schooler prepping for SAT math.",
    "grade_level": "High School",
    "school_name": "Roosevelt High",
    "learning_goals": "Improve calculus skills for college entrance",
    "interests": "Math club, robotics",
    "preferred_language": "en",
    "timezone": "America/New_York",
    "total_sessions": 12,
    "created_at": "2025-01-10T12:00:00Z",
    "updated_at": "2025-01-24T09:15:00Z",
}
CHANGES = {
    "learning_goals": "Master linear algebra",
    "grade_level": "Undergraduate",
    "preferred_language": "en",
    "timezone": "America/Los_Angeles",
}
PROFILE_PATH, CLIENT_PATH = "/api/profile/student/me", "/api/profile/me"


@pytest.fixture
def user():
    return StudentFactory()


@pytest.fixture
def mine(api, user):
    return api.as_(user)


class TestTheProfile:
    def test_the_documents_example(self, mine, api):
        with time_machine.travel(PROFILE["created_at"], tick=False):
            user = StudentFactory()
            StudentProfile.objects.update(total_sessions=12)
        sent = {name: PROFILE[name] for name in PROFILE if name not in ("total_sessions", "created_at", "updated_at")}
        with time_machine.travel(PROFILE["updated_at"], tick=False):
            client = api.as_(user)
            client.patch(PROFILE_PATH, sent | {"phone": "+1-555-123-4567"})

            response = client.get(PROFILE_PATH)

        # Numbers are kept in one form (E.164), without the document's hyphens.
        example = PROFILE | {"id": user.student_profile.pk, "user_id": user.pk, "phone": "+15551234567"}
        assert response.status_code == 200
        assert response.json() == example

    def test_the_documents_example_of_a_change(self, mine, user):
        response = mine.patch(PROFILE_PATH, CHANGES)

        user.refresh_from_db()
        assert response.status_code == 200
        assert differences(response.json(), CHANGES) == []
        assert user.timezone == "America/Los_Angeles"

    @pytest.mark.parametrize("sent", ["Math club, robotics", " Math club,, robotics ,", ["Math club", "robotics"]])
    def test_words_are_taken_as_one_string_or_as_a_list_and_kept_as_a_list(self, mine, user, sent):
        response = mine.patch(PROFILE_PATH, {"interests": sent, "learning_goals": sent})

        assert response.json()["interests"] == response.json()["learning_goals"] == "Math club, robotics"
        user.student_profile.refresh_from_db()
        assert user.student_profile.interests == user.student_profile.learning_goals == ["Math club", "robotics"]

    def test_a_comma_within_one_item_of_a_list_is_no_separator(self, mine, user):
        mine.patch(PROFILE_PATH, {"interests": ["Chess, fast and slow"]})

        user.student_profile.refresh_from_db()
        assert user.student_profile.interests == ["Chess, fast and slow"]

    def test_a_form_sends_one_string_too(self, mine, user):
        mine.patch(PROFILE_PATH, {"interests": "Chess, Go", "bio": "Hello."}, format="multipart")

        user.student_profile.refresh_from_db()
        assert (user.student_profile.interests, user.student_profile.bio) == (["Chess", "Go"], "Hello.")

    @pytest.mark.parametrize("nothing", ["", [], ","])
    def test_words_can_be_taken_away(self, mine, nothing):
        mine.patch(PROFILE_PATH, {"interests": "Chess"})

        assert mine.patch(PROFILE_PATH, {"interests": nothing}).json()["interests"] == ""

    def test_what_is_left_out_stays(self, mine):
        mine.patch(PROFILE_PATH, {"bio": "Hello.", "interests": "Chess"})

        shown = mine.patch(PROFILE_PATH, {"school_name": "Roosevelt High"}).json()

        assert (shown["bio"], shown["interests"], shown["school_name"]) == ("Hello.", "Chess", "Roosevelt High")

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            *(("timezone", "GMT+3"), ("preferred_language", "xx"), ("preferred_language", "english")),
            *(("phone", "123"), ("interests", 7), ("interests", {"a": 1}), ("interests", ["a"] * 31)),
            *(("interests", ["x" * 301]), ("learning_goals", [["a"]]), ("learning_goals", ["a\0b"])),
            *(("bio", "x" * 5001), ("grade_level", "x" * 101), ("school_name", None)),
        ],
    )
    def test_a_bad_value_changes_nothing(self, mine, user, field, value):
        response = mine.patch(PROFILE_PATH, {"bio": "Changed.", "phone": "+14155550123"} | {field: value})

        assert response.status_code == 400
        assert next(iter(response.json()["errors"])).split(".")[0] == field
        user.refresh_from_db()
        assert (user.phone, user.student_profile.bio) == ("", "")

    def test_what_is_counted_and_decided_elsewhere_cannot_be_written(self, mine, user):
        response = mine.patch(PROFILE_PATH, {"total_sessions": 99, "user_id": 1, "role": "admin", "currency": "EUR"})

        user.refresh_from_db()
        assert response.json()["total_sessions"] == 0
        assert (user.role, user.currency) == ("student", "USD")

    def test_a_student_who_has_no_student_side_yet_gets_one(self, api):
        user = UserFactory()

        assert api.as_(user).get(PROFILE_PATH).json()["user_id"] == user.pk

    def test_the_client_asks_for_three_of_its_fields_elsewhere(self, mine):
        sent = {"phone": "+15551234567", "bio": "I like numbers.", "timezone": "Europe/London"}

        response = mine.put(CLIENT_PATH, sent)

        assert response.status_code == 200
        assert differences(response.json(), sent) == []
        assert mine.get(CLIENT_PATH).json() == response.json() == mine.get(PROFILE_PATH).json()

    @pytest.mark.parametrize("path", [PROFILE_PATH, CLIENT_PATH, "/api/students/favorites", "/api/favorites"])
    @pytest.mark.parametrize("person", [TutorFactory, AdminFactory])
    def test_nobody_but_students_has_one(self, api, path, person):
        response = api.as_(person()).get(path)

        assert (response.status_code, response.json()["code"]) == (403, "STUDENTS_ONLY")


class TestFavouritesAsDocumented:
    def test_the_documents_example_of_adding(self, mine, user):
        tutor = TutorProfileFactory()

        response = mine.post(f"/api/students/favorites/{tutor.pk}")

        assert response.status_code == 201
        assert response.json() == {"message": "Tutor added to favorites"}
        assert list(FavouriteTutor.objects.values_list("student", "tutor")) == [(user.pk, tutor.pk)]

    def test_adding_twice_is_success_without_a_second_row(self, mine):
        path = f"/api/students/favorites/{TutorProfileFactory().pk}"

        assert [mine.post(path).status_code for _ in range(2)] == [201, 201]
        assert FavouriteTutor.objects.count() == 1

    def test_removing_has_no_body(self, mine, user):
        favourite = FavouriteTutorFactory(student=user)

        response = mine.delete(f"/api/students/favorites/{favourite.tutor_id}")

        assert (response.status_code, response.content) == (204, b"")
        assert not FavouriteTutor.objects.exists()

    def test_what_is_no_favourite_cannot_be_removed(self, mine):
        others = FavouriteTutorFactory()

        assert mine.delete(f"/api/students/favorites/{others.tutor_id}").status_code == 404
        assert FavouriteTutor.objects.get() == others

    @pytest.mark.parametrize("status", sorted(set(TutorStatus) - {TutorStatus.APPROVED}))
    def test_a_tutor_whom_nobody_can_find_cannot_be_added_in_either_way(self, mine, status):
        hidden = TutorProfileFactory(status=status)

        refused = [
            mine.post(f"/api/students/favorites/{hidden.pk}"),
            mine.post("/api/favorites", {"tutor_profile_id": hidden.pk}),
            mine.post("/api/students/favorites/999999"),
        ]

        assert [response.status_code for response in refused] == [404] * 3
        assert len({response.json()["message"] for response in refused}) == 1
        assert not FavouriteTutor.objects.exists()

    def test_the_list_shows_tutors_the_latest_favourite_first(self, mine, user):
        first, second = TutorProfileFactory(), TutorProfileFactory()
        for tutor in (first, second):
            mine.post(f"/api/students/favorites/{tutor.pk}")
        FavouriteTutorFactory()

        response = mine.get("/api/students/favorites")

        assert [tutor["id"] for tutor in response.json()] == [second.pk, first.pk]
        assert response["X-Total-Count"] == "2"
        shown = response.json()[0]
        assert (
            differences(
                shown,
                {
                    "user_id": second.user_id,
                    "name": second.user.full_name,
                    "title": "Mathematics for everybody",
                    "hourly_rate": 45,
                    "currency": "USD",
                    "avatar_url": "http://127.0.0.1:8000/api/avatars/default.png",
                    "average_rating": 0,
                    "total_reviews": 0,
                    "is_approved": True,
                    "is_favorite": True,
                },
            )
            == []
        )
        assert set(shown) == set(mine.get("/api/tutors").json()["items"][0])

    @pytest.mark.parametrize("path", ["/api/students/favorites", "/api/favorites"])
    def test_a_tutor_who_is_suspended_meanwhile_is_not_shown_but_can_be_removed(self, mine, user, path):
        tutor = FavouriteTutorFactory(student=user).tutor
        tutor.is_listed = False
        tutor.save()

        assert mine.get(path).json() == []
        assert mine.get(f"/api/favorites/{tutor.pk}").status_code == 404
        assert mine.delete(f"/api/favorites/{tutor.pk}").status_code == 200

    @pytest.mark.parametrize("path", ["/api/students/favorites", "/api/favorites"])
    def test_a_list_costs_the_same_at_one_row_and_at_thirty(self, mine, user, path, django_assert_num_queries):
        # Who asks, how many, which; of a tutor's card the rows, subjects, languages, degrees, favourites, reviews,
        # and hours with what is taken (three).
        queries = 12 if path == "/api/students/favorites" else 3
        FavouriteTutorFactory(student=user)
        with django_assert_num_queries(queries):
            assert len(mine.get(path).json()) == 1
        FavouriteTutorFactory.create_batch(29, student=user)
        with django_assert_num_queries(queries):
            assert len(mine.get(path, {"page_size": 100}).json()) == 30

    @pytest.mark.parametrize("path", ["/api/students/favorites", "/api/favorites"])
    def test_a_list_has_pages(self, mine, user, path):
        FavouriteTutorFactory.create_batch(5, student=user)

        pages = [mine.get(path, {"page": page, "page_size": 2}).json() for page in (1, 2, 3, 4)]

        assert [len(page) for page in pages] == [2, 2, 1, 0]
        assert len({item["id"] for page in pages for item in page}) == 5


class TestFavouritesAsTheClientHasThem:
    def test_adding_answers_the_favourite_and_is_safe_to_repeat(self, mine, user):
        tutor = TutorProfileFactory()

        first, second = (mine.post("/api/favorites", {"tutor_profile_id": tutor.pk}) for _ in range(2))

        row = FavouriteTutor.objects.get()
        assert (first.status_code, second.status_code) == (200, 200)
        assert first.json() == second.json()
        assert differences(first.json(), {"id": row.pk, "student_id": user.pk, "tutor_profile_id": tutor.pk}) == []
        assert first.json()["created_at"]

    def test_the_list_and_one_of_it(self, mine, user):
        favourite = FavouriteTutorFactory(student=user)
        FavouriteTutorFactory()

        shown = mine.get("/api/favorites").json()

        assert [item["tutor_profile_id"] for item in shown] == [favourite.tutor_id]
        assert mine.get(f"/api/favorites/{favourite.tutor_id}").json() == shown[0]

    def test_404_means_not_a_favourite(self, mine):
        others = FavouriteTutorFactory()

        for pk in (others.tutor_id, 999_999):
            assert mine.get(f"/api/favorites/{pk}").status_code == 404
            assert mine.delete(f"/api/favorites/{pk}").status_code == 404
        assert FavouriteTutor.objects.get() == others

    def test_removing_answers_a_body(self, mine, user):
        favourite = FavouriteTutorFactory(student=user)

        response = mine.delete(f"/api/favorites/{favourite.tutor_id}")

        assert response.status_code == 200
        assert response.json() == {"success": True, "message": "Tutor removed from favorites"}
        assert not FavouriteTutor.objects.exists()

    @pytest.mark.parametrize(
        "sent", [{}, {"tutor_profile_id": "x"}, {"tutor_profile_id": -1}, {"tutor_profile_id": 1e30}]
    )
    def test_what_is_no_id_is_400(self, mine, sent):
        response = mine.post("/api/favorites", sent)

        assert (response.status_code, list(response.json()["errors"])) == (400, ["tutor_profile_id"])

    def test_both_families_are_one_table(self, mine):
        tutor = TutorProfileFactory()

        mine.post(f"/api/students/favorites/{tutor.pk}")

        assert mine.get(f"/api/favorites/{tutor.pk}").status_code == 200
        assert mine.delete(f"/api/favorites/{tutor.pk}").status_code == 200
        assert mine.get("/api/students/favorites").json() == []
