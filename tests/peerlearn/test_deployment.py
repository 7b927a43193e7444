"""`Dockerfile`, `compose.yaml` and `deploy/` hold together, and agree with the settings and the code."""

import re
import shlex
from pathlib import Path

import click
import pytest
import yaml
from celery.bin.celery import celery
from django.conf import settings
from django.core.management import get_commands, load_command_class
from django.urls import get_resolver
from dotenv import dotenv_values
from granian.cli import cli as granian

from peerlearn.routing import websocket_urlpatterns
from tests.peerlearn.processes import manage
from tests.peerlearn.test_environment import variables_read
from tests.support.routes import _walk

ROOT = Path(settings.BASE_DIR)
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())
SERVICES = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"].startswith("peerlearn")}
UNITS = {path.name: path.read_text() for path in sorted((ROOT / "deploy" / "systemd").iterdir())}
PROXY = (ROOT / "deploy" / "nginx" / "peerlearn.conf.template").read_text()
DOCKERFILE = (ROOT / "Dockerfile").read_text()
# Of other programs: nginx's container, PostgreSQL's, and what compose.yaml itself puts in.
NOT_OURS = {"PEERLEARN_HOST", "PEERLEARN_TAG", "POSTGRES_PASSWORD", "POSTGRES_USER", "POSTGRES_DB"}


def unit_commands():
    return {
        name: re.search("^ExecStart=(.+)$", text, re.MULTILINE)[1]
        for name, text in UNITS.items()
        if "ExecStart" in text
    }


def parse(command: list[str]) -> None:
    """Raises where the program does not know an argument."""
    program, *arguments = command
    if program == "granian":
        granian.make_context("granian", arguments)
    elif program == "celery":
        assert arguments[:2] == ["--app", "peerlearn"]
        name, *rest = arguments[2:]
        known = celery.commands[name]
        known.make_parser(click.Context(known)).parse_args(rest)
    else:
        assert [program, arguments[0]] == ["python", "manage.py"]
        name, *rest = arguments[1:]
        load_command_class(get_commands()[name], name).create_parser("manage.py", name).parse_args(rest)


class TestCompose:
    def test_it_has_everything_that_a_site_needs(self):
        assert {"proxy", "web", "sockets", "worker", "beat", "migrate", "backup", "db", "redis"} == SERVICES.keys()

    @pytest.mark.parametrize("name", OURS)
    def test_a_command_is_one_that_the_program_understands(self, name):
        parse(OURS[name]["command"])

    def test_a_container_without_a_command_of_its_own_serves_http(self):
        command = re.search(r"^CMD (\[.*?\])$", DOCKERFILE.replace("\\\n", ""), re.MULTILINE | re.DOTALL)[1]

        assert yaml.safe_load(command) == OURS["web"]["command"]

    @pytest.mark.parametrize("name", OURS)
    def test_each_variable_is_one_that_is_read(self, name):
        assert OURS[name]["environment"].keys() <= variables_read()

    def test_the_file_to_fill_in_has_known_variables_only_and_all_that_are_asked_for(self):
        example = dotenv_values(ROOT / "deploy" / "compose.env.example").keys()
        asked_for = set(re.findall(r"\$\{(\w+)", (ROOT / "compose.yaml").read_text())) - {"PEERLEARN_TAG"}

        assert example - NOT_OURS <= variables_read()
        assert asked_for <= example

    def test_with_that_file_the_settings_are_those_of_a_production_site(self):
        filled = {"POSTGRES_PASSWORD": "f" * 48, "PEERLEARN_HOST": "api.example.com"}
        environment = {
            name: re.sub(r"\$\{(\w+)[^}]*\}", lambda found: filled[found[1]], value)
            for name, value in OURS["web"]["environment"].items()
        }
        own = {name: value for name, value in example_values().items() if name not in NOT_OURS}

        result = manage("check", "--deploy", "--fail-level", "WARNING", **own | environment | METRICS_ELSEWHERE)

        assert result.returncode == 0, result.stderr

    @pytest.mark.parametrize("name", SERVICES)
    def test_what_a_service_refers_to_is_there(self, name):
        service = SERVICES[name]
        sources = [volume.split(":")[0] for volume in service.get("volumes", [])]

        assert service.get("depends_on", {}).keys() <= SERVICES.keys()
        assert set(service["networks"]) <= COMPOSE["networks"].keys()
        for source in sources:
            there = (ROOT / source).exists() or source == "./deploy/tls"  # the operator's certificate
            assert there if source.startswith("./") else source in COMPOSE["volumes"]

    @pytest.mark.parametrize("name", SERVICES)
    def test_a_service_that_stays_says_whether_it_is_well(self, name):
        service = SERVICES[name]
        waited_for = {other for one in SERVICES.values() for other, how in one.get("depends_on", {}).items()
                      if how["condition"] == "service_healthy"}  # fmt: skip

        assert name not in waited_for or "healthcheck" in service or (name in OURS and "HEALTHCHECK" in DOCKERFILE)

    def test_only_the_proxy_is_reached_from_outside(self):
        assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
        assert [SERVICES[name]["networks"] for name in ("db", "redis")] == [["inside"], ["inside"]]
        assert COMPOSE["networks"]["inside"]["internal"]

    @pytest.mark.parametrize("name", OURS)
    def test_no_container_of_ours_may_more_than_it_must(self, name):
        service = OURS[name]

        assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
        assert service["security_opt"] == ["no-new-privileges:true"]


