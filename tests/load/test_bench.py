"""The benchmark's own parts, at a size that costs nothing: what it seeds, what it sends, what it gives to pgbench."""

import pytest
from django.db import connection

from tests.load import seed
from tests.load.cases import CASES
from tests.load.statements import capture, script, send, with_marks

SIZES = seed.Sizes(tutors=4, students=20, notifications=40)


class TestScripts:
    def test_a_mark_becomes_a_variable_outside_and_inside_of_text(self):
        statement = "SELECT 1 WHERE id = 30000001 AND key = 'session:30000001:v7'"

        varied = with_marks(statement, {"30000001": ":student"})

        assert varied == r"SELECT 1 WHERE id = :student AND key = (E'session\x3a' || :student || E'\x3av7')"

    def test_a_longer_number_is_no_mark(self):
        assert with_marks("SELECT 300000012", {"30000001": ":student"}) == "SELECT 300000012"

    def test_text_without_a_mark_keeps_its_meaning(self):
        assert with_marks("SELECT 'it''s 1:30', E'a\\\\b'", {}) == r"SELECT (E'it''s 1\x3a30'), (E'a\\b')"

    def test_a_text_that_is_nothing_but_a_mark_becomes_what_it_stands_for(self):
        assert with_marks("SELECT 'abc'::uuid", {"abc": "gen_random_uuid()"}) == "SELECT (gen_random_uuid())::uuid"


@pytest.mark.postgres
@pytest.mark.django_db
class TestCases:
    @pytest.fixture(autouse=True)
    def _seeded(self):
        seed.fill(SIZES)

    @pytest.mark.parametrize("kind", CASES, ids=lambda kind: kind.name)
    def test_every_request_is_answered_with_success_and_leaves_its_rows(self, kind):
        case = kind(SIZES)
        before = case.effects()

        for shot in case.shots:
            send(case, shot)

        assert case.effects() - before == (len(case.shots) if case.writes else 0)

    @pytest.mark.parametrize("kind", CASES, ids=lambda kind: kind.name)
    def test_the_script_draws_every_variable_and_has_no_number_of_one_row(self, kind):
        case = kind(SIZES)
        captured = capture(case)

        written = script(case, captured)

        assert captured.queries >= 2
        for name in case.variables():
            assert f"\\set {name} " in written
            assert written.count(f":{name}") >= 1
        assert str(captured.shot.student) not in written.split("\n", len(case.variables()))[-1]

    def test_the_seed_counts_its_seats_right(self):
        with connection.cursor() as cursor:
            cursor.execute("""
                SELECT count(*), sum(seats_taken), (SELECT count(*) FROM sessions_app_participant)
                FROM sessions_app_tutoringsession
            """)
            sessions, taken, rows = cursor.fetchone()

        assert (sessions, taken) == (SIZES.sessions + SIZES.bookings, rows)
