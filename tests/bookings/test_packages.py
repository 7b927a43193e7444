from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils import timezone

from audit.models import AuditEntry
from bookings.errors import CreditsReserved, InsufficientCredits
from bookings.models import CreditKind, PurchaseStatus
from bookings.services import credits, expiry, offers, purchases, refunds
from bookings.tasks import expire_packages
from common.errors import Forbidden, InvalidTransition, NotFound
from notifications.models import Notification
from tests.factories import (
    AdminFactory,
    BookingFactory,
    PackageFactory,
    PackagePurchaseFactory,
    StudentFactory,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def admin():
    return AdminFactory()


def told(user):
    return list(Notification.objects.filter(recipient=user).order_by("id").values_list("type", flat=True))


def audited(obj):
    entries = AuditEntry.objects.filter(object_type=obj._meta.label_lower, object_id=str(obj.pk))
    return list(entries.order_by("id").values_list("action", flat=True))


class TestOffers:
    def test_who_is_no_tutor_has_none(self):
        with pytest.raises(NotFound):
            offers.create_offer(actor=StudentFactory(), name="Five", session_count=5, price=Decimal(200))

    def test_a_change_of_price_is_on_record_with_both_prices(self):
        offer = PackageFactory()

        offers.update_offer(offer.pk, {"price": Decimal(180)}, actor=offer.tutor.user)
        offers.update_offer(offer.pk, {"price": Decimal(180)}, actor=offer.tutor.user)

        (entry,) = AuditEntry.objects.filter(action="package.updated")
        assert (Decimal(entry.before["price"]), Decimal(entry.after["price"])) == (200, 180)


class TestBuying:
    def test_tells_the_tutor_and_is_on_record(self):
        offer, student = PackageFactory(), StudentFactory()

        purchase = purchases.buy(offer.pk, student=student)

        assert told(offer.tutor.user) == ["package_purchased"]
        assert told(student) == []
        assert audited(purchase) == ["package.bought"]

    @pytest.mark.parametrize("without", [{"hourly_rate": None}, {"currency": "EUR"}], ids=str)
    def test_takes_the_packages_own_price_of_a_lesson_where_the_tutor_names_none(self, without):
        offer = PackageFactory(**{f"tutor__{name}": value for name, value in without.items()})

        assert purchases.buy(offer.pk, student=StudentFactory()).lesson_price == 40

    def test_that_waits_for_the_money_is_completed_by_an_admin_once(self, admin, settings):
        settings.PACKAGES_NEED_PAYMENT = True
        purchase = purchases.buy(PackageFactory().pk, student=StudentFactory())
        assert purchase.status == PurchaseStatus.PENDING
        assert told(purchase.tutor.user) == []

        with pytest.raises(Forbidden):
            purchases.complete_purchase(purchase.pk, actor=purchase.student)
        purchases.complete_purchase(purchase.pk, actor=admin)
        with pytest.raises(InvalidTransition):
            purchases.complete_purchase(purchase.pk, actor=admin)

        purchase.refresh_from_db()
        assert (purchase.status, purchase.available, purchase.entries.count()) == (PurchaseStatus.ACTIVE, 5, 1)
        assert purchase.expires_at > purchase.purchased_at + 90 * DAY
        assert audited(purchase) == ["package.bought", "package.completed"]

    def test_of_nothing_cannot_be_completed(self, admin):
        with pytest.raises(NotFound):
            purchases.complete_purchase(999_999, actor=admin)


class TestUsingACredit:
    def test_tells_the_others(self, admin):
        purchase = PackagePurchaseFactory()

        purchases.use_credit(purchase.pk, actor=purchase.tutor.user)
        assert (told(purchase.student), told(purchase.tutor.user)) == (["package_credit_used"], [])

        purchases.use_credit(purchase.pk, actor=admin)
        assert (told(purchase.student), told(purchase.tutor.user)) == (
            ["package_credit_used"] * 2,
            ["package_credit_used"],
        )


class TestAdjusting:
    def test_gives_and_takes_with_a_reason(self, admin):
        purchase = PackagePurchaseFactory()

        purchases.adjust_credits(purchase.pk, +2, reason="Goodwill", actor=admin)
        purchases.adjust_credits(purchase.pk, -3, reason="Typed wrongly", actor=admin)

        purchase.refresh_from_db()
        assert purchase.available == purchase.entries.aggregate(sum=Sum("change"))["sum"] == 4
        lines = purchase.entries.filter(kind=CreditKind.ADJUST).values_list("change", "reason", "actor")
        assert list(lines) == [(2, "Goodwill", admin.pk), (-3, "Typed wrongly", admin.pk)]
        assert audited(purchase) == ["package.credits_adjusted"] * 2

    def test_takes_no_more_than_there_are(self, admin):
        purchase = PackagePurchaseFactory()

        with pytest.raises(InsufficientCredits):
            purchases.adjust_credits(purchase.pk, -6, reason="No", actor=admin)

        purchase.refresh_from_db()
        assert purchase.available == 5

    def test_is_for_admins_and_active_packages(self, admin):
        purchase = PackagePurchaseFactory()
        expired = PackagePurchaseFactory(expires_at=timezone.now() - DAY)

        with pytest.raises(Forbidden):
            purchases.adjust_credits(purchase.pk, 1, reason="Mine", actor=purchase.student)
        with pytest.raises(InvalidTransition):
            purchases.adjust_credits(expired.pk, 1, reason="Late", actor=admin)

    def test_below_nothing_is_refused_by_the_database_too(self):
        purchase = PackagePurchaseFactory(available=0)

        with pytest.raises(IntegrityError), transaction.atomic():
            type(purchase).objects.filter(pk=purchase.pk).update(available=-1)


class TestTime:
    def test_lets_packages_expire_and_tells_their_owners_what_is_lost(self):
        lost = PackagePurchaseFactory(expires_at=timezone.now() - DAY)
        used_up = PackagePurchaseFactory(expires_at=timezone.now() - DAY, available=0)
        good = PackagePurchaseFactory()

        expire_packages()
        expire_packages()

        states = [type(p).objects.get(pk=p.pk).status for p in (lost, used_up, good)]
        assert states == [PurchaseStatus.EXPIRED, PurchaseStatus.EXPIRED, PurchaseStatus.ACTIVE]
        assert (told(lost.student), told(used_up.student)) == (["package_expired"], [])

    @pytest.mark.parametrize("days", [30, 7])
    def test_reminds_once_that_credits_are_about_to_expire(self, days):
        now = timezone.now()
        purchase = PackagePurchaseFactory(expires_at=now + days * DAY)

        told_now = [expiry.remind_of_expiry(now=now + later * timedelta(hours=5)) for later in range(-1, 3)]

        assert told_now == [0, 1, 0, 0]
        assert told(purchase.student) == ["package_expiring"]

    def test_reminds_nobody_who_has_none_left_or_bought_them_for_less(self):
        now = timezone.now()
        PackagePurchaseFactory(expires_at=now + 30 * DAY, available=0)
        PackagePurchaseFactory(expires_at=now + 30 * DAY, validity_days=30)

        assert expiry.remind_of_expiry(now=now) == 0

    def test_is_a_command_too(self, capsys):
        PackagePurchaseFactory(expires_at=timezone.now() - DAY)
        PackagePurchaseFactory(expires_at=timezone.now() + 7 * DAY - timedelta(minutes=1))

        call_command("expire_packages")

        assert capsys.readouterr().out == "0 packages extended\n1 packages expired\n1 owners reminded\n"


def account(**changes):
    """Five lessons for 200 of which two were taken; one costs 45 without the package."""
    facts = {"paid": Decimal(200), "currency": "USD", "lessons": 5, "unused": 3, "used": 2, "lesson_price": Decimal(45)}
    return refunds.Account(**(facts | changes))


class TestWhatIsRefundable:
    @pytest.mark.parametrize(
        ("facts", "cause", "days", "amount"),
        [
            ({}, "tutor", 40, "120.00"),
            ({"unused": 5, "used": 0}, "tutor", 400, "200.00"),
            ({"paid": Decimal(100), "lessons": 3, "unused": 1}, "tutor", 1, "33.33"),
            ({"paid": Decimal(1000), "lessons": 3, "unused": 1, "currency": "JPY"}, "tutor", 1, "333"),
            ({"unused": 7, "used": 0}, "tutor", 1, "200.00"),  # some were given for nothing
            ({"unused": 5, "used": 0}, "student", 14, "200.00"),
            ({"unused": 5, "used": 0}, "student", 15, "200.00"),
            ({}, "student", 1, "110.00"),
            ({}, "student", 40, "110.00"),
            ({"unused": 0, "used": 5}, "student", 40, "0.00"),
        ],
    )
    def test_is_as_the_rule_says(self, facts, cause, days, amount):
        refundable = refunds.refundable(account(**facts), cause=cause, age=days * DAY)

        assert str(refundable) == amount


class TestRefunding:
    def test_takes_the_unused_credits_and_notes_what_they_are_worth(self, admin):
        purchase = PackagePurchaseFactory()
        purchases.use_credit(purchase.pk, actor=admin)

        refunds.refund_unused(purchase.pk, cause="tutor", reason="Moved away", actor=admin)

        purchase.refresh_from_db()
        assert (purchase.status, purchase.available, purchase.refunded_amount) == (PurchaseStatus.REFUNDED, 0, 160)
        assert purchase.entries.last().change == -4
        assert told(purchase.student)[-1] == told(purchase.tutor.user)[-1] == "package_refunded"
        assert audited(purchase) == ["package.refunded"]

    def test_waits_until_booked_lessons_are_cancelled(self, admin):
        purchase = PackagePurchaseFactory()
        booking = BookingFactory(student=purchase.student, tutor=purchase.tutor, purchase=purchase)
        credits.reserve(booking, actor=None, now=timezone.now())

        with pytest.raises(CreditsReserved):
            refunds.refund_unused(purchase.pk, cause="student", reason="", actor=admin)
        credits.release(booking, actor=None, now=timezone.now())
        refunds.refund_unused(purchase.pk, cause="student", reason="", actor=admin)

        purchase.refresh_from_db()
        assert purchase.refunded_amount == 200

    @pytest.mark.parametrize("status", sorted(set(PurchaseStatus) - {PurchaseStatus.ACTIVE}))
    def test_is_for_active_packages_only(self, admin, status):
        purchase = PackagePurchaseFactory(status=status)

        with pytest.raises(InvalidTransition):
            refunds.refund_unused(purchase.pk, cause="tutor", reason="", actor=admin)

        purchase.refresh_from_db()
        assert purchase.refunded_amount == 0

    def test_is_for_admins(self):
        purchase = PackagePurchaseFactory()

        with pytest.raises(Forbidden):
            refunds.refund_unused(purchase.pk, cause="tutor", reason="", actor=purchase.tutor.user)
