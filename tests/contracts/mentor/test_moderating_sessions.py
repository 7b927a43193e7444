"""The mentor contract's admin group, as far as it is about sessions: all of them, reports, how good they were."""

from datetime import timedelta

import pytest
from django.utils import timezone

from api.mentor.examples import moderation as examples
from audit.masking import MASK
from audit.models import AuditEntry
from notifications.models import Notification
from sessions_app.models import ConflictReport, QualityReview
from sessions_app.services import conflicts
from tests.factories import (
    AdminFactory,
    BookingFactory,
    ConflictReportFactory,
    ParticipantFactory,
    PastSessionFactory,
    QualityReviewFactory,
    SessionFactory,
    StudentFactory,
    TutorFactory,
)
from tests.support.clients import queries_of

pytestmark = pytest.mark.django_db

SESSIONS, CONFLICTS, REVIEWS = (
    "/api/admin/sessions",
    "/api/admin/sessions/conflicts",
    "/api/admin/sessions/quality-review",
)


@pytest.fixture
def me():
    return AdminFactory()


@pytest.fixture
def admin(api, me):
    return api.as_(me)


def ids(answer):
    assert answer.status_code == 200, answer.content
    return [item["id"] for item in answer.json()["items"]]


def refusal(answer):
    return answer.status_code, answer.json()["code"]


class TestAllSessions:
    def test_are_there_private_ones_too_with_what_was_reported_and_thought_of_them(self, admin, me):
        lesson = BookingFactory(status="confirmed").session
        over = PastSessionFactory(end_reason="")
        SessionFactory(deleted_at=timezone.now())
        ConflictReportFactory(session=over)
        conflicts.dismiss(ConflictReportFactory(session=over).pk, actor=me)
        review = QualityReviewFactory(session=over, notes="Calm.")

        page = admin.get(SESSIONS).json()

        assert (page["total"], page["pageSize"], len(page["items"])) == (2, 20, 2)
        shown = {item["id"]: item for item in page["items"]}
        assert set(shown[over.pk]) == set(examples.SESSION)
        assert (shown[lesson.pk]["kind"], shown[lesson.pk]["qualityReviews"]) == ("private", [])
        assert (shown[over.pk]["undecidedConflicts"], shown[lesson.pk]["undecidedConflicts"]) == (1, 0)
        ((kept),) = shown[over.pk]["qualityReviews"]
        assert (kept["id"], kept["score"], kept["notes"]) == (review.pk, 4, "Calm.")
        assert kept["reviewer"] == {"id": review.reviewer_id, "name": review.reviewer.display_name}
        assert shown[over.pk]["creator"]["email"] == over.creator.email

    def test_narrowed_and_sorted(self, admin):
        seat = ParticipantFactory(session__title="Algebra")
        group, over = seat.session, PastSessionFactory(title="Optics")
        lesson = BookingFactory(status="confirmed").session

        narrowed = {
            f"student={seat.user_id}": [group.pk],
            "kind=private": [lesson.pk],
            "status=completed": [over.pk],
            f"creator={over.creator_id}": [over.pk],
            "search=optics": [over.pk],
            "ordering=date&pageSize=1": [over.pk],
            f"dateTo={timezone.now().date() - timedelta(days=300)}": [],
        }

        assert {query: ids(admin.get(f"{SESSIONS}?{query}")) for query in narrowed} == narrowed
        for wrong in ("kind=odd", "student=x", "status=odd"):
            assert refusal(admin.get(f"{SESSIONS}?{wrong}")) == (400, "VALIDATION_ERROR")
        assert admin.get(f"{SESSIONS}?tz=Asia/Tokyo").json()["items"][0]["utcOffset"] == "+09:00"

    def test_cost_the_same_however_many_there_are(self, admin):
        QualityReviewFactory(session=ConflictReportFactory().session)
        at_one = queries_of(admin, SESSIONS)
        for _ in range(2):
            QualityReviewFactory(session=ConflictReportFactory().session)

        assert queries_of(admin, SESSIONS) == at_one

    @pytest.mark.parametrize("path", [SESSIONS, CONFLICTS])
    def test_are_for_admins(self, api, path):
        report = ConflictReportFactory()
        assert api.get(path).status_code == 401
        for user in (report.reporter, report.reported, StudentFactory()):
            assert refusal(api.as_(user).get(path)) == (403, "ADMINS_ONLY")


