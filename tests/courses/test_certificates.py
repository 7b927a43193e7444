import pytest
from django.utils import timezone

from courses.models import Certificate
from tests.factories import EnrolmentFactory

pytestmark = pytest.mark.django_db

CODE = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def certificate():
    return Certificate.objects.create(
        enrolment=EnrolmentFactory(),
        code=CODE,
        learner_name="Grace <b>Hopper</b>",
        course_title="Algebra & more",
        tutor_name="Ada",
        issued_at=timezone.now(),
    )


def test_a_browser_gets_a_page_in_which_names_are_only_text(client, certificate):
    page = client.get(f"/certificates/{CODE}", headers={"Accept": "text/html,*/*;q=0.8"})

    assert (page.status_code, page["Content-Type"]) == (200, "text/html; charset=utf-8")
    text = page.content.decode()
    assert "Grace &lt;b&gt;Hopper&lt;/b&gt;" in text
    assert "Algebra &amp; more" in text
    assert "<script" not in text
    assert "style=" not in text
    assert "'unsafe-inline'" not in page["Content-Security-Policy"]
    assert "Accept" in page["Vary"]


def test_a_program_gets_what_the_api_answers(client, certificate):
    by_page = client.get(f"/certificates/{CODE}", headers={"Accept": "application/json"}).json()
    by_api = client.get(f"/api/v1/certificates/{CODE}").json()

    assert by_page == by_api
    assert by_api["data"]["learnerName"] == "Grace <b>Hopper</b>"
    assert set(by_api["data"]) == {"code", "url", "learnerName", "courseTitle", "tutorName", "issuedAt"}


@pytest.mark.parametrize("code", ["f" * 32, "x", CODE.upper(), CODE + "0", "%00", "%F0%9F%92%A9", "a" * 500])
@pytest.mark.parametrize("path", ["/certificates/", "/api/v1/certificates/"])
@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_an_unknown_code_is_a_404_with_the_one_body(client, certificate, path, code, accept):
    answer = client.get(path + code, headers={"Accept": accept})

    assert answer.status_code == 404
    if "html" not in answer["Content-Type"]:
        assert answer.json()["code"] == "NOT_FOUND"


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_it_can_only_be_read(client, certificate, method):
    assert getattr(client, method)(f"/certificates/{CODE}").status_code == 405


def test_a_later_name_of_the_course_leaves_the_certificate_as_it_was(client, certificate):
    course = certificate.enrolment.course
    course.title = "Geometry"
    course.save()

    assert client.get(f"/api/v1/certificates/{CODE}").json()["data"]["courseTitle"] == "Algebra & more"
