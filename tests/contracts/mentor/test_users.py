"""The mentor contract's own account: profile, studies, languages, goals, first steps and progress."""

from urllib.parse import urlencode

import pytest

from tests.factories import AdminFactory, EnrolmentFactory, StudentFactory, TutorFactory
from tests.support.clients import queries_of
from tests.support.uploads import picture, upload

pytestmark = pytest.mark.django_db

PROFILE, STUDIES, LANGUAGES = (f"/api/users/{end}" for end in ("profile", "academic-details", "language-preferences"))
SCHOOL = {"academicLevel": "school", "schoolName": "Hill", "classGrade": "9", "subjects": ["Sums", "Art", "Sport"]}
COLLEGE = {
    "academicLevel": "COLLEGE",
    "universityName": "Yale",
    "degreeType": "BSc",
    "major": "Sums",
    "semester": "4",
    "cgpa": "8.5",
}


@pytest.fixture
def student():
    return StudentFactory(first_name="Ada", last_name="Lovelace")


@pytest.fixture
def mine(api, student):
    return api.as_(student)


def put(mine, path, body):
    return mine.put(path, body, format="json")


class TestOnesOwnProfile:
    def test_is_shown_as_it_was_written_and_what_is_left_out_stays(self, mine, student):
        answer = put(mine, PROFILE, {"name": "Grace Hopper", "bio": "Hello.", "preferences": {"darkMode": True}})

        shown = answer.json()["user"]
        assert (answer.status_code, shown["id"], shown["role"]) == (200, student.pk, "STUDENT")
        assert (shown["firstName"], shown["lastName"], shown["student"]["bio"]) == ("Grace", "Hopper", "Hello.")
        assert (shown["preferences"], shown["onboardingCompleted"]) == ({"darkMode": True}, False)
        assert mine.get(PROFILE).json() == answer.json()
        kept = put(mine, PROFILE, {"onboardingCompleted": True}).json()["user"]
        assert (kept["name"], kept["preferences"], kept["onboardingCompleted"]) == (
            "Grace Hopper", {"darkMode": True}, True,
        )  # fmt: skip

    def test_takes_a_whole_name_over_parts_that_are_blank(self, mine, api):
        user = put(mine, PROFILE, {"name": "Grace Hopper", "firstName": "", "lastName": ""}).json()["user"]
        assert (user["firstName"], user["lastName"]) == ("Grace", "Hopper")

        user = put(mine, PROFILE, {"lastName": ""}).json()["user"]
        assert (user["firstName"], user["lastName"]) == ("Grace", "")

    def test_of_a_mentor_has_no_student_side(self, api):
        answer = put(api.as_(TutorFactory()), PROFILE, {"firstName": "Ada", "bio": "Not there."})

        assert (answer.status_code, answer.json()["user"]["role"], answer.json()["user"]["student"]) == (
            200, "MENTOR", None,
        )  # fmt: skip

    def test_keeps_the_picture_that_was_uploaded_and_takes_no_other(self, mine):
        address = mine.post("/api/uploads/profile-images", {"image": upload(picture())}, format="multipart").json()[
            "imageUrl"
        ]

        assert put(mine, PROFILE, {"profileImage": address}).json()["user"]["profileImage"] == address
        refused = put(mine, PROFILE, {"profileImage": "https://elsewhere.example/me.png", "firstName": "No"})
        assert (refused.status_code, refused.json()["code"]) == (400, "NOT_YOUR_PICTURE")
        assert mine.get(PROFILE).json()["user"]["firstName"] == "Ada"
        assert put(mine, PROFILE, {"profileImage": ""}).json()["user"]["profileImage"].endswith("default.png")

    def test_of_somebody_else_is_not_there(self, mine, student):
        other = StudentFactory(first_name="Alan")

        assert put(mine, PROFILE, {"userId": other.pk, "firstName": "Eve"}).status_code == 404
        assert put(mine, PROFILE, {"userId": student.pk}).status_code == 200
        other.refresh_from_db()
        assert other.first_name == "Alan"

    @pytest.mark.parametrize("bad", ["words", 5, {"a": "x" * 4096}, {"a": "\x00"}])
    def test_has_preferences_that_are_small_objects_or_lists(self, mine, bad):
        answer = put(mine, PROFILE, {"preferences": bad})

        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["preferences"])
        assert put(mine, PROFILE, {"preferences": ["email"]}).json()["user"]["preferences"] == ["email"]

    @pytest.mark.parametrize("preferences", [
        {"theme_name": "dark", "HTMLTitle": 2, "userID": 1, "a_1": 1, "role": "student", "id": 7},
        {"last_tab": 1, "lastTab": 2},
        {"nested": {"last_seen": "x", "URL": "y", "preferences": [{"open_tabs": ["role"]}]}},
        [{"user_id": 1, "Role": "tutor"}],
    ])  # fmt: skip
    def test_has_the_preferences_back_letter_by_letter(self, mine, preferences):
        answer = put(mine, PROFILE, {"preferences": preferences})

        assert (answer.status_code, answer.json()["user"]["preferences"]) == (200, preferences)
        assert mine.get(PROFILE).json()["user"]["preferences"] == preferences

    def test_has_preferences_that_are_nested_within_reason(self, mine):
        deep = "[" * 60 + "]" * 60

        answer = mine.generic("PUT", PROFILE, f'{{"preferences": {deep}}}', content_type="application/json")

        assert (answer.status_code, answer.json()["code"]) == (400, "MALFORMED_REQUEST")

    @pytest.mark.parametrize("format_", ["form", "multipart"])
    def test_takes_the_preferences_of_a_form_as_their_text(self, mine, format_):
        sent = {"preferences": '{"last_tab": 1, "lastTab": [2]}'}
        if format_ == "form":
            answer = mine.put(PROFILE, urlencode(sent), content_type="application/x-www-form-urlencoded")
        else:
            answer = mine.put(PROFILE, sent, format="multipart")

        assert (answer.status_code, answer.json()["user"]["preferences"]) == (200, {"last_tab": 1, "lastTab": [2]})

    @pytest.mark.parametrize("text", ["dark", "5", '"words"', "{", '{"a": NaN}', "[" * 999 + "]" * 999])
    def test_refuses_a_text_that_is_no_object_and_no_list(self, mine, text):
        answer = mine.put(PROFILE, {"preferences": text, "first_name": "No"}, format="multipart")

        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["preferences"])
        assert mine.get(PROFILE).json()["user"]["firstName"] == "Ada"

    def test_keeps_the_preferences_that_a_form_leaves_empty(self, mine):
        put(mine, PROFILE, {"preferences": {"tab": 1}})

        answer = mine.put(PROFILE, {"preferences": "", "first_name": "Grace"}, format="multipart")

        assert (answer.status_code, answer.json()["user"]["preferences"]) == (200, {"tab": 1})