class TestWhatWasReported:
    def test_is_there_with_its_people_and_its_decision_the_undecided_first(self, admin, me):
        decided, waiting, newest = ConflictReportFactory.create_batch(3)
        conflicts.resolve(decided.pk, outcome="warned", note="Thank you.", actor=me)
        ConflictReport.objects.filter(pk=waiting.pk).update(created_at=timezone.now() - timedelta(days=4))

        page = admin.get(CONFLICTS).json()

        assert [item["id"] for item in page["items"]] == [waiting.pk, newest.pk, decided.pk]
        first, last = page["items"][0], page["items"][2]
        assert set(first) == set(examples.CONFLICT)
        assert (first["isOverdue"], page["items"][1]["isOverdue"], last["isOverdue"]) == (True, False, False)
        assert first["reporter"]["email"] == waiting.reporter.email
        assert (first["reported"]["id"], first["host"]["id"]) == (waiting.reported_id, waiting.session.creator_id)
        assert (first["reviewer"], first["description"]) == (None, "Nobody came.")
        assert (last["outcome"], last["resolutionNote"], last["reviewer"]["id"]) == ("warned", "Thank you.", me.pk)

    def test_narrowed_and_sorted(self, admin, me):
        one, two = ConflictReportFactory(kind="technical", reported=None), ConflictReportFactory()
        conflicts.take_up(one.pk, actor=me)
        three = ConflictReportFactory()
        conflicts.dismiss(three.pk, actor=me)

        narrowed = {
            "status=open": [two.pk],
            "status=under_review": [one.pk],
            "status=undecided": [one.pk, two.pk],
            "status=dismissed": [three.pk],
            "type=technical": [one.pk],
            f"sessionId={two.session_id}": [two.pk],
            f"userId={two.reported_id}": [two.pk],
            f"userId={two.reporter_id}": [two.pk],
            "outcome=warned": [],
            "ordering=-created_at": [three.pk, two.pk, one.pk],
        }

        assert {query: ids(admin.get(f"{CONFLICTS}?{query}")) for query in narrowed} == narrowed
        assert refusal(admin.get(f"{CONFLICTS}?status=odd")) == (400, "VALIDATION_ERROR")

    def test_costs_the_same_however_much_it_is(self, admin):
        ConflictReportFactory()
        at_one = queries_of(admin, CONFLICTS)
        ConflictReportFactory.create_batch(2)

        assert queries_of(admin, CONFLICTS) == at_one

    def test_is_looked_into_and_decided(self, admin, me):
        report, other = ConflictReportFactory.create_batch(2)

        taken = admin.put(CONFLICTS, {"reportId": report.pk, "action": "take_up"})
        decided = admin.put(
            CONFLICTS, {"reportId": report.pk, "action": "resolve", "outcome": "warned", "note": "Thank you."}
        )
        dismissed = admin.put(CONFLICTS, {"reportId": other.pk, "action": "dismiss"})

        assert (taken.json()["status"], taken.json()["reviewer"]["id"]) == ("under_review", me.pk)
        assert (decided.json()["status"], decided.json()["outcome"]) == ("resolved", "warned")
        assert (dismissed.json()["status"], dismissed.json()["outcome"]) == ("dismissed", None)
        assert set(Notification.objects.filter(recipient=report.reported).values_list("type", flat=True)) == {
            "session_conflict_outcome"
        }
        actions = AuditEntry.objects.filter(action__startswith="session_conflict").order_by("pk")
        assert [entry.action.split(".")[1] for entry in actions] == ["taken_up", "resolved", "dismissed"]

    def test_what_is_decided_stays_and_what_is_none_is_refused(self, api, admin, me):
        report = ConflictReportFactory()
        sent = {"reportId": report.pk, "action": "dismiss"}
        for wrong in ({"action": "odd"}, {"action": "resolve"}, {"reportId": None}, {"note": "x" * 501}):
            assert refusal(admin.put(CONFLICTS, sent | wrong)) == (400, "VALIDATION_ERROR")
        for user in (report.reporter, report.reported):
            assert refusal(api.as_(user).put(CONFLICTS, sent)) == (403, "ADMINS_ONLY")
        assert ConflictReport.objects.get().state == "open"

        assert admin.put(CONFLICTS, sent).status_code == 200

        assert refusal(admin.put(CONFLICTS, sent)) == (409, "INVALID_TRANSITION")
        assert refusal(admin.put(CONFLICTS, sent | {"reportId": 999_999_999})) == (404, "NOT_FOUND")

    @pytest.mark.parametrize("party", ["reporter", "reported", "session__creator"])
    def test_is_decided_by_nobody_whom_it_concerns(self, admin, me, party):
        report = ConflictReportFactory(**{party: me})

        answer = admin.put(CONFLICTS, {"reportId": report.pk, "action": "dismiss"})

        assert refusal(answer) == (403, "FORBIDDEN")
        assert ConflictReport.objects.get().state == "open"


