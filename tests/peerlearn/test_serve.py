"""`manage.py serve` as a process: what it refuses, what it says, and how it ends."""

import re
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import ExitStack
from functools import partial

import httpx
import pytest
from django.conf import settings

from peerlearn.demo import ACCOUNTS
from tests.peerlearn.processes import PRODUCTION, environment, free_port, manage, start
from tests.support.databases import fresh_database
from tests.support.patience import PATIENCE


@pytest.fixture
def database(tmp_path):
    return f"sqlite:///{tmp_path / 'peerlearn.sqlite3'}"


# Those that share a database, which takes a while to fill.
SHARED = pytest.mark.xdist_group("serve")


@pytest.fixture(scope="session")
def migrated(tmp_path_factory):
    """A migrated database file, for tests that only read it or clean up after themselves."""
    with fresh_database("sqlite", tmp_path_factory.mktemp("serve")) as url:
        yield url


@pytest.fixture(scope="session")
def demo(tmp_path_factory):
    """One with the demo data; that `serve --demo` loads them where they are missing, `tests/e2e/test_walk.py` sees."""
    with fresh_database("sqlite", tmp_path_factory.mktemp("demo")) as url:
        result = manage("load_demo", DATABASE_URL=url)
        assert result.returncode == 0, result.stderr
        yield url


def refusal(*arguments, **variables):
    """The one sentence on standard error with which `serve` ended."""
    result = manage("serve", *arguments, **{"PORT": str(free_port())} | variables)
    assert result.returncode == 1
    (sentence,) = result.stderr.strip().splitlines()
    assert sentence.startswith("PeerLearn cannot start: ")
    return sentence.removeprefix("PeerLearn cannot start: ")


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        (
            {"PEERLEARN_DEBUG": "perhaps"},
            "PEERLEARN_DEBUG must be true or false (or on/off, yes/no, 1/0), not 'perhaps'.",
        ),
        ({"PEERLEARN_DEBUG": "false"}, "PEERLEARN_SECRET_KEY is required unless PEERLEARN_DEBUG is true."),
        (
            PRODUCTION | {"PEERLEARN_SECRET_KEY": "short"},
            "PEERLEARN_SECRET_KEY must be your own and at least 50 characters long.",
        ),
        (
            PRODUCTION | {"PEERLEARN_ALLOWED_HOSTS": "*"},
            "PEERLEARN_ALLOWED_HOSTS must name your hosts, and never '*', unless PEERLEARN_DEBUG is true.",
        ),
        ({"DATABASE_URL": "mysql://h/d"}, "DATABASE_URL must begin with sqlite:// or postgres:// or postgresql://."),
        (
            {"PEERLEARN_CORS_ORIGINS": "foo"},
            "PEERLEARN_CORS_ORIGINS must list origins such as https://app.example, not 'foo'.",
        ),
        ({"PORT": "eighty"}, "PORT must be a whole number, not 'eighty'."),
        ({"PORT": "70000"}, "PORT must be between 1 and 65535, not 70000."),
    ],
)
def test_a_wrong_variable_is_refused(database, variables, sentence):
    assert refusal(**{"DATABASE_URL": database} | variables) == sentence


def test_a_database_that_is_not_there_is_named_without_its_password():
    sentence = refusal(DATABASE_URL=f"postgres://someone:hunter2@127.0.0.1:{free_port()}/nowhere")

    assert re.match(r"The database PostgreSQL 'nowhere' at 127\.0\.0\.1:\d+ cannot be reached: .*refused", sentence)
    assert "hunter2" not in sentence


def test_a_port_in_use_is_named(database):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        sentence = refusal("--demo", DATABASE_URL=database, PORT=str(port))

    assert sentence == (
        f"Port {port} on 127.0.0.1 cannot be used (Address already in use): "
        "set PORT to a free one, and HOST to an address of this machine."
    )


def test_an_address_that_is_not_ours_is_refused(database):
    assert "on 192.0.2.1 cannot be used" in refusal(DATABASE_URL=database, HOST="192.0.2.1")


def test_a_database_without_its_migrations_is_refused_with_the_command_to_run(database):
    sentence = refusal(DATABASE_URL=database)

    assert sentence.startswith("The database lacks ")
    assert sentence.endswith("run `python manage.py migrate` first.")


