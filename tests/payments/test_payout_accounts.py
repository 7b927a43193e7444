"""Where tutors' money is sent."""

import pytest

from accounts.models import TutorStatus
from audit.models import AuditEntry
from common.errors import Conflict, Forbidden, Invalid, NotFound
from payments.models import PayoutAccount
from payments.services import payout_accounts
from tests.factories import (
    AdminFactory,
    EarningFactory,
    PayoutAccountFactory,
    PayoutFactory,
    StudentFactory,
    TutorProfileFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    return AdminFactory()


def test_in_the_sandbox_tutors_who_have_earned_have_one():
    earner, idle = EarningFactory().tutor, TutorProfileFactory()
    draft = EarningFactory(tutor=TutorProfileFactory(status=TutorStatus.DRAFT)).tutor

    payout_accounts.make_in_sandbox()
    payout_accounts.make_in_sandbox()

    account = PayoutAccount.objects.get()
    assert (account.tutor, account.provider, account.is_enabled) == (earner, "sandbox", True)
    assert account.tutor not in (idle, draft)


def test_in_the_sandbox_one_tutors_can_be_made_alone():
    earner, _ = EarningFactory().tutor, EarningFactory()

    payout_accounts.make_in_sandbox(earner.pk)

    assert PayoutAccount.objects.get().tutor == earner


def test_elsewhere_nobody_has_one_until_an_admin_enters_it(settings, admin):
    settings.PAYMENT_PROVIDER = "stripe"
    tutor = EarningFactory().tutor
    payout_accounts.make_in_sandbox()
    assert not PayoutAccount.objects.exists()

    account = payout_accounts.enter(tutor.pk, " acct_1 ", actor=admin)

    assert (account.provider, account.provider_id, account.is_enabled) == ("stripe", "acct_1", True)
    assert AuditEntry.objects.get().action == "payout_account.entered"


def test_entering_the_same_again_changes_nothing(admin):
    account = PayoutAccountFactory()

    payout_accounts.enter(account.tutor_id, account.provider_id, actor=admin)

    assert not AuditEntry.objects.exists()


def test_it_is_not_changed_while_money_is_on_its_way_to_it(admin):
    payout = PayoutFactory()

    with pytest.raises(Conflict):
        payout_accounts.enter(payout.tutor_id, "acct_mine", actor=admin)

    assert PayoutAccount.objects.get().provider_id != "acct_mine"


def test_it_is_disabled_and_enabled_with_a_reason_once(admin):
    account = PayoutAccountFactory()

    payout_accounts.enable(account.pk, is_enabled=False, actor=admin, reason="closed")
    with pytest.raises(Conflict):
        payout_accounts.enable(account.pk, is_enabled=False, actor=admin, reason="closed")
    with pytest.raises(Invalid):
        payout_accounts.enable(account.pk, is_enabled=True, actor=admin, reason="")

    account.refresh_from_db()
    assert not account.is_enabled


@pytest.mark.parametrize("is_enabled", [True, False])
def test_ones_own_is_enabled_and_disabled_by_another_admin(admin, is_enabled):
    account = PayoutAccountFactory(tutor__user=admin, is_enabled=not is_enabled)

    with pytest.raises(Forbidden, match="party"):
        payout_accounts.enable(account.pk, is_enabled=is_enabled, actor=admin, reason="mine")

    account.refresh_from_db()
    assert account.is_enabled != is_enabled
    assert payout_accounts.enable(account.pk, is_enabled=is_enabled, actor=AdminFactory(), reason="x")


@pytest.mark.parametrize("provider_id", ["", "  ", "x" * 101, "acct\0", "acct\n1"])
def test_an_id_that_cannot_be_one_is_refused(admin, provider_id):
    with pytest.raises(Invalid):
        payout_accounts.enter(TutorProfileFactory().pk, provider_id, actor=admin)

    assert not PayoutAccount.objects.exists()


def test_only_admins_touch_it_and_only_what_exists(admin):
    account = PayoutAccountFactory()

    with pytest.raises(Forbidden):
        payout_accounts.enter(account.tutor_id, "acct_mine", actor=account.tutor.user)
    with pytest.raises(Forbidden):
        payout_accounts.enable(account.pk, is_enabled=False, actor=StudentFactory(), reason="x")
    with pytest.raises(NotFound):
        payout_accounts.enter(0, "acct_1", actor=admin)
    with pytest.raises(NotFound):
        payout_accounts.enable(0, is_enabled=True, actor=admin, reason="x")