def review(client, session, **sent):
    return client.post(REVIEWS, {"sessionId": session.pk, "score": 4, "outcome": "accepted", "notes": MASK} | sent)


def told(user):
    return list(Notification.objects.filter(recipient=user).values_list("type", "data"))


class TestHowGoodASessionWas:
    def test_is_written_down_audited_and_told_to_the_host_without_score_and_notes(self, admin, me):
        session = ParticipantFactory(session=PastSessionFactory()).session

        answer = review(admin, session, outcome="commended")

        shown = answer.json()
        assert (answer.status_code, set(shown)) == (201, set(examples.REVIEW))
        assert (shown["sessionId"], shown["score"], shown["outcome"]) == (session.pk, 4, "commended")
        assert shown["reviewer"] == {"id": me.pk, "name": me.display_name}
        entry = AuditEntry.objects.get(action="session.quality_reviewed")
        assert entry.after == {"score": 4, "outcome": "commended", "notes": MASK}
        ((kind, data),) = told(session.creator)
        assert (kind, data) == ("session_quality_reviewed", {"session_id": session.pk, "outcome": "commended"})
        assert Notification.objects.count() == 1

    @pytest.mark.parametrize(("outcome", "hears"), [
        ("commended", True), ("needs_improvement", True), ("accepted", False), ("follow_up", False),
    ])  # fmt: skip
    def test_concerns_the_host_or_not(self, admin, outcome, hears):
        session = PastSessionFactory()

        assert review(admin, session, outcome=outcome).status_code == 201

        assert bool(told(session.creator)) == hears

    def test_is_one_review_of_each_admin_who_may_change_it(self, api, admin):
        session = PastSessionFactory()
        first = review(admin, session, outcome="commended").json()

        again = review(admin, session, outcome="commended", score=5)
        same = review(admin, session, outcome="commended", score=5)
        other = review(api.as_(AdminFactory()), session)

        assert (again.status_code, again.json()["id"], again.json()["score"]) == (200, first["id"], 5)
        assert (same.status_code, other.status_code) == (200, 201)
        assert QualityReview.objects.filter(session=session).count() == 2
        changed = AuditEntry.objects.get(action="session.quality_review_changed")
        assert (changed.before["score"], changed.after["score"]) == (4, 5)
        assert len(told(session.creator)) == 1

    @pytest.mark.parametrize("status", ["upcoming", "ongoing", "cancelled"])
    def test_is_of_a_session_that_took_place(self, admin, status):
        assert refusal(review(admin, SessionFactory(status=status))) == (409, "NOT_YET_REVIEWABLE")

        assert not QualityReview.objects.exists()

    def test_is_not_said_of_ones_own(self, admin, me):
        assert refusal(review(admin, PastSessionFactory(creator=me))) == (403, "NOT_ON_YOURSELF")

    @pytest.mark.parametrize("wrong", [
        {"score": 0}, {"score": 6}, {"score": 4.5}, {"score": None}, {"outcome": "odd"}, {"outcome": ""},
        {"notes": "x" * 5001}, {"sessionId": "x"}, {"sessionId": None},
    ])  # fmt: skip
    def test_what_is_none_is_refused(self, admin, wrong):
        assert refusal(review(admin, PastSessionFactory(), **wrong)) == (400, "VALIDATION_ERROR")

        assert not QualityReview.objects.exists()

    def test_is_for_admins_and_of_sessions_that_exist(self, api, admin):
        session = PastSessionFactory()
        assert review(api, session).status_code == 401
        for user in (session.creator, StudentFactory(), TutorFactory()):
            assert refusal(review(api.as_(user), session)) == (403, "ADMINS_ONLY")
        session.pk = 999_999_999
        assert refusal(review(admin, session)) == (404, "NOT_FOUND")