@SHARED
@pytest.mark.slow
@pytest.mark.parametrize("email", ACCOUNTS)
def test_a_demo_password_is_refused_unless_debugging(migrated, email):
    make = (
        "from django.contrib.auth import get_user_model as user;"
        "user().objects.all().delete();"
        f"someone = user()(email={email!r}); someone.set_password({ACCOUNTS[email]!r}); someone.save()"
    )
    made = manage("shell", "-v0", "-c", make, DATABASE_URL=migrated)
    assert made.returncode == 0, made.stderr

    sentence = refusal(**PRODUCTION, DATABASE_URL=migrated)
    worker = subprocess.run(
        [sys.executable, "-c", "import peerlearn.wsgi"],
        cwd=settings.BASE_DIR,
        env=environment(**PRODUCTION, DATABASE_URL=migrated),
        capture_output=True,
        text=True,
    )

    assert sentence.startswith(f"The demo password of {email} is known to everybody")
    assert (worker.returncode, worker.stderr.splitlines()[-1]) == (1, f"PeerLearn cannot start: {sentence}")


def test_a_worker_starts_before_its_database_does(database):
    worker = subprocess.run(
        [sys.executable, "-c", "import peerlearn.wsgi"],
        cwd=settings.BASE_DIR,
        env=environment(**PRODUCTION, DATABASE_URL=database),
        capture_output=True,
        text=True,
    )

    assert worker.returncode == 0, worker.stderr


@SHARED
@pytest.mark.slow
class TestServing:
    @pytest.fixture
    def port(self):
        return free_port()

    @pytest.fixture
    def server(self, demo, port):
        process = start("serve", "--demo", DATABASE_URL=demo, PORT=str(port))
        yield process
        process.kill()
        process.communicate()

    def test_it_says_where_to_look_and_whom_to_log_in_as(self, server, port):
        said = read_banner(server)

        assert f"http://127.0.0.1:{port}/docs" in said
        assert f"ws://127.0.0.1:{port}/ws/{{user_id}}" in said
        assert "SQLite at " in said
        assert "e-mail on this console" in said
        for email, password in ACCOUNTS.items():
            assert re.search(rf"{email} +{re.escape(password)}", said)
        assert httpx.get(f"http://127.0.0.1:{port}/health", timeout=PATIENCE).status_code == 200

    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
    def test_a_signal_ends_it_and_its_tick_quietly(self, server, port, number):
        read_banner(server)
        (tick,) = children(server.pid)

        server.send_signal(number)
        _, errors = server.communicate(timeout=PATIENCE)

        assert server.returncode == 0
        assert "Traceback" not in errors
        assert not is_alive(tick)

    def test_the_tick_ends_when_the_server_is_killed(self, server):
        read_banner(server)
        (tick,) = children(server.pid)

        server.kill()
        server.wait()

        assert wait_until(lambda: not is_alive(tick))

    def test_a_burst_of_connections_waits_until_they_are_accepted(self, server, port):
        read_banner(server)
        request = b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"

        with ExitStack() as stack:
            server.send_signal(signal.SIGSTOP)
            stack.callback(server.send_signal, signal.SIGCONT)
            clients = [
                stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)) for _ in range(300)
            ]
            for client in clients:
                client.sendall(request)
            server.send_signal(signal.SIGCONT)
            answers = [b"".join(iter(partial(client.recv, 65536), b"")) for client in clients]

        assert {answer[:12] for answer in answers} == {b"HTTP/1.1 200"}

    def test_bytes_that_are_no_request_get_the_error_body(self, server, port):
        read_banner(server)

        with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as client:
            client.sendall(b"GET /api/sessions?q=\xff\xfe HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            answer = b"".join(iter(lambda: client.recv(65536), b"")).decode()

        assert answer.startswith("HTTP/1.1 400 ")
        assert '"status":"error"' in answer
        assert "<html" not in answer

    def test_a_header_cannot_move_the_site_to_another_root(self, server, port):
        read_banner(server)
        address = f"http://127.0.0.1:{port}/openapi.json"

        honest = httpx.get(address, timeout=PATIENCE)
        moved = httpx.get(address, headers={"Daphne-Root-Path": "/elsewhere"}, timeout=PATIENCE)

        assert honest.status_code == moved.status_code == 200
        assert "/elsewhere" not in moved.text


def read_banner(process: subprocess.Popen[str]) -> str:
    """What the server prints until it is ready."""
    give_up = threading.Timer(PATIENCE, process.kill)
    give_up.start()
    said = ""
    for line in process.stdout:
        said += line
        if "  Log in as  " in said and line == "\n":
            give_up.cancel()
            return said
    raise AssertionError(f"The server did not get ready; it said {said!r} and {process.stderr.read()!r}")


def children(pid: int) -> list[int]:
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True).stdout
    return [int(line) for line in found.split()]


def is_alive(pid: int) -> bool:
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True).stdout.strip()
    return bool(state) and not state.startswith("Z")


def wait_until(condition, seconds=PATIENCE):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.1)
    return False
