"""The mentor contract's mentors, as everybody finds them; its document names the routes, the fields are our own."""

import pytest

from accounts.models import TutorStatus
from tests.factories import AdminFactory, StudentFactory, SubjectFactory, TutorProfileFactory, TutorSubjectFactory
from tests.support.clients import queries_of

pytestmark = pytest.mark.django_db

PATH = "/api/mentors"


def ids(answer):
    assert answer.status_code == 200, answer.content
    return [each["id"] for each in answer.json()["items"]]


class TestTheList:
    def test_has_pages_in_the_contracts_words_for_everybody(self, api):
        mentor = TutorProfileFactory(user__first_name="Ada", user__last_name="Lovelace", hourly_rate=45)

        page = api.get(PATH).json()

        (shown,) = page.pop("items")
        assert page == {"total": 1, "page": 1, "pageSize": 20, "totalPages": 1}
        assert (shown["id"], shown["userId"], shown["name"]) == (mentor.pk, mentor.user_id, "Ada Lovelace")
        assert (shown["hourlyRate"], shown["isApproved"], shown["averageRating"]) == (45, True, 0)
        assert mentor.user.email not in str(shown)

    def test_is_narrowed_and_sorted_in_either_spelling(self, api):
        subject = SubjectFactory()
        cheap, dear = TutorProfileFactory(hourly_rate=20), TutorProfileFactory(hourly_rate=60)
        TutorSubjectFactory(tutor=dear, subject=subject)

        assert ids(api.get(f"{PATH}?sort=rate")) == [cheap.pk, dear.pk]
        assert ids(api.get(f"{PATH}?minRate=50")) == ids(api.get(f"{PATH}?min_rate=50")) == [dear.pk]
        assert ids(api.get(f"{PATH}?subjectId={subject.pk}")) == [dear.pk]
        assert ids(api.get(f"{PATH}?sort=rate&pageSize=1&page=2")) == [dear.pk]
        assert api.get(f"{PATH}?minRate=much").status_code == 400

    def test_leaves_out_who_is_not_approved(self, api):
        TutorProfileFactory(status=TutorStatus.PENDING_APPROVAL)

        assert ids(api.get(PATH)) == []

    def test_costs_the_same_for_one_and_for_three(self, api):
        TutorProfileFactory()
        at_one = queries_of(api, PATH)
        TutorProfileFactory.create_batch(2)

        assert queries_of(api, PATH) == at_one


class TestOneMentor:
    def test_is_shown_in_full_to_everybody(self, api):
        mentor = TutorProfileFactory()

        shown = api.get(f"{PATH}/{mentor.pk}").json()

        assert (shown["id"], shown["teachingPhilosophy"]) == (mentor.pk, mentor.teaching_philosophy)
        assert {"certifications", "education", "pricingOptions", "availabilities"} <= shown.keys()
        assert not {"revision", "rejectionReason", "isFavorite", "email"} & shown.keys()

    def test_who_is_not_approved_is_seen_by_oneself_and_admins_only(self, api):
        waiting = TutorProfileFactory(status=TutorStatus.PENDING_APPROVAL)
        clients = [api, api.as_(StudentFactory()), api.as_(waiting.user), api.as_(AdminFactory())]

        assert [client.get(f"{PATH}/{waiting.pk}").status_code for client in clients] == [404, 404, 200, 200]
        assert "revision" in clients[2].get(f"{PATH}/{waiting.pk}").json()

    def test_of_an_id_that_nobody_has_there_is_none(self, api):
        answer = api.get(f"{PATH}/987654321")

        assert (answer.status_code, answer.json()["error"]) == (404, "Tutor not found")
