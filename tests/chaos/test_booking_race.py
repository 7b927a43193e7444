"""Goals R2, R3, R5 and R6 for bookings: whatever is tried at once, one wins, the rest are told so, all rows agree."""

import random

import pytest

from tests.chaos.load import ask, clients, outcomes, report, together
from tests.support import market, world
from tests.support.figures import figure
from tests.support.server import running_site


@pytest.fixture(autouse=True)
def _no_deadlocks(request):
    """Whoever waits for another is waited for by nobody: one order of locks."""
    if "site" not in request.fixturenames:
        yield
        return
    site = request.getfixturevalue("site")
    before = site.call(market.deadlocks)
    yield
    assert site.call(market.deadlocks) == before


async def book(servers, requests):
    """Send `(student, body)` all at once, to each server in turn."""
    async with clients(servers[0].url) as one, clients(servers[1].url) as other:
        return await together(
            *(
                ask((one, other)[index % 2], "POST", "/api/bookings", student, json=body)
                for index, (student, body) in enumerate(requests)
            )
        )


def lesson(tutor, start, **fields):
    return {"tutor_profile_id": tutor["profile"], "start_at": start, "duration_minutes": 60} | fields


class TestOneSlot:
    async def test_of_fifty_students_one_books_it(self, site, servers):
        tutors, students = site.call(market.make_open_tutors, 3), site.call(world.make_students, 50)

        for day, tutor in enumerate(tutors, start=3):
            answers = await book(servers, [(one, lesson(tutor, market.slot(day=day))) for one in students])
            report("book one slot, 50 at once", answers)

            assert outcomes(answers) == {"201": 1, "400 SLOT_TAKEN": 49}
            winner = next(answer.body["id"] for answer in answers if answer.status == 201)
            assert site.call(market.live_bookings, tutor["profile"]) == [winner]
            assert site.call(market.live_sessions, tutor["profile"]) == 1

    async def test_of_two_hundred_overlapping_ones_one_is_booked(self, site, servers):
        """R2: a hundred want the same slot, a hundred one that begins 15, 30 or 45 minutes later."""
        (tutor,) = site.call(market.make_open_tutors, step=15)
        students = site.call(world.make_students, 200)
        starts = [market.slot(day=3, minute=0 if n < 100 else (15, 30, 45)[n % 3]) for n in range(200)]

        answers = await book(servers, [(one, lesson(tutor, s)) for one, s in zip(students, starts, strict=True)])
        report("book overlapping slots, 200 at once", answers)

        assert outcomes(answers) == {"201": 1, "400 SLOT_TAKEN": 199}
        assert site.call(market.live_sessions, tutor["profile"]) == 1

    async def test_back_to_back_slots_are_all_booked(self, site, servers):
        (tutor,), students = site.call(market.make_open_tutors), site.call(world.make_students, 20)
        starts = [market.slot(day=3, hour=n) for n in range(20)]

        answers = await book(servers, [(one, lesson(tutor, s)) for one, s in zip(students, starts, strict=True)])

        assert outcomes(answers) == {"201": 20}

    @pytest.mark.postgres
    async def test_without_the_guards_the_same_race_books_it_twice(self, tmp_path):
        """The control: a race that cannot fail proves nothing."""
        with running_site(tmp_path, engine="postgres") as site:
            site.call(market.drop_calendar_guards)
            server = site.serve(module="tests.chaos.unguarded_calendars")
            tutors, students = site.call(market.make_open_tutors, 5), site.call(world.make_students, 40)
            booked = []
            for tutor in tutors:
                await book([server, server], [(one, lesson(tutor, market.slot(day=3))) for one in students])
                booked.append(len(site.call(market.live_bookings, tutor["profile"])))

        print(f"booked one slot without the guards: {booked}")
        assert sum(times > 1 for times in booked) >= 4


