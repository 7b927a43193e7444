"""`/metrics`: what operators see, who may see it, and that it costs next to nothing."""

import re
import subprocess
import sys
from datetime import timedelta

import httpx
import pytest
import yaml
from django.conf import settings as django_settings
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from accounts.models import OutgoingMail
from common.models import DueWork
from notifications.hub import hub, sockets_here
from peerlearn.metrics import state
from tests.factories import AdminFactory, StudentFactory, TutorFactory
from tests.peerlearn.processes import environment, manage
from tests.support.server import running_site

TOKEN = "the-scraper's-own-token-of-more-than-32-characters"
SCRAPER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture(autouse=True)
def token(settings):
    settings.METRICS_TOKEN = TOKEN
    state.forget()


def series_of(text: str) -> dict[tuple[str, tuple[str, ...]], float]:
    """Each series by its name and the values of its labels."""
    return {
        (sample.name, tuple(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@pytest.fixture
def scrape(client):
    def look() -> dict[tuple[str, tuple[str, ...]], float]:
        response = client.get("/metrics", headers=SCRAPER)
        assert response.status_code == 200, response.content
        return series_of(response.content.decode())

    return look


@pytest.mark.django_db
class TestWhoMayLook:
    def test_nobody_without_a_token(self, client):
        response = client.get("/metrics")

        assert (response.status_code, response.json()["code"]) == (401, "NO_TOKEN")
        assert response["WWW-Authenticate"] == "Bearer"

    @pytest.mark.parametrize("sent", ["Bearer nonsense", f"Bearer {TOKEN}x", f"Basic {TOKEN}", TOKEN, "Bearer \udcff"])
    def test_nobody_with_another_one(self, client, sent):
        assert client.get("/metrics", HTTP_AUTHORIZATION=sent).status_code == 401

    def test_an_empty_setting_lets_nobody_in(self, client, settings):
        settings.METRICS_TOKEN = ""

        assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 401

    @pytest.mark.parametrize("factory", [StudentFactory, TutorFactory])
    def test_no_user(self, api, factory):
        response = api.as_(factory()).get("/metrics")

        assert (response.status_code, response.json()["code"]) == (403, "FORBIDDEN")

    def test_an_admin_by_a_token_of_the_api_or_by_the_session_of_the_back_office(self, api, client):
        admin = AdminFactory()
        client.force_login(admin)

        assert api.as_(admin).get("/metrics").status_code == 200
        assert client.get("/metrics").status_code == 200

    def test_who_has_the_scrapers_token_is_nobody_elsewhere(self, client):
        assert client.get("/auth/me", headers=SCRAPER).status_code == 401

    def test_no_cache_keeps_the_answer(self, client):
        assert client.get("/metrics", headers=SCRAPER)["Cache-Control"] == "no-store"

    def test_the_description_of_the_api_does_not_name_it(self, client):
        assert b'"/metrics"' not in client.get("/openapi.json").content


@pytest.mark.django_db
class TestRequests:
    def test_a_request_counts_under_its_pattern_its_method_and_its_status(self, client, scrape):
        series = ("peerlearn_requests_total", ("GET", "api/sessions/<id:pk>", "401"))
        before = scrape().get(series, 0)

        for number in (987654321, 987654322):
            client.get(f"/api/sessions/{number}")

        found = scrape()
        assert found[series] == before + 2
        assert not [labels for _, labels in found if "98765432" in "".join(labels)]
        assert found["peerlearn_request_seconds_count", ("GET", "api/sessions/<id:pk>")] >= 2

    def test_what_nobody_has_a_route_for_is_one_series_whoever_makes_it_up(self, client, scrape):
        before = scrape().get(("peerlearn_requests_total", ("GET", "(none)", "404")), 0)

        for path in ("/made-up-1", "/made-up-2/with/more"):
            client.get(path)
        client.generic("MADEUP", "/made-up-3")

        found = scrape()
        assert found["peerlearn_requests_total", ("GET", "(none)", "404")] == before + 2
        assert found["peerlearn_requests_total", ("(other)", "(none)", "404")] >= 1
        assert not [labels for _, labels in found if "made" in "".join(labels).lower()]

    def test_refusals_before_any_view_and_static_files_count_too(self, client, scrape):
        client.get("/static/unfold/css/simplebar/simplebar.css")
        client.get("/health", headers={"Host": "evil.example"})

        found = scrape()
        assert found["peerlearn_requests_total", ("GET", "static/...", "200")] >= 1
        assert [labels for name, labels in found if name == "peerlearn_requests_total" and labels[2] == "400"]

    def test_a_bug_counts_as_one(self, client, scrape, monkeypatch):
        def fail(*args, **kwargs):
            raise ZeroDivisionError

        monkeypatch.setattr("api.core.health.HealthView.report", fail)
        client.raise_request_exception = False
        client.get("/health")

        assert scrape()["peerlearn_requests_total", ("GET", "health", "500")] >= 1


@pytest.mark.django_db
class TestState:
    def test_an_idle_site_has_every_series_that_an_alert_looks_at(self, scrape):
        found = scrape()

        assert found["peerlearn_database_up", ()] == 1
        assert found["peerlearn_database_bytes", ()] > 0
        assert found["peerlearn_open_sockets", ()] == 0
        assert found["peerlearn_recent_sign_in_failures", ("auth.login_failed",)] == 0
        assert found["peerlearn_bookings", ("pending",)] == 0
        for kind in ("notifications.Delivery", "messaging.AttachmentScan", *django_settings.WORK_QUEUES):
            for name in ("peerlearn_work_due", "peerlearn_work_oldest_seconds", "peerlearn_work_given_up"):
                assert found[name, (kind,)] == 0

    def test_every_kind_of_work_that_there_is_is_watched(self):
        from django.apps import apps

        kinds = {model._meta.label for model in apps.get_models() if issubclass(model, DueWork)}

        assert set(state.QUEUES) == kinds

    def test_work_that_waits_shows_with_its_age_and_what_was_given_up_is_counted(self, scrape):
        now = timezone.now()
        minutes_and_states = [(1, "due"), (10, "due"), (-10, "due"), (5, "dead"), (5, "done")]
        OutgoingMail.objects.bulk_create(
            OutgoingMail(kind="reset", email="a@b.example", due_at=now - timedelta(minutes=minutes), state=state)
            for minutes, state in minutes_and_states
        )

        found = scrape()

        assert found["peerlearn_work_due", ("accounts.OutgoingMail",)] == 2
        assert 600 <= found["peerlearn_work_oldest_seconds", ("accounts.OutgoingMail",)] < 700
        assert found["peerlearn_work_given_up", ("accounts.OutgoingMail",)] == 1

    def test_a_wrong_password_shows(self, client, scrape):
        client.post("/auth/login", {"email": "a@b.example", "password": "x"}, content_type="application/json")

        found = scrape()
        assert found["peerlearn_recent_sign_in_failures", ("auth.login_failed",)] == 1
        assert found["peerlearn_recent_deeds", ("auth.login_failed",)] == 1

    def test_a_database_that_is_away_is_a_figure_and_no_error(self, client, monkeypatch):
        def fail(question):
            raise OperationalError("gone")

        monkeypatch.setattr(state, "_ask", fail)
        response = client.get("/metrics", headers=SCRAPER)

        assert response.status_code == 200
        found = series_of(response.content.decode())
        assert found["peerlearn_database_up", ()] == 0
        assert "peerlearn_work_due" not in {name for name, _ in found}

    def test_alerts_look_at_figures_that_there_are(self, client, scrape):
        client.get("/health")
        rules = yaml.safe_load((django_settings.BASE_DIR / "deploy" / "prometheus" / "alerts.yml").read_text())
        named = {name for rule in rules["groups"][0]["rules"] for name in re.findall(r"peerlearn_\w+", rule["expr"])}
        elsewhere = {"peerlearn_database_connections", "peerlearn_database_connections_most"}  # PostgreSQL's
        elsewhere |= {"peerlearn_redis_up"}

        assert len(named) >= 9
        assert named - {name for name, _ in scrape()} <= elsewhere

    def test_whole_tables_are_read_once_a_minute_only(self, client):
        def tables_read() -> list[str]:
            with CaptureQueriesContext(connection) as queries:
                client.get("/metrics", headers=SCRAPER)
            return [query["sql"] for query in queries if "'dead'" in query["sql"] or "payments_payment" in query["sql"]]

        assert len(tables_read()) == len(state.QUEUES) + 1
        assert tables_read() == []


async def test_sockets_are_counted_as_they_come_and_go():
    class Socket:
        def hear(self, message):
            raise AssertionError("nobody speaks here")

    one, another = Socket(), Socket()
    before = sockets_here()  # other tests' sockets may still be here
    for user, socket in ((7, one), (7, another), (8, one)):
        await hub().join(user, socket)
    there = sockets_here() - before
    for user, socket in ((7, one), (7, another), (8, one)):
        await hub().leave(user, socket)

    assert (there, sockets_here() - before) == (3, 0)


def test_without_the_package_everything_works_but_this():
    """As with requirements.txt alone."""
    script = (
        "import sys; sys.modules['prometheus_client'] = None\n"
        "import django; django.setup()\n"
        "from django.test import Client, override_settings\n"
        "from django.core.management import call_command\n"
        "with override_settings(METRICS_TOKEN='t' * 32, ALLOWED_HOSTS=['testserver']):\n"
        "    answer = Client().get('/metrics', headers={'Authorization': 'Bearer ' + 't' * 32})\n"
        "    print(answer.status_code, answer.json()['code'], Client().get('/health').status_code)\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=django_settings.BASE_DIR,
        env=environment(DATABASE_URL="sqlite://:memory:") | {"DJANGO_SETTINGS_MODULE": "peerlearn.settings"},
        capture_output=True,
        text=True,
    )

    assert done.stdout.split() == ["501", "NOT_OFFERED", "200"], done.stderr


@pytest.mark.parametrize(("variables", "sentence"), [
    ({"PEERLEARN_METRICS_TOKEN": "short"}, "PEERLEARN_METRICS_TOKEN must be at least 32 characters long."),
    ({"PROMETHEUS_MULTIPROC_DIR": "here"}, "PROMETHEUS_MULTIPROC_DIR must be an absolute path, not 'here'."),
])  # fmt: skip
def test_a_wrong_setting_is_refused_in_a_sentence(variables, sentence):
    result = manage("check", **variables)

    assert (result.returncode, result.stderr.strip()) == (1, f"PeerLearn cannot start: {sentence}")


@pytest.mark.slow
def test_the_workers_of_one_server_answer_for_each_other(tmp_path):
    folder = tmp_path / "metrics"
    with running_site(tmp_path, PEERLEARN_METRICS_TOKEN=TOKEN, PROMETHEUS_MULTIPROC_DIR=str(folder)) as site:
        server = site.serve_wsgi(workers=2)
        for _ in range(40):  # each on a connection of its own, so that both workers get some
            httpx.get(f"{server.url}/auth/me")

        answers = [httpx.get(f"{server.url}/metrics", headers=SCRAPER) for _ in range(6)]

    assert len(list(folder.glob("counter_*.db"))) >= 2
    counted = [series_of(one.text)["peerlearn_requests_total", ("GET", "auth/me", "401")] for one in answers]
    assert counted == [40.0] * 6
