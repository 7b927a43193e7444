"""Erasures: asked for, thought over, blocked, carried out category by category, and on record (R-GDPR-4, R-GDPR-5)."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from accounts.errors import AccountErased, WrongPassword
from accounts.models import OutgoingMail, User
from accounts.services import moderation, people
from audit.models import AuditEntry
from bookings.models import Booking, BookingStatus
from messaging.models import Message
from payments.models import DisputeStatus, EarningStatus, Payment, PaymentStatus
from privacy.errors import ErasureBegun, NoErasure
from privacy.models import Erasure, ErasureOrigin, ErasureState, PartState
from privacy.services import erasing, purging, requests
from tests.factories import (
    PASSWORD,
    AdjustmentFactory,
    AdminFactory,
    BookingFactory,
    DisputeFactory,
    EarningFactory,
    ErasureFactory,
    MessageFactory,
    PackagePurchaseFactory,
    PaymentFactory,
    ReviewFactory,
    StudentFactory,
    TutorProfileFactory,
)
from tests.support.threads import at_once

pytestmark = pytest.mark.django_db

ADDRESS = "203.0.113.7"


def ask(user, now=None, password=PASSWORD):
    return requests.request_erasure(user, password=password, address=ADDRESS, now=now or timezone.now())


def erase(user):
    """As a purge does, at once."""
    now = timezone.now()
    erasure = erasing.begin(user, origin=ErasureOrigin.PURGE, actor=None, now=now)
    return erasing.advance(erasure.pk, now=now)


def deleted(user, *, days):
    User.objects.filter(pk=user.pk).update(is_active=False, deleted_at=timezone.now() - timedelta(days=days))
    return user


def purge(*, limit, later=timedelta(0)):
    return purging.purge(
        older_than=timedelta(days=30), actor=None, now=timezone.now() + later, dry_run=False, limit=limit
    )


class TestAsking:
    def test_a_request_begins_in_two_weeks_and_is_mailed(self):
        user = StudentFactory()
        now = timezone.now()

        erasure = ask(user, now)

        assert (erasure.state, erasure.begins_at - now) == (ErasureState.COOLING_OFF, timedelta(days=14))
        assert erasure.due_at - now == timedelta(days=30)
        assert OutgoingMail.objects.get().kind == OutgoingMail.Kind.ERASURE
        assert AuditEntry.objects.get(action="erasure.requested").actor_id == user.pk

    def test_without_the_password_nothing_is_asked_for(self):
        with pytest.raises(WrongPassword):
            ask(StudentFactory(), password="Guessed_1")

        assert not Erasure.objects.exists()

    def test_asking_twice_is_asking_once(self):
        user = StudentFactory()

        assert ask(user) == ask(user)
        assert OutgoingMail.objects.count() == 1

    def test_it_can_be_withdrawn_until_it_has_begun(self):
        user = StudentFactory()
        erasure = ask(user)

        requests.withdraw_erasure(user, now=timezone.now())

        erasing.advance_due(now=timezone.now() + timedelta(days=20))
        assert Erasure.objects.get().state == ErasureState.WITHDRAWN
        assert User.objects.active().filter(pk=user.pk).exists()
        with pytest.raises(NoErasure):
            requests.withdraw_erasure(user, now=timezone.now())
        assert ask(user) != erasure

    def test_what_has_begun_cannot_be_withdrawn(self):
        erasure = ErasureFactory(state=ErasureState.PARTIAL)

        with pytest.raises(ErasureBegun):
            requests.withdraw_erasure(erasure.user, now=timezone.now())

    def test_nothing_happens_before_the_two_weeks_are_over(self):
        user = StudentFactory()
        erasure = ask(user)

        assert erasing.advance(erasure.pk, now=timezone.now() + timedelta(days=13)).state == ErasureState.COOLING_OFF
        assert erasing.advance_due(now=timezone.now() + timedelta(days=13)) == 0
        assert erasing.advance_due(now=timezone.now() + timedelta(days=14, minutes=1)) == 1
        user.refresh_from_db()
        assert (user.email, user.is_active) == (f"deleted-{user.pk}@invalid", False)


class TestWhatIsInTheWay:
    @pytest.mark.parametrize(
        ("make", "sentence"),
        [
            (lambda user: BookingFactory(student=user), "A lesson is to come, or not over yet."),
            (
                lambda user: PackagePurchaseFactory(student=user, available=2),
                "Lessons of a package are paid for and not taken.",
            ),
            (lambda user: PaymentFactory(payer=user, status=PaymentStatus.PROCESSING), "A payment is on its way."),
            (
                lambda user: DisputeFactory(payment=PaymentFactory(payer=user), status=DisputeStatus.OPEN),
                "A dispute is open.",
            ),
        ],
    )
    def test_money_or_a_lesson_that_is_open_blocks_it_and_says_so(self, make, sentence):
        user = StudentFactory()
        make(user)

        erasure = erase(user)

        assert erasure.state == ErasureState.BLOCKED
        assert sentence in erasure.blockers
        user.refresh_from_db()
        assert (user.is_active, user.erased_at) == (True, None)
        assert not erasure.parts.exists()

    def test_what_a_tutor_has_earned_is_paid_out_first(self):
        earning = EarningFactory(status=EarningStatus.AVAILABLE)

        assert "What was earned is not paid out yet." in erase(earning.tutor.user).blockers

    def test_an_admin_is_not_erased(self):
        assert erase(AdminFactory()).blockers == ["The account is an admin's. Give it another role first."]

    def test_it_goes_on_by_itself_when_nothing_is_in_the_way_any_more(self):
        user = StudentFactory()
        booking = BookingFactory(student=user)
        erase(user)
        Booking.objects.filter(pk=booking.pk).update(status=BookingStatus.COMPLETED)

        assert erasing.advance_due(now=timezone.now() + timedelta(days=1, minutes=1)) == 1

    def test_the_owner_is_told_at_once_what_will_be_in_the_way(self):
        user = StudentFactory()
        BookingFactory(student=user)

        assert ask(user).blockers == ["A lesson is to come, or not over yet."]


class TestErasing:
    def test_what_was_said_goes_and_what_was_paid_stays(self):
        user = StudentFactory(first_name="Ada", last_name="Lovelace")
        message = MessageFactory(sender=user, text="My secret.")
        review = ReviewFactory(student=user, comment="By Ada.", booking__student=user)
        payment = PaymentFactory(payer=user)
        Booking.objects.update(status=BookingStatus.COMPLETED)

        erasure = erase(user)

        assert erasure.state == ErasureState.DONE
        message.refresh_from_db()
        review.refresh_from_db()
        assert (message.text, message.is_deleted) == ("", True)
        assert (review.comment, review.student_id, review.rating) == ("", user.pk, review.rating)
        assert Payment.objects.get(pk=payment.pk).amount == payment.amount

    def test_the_other_side_keeps_what_it_wrote(self):
        message = MessageFactory(text="Mine.")

        erase(message.recipient)

        assert Message.objects.get().text == "Mine."

    def test_each_category_is_evidence_in_the_register(self):
        erasure = erase(StudentFactory())

        parts = {part.category: part for part in erasure.parts.all()}
        assert set(parts) == {category.name for category in erasing.categories()}
        assert {part.state for part in parts.values()} == {PartState.DONE}
        assert parts["account"].evidence == {"accounts.user.pk overwritten": 1}
        assert AuditEntry.objects.filter(action="account.erased").count() == 1

    def test_a_category_that_fails_holds_up_only_the_account_until_it_works(self, monkeypatch):
        user = StudentFactory()
        with monkeypatch.context() as patch:
            patch.setattr("common.personal_data.Section.erase", _fails_for("accounts.FavouriteTutor"))
            erasure = erase(user)

        assert erasure.state == ErasureState.PARTIAL
        states = dict(erasure.parts.values_list("category", "state"))
        assert (states["favourites"], states["profile"], states["account"]) == ("failed", "done", "pending")
        user.refresh_from_db()
        assert user.erased_at is None

        assert erasing.advance_due(now=timezone.now() + timedelta(hours=2)) == 1
        assert set(erasure.parts.values_list("state", flat=True)) == {PartState.DONE}

    def test_doing_it_again_changes_nothing(self):
        erasure = erase(StudentFactory())
        entries = AuditEntry.objects.count()

        again = erasing.advance(erasure.pk, now=timezone.now())

        assert (again.state, AuditEntry.objects.count()) == (ErasureState.DONE, entries)

    def test_who_was_erased_cannot_be_brought_back(self):
        user = StudentFactory()
        erase(user)

        with pytest.raises(AccountErased):
            moderation.reactivate(user.pk, actor=AdminFactory())

    def test_a_tutor_is_found_no_more(self):
        profile = TutorProfileFactory()

        erase(profile.user)

        profile.refresh_from_db()
        assert (profile.is_listed, profile.bio, profile.search_text) == (False, "", "")


def _fails_for(model):
    from common.personal_data import Section

    real = Section.erase

    def erase_or_fail(section, user):
        if section.model == model:
            raise ConnectionError
        return real(section, user)

    return erase_or_fail


@pytest.mark.django_db(transaction=True)
def test_two_workers_erase_a_person_once():
    user = StudentFactory()
    now = timezone.now()
    erasure = erasing.begin(user, origin=ErasureOrigin.PURGE, actor=None, now=now)

    at_once([lambda: erasing.advance(erasure.pk, now=now).state] * 4)

    assert Erasure.objects.get().state == ErasureState.DONE
    assert AuditEntry.objects.filter(action="account.erased").count() == 1
    assert AuditEntry.objects.filter(action="account.closed_for_erasure").count() == 1


class TestRegister:
    def test_the_back_office_shows_what_is_overdue_and_what_is_not_finished(self, admin_client):
        now = timezone.now()
        late = ErasureFactory(state=ErasureState.PARTIAL, requested_at=now - timedelta(days=31))
        ErasureFactory()
        page = reverse("admin:privacy_erasure_changelist")

        def shown(kind):
            return list(admin_client.get(page, {"look_at": kind}).context["cl"].queryset)

        assert (shown("overdue"), shown("partial"), len(shown("open"))) == ([late], [late], 2)

    def test_an_admin_lets_it_go_on(self, admin_client):
        erasure = ErasureFactory(requested_at=timezone.now() - timedelta(days=15))

        admin_client.post(
            reverse("admin:privacy_erasure_changelist"),
            {"action": "go_on", "_selected_action": [erasure.pk], "confirmed": "yes"},
        )

        erasure.refresh_from_db()
        assert erasure.state == ErasureState.DONE


class TestPurge:
    @pytest.fixture
    def blocked(self):
        """Deleted the longest ago, and with a payment on its way."""
        return deleted(PaymentFactory(status=PaymentStatus.PROCESSING).payer, days=60)

    def test_who_is_blocked_keeps_nobody_else_from_being_erased(self, blocked):
        free = deleted(StudentFactory(), days=40)

        first, second, third = (purge(limit=1) for _ in range(3))

        assert ([one["user_id"] for one in first.blocked], first.purged, first.remaining) == ([blocked.pk], [], 1)
        assert (second.blocked, second.purged, second.remaining) == ([], [free.pk], 1)
        assert ([one["user_id"] for one in third.blocked], third.purged, third.remaining) == ([blocked.pk], [], 0)

    def test_those_who_are_blocked_take_turns(self, blocked):
        other = deleted(PaymentFactory(status=PaymentStatus.PROCESSING).payer, days=50)

        seen = [purge(limit=1, later=timedelta(hours=hour)).blocked[0]["user_id"] for hour in range(4)]

        assert seen == [blocked.pk, other.pk, blocked.pk, other.pk]

    def test_the_command_ends_with_1_once_somebody_is_blocked_for_longer_than_the_law_allows(self, blocked, capsys):
        call_command("purge_deleted_users")
        assert f"account {blocked.pk} stays" in capsys.readouterr().out
        Erasure.objects.update(due_at=timezone.now())

        with pytest.raises(CommandError, match="1 erasures are overdue"):
            call_command("purge_deleted_users")


class TestCommand:
    def test_it_says_what_it_would_do_and_does_it(self, capsys):
        user = StudentFactory()
        moderation.soft_delete(user.pk, actor=AdminFactory(), now=timezone.now() - timedelta(days=40))

        call_command("purge_deleted_users", dry_run=True)
        foretold = capsys.readouterr().out
        call_command("purge_deleted_users")
        done = capsys.readouterr().out

        assert "1 accounts would be erased" in foretold
        assert done == foretold.replace("would be erased", "erased")
        assert User.objects.get(pk=user.pk).erased_at is not None

    def test_less_than_thirty_days_are_refused(self):
        with pytest.raises(CommandError, match="30 or more"):
            call_command("purge_deleted_users", older_than_days=29)


class TestMeanwhile:
    @pytest.fixture
    def half_erased(self, monkeypatch):
        """Somebody of whom a part could not be erased yet."""
        user = StudentFactory()
        with monkeypatch.context() as patched:
            patched.setattr(erasing.Category, "perform", _failing_for("favourites"))
            assert erase(user).state == ErasureState.PARTIAL
        return user

    def test_an_account_whose_erasure_has_begun_is_not_brought_back(self, half_erased):
        for bring_back in (moderation.restore, moderation.reactivate):
            with pytest.raises(AccountErased):
                bring_back(half_erased.pk, actor=AdminFactory(), **_now(bring_back))

        erasure = Erasure.objects.get()
        assert erasing.advance(erasure.pk, now=timezone.now()).state == ErasureState.DONE

    def test_nobody_writes_to_an_account_that_is_erased(self):
        user, admin = StudentFactory(), AdminFactory()
        erase(user)

        for write in (
            lambda: people.update_account(user.pk, {"first_name": "Again"}, actor=admin),
            lambda: moderation.correct_details(user.pk, {"first_name": "Again"}, actor=admin),
            lambda: people.set_avatar(user.pk, None, actor=admin, now=timezone.now()),
        ):
            with pytest.raises(AccountErased):
                write()

    def test_an_adjustment_that_waits_holds_it_up(self):
        tutor = AdjustmentFactory(needs_approval=True).tutor

        assert erase(tutor.user).blockers == ["An adjustment waits for an admin."]


def _failing_for(name):
    perform = erasing.Category.perform

    def sometimes(category, user, now):
        if category.name == name:
            raise ConnectionError
        return perform(category, user, now)

    return sometimes


def _now(service):
    return {"now": timezone.now()} if service is moderation.restore else {}