class TestCredits:
    @pytest.mark.parametrize(("credits", "tries"), [(3, 20), (5, 50)])
    async def test_pay_for_as_many_lessons_as_there_are(self, site, servers, credits, tries):
        (tutor,), (student,) = site.call(market.make_open_tutors), site.call(world.make_students)
        purchase = site.call(market.make_purchase, student["id"], tutor["profile"], credits=credits)
        starts = [market.slot(day=3 + n // 24, hour=n % 24) for n in range(tries)]

        answers = await book(servers, [(student, lesson(tutor, s, use_package_id=purchase)) for s in starts])
        report(f"book with {credits} credits, {tries} at once", answers)

        assert outcomes(answers) == {"201": credits, "402 INSUFFICIENT_CREDITS": tries - credits}
        assert site.call(market.credits_of, purchase) == {"available": 0, "sum": 0}
        assert len(site.call(market.live_bookings, tutor["profile"])) == credits

    async def test_come_back_once_however_often_one_cancels(self, site, servers):
        (tutor,), (student,) = site.call(market.make_open_tutors), site.call(world.make_students)
        purchase = site.call(market.make_purchase, student["id"], tutor["profile"], credits=3)
        booking = site.call(market.make_booking, student["id"], tutor["profile"], market.slot(day=3), purchase=purchase)

        async with clients(servers[0].url) as one, clients(servers[1].url) as other:
            answers = await together(
                *(
                    ask((one, other)[n % 2], "POST", f"/api/bookings/{booking}/cancel", (student, tutor)[n % 3 == 0])
                    for n in range(20)
                )
            )

        assert outcomes(answers) == {"200": 1, "409 INVALID_TRANSITION": 19}
        assert site.call(market.credits_of, purchase) == {"available": 3, "sum": 3}
        assert site.call(market.state_of, booking)["faults"] == []


class TestOneBooking:
    async def test_confirmed_and_cancelled_at_once_agrees_with_its_session_and_credit(self, site, servers):
        (tutor,), (student,) = site.call(market.make_open_tutors), site.call(world.make_students)
        purchase = site.call(market.make_purchase, student["id"], tutor["profile"], credits=5)

        async with clients(servers[0].url) as one, clients(servers[1].url) as other:
            for number in range(12):
                start = market.slot(day=3 + number)
                booking = site.call(market.make_booking, student["id"], tutor["profile"], start, purchase=purchase)
                answers = await together(
                    ask(one, "POST", f"/api/tutor/bookings/{booking}/decline", tutor, json={"reason": "Ill."}),
                    ask(other, "POST", f"/api/tutor/bookings/{booking}/confirm", tutor),
                    ask(one, "POST", f"/api/bookings/{booking}/cancel", student),
                )

                assert set(outcomes(answers)) <= {"200", "409 INVALID_TRANSITION"}
                state = site.call(market.state_of, booking)
                assert state["faults"] == []
                # The request's one end, after a confirmation that came first, or without it.
                assert state["status"] in ("cancelled", "declined")
                assert state["version"] == 1 + outcomes(answers)["200"]
        assert site.call(market.credits_of, purchase) == {"available": 5, "sum": 5}

    async def test_two_that_move_to_one_time_do_not_both_arrive(self, site, servers):
        (tutor,), students = site.call(market.make_open_tutors), site.call(world.make_students, 2)

        async with clients(servers[0].url) as one, clients(servers[1].url) as other:
            for number in range(8):
                day = 3 + 3 * number
                bookings = [
                    site.call(market.make_booking, student["id"], tutor["profile"], market.slot(day=day, hour=hour))
                    for student, hour in zip(students, (8, 16), strict=True)
                ]
                body = {"new_start_time": market.slot(day=day + 1)}
                answers = await together(
                    *(
                        ask(client, "POST", f"/api/bookings/{booking}/reschedule", student, json=body)
                        for client, booking, student in zip((one, other), bookings, students, strict=True)
                    )
                )

                assert outcomes(answers) == {"200": 1, "409 SLOT_TAKEN": 1}
                assert [site.call(market.state_of, booking)["faults"] for booking in bookings] == [[], []]

    async def test_everything_at_once_has_one_legal_history(self, site, servers):
        """R5: fifty at a time, a hundred rounds (`figure`)."""
        (tutor,), (student,) = site.call(market.make_open_tutors), site.call(world.make_students)
        purchase = site.call(market.make_purchase, student["id"], tutor["profile"], credits=20)
        seen = []

        async with clients(servers[0].url) as one, clients(servers[1].url) as other:
            for number in range(figure(100, 12)):
                day = 3 + number % 50
                booking = site.call(
                    market.make_booking, student["id"], tutor["profile"], market.slot(day=day), purchase=purchase
                )
                deeds = moves_of(booking, student, tutor, market.slot(day=day + 1, hour=18)) * 5
                random.shuffle(deeds)
                answers = await together(
                    *(ask((one, other)[n % 2], "POST", *deed[:2], json=deed[2]) for n, deed in enumerate(deeds[:50]))
                )
                seen += answers

                assert {answer.status for answer in answers} <= {200, 400, 409}, outcomes(answers)
                state = site.call(market.state_of, booking)
                assert state["faults"] == []
                assert state["status"] in ("cancelled", "declined")
        report("everything at once, 50 at a time", seen)
        print(outcomes(seen))
        assert site.call(market.credits_of, purchase) == {"available": 20, "sum": 20}


def moves_of(booking, student, tutor, start):
    """What the two can do to it: `(path, person, body)`."""
    path, tutors = f"/api/bookings/{booking}", f"/api/tutor/bookings/{booking}"
    return [
        (f"{tutors}/confirm", tutor, {}),
        (f"{tutors}/decline", tutor, {}),
        (f"{path}/cancel", student, {}),
        (f"{path}/cancel", tutor, {}),
        (f"{path}/reschedule", student, {"new_start_at": start}),
        (f"{path}/reschedule", tutor, {"new_start_at": start}),
        (f"{path}/reschedule/accept", student, {}),
        (f"{path}/reschedule/withdraw", tutor, {}),
        (f"{tutors}/mark-no-show-student", tutor, {"notes": "?"}),
        (f"{tutors}/mark-no-show-tutor", student, {}),
    ]


class TestOneKey:
    async def test_is_one_booking_and_one_answer(self, site, servers):
        """R6: a hundred times the same request."""
        (tutor,), (student, other) = site.call(market.make_open_tutors), site.call(world.make_students, 2)
        body, key = lesson(tutor, market.slot(day=3)), {"Idempotency-Key": "once"}

        async with clients(servers[0].url) as one, clients(servers[1].url) as two:
            answers = await together(
                *(ask((one, two)[n % 2], "POST", "/api/bookings", student, json=body, headers=key) for n in range(100))
            )
            report("book with one key, 100 at once", answers)
            done = [answer for answer in answers if answer.status == 201]
            replay = await ask(two, "POST", "/api/bookings", student, json=body, headers=key)
            changed = await ask(one, "POST", "/api/bookings", student, json=body | {"notes_student": "x"}, headers=key)
            theirs = lesson(tutor, market.slot(day=4))
            independent = await ask(one, "POST", "/api/bookings", other, json=theirs, headers=key)

        assert set(outcomes(answers)) <= {"201", "409 IDEMPOTENCY_KEY_IN_USE"}
        assert len([answer for answer in done if "Idempotent-Replay" not in answer.headers]) == 1
        assert all(answer.body == replay.body for answer in done)
        assert replay.headers["Idempotent-Replay"] == "true"
        assert (changed.status, changed.code) == (422, "IDEMPOTENCY_KEY_REUSED")
        assert independent.status == 201
        assert len(site.call(market.live_bookings, tutor["profile"])) == 2
        made = [done[0].body["id"], independent.body["id"]]
        assert [site.call(world.audit_count, "booking.created", of=booking) for booking in made] == [1, 1]
        assert site.call(world.notification_count, "booking_requested", user=tutor["id"]) == 2