class TestFirstSteps:
    def test_end_once_and_may_end_again(self, mine, student):
        first = mine.post("/api/users/complete-onboarding")
        student.refresh_from_db()
        since = student.onboarded_at
        mine.post("/api/users/complete-onboarding", {"profile_image": ""})

        shown = first.json()
        assert (first.status_code, shown["success"], shown["user"]["onboardingCompleted"]) == (200, True, True)
        student.refresh_from_db()
        assert student.onboarded_at == since is not None

    def test_say_who_learns(self, mine, student):
        answer = mine.post("/api/users/user-type", {"userType": "PARENT"})

        assert (answer.status_code, answer.json()["user"]) == (200, {"id": student.pk, "userType": "PARENT"})
        assert mine.get(PROFILE).json()["user"]["student"]["userType"] == "PARENT"
        assert mine.post("/api/users/user-type", {"userType": "ADMIN"}).status_code == 400

    def test_name_goals(self, mine):
        answer = mine.post("/api/users/goals", {"goals": ["Pass", "Enjoy"]}, format="json")

        assert answer.json() == {"success": True, "goals": ["Pass", "Enjoy"]}
        assert mine.get(PROFILE).json()["user"]["student"]["goals"] == ["Pass", "Enjoy"]
        assert mine.post("/api/users/goals", {}).status_code == 400


