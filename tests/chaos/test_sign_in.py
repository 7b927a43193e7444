"""Goals S5 and S9 on real servers: a refresh token works once, and a sign-in tells nobody who exists."""

import statistics

from tests.chaos.load import ask, clients, outcomes, report, together
from tests.support import world

AT_ONCE = 50
ROUNDS = 4
TRIES = 15


async def test_of_fifty_uses_of_one_refresh_token_one_succeeds(site, servers):
    async with clients(servers[0].url) as one, clients(servers[1].url) as two:
        for person in site.call(world.make_students, ROUNDS):
            sent = {"refresh_token": person["refresh"]}
            answers = await together(
                *(ask((one, two)[number % 2], "POST", "/auth/refresh", json=sent) for number in range(AT_ONCE))
            )
            report("refresh, 50 at once", answers)

            assert outcomes(answers) == {"200": 1, "401 TOKEN_ALREADY_USED": AT_ONCE - 1}
            (won,) = [answer.body for answer in answers if answer.status == 200]
            assert (await ask(one, "GET", "/auth/me", {"token": won["access_token"]})).status == 200, (
                "nobody is revoked"
            )
            again = await ask(two, "POST", "/auth/refresh", json={"refresh_token": won["refresh_token"]})
            assert again.status == 200


async def test_a_later_reuse_ends_the_whole_family(site, server):
    (person,) = site.call(world.make_students)
    sent = {"refresh_token": person["refresh"]}

    async with clients(server.url) as client:
        first = await ask(client, "POST", "/auth/refresh", json=sent)
        site.call(let_pass, 11)
        stolen = await ask(client, "POST", "/auth/refresh", json=sent)
        child = await ask(client, "GET", "/auth/me", {"token": first.body["access_token"]})
        grandchild = await ask(client, "POST", "/auth/refresh", json={"refresh_token": first.body["refresh_token"]})

    assert (stolen.status, stolen.code) == (401, "TOKEN_REVOKED")
    assert (child.status, grandchild.status) == (401, 401)
    assert site.call(world.audit_count, "auth.refresh_token_reused", of=person["id"]) == 1


async def test_an_unknown_address_and_a_wrong_password_look_alike(site, server):
    (person,) = site.call(world.make_students)
    site.call(world.set_password, person["id"])
    known, unknown = [], []

    async with clients(server.url) as client:
        for number in range(TRIES):
            wrong = {"email": person["email"], "password": f"not it {number}"}
            nobody = {"email": f"nobody{number}@example.com", "password": f"not it {number}"}
            known.append(await ask(client, "POST", "/auth/login", json=wrong))
            unknown.append(await ask(client, "POST", "/auth/login", json=nobody))

    medians = [statistics.median(answer.seconds for answer in answers) * 1000 for answers in (known, unknown)]
    print("login: wrong password {:.1f} ms, unknown address {:.1f} ms (medians)".format(*medians))
    assert outcomes(known) == outcomes(unknown) == {"401 INVALID_CREDENTIALS": TRIES}
    said = [answer.body | {"timestamp": ""} for answer in known + unknown]
    assert all(body == said[0] for body in said)
    names = [sorted(answer.headers.keys()) for answer in known + unknown]
    assert all(headers == names[0] for headers in names)


# --- beside the server --------------------------------------------------------------------------------------------


def let_pass(seconds):
    """As if every refresh token had been spent that much earlier."""
    from datetime import timedelta

    from django.db.models import F

    from accounts.models import SpentRefreshToken

    SpentRefreshToken.objects.update(spent_at=F("spent_at") - timedelta(seconds=seconds))