METRICS_ELSEWHERE = {"PROMETHEUS_MULTIPROC_DIR": ""}  # the container's folder is not this machine's


def example_values() -> dict[str, str]:
    values = dotenv_values(ROOT / "deploy" / "compose.env.example")
    return values | {"PEERLEARN_SECRET_KEY": "aB3dE6gH9k" * 6, "PEERLEARN_METRICS_TOKEN": "d" * 48}


class TestImage:
    def test_it_has_every_package_and_no_tests(self):
        lines = (ROOT / ".dockerignore").read_text().splitlines()
        kept = {line[1:] for line in lines if line.startswith("!")}
        packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
        compiled = set(re.search(r"compileall -q (.*?)\n\n", DOCKERFILE, re.DOTALL)[1].replace("\\", "").split())

        assert lines[1] == "*"
        assert kept == packages | {"manage.py", "requirements-prod.txt"}
        assert compiled == packages

    def test_it_installs_the_lock_with_hashes_and_runs_as_nobody_in_particular(self):
        assert re.search(r"pip install [^&]*--require-hashes[^&]*requirements-prod\.txt", DOCKERFILE)
        assert re.findall("^USER (.+)$", DOCKERFILE, re.MULTILINE) == ["peerlearn"]
        assert re.search("^HEALTHCHECK .*peerlearn.healthcheck", DOCKERFILE, re.MULTILINE)

    def test_its_postgresql_tools_are_of_the_servers_version(self):
        client = re.search(r"postgresql-client-(\d+)", DOCKERFILE)[1]
        server = re.match(r"postgres:(\d+)", SERVICES["db"]["image"])[1]

        assert client == server


class TestUnits:
    @pytest.mark.parametrize("name", unit_commands())
    def test_a_command_is_one_that_the_program_understands(self, name):
        program, *arguments = shlex.split(unit_commands()[name])

        assert program.startswith("/srv/peerlearn/venv/bin/")
        parse([Path(program).name, *arguments])

    def test_they_start_what_the_containers_start(self):
        def essence(command):
            return [part for part in command if not re.fullmatch(r"[\d.]+|--host|--port", part)]

        for unit, command in unit_commands().items():
            program, *arguments = shlex.split(command)
            service = OURS[unit.removeprefix("peerlearn-").removesuffix(".service")]
            assert essence([Path(program).name, *arguments]) == essence(service["command"])

    def test_each_variable_is_one_that_is_read(self):
        named = {name for text in UNITS.values() for line in re.findall("^Environment=(.+)$", text, re.MULTILINE)
                 for name in re.findall(r"(\w+)=", line)}  # fmt: skip

        assert named == {"PROMETHEUS_MULTIPROC_DIR", "HOST", "PORT"}
        assert named <= variables_read()

    def test_the_target_wants_every_service_that_stays(self):
        wanted = set(re.search("^Wants=(.+)$", UNITS["peerlearn.target"], re.MULTILINE)[1].split())

        assert wanted == {name for name, text in UNITS.items() if "Restart=always" in text}


class TestProxy:
    def sockets(self):
        return re.compile(re.search(r"location ~ (\S+) \{\s+proxy_pass http://peerlearn_sockets", PROXY)[1])

    @pytest.mark.parametrize("path", ["/ws", "/ws/", "/ws/7", "/ws/messages", "/ws/messages/", "/api/v1/ws/messages"])
    def test_every_socket_goes_to_the_socket_server(self, path):
        assert any(pattern.pattern.match(path[1:]) for pattern in websocket_urlpatterns[:-1])
        assert self.sockets().search(path)

    def test_no_path_of_http_goes_there(self):
        paths = [f"/{path.lstrip('^')}" for path, _ in _walk(get_resolver().url_patterns, "")]

        assert len(paths) > 500
        assert [path for path in paths if self.sockets().search(path)] == []

    def test_the_largest_body_that_a_view_takes_passes(self):
        passes = int(re.search(r"client_max_body_size (\d+)m;", PROXY)[1]) * 1024 * 1024
        views = (getattr(view, "cls", None) for _, view in _walk(get_resolver().url_patterns, ""))
        largest = max(getattr(view, "largest_body", 0) for view in views)

        assert largest <= passes < largest * 1.1

    def test_it_believes_no_address_but_the_one_it_sees_and_keeps_the_figures_inside(self):
        assert "proxy_set_header X-Forwarded-For $remote_addr;" in PROXY
        assert OURS["web"]["environment"]["PEERLEARN_TRUSTED_PROXIES"] == "1"
        assert "location = /metrics { return 404; }" in PROXY

    @pytest.mark.parametrize("where", ["compose", "systemd"])
    def test_what_it_passes_on_to_is_where_the_processes_listen(self, where):
        text = (ROOT / "deploy" / "nginx" / f"upstreams.{where}.conf").read_text()
        places = dict(re.findall(r"upstream (\w+) \{ server ([\w.:]+);", text))

        if where == "compose":
            assert places == {"peerlearn_web": "web:8000", "peerlearn_sockets": "sockets:8000"}
        else:
            assert f"--port {places['peerlearn_web'].partition(':')[2]} " in UNITS["peerlearn-web.service"]
            assert f"PORT={places['peerlearn_sockets'].partition(':')[2]}" in UNITS["peerlearn-sockets.service"]
