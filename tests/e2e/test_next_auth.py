"""The real React client of next-auth, from the registry of npm, against a real server: `tests/e2e/next_auth`."""

import json
import os
import subprocess
from pathlib import Path
from urllib.parse import unquote

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.services import moderation
from tests.factories import PASSWORD, AdminFactory, TutorFactory
from tests.support.server import running_site

pytestmark = [pytest.mark.slow, pytest.mark.node, pytest.mark.xdist_group("next-auth")]

HERE = Path(__file__).parent / "next_auth"
SECRET = "a-secret-that-both-sides-know-0123456789"
EMAIL = "ada@example.com"


def make_mentor() -> int:
    return TutorFactory(email=EMAIL, first_name="Ada", last_name="Lovelace").pk


def onboard() -> None:
    User.objects.filter(email=EMAIL).update(onboarded_at=timezone.now())


def deactivate() -> None:
    moderation.deactivate(User.objects.get(email=EMAIL).pk, actor=AdminFactory())


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    """All that the client saw, in one walk: what it prints on the way asks for a change on the server."""
    with running_site(tmp_path_factory.mktemp("next-auth"), NEXTAUTH_SECRET=SECRET) as site:
        server = site.serve()
        user = site.call(make_mentor)
        client = subprocess.Popen(
            ["node", "drive.mjs", server.url, EMAIL, PASSWORD],
            cwd=HERE,
            env={"PATH": os.environ["PATH"], "NEXTAUTH_SECRET": SECRET},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            for change in (onboard, deactivate):
                assert client.stdout.readline().strip() == change.__name__
                site.call(change)
                client.stdin.write("done\n")
                client.stdin.flush()
            yield json.loads(client.stdout.readline()) | {"origin": server.url, "user": user}
        finally:
            client.kill()
            client.communicate()


def test_nobody_is_signed_in_at_first(seen):
    assert seen["before"] == {"status": "unauthenticated", "data": None}
    assert list(seen["providers"]) == ["credentials"]


def test_a_wrong_or_missing_password_is_told(seen):
    assert seen["wrong"] == {"error": "Invalid credentials", "status": 401, "ok": False, "url": None}
    assert seen["missing"]["error"] == "Email and password are required"
    assert seen["afterWrong"]["status"] == "unauthenticated"


def test_the_right_one_signs_in(seen):
    assert seen["right"] == {"error": None, "status": 200, "ok": True, "url": f"{seen['origin']}/dashboard"}
    assert seen["requests"] == [
        "GET /api/auth/providers 200",
        "GET /api/auth/csrf 200",
        "POST /api/auth/callback/credentials 200",
        "GET /api/auth/session 200",
    ]
    assert seen["afterRight"]["status"] == "authenticated"
    assert seen["afterRight"]["data"]["user"] == {
        "name": "Ada Lovelace",
        "email": EMAIL,
        "image": None,
        "id": seen["user"],
        "roles": ["MENTOR"],
        "isVerified": True,
        "onboardingCompleted": False,
        "mentorVerificationStatus": "APPROVED",
    }
    assert {unquote(line).split(";", 1)[1].count("HttpOnly") for line in seen["cookies"].values()} == {1}


def test_next_auths_own_middleware_opens_the_token(seen):
    token = seen["token"]

    assert seen["tokenAsBearer"] == token
    assert seen["tokenWithAnotherSecret"] is None
    assert (token["sub"], token["userId"], token["name"]) == (str(seen["user"]), seen["user"], "Ada Lovelace")
    assert (token["roles"], token["isVerified"], token["onboardingCompleted"]) == (["MENTOR"], True, False)


def test_the_cookie_signs_in_at_the_api_but_no_strangers_page_writes_with_it(seen):
    assert (seen["me"]["status"], seen["me"]["body"]["id"]) == (200, seen["user"])
    assert (seen["write"]["status"], seen["write"]["body"]["first_name"]) == (200, "Augusta")
    assert seen["alienWrite"]["status"] == 403


def test_an_update_shows_what_is_true_now(seen):
    for shown in (seen["update"]["user"], seen["afterUpdate"]["data"]["user"], seen["tokenAfterUpdate"]):
        assert (shown["name"], shown["onboardingCompleted"], shown["roles"]) == ("Augusta Lovelace", True, ["MENTOR"])


def test_signing_out_ends_the_session_here_and_there(seen):
    assert seen["out"] == {"url": f"{seen['origin']}/bye"}
    assert seen["afterOut"] == {"status": "unauthenticated", "data": None}
    assert "next-auth.session-token" not in seen["cookiesAfterOut"]
    assert seen["stolen"] is None


def test_a_closed_account_is_signed_out_and_not_let_in_again(seen):
    assert seen["again"]["status"] == "authenticated"
    assert seen["deactivated"] is None
    assert seen["leftFor"] == f"{seen['origin']}/api/auth/error?error=Invalid%20credentials"
