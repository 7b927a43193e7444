"""Reports of conflicts in sessions: made by their people, decided by moderators, and nobody learns who reported."""

import pytest

from audit.models import AuditEntry
from common.errors import Forbidden, InvalidTransition, NotFound
from notifications.models import Notification
from sessions_app.models import ConflictReport
from sessions_app.services import conflicts
from tests.factories import (
    AdminFactory,
    BookingFactory,
    ConflictReportFactory,
    ParticipantFactory,
    StudentFactory,
    TutorFactory,
)
from tests.support.clients import queries_of

pytestmark = pytest.mark.django_db

PATH = "/api/sessions/conflicts"


@pytest.fixture
def seat():
    return ParticipantFactory()


def body(session, **more):
    return {"sessionId": session.pk, "type": "no_show", "description": "Nobody came."} | more


def refusal(answer):
    return answer.status_code, answer.json()["code"]


def told(user):
    return [(note.type, note.message, note.data) for note in Notification.objects.filter(recipient=user)]


class TestReporting:
    def test_a_participant_means_the_host_who_hears_nothing_of_it(self, api, seat):
        answer = api.as_(seat.user).post(PATH, body(seat.session))

        shown, report = answer.json(), ConflictReport.objects.get()
        assert answer.status_code == 201, shown
        assert (shown["id"], shown["sessionId"], shown["type"]) == (report.pk, seat.session_id, "no_show")
        assert (shown["status"], shown["outcome"], shown["userId"]) == ("open", None, seat.session.creator_id)
        assert (report.reporter, report.reported) == (seat.user, seat.session.creator)
        assert told(seat.session.creator) == []
        assert AuditEntry.objects.get(action="session_conflict.reported").actor_id == seat.user_id

    def test_whom_it_is_about(self, api, seat):
        session, other = seat.session, ParticipantFactory(session=seat.session).user
        lesson = BookingFactory()
        cases = [
            (seat.user, body(session, type="technical"), None),
            (session.creator, body(session, type="behaviour", userId=seat.user_id), seat.user_id),
            (other, body(session, userId=seat.user_id), seat.user_id),
            (lesson.tutor.user, body(lesson.session), lesson.student_id),
            (lesson.student, body(lesson.session), lesson.tutor.user_id),
        ]
        for user, sent, about in cases:
            assert api.as_(user).post(PATH, sent).json()["userId"] == about
        ConflictReport.objects.all().delete()
        assert (
            api.as_(session.creator).post(PATH, body(session)).json()["userId"] is None
        )  # of a group nobody knows who
        for wrong in (StudentFactory().pk, other.pk):
            assert refusal(api.as_(other).post(PATH, body(session, userId=wrong))) == (400, "NOT_IN_CONFLICT")

    def test_is_for_who_is_or_was_in_the_session(self, api, seat):
        lesson = BookingFactory()
        removed = ParticipantFactory(session=seat.session, state="removed").user
        left = ParticipantFactory(session=seat.session, state="left").user

        assert api.as_(removed).post(PATH, body(seat.session)).status_code == 201
        for user in (left, StudentFactory(), TutorFactory(), AdminFactory()):
            assert refusal(api.as_(user).post(PATH, body(seat.session))) == (403, "NOT_IN_SESSION")
        assert api.as_(StudentFactory()).post(PATH, body(lesson.session)).status_code == 404
        assert api.post(PATH, body(seat.session)).status_code == 401

    def test_one_at_a_time_a_person_and_session(self, api, seat):
        mine = api.as_(seat.user)
        first = mine.post(PATH, body(seat.session), HTTP_IDEMPOTENCY_KEY="k").json()

        assert mine.post(PATH, body(seat.session), HTTP_IDEMPOTENCY_KEY="k").json() == first
        again = mine.post(PATH, body(seat.session, type="late"))
        assert (refusal(again), again.json()["reportId"]) == ((409, "CONFLICT_REPORTED_ALREADY"), first["id"])
        conflicts.dismiss(first["id"], actor=AdminFactory())
        assert mine.post(PATH, body(seat.session)).status_code == 201

    @pytest.mark.parametrize("wrong", [
        {"type": "odd"}, {"description": ""}, {"description": "x" * 2001}, {"sessionId": "x"}, {"sessionId": None},
        {"userId": -1},
    ])  # fmt: skip
    def test_what_is_none_is_refused(self, api, seat, wrong):
        assert refusal(api.as_(seat.user).post(PATH, body(seat.session) | wrong)) == (400, "VALIDATION_ERROR")

    def test_ones_own_are_listed_the_latest_first(self, api, seat):
        mine = api.as_(seat.user)
        first = ConflictReportFactory(session=seat.session, reporter=seat.user)
        at_one = queries_of(mine, PATH)
        conflicts.dismiss(first.pk, note="It was on time.", actor=AdminFactory())
        second = ConflictReportFactory(session=seat.session, reporter=seat.user)
        ConflictReportFactory(reporter=seat.user)
        ConflictReportFactory(session=seat.session)

        page = mine.get(PATH).json()

        assert (page["total"], page["items"][1]["id"], page["items"][2]["id"]) == (3, second.pk, first.pk)
        (shown,) = mine.get(f"{PATH}?status=dismissed").json()["items"]
        assert (shown["resolutionNote"], shown["status"]) == ("It was on time.", "dismissed")
        assert queries_of(mine, PATH) == at_one
        assert api.as_(seat.session.creator).get(PATH).json()["items"] == []


