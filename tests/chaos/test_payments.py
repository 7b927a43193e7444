"""Goals R6 and R9 for money: one key, one refund; and a server that is killed while people pay."""

import asyncio

import httpx

from tests.chaos.load import ask, clients, outcomes, report, together
from tests.chaos.test_idempotency import AT_ONCE, assert_one_effect, key
from tests.chaos.test_kill import insist
from tests.support import paying, world
from tests.support.figures import figure

LESSONS = figure(200, 30)
KILLS = figure(20, 5)


async def test_a_refund_is_made_once(site, servers):
    admin, payment = site.call(world.make_admin), site.call(paying.make_paid)
    body = {"paymentId": payment, "amount": 5, "reason": "Began late."}

    async with clients(servers[0].url) as one, clients(servers[1].url) as two:
        answers = await together(
            *(
                ask((one, two)[n % 2], "POST", "/api/payments/refund", admin, json=body, headers=key("once"))
                for n in range(AT_ONCE)
            )
        )
        report("refund with one key, 100 at once", answers)
        print(outcomes(answers))
        changed = await ask(one, "POST", "/api/payments/refund", admin, json=body | {"amount": 6}, headers=key("once"))

    assert_one_effect(answers)
    assert (changed.status, changed.code) == (422, "IDEMPOTENCY_KEY_REUSED")
    site.call(paying.catch_up)
    assert site.call(paying.refunds_of, payment) == ["5.000"]
    assert site.call(paying.problems) == []


async def test_a_lesson_is_begun_to_be_paid_once(site, servers):
    (lesson,) = site.call(paying.make_requests, 1)
    body = {"bookingId": lesson["booking"]}

    async with clients(servers[0].url) as one, clients(servers[1].url) as two:
        answers = await together(
            *(
                ask((one, two)[n % 2], "POST", "/api/payments/create-intent", lesson["student"], json=body)
                for n in range(AT_ONCE)
            )
        )
        report("create-intent, 100 at once", answers)
        print(outcomes(answers))

    assert set(outcomes(answers)) <= {"201", "503 BUSY_RETRY"}
    assert len({answer.body["paymentId"] for answer in answers if answer.status == 201}) == 1
    (payment,) = site.call(paying.payments_of, [lesson["booking"]])
    assert len(payment["there"]) == 1


async def accept(client, lesson):
    """The tutor confirms, again and again until there is an answer; that it is confirmed already is one, too."""
    while True:
        try:
            answer = await ask(
                client, "POST", f"/api/tutor/bookings/{lesson['booking']}/confirm", lesson["tutor"], json={}
            )
        except httpx.TransportError:
            await asyncio.sleep(0.05)
            continue
        if answer.status == 200 or answer.code == "INVALID_TRANSITION":
            return
        assert answer.status in (409, 503), answer.body
        await asyncio.sleep(0.05)


async def test_whoever_paid_while_the_server_was_killed_has_paid_once(own_site):
    server = own_site.serve()
    lessons = own_site.call(paying.make_requests, LESSONS)

    async with clients(server.url) as client:

        async def pay(lesson):
            begun = await insist(
                client,
                "POST",
                "/api/payments/create-intent",
                lesson["student"],
                json={"bookingId": lesson["booking"]},
                headers=key(f"begin-{lesson['booking']}"),
            )
            assert begun.status == 201, begun.body
            said = {"paymentId": begun.body["paymentId"], "paymentMethod": "pm_card_visa"}
            paid = await insist(client, "POST", "/api/payments/confirm", lesson["student"], json=said)
            assert (paid.status, paid.body["status"]) == (200, "authorized"), paid.body
            await accept(client, lesson)
            done.append(lesson["booking"])

        done, running, kills = [], [], 0
        wave = LESSONS // KILLS
        for first in range(0, LESSONS, wave):
            done_before = len(done)
            running += [asyncio.create_task(pay(lesson)) for lesson in lessons[first : first + wave]]
            while len(done) == done_before:  # the first of the wave has paid: the others are in flight
                await asyncio.sleep(0.001)
            kills += not all(task.done() for task in running)
            server.kill()
            await asyncio.to_thread(server.start)
        await asyncio.gather(*running)

    print(f"{kills} kills while people paid")
    assert kills >= KILLS - 2, "the burst was over before the kills"
    own_site.call(paying.catch_up)
    stands = own_site.call(paying.payments_of, [lesson["booking"] for lesson in lessons])
    assert len(stands) == LESSONS
    assert {(one["status"], one["captured"], tuple(one["there"])) for one in stands} == {
        ("succeeded", "45.000", ("45.000",))
    }
    assert own_site.call(paying.problems) == []