class TestStudies:
    def test_at_school_and_at_college_are_kept_beside_each_other(self, mine, student):
        assert put(mine, STUDIES, SCHOOL).json()["academicDetails"]["subjects"] == ["Sums", "Art", "Sport"]

        shown = put(mine, STUDIES, COLLEGE).json()["academicDetails"]

        assert (shown["academicLevel"], shown["universityName"], shown["semester"]) == ("college", "Yale", 4)
        assert (shown["cgpa"], shown["schoolName"], shown["classGrade"]) == (8.5, "Hill", "9")
        assert mine.get(STUDIES).json() == {"academicDetails": shown}
        student.student_profile.refresh_from_db()
        assert (student.student_profile.university, student.student_profile.grade_level) == ("Yale", "9")

    @pytest.mark.parametrize(
        ("body", "missing"),
        [
            (SCHOOL | {"subjects": ["Sums", "Art"]}, {"subjects"}),
            ({"academicLevel": "school"}, {"schoolName", "classGrade", "subjects"}),
            ({"academicLevel": "college"}, {"universityName", "degreeType", "major", "semester", "cgpa"}),
            (COLLEGE | {"cgpa": 10.01}, {"cgpa"}),
            ({"academicLevel": "nursery"}, {"academicLevel"}),
        ],
    )
    def test_must_say_what_their_level_asks_for(self, mine, body, missing):
        answer = put(mine, STUDIES, body)

        assert (answer.status_code, set(answer.json()["errors"])) == (400, missing)


class TestLanguages:
    def test_are_chosen_by_code_or_name_with_or_without_a_level(self, mine, student):
        body = {"languagePreferences": [{"language": "English", "proficiency": "C1"}, "es", "Spanish"]}

        answer = mine.post(LANGUAGES, body, format="json")

        assert answer.json() == {
            "primaryLanguage": "en",
            "languagePreferences": [
                {"code": "en", "name": "English", "level": "advanced"},
                {"code": "es", "name": "Spanish", "level": "intermediate"},
            ],
            "user": {"id": student.pk, "primaryLanguage": "en", "languagesSpoken": ["English", "Spanish"]},
        }
        assert mine.get(LANGUAGES).json() == answer.json()

    def test_are_sent_by_an_older_form_too(self, mine, student):
        body = {"userId": student.pk, "primaryLanguage": "German", "languagesSpoken": ["fr"]}

        shown = put(mine, LANGUAGES, body).json()

        assert shown["user"] == {"id": student.pk, "primaryLanguage": "de", "languagesSpoken": ["French"]}
        assert put(mine, LANGUAGES, body | {"userId": student.pk + 1}).status_code == 404

    @pytest.mark.parametrize(
        "body",
        [{}, {"languagePreferences": ["Klingonish"]}, {"languagePreferences": [{"language": "en", "level": "fine"}]},
         {"languagePreferences": [5]}, {"primaryLanguage": "xx"}],
    )  # fmt: skip
    def test_are_languages_of_this_world(self, mine, body):
        assert put(mine, LANGUAGES, body).status_code == 400


class TestProgress:
    def test_tells_sessions_courses_points_and_goals_at_a_constant_price(self, mine, student):
        student.student_profile.learning_goals = ["Pass"]
        student.student_profile.save()
        EnrolmentFactory(learner=student)
        one = queries_of(mine, "/api/users/progress")
        EnrolmentFactory.create_batch(2, learner=student)

        shown = mine.get("/api/users/progress").json()

        assert (shown["courses"]["activeCount"], len(shown["courses"]["courses"]), shown["goals"]) == (3, 3, ["Pass"])
        assert shown["sessions"] == {"upcomingCount": 0, "hostedCount": 0, "completedCount": 0}
        assert (shown["points"]["total"], shown["studyMinutes"]) == (0, 0)
        assert queries_of(mine, "/api/users/progress") == one


@pytest.mark.parametrize("path", [STUDIES, LANGUAGES, "/api/users/progress"])
def test_what_students_say_of_themselves_is_not_asked_of_mentors(api, path):
    answer = api.as_(TutorFactory()).get(path)

    assert (answer.status_code, answer.json()["code"]) == (403, "STUDENTS_ONLY")


class TestLeaving:
    PATH = "/api/users/deactivate"

    def test_closes_ones_own_account_and_ends_the_sign_in(self, mine, student):
        answer = mine.post(self.PATH, {"reason": "Done."})

        assert (answer.status_code, answer.json()["success"], "restorableUntil" in answer.json()) == (200, True, True)
        assert mine.get(PROFILE).status_code == 401
        student.refresh_from_db()
        assert student.deleted_at is not None

    def test_asks_for_the_right_password_if_one_is_sent(self, mine):
        answer = mine.post(self.PATH, {"password": "not it"})

        assert (answer.status_code, answer.json()["code"]) == (400, "WRONG_PASSWORD")
        assert mine.get(PROFILE).status_code == 200

    def test_is_not_for_admins_nor_for_strangers(self, api):
        assert api.as_(AdminFactory()).post(self.PATH).json()["code"] == "NOT_ON_YOURSELF"
        assert api.post(self.PATH).status_code == 401
