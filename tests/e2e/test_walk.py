"""A stranger's first hour: `make run`, then everything over HTTP and sockets, as the README's tour does it."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from django.conf import settings
from websockets.sync.client import ClientConnection, connect

from tests.peerlearn.processes import environment
from tests.support.patience import PATIENCE
from tests.support.server import Server

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("make-run")]

PASSWORD = "a-good-password"


class Person:
    """Somebody with a browser: an HTTP client and, once signed in, an open socket."""

    def __init__(self, server: Server, name: str, role: str) -> None:
        self.http = httpx.Client(base_url=server.url, timeout=PATIENCE)
        self.socket: ClientConnection | None = None
        self.email = f"{name.lower()}@walk.example.com"
        answer = self.http.post(
            "/auth/register",
            json={"email": self.email, "password": PASSWORD, "first_name": name, "last_name": "Walker", "role": role},
        )
        assert answer.status_code == 201, answer.text
        self.id: int = answer.json()["id"]
        answer = self.http.post("/auth/login", json={"email": self.email, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        self.token: str = answer.json()["access_token"]
        self.http.headers["Authorization"] = f"Bearer {self.token}"

    def call(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        answer = self.http.request(method, path, json=body)
        return answer.status_code, answer.json()

    def next_frame(self) -> dict[str, Any]:
        return json.loads(self.socket.recv(timeout=PATIENCE))

    def hears(self, kind: str) -> dict[str, Any]:
        """The next frame, which must be this notification."""
        frame = self.next_frame()
        assert (frame["type"], frame.get("notification_type")) == ("notification", kind), frame
        return frame

    def hears_nothing_more(self) -> None:
        """Frames come in order: what was sent before our ping would come before its pong."""
        self.socket.send('{"type": "ping"}')
        assert self.next_frame() == {"type": "pong"}


@contextmanager
def made_to_run(folder: Any) -> Iterator[Server]:
    """`make run` on a free port, as the README says, with a database of its own."""
    variables = {"DATABASE_URL": f"sqlite:///{folder / 'walk.sqlite3'}", "PEERLEARN_THROTTLING": "off"}
    variables |= {name: os.environ[name] for name in os.environ if name.startswith("PIP_")}
    server = Server(
        ["make", "run", f"VENV={sys.prefix}", "PORT={port}", "HOST=127.0.0.1"],
        environment(**variables),
        folder / "make-run.log",
        answers=False,
    )
    server.start()
    try:
        server.wait_until_up()
        yield server
    except BaseException:
        print(server.log.read_text(errors="replace")[-6000:])
        raise
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.process.wait(PATIENCE)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with made_to_run(tmp_path_factory.mktemp("walk")) as running:
        yield running


def open_socket(stack: ExitStack, server: Server, person: Person) -> None:
    person.socket = stack.enter_context(
        connect(f"{server.ws_url}/ws/{person.id}?token={person.token}", proxy=None, open_timeout=PATIENCE)
    )
    hello = person.next_frame()
    assert (hello["type"], hello["status"], hello["user_id"]) == ("connection", "connected", person.id)


def test_from_registration_to_a_completed_session_with_everybody_told(server):
    with ExitStack() as stack:
        tutor = Person(server, "Grace", "tutor")
        ada, bob, cleo, passer_by = (Person(server, name, "student") for name in ("Ada", "Bob", "Cleo", "Dan"))
        everybody = (tutor, ada, bob, cleo, passer_by)
        for person in everybody:
            open_socket(stack, server, person)

        # The tutor publishes a session of two seats; a student cannot.
        begin = (datetime.now(UTC) + timedelta(days=2)).replace(microsecond=0)
        wish = {"title": "Compilers", "description": "From A-0 on", "date": begin.isoformat(), "max_participants": 2}
        status, refused = ada.call("POST", "/api/sessions/", wish)
        assert (status, refused["error"]) == (403, "Only instructors can create sessions")
        status, session = tutor.call("POST", "/api/sessions/", wish)
        assert (status, session["creator"]["role"], session["participants"]) == (201, "instructor", [])
        path = f"/api/sessions/{session['id']}/"

        # It is found by filters, among eighty sessions of the demo data.
        status, page = ada.call("GET", f"/api/sessions/?creator={tutor.id}&status=upcoming")
        assert [row["id"] for row in page["results"]] == [session["id"]]
        status, page = ada.call("GET", "/api/sessions/?page_size=100")
        assert (status, page["count"] >= 80) == (200, True)

        # Two join, the third is refused, and only the host hears of it.
        for number, student in enumerate((ada, bob), start=1):
            status, joined = student.call("POST", f"{path}join/")
            assert (status, joined["session"]["available_spots"]) == (201, 2 - number)
            told = tutor.hears("session_joined")
            assert (told["seq"], told["data"]["actor_id"]) == (number, student.id)
        status, refused = cleo.call("POST", f"{path}join/")
        assert (status, refused["code"], refused["error"]) == (400, "SESSION_FULL", "Session is full")
        status, refused = ada.call("POST", f"{path}join/")
        assert (status, refused["error"]) == (400, "Already joined this session")

        # One leaves, another takes the seat.
        status, left = bob.call("POST", f"{path}leave/")
        assert (status, left["session"]["available_spots"]) == (200, 1)
        tutor.hears("session_left")
        bob.hears("session_left")
        assert cleo.call("POST", f"{path}join/")[0] == 201
        tutor.hears("session_joined")

        # The tutor moves it, starts it and completes it: those with a seat are told, each time.
        later = (begin + timedelta(hours=1)).isoformat()
        assert tutor.call("PUT", path, {"date": later})[0] == 200
        assert ada.call("POST", f"{path}start/")[0] == 403
        assert tutor.call("POST", f"{path}start/")[1]["session"]["status"] == "ongoing"
        assert ada.call("POST", f"{path}leave/")[0] == 400
        assert tutor.call("POST", f"{path}complete/")[1]["session"]["status"] == "completed"
        assert tutor.call("POST", f"{path}cancel/")[0] == 400
        for student in (ada, cleo):
            kinds = [student.hears(f"session_{kind}") for kind in ("updated", "started", "completed")]
            assert [frame["seq"] for frame in kinds] == [1, 2, 3]

        for person in everybody:
            person.hears_nothing_more()
        assert passer_by.call("GET", "/api/notifications") == (200, [])


def test_what_was_missed_is_replayed_and_read_over_http(server):
    with ExitStack() as stack:
        tutor, student = Person(server, "Hedy", "tutor"), Person(server, "Emil", "student")
        begin = (datetime.now(UTC) + timedelta(days=2)).isoformat()
        _, session = tutor.call("POST", "/api/sessions", {"title": "Radio", "date": begin, "max_participants": 5})
        for verb in ("join", "leave", "join"):
            assert student.call("POST", f"/api/sessions/{session['id']}/{verb}")[0] in (200, 201)

        open_socket(stack, server, tutor)
        tutor.socket.send('{"type": "resume", "since": 1}')
        missed = [tutor.next_frame() for _ in range(3)]
        _, listed = tutor.call("GET", "/api/notifications")
        _, read = tutor.call("PATCH", f"/api/notifications/{listed[0]['id']}/read")
        _, all_read = tutor.call("PATCH", "/api/notifications/mark-all-read")
        deleted = tutor.http.delete(f"/api/notifications/{listed[0]['id']}")

    assert [(frame["type"], frame["seq"]) for frame in missed] == [
        ("notification", 2),
        ("notification", 3),
        ("resumed", 3),
    ]
    assert [row["type"] for row in listed] == ["session_joined", "session_left", "session_joined"]
    assert listed[0]["message"] == missed[1]["message"]
    assert (read["is_read"], all_read["updated"]) == (True, 2)
    assert (deleted.status_code, deleted.content) == (204, b"")


def test_a_second_make_run_on_the_same_port_says_so_in_one_sentence(server):
    variables = environment(DATABASE_URL=f"sqlite:///{server.log.parent / 'walk.sqlite3'}", PORT=str(server.port))

    second = subprocess.run(
        ["make", "run", f"VENV={sys.prefix}"],
        env=variables,
        cwd=settings.BASE_DIR,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )

    assert second.returncode != 0
    assert f"Port {server.port} on 127.0.0.1 cannot be used" in second.stderr
    assert "Traceback" not in second.stderr