class TestDeciding:
    @pytest.fixture
    def report(self):
        return ConflictReportFactory(description="He shouted at Grace.")

    @pytest.fixture
    def admin(self):
        return AdminFactory()

    def test_resolving_tells_both_sides_what_concerns_them_and_no_more(self, report, admin):
        conflicts.take_up(report.pk, actor=admin)
        decided = conflicts.resolve(report.pk, outcome="warned", note="Thank you.", actor=admin)

        assert (decided.state, decided.outcome, decided.reviewer) == ("resolved", "warned", admin)
        ((kind, message, data),) = told(report.reporter)
        assert (kind, data["outcome"], data["report_id"]) == ("session_conflict_decided", "warned", report.pk)
        assert message.endswith("warned. Thank you.")
        ((kind, message, data),) = told(report.reported)
        assert (kind, data) == ("session_conflict_outcome", {"session_id": report.session_id, "outcome": "warned"})
        assert message == f"We have looked into {report.session.title}: warned."
        actions = AuditEntry.objects.filter(action__startswith="session_conflict").order_by("pk")
        assert [entry.action for entry in actions] == ["session_conflict.taken_up", "session_conflict.resolved"]

    def test_dismissing_tells_the_reporter_only(self, report, admin):
        conflicts.dismiss(report.pk, note="Nothing was wrong.", actor=admin)

        assert [kind for kind, _, _ in told(report.reporter)] == ["session_conflict_decided"]
        assert told(report.reported) == []

    def test_one_about_nobody_is_resolved_for_its_reporter(self, admin):
        report = ConflictReportFactory(kind="technical", reported=None)

        conflicts.resolve(report.pk, outcome="no_fault", actor=admin)

        assert Notification.objects.count() == 1

    @pytest.mark.parametrize("end", ["resolved", "dismissed"])
    def test_what_is_decided_stays(self, report, admin, end):
        moves = {
            "resolved": lambda: conflicts.resolve(report.pk, outcome="settled", actor=admin),
            "dismissed": lambda: conflicts.dismiss(report.pk, actor=admin),
            "under_review": lambda: conflicts.take_up(report.pk, actor=admin),
        }
        moves[end]()
        before = ConflictReport.objects.values().get()

        for move in moves.values():
            with pytest.raises(InvalidTransition):
                move()

        assert ConflictReport.objects.values().get() == before

    def test_is_for_moderators(self, report):
        for user in (report.reporter, report.reported):
            with pytest.raises(Forbidden):
                conflicts.dismiss(report.pk, actor=user)
        with pytest.raises(NotFound):
            conflicts.dismiss(report.pk + 1, actor=AdminFactory())
        report.refresh_from_db()
        assert report.state == "open"
