"""How old somebody is and who their guardian is, as they tell it of themselves, and as admins correct it."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import Group

from accounts import ages
from accounts.models import Guardian, User
from accounts.services import moderation
from adminpanel.groups import GROUPS
from audit.models import AuditEntry
from common.errors import Forbidden
from tests.factories import AdminFactory, GuardianFactory, StudentFactory, TutorFactory
from tests.support.clients import queries_of
from tests.support.forms import filled_in

pytestmark = pytest.mark.django_db

PROFILE = "/api/users/profile"
MUM = {"name": "Annabella Byron", "email": "annabella@example.com"}


@pytest.fixture
def student():
    return StudentFactory(email="ada@example.com")


@pytest.fixture
def mine(api, student):
    return api.as_(student)


def first_day():
    return ages.born_by(ages.today(), years=120)


def refusal(answer):
    return answer.status_code, answer.json()["code"]


class TestADateOfBirth:
    def test_is_told_once_and_the_same_again_is_no_change(self, mine, student):
        assert mine.get(PROFILE).json()["user"]["dateOfBirth"] is None

        told = mine.put(PROFILE, {"dateOfBirth": "2010-02-28"}).json()["user"]

        assert told["dateOfBirth"] == "2010-02-28"
        assert mine.put(PROFILE, {"dateOfBirth": "2010-02-28", "bio": "Hello."}).status_code == 200
        for other in ("2001-02-28", None):
            assert refusal(mine.put(PROFILE, {"dateOfBirth": other, "bio": "Older."})) == (409, "DATE_OF_BIRTH_KNOWN")
        shown = mine.get(PROFILE).json()["user"]
        assert (shown["dateOfBirth"], shown["student"]["bio"]) == ("2010-02-28", "Hello.")

    def test_that_is_not_told_is_no_date_and_nothing_else_is_asked_for_it(self, mine):
        assert mine.put(PROFILE, {"dateOfBirth": None}).json()["user"]["dateOfBirth"] is None

    @pytest.mark.parametrize("day", [1, -1, "28.2.2010", "2010-02-30", "2010-02-28T00:00:00Z", 5.5, ""])
    def test_is_a_day_of_the_last_120_years(self, mine, student, day):
        just_outside = {1: ages.today() + timedelta(days=1), -1: first_day() - timedelta(days=1)}
        day = str(just_outside.get(day, day))

        answer = mine.put(PROFILE, {"dateOfBirth": day})

        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["dateOfBirth"])
        student.refresh_from_db()
        assert student.birth_date is None

    def test_may_be_the_first_and_the_last_of_these_days(self, api):
        for day in (first_day(), ages.today()):
            assert api.as_(StudentFactory()).put(PROFILE, {"dateOfBirth": str(day)}).status_code == 200

    def test_is_on_record_without_the_date(self, mine):
        mine.put(PROFILE, {"dateOfBirth": "2010-02-28"})

        entry = AuditEntry.objects.get(action="account.birth_date_told")
        assert (entry.before, entry.after) == ({"birth_date": None}, {"birth_date": True})

    def test_is_corrected_by_an_admin_who_is_on_record_and_by_nobody_else(self, api, mine, student):
        mine.put(PROFILE, {"dateOfBirth": "2010-02-28"})
        path = f"/api/admin/users/{student.pk}"
        for user in (student, StudentFactory(), TutorFactory()):
            assert api.as_(user).put(path, {"date_of_birth": "2001-02-28"}).status_code == 403

        answer = api.as_(AdminFactory()).put(path, {"date_of_birth": "2011-03-01"})

        assert (answer.status_code, answer.json()["date_of_birth"]) == (200, "2011-03-01")
        assert mine.get(PROFILE).json()["user"]["dateOfBirth"] == "2011-03-01"
        entry = AuditEntry.objects.get(action="account.corrected_by_admin")
        assert entry.after == {"birth_date": "[hidden]"}
        assert api.as_(AdminFactory()).put(path, {"date_of_birth": "3000-01-01"}).status_code == 400
        assert api.as_(AdminFactory()).put(path, {"date_of_birth": None}).json()["date_of_birth"] is None

    def test_is_asked_of_no_other_form(self, mine, student):
        for path in ("/api/users/preferences", "/api/auth/me"):
            mine.patch(path, {"dateOfBirth": "2001-02-28", "birthDate": "2001-02-28", "birth_date": "2001-02-28"})

        assert User.objects.get(pk=student.pk).birth_date is None


class TestAGuardian:
    def test_is_named_renamed_and_taken_back(self, mine, student):
        named = mine.put(PROFILE, {"guardian": MUM | {"email": " Annabella@Example.com "}}).json()["user"]["guardian"]
        first = Guardian.objects.get()
        renamed = mine.put(PROFILE, {"guardian": MUM | {"name": "Lady Byron"}}).json()["user"]["guardian"]

        assert named == MUM
        assert (renamed["name"], Guardian.objects.get().pk) == ("Lady Byron", first.pk)
        assert mine.put(PROFILE, {"bio": "Hello."}).json()["user"]["guardian"] == renamed
        assert mine.put(PROFILE, {"guardian": None}).json()["user"]["guardian"] is None
        assert not Guardian.objects.exists()

    def test_with_another_address_is_another_guardian(self, mine, student):
        first = GuardianFactory(user=student)

        mine.put(PROFILE, {"guardian": MUM})

        assert Guardian.objects.get().pk != first.pk

    @pytest.mark.parametrize("email", ["ada@example.com", "ADA@example.com", "ada+mum@example.com"])
    def test_is_not_oneself(self, mine, email):
        answer = mine.put(PROFILE, {"guardian": MUM | {"email": email}, "bio": "x"})

        assert (*refusal(answer), list(answer.json()["errors"])) == (400, "GUARDIAN_IS_ONESELF", ["guardian"])
        assert not Guardian.objects.exists()

    @pytest.mark.parametrize("bad", [
        {}, {"name": "Mum"}, {"email": "mum@example.com"}, MUM | {"email": "mum"}, MUM | {"name": ""}, "Mum", [],
        MUM | {"name": "Mum\r\nBcc: all@example.com"}, MUM | {"email": "mum@example.com\nBcc: all@example.com"},
        MUM | {"name": "m" * 101},
    ])  # fmt: skip
    def test_has_a_name_and_an_address(self, mine, bad):
        assert refusal(mine.put(PROFILE, {"guardian": bad})) == (400, "VALIDATION_ERROR")
        assert not Guardian.objects.exists()

    def test_is_changed_five_times_a_day_at_most(self, mine):
        named = [mine.put(PROFILE, {"guardian": MUM | {"email": f"mum{n}@example.com"}}) for n in range(6)]

        assert [answer.status_code for answer in named] == [200] * 5 + [429]
        assert named[-1].json()["code"] == "GUARDIAN_CHANGED_TOO_OFTEN"
        assert Guardian.objects.get().email == "mum4@example.com"

    def test_is_on_record_by_number_only(self, mine):
        mine.put(PROFILE, {"guardian": MUM})
        mine.put(PROFILE, {"guardian": None})

        entries = AuditEntry.objects.filter(action__startswith="account.guardian").order_by("pk")
        assert [entry.action for entry in entries] == ["account.guardian_named", "account.guardian_removed"]
        written = " ".join(f"{entry.before} {entry.after}" for entry in entries)
        assert "annabella" not in written.lower()
        assert "byron" not in written.lower()


def test_nobody_else_is_shown_either(api, student):
    student.birth_date = "2010-02-28"
    student.save()
    GuardianFactory(user=student, email="hidden@guardian.example")

    for user in (StudentFactory(), TutorFactory()):
        for path in (f"/api/users/{student.pk}", f"/api/admin/users/{student.pk}", "/api/admin/users"):
            assert api.as_(user).get(path).status_code in (403, 404, 405)
        own = api.as_(user).get(PROFILE).json()["user"]
        assert (own["dateOfBirth"], own["guardian"]) == (None, None)
    listed = api.as_(AdminFactory()).get("/api/admin/users").json()["items"]
    assert "2010-02-28" in {row.get("dateOfBirth", row.get("date_of_birth")) for row in listed}
    assert "hidden@guardian.example" not in str(listed)


def test_a_list_of_accounts_costs_the_same_for_one_and_for_many(api):
    admin = api.as_(AdminFactory())
    at_one = queries_of(admin, "/api/admin/users")
    for _ in range(5):
        GuardianFactory()

    assert queries_of(admin, "/api/admin/users") == at_one


def test_the_page_of_a_person_shows_both_and_corrects_the_date(client, student):
    guardian = GuardianFactory(user=student, name="<b>Lady</b> Byron")
    client.force_login(AdminFactory())
    path = f"/admin/accounts/user/{student.pk}/change/"

    page = client.get(path)
    sent = filled_in(page.content.decode(), "user_form") | {"birth_date": "2010-02-28"}
    answer = client.post(path, sent)

    assert f"&lt;b&gt;Lady&lt;/b&gt; Byron ({guardian.email})" in page.content.decode()
    assert answer.status_code == 302
    student.refresh_from_db()
    assert str(student.birth_date) == "2010-02-28"
    assert AuditEntry.objects.get(action="account.corrected_by_admin").after == {"birth_date": "[hidden]"}


@pytest.mark.parametrize("group", GROUPS)
def test_the_staffs_groups_are_shown_no_age_and_change_none(client, group):
    guardian = GuardianFactory(email="hidden@guardian.example")
    minor, born = guardian.user, guardian.user.birth_date
    deputy = StudentFactory(is_staff=True)
    deputy.groups.set(Group.objects.filter(name=group))
    client.force_login(deputy)
    path = f"/admin/accounts/user/{minor.pk}/change/"

    page = client.get(path)

    assert not any(shown in page.content.decode() for shown in (guardian.email, guardian.name, "birth_date", str(born)))
    if page.status_code == 200:
        fields = filled_in(page.content.decode(), "user_form")
        client.post(path, fields | {"birth_date": "1990-01-01"})
    minor.refresh_from_db()
    assert minor.birth_date == born
    with deputy.deputised(), pytest.raises(Forbidden):
        moderation.correct_details(minor.pk, {"birth_date": date(1990, 1, 1)}, actor=deputy)


def test_an_admin_is_shown_it_and_changes_the_date(client):
    guardian = GuardianFactory(email="hidden@guardian.example")
    client.force_login(AdminFactory())
    path = f"/admin/accounts/user/{guardian.user_id}/change/"

    page = client.get(path).content.decode()

    assert guardian.email in page
    client.post(path, filled_in(page, "user_form") | {"birth_date": "2011-03-01"})
    assert User.objects.get(pk=guardian.user_id).birth_date == date(2011, 3, 1)
