"""`manage.py run_payouts`."""

from datetime import timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import TutorStatus
from payments.models import Payout, PayoutStatus
from tests.factories import EarningFactory, PayoutAccountFactory, PayoutFactory, TutorProfileFactory

pytestmark = pytest.mark.django_db


def run(*options):
    out = StringIO()
    call_command("run_payouts", *options, stdout=out)
    return out.getvalue().splitlines()


def test_it_names_each_payout_that_it_makes():
    tutor = PayoutAccountFactory().tutor
    EarningFactory(tutor=tutor)

    lines = run()

    assert lines == [f"payout {Payout.objects.get().pk} to tutor {tutor.pk}: 36.00 USD", "1 payouts made"]
    assert run() == ["0 payouts made"]


def test_a_dry_run_says_who_would_be_paid_and_who_not_and_why_and_pays_nobody(settings):
    due = EarningFactory(tutor=PayoutAccountFactory().tutor)
    ripe = EarningFactory(tutor=PayoutAccountFactory().tutor, status="pending")
    EarningFactory(tutor=PayoutAccountFactory().tutor, is_frozen=True)
    EarningFactory(status="pending", available_at=timezone.now() + timedelta(hours=1))
    new = EarningFactory()
    draft = EarningFactory(tutor=TutorProfileFactory(status=TutorStatus.DRAFT))
    suspended = EarningFactory(tutor=TutorProfileFactory(status=TutorStatus.SUSPENDED))
    disabled = EarningFactory(tutor=PayoutAccountFactory(is_enabled=False).tutor)
    little = EarningFactory(tutor=PayoutAccountFactory().tutor, gross=Decimal(20))
    waiting = EarningFactory(tutor=PayoutFactory().tutor)

    lines = run("--dry-run")

    assert sorted(lines) == sorted(
        [
            f"tutor {due.tutor_id}: 36.00 USD",
            f"tutor {ripe.tutor_id}: 36.00 USD",
            f"tutor {new.tutor_id}: 36.00 USD",
            f"tutor {draft.tutor_id}: 36.00 USD, not now: no account",
            f"tutor {suspended.tutor_id}: 36.00 USD, not now: suspended",
            f"tutor {disabled.tutor_id}: 36.00 USD, not now: the account is not enabled",
            f"tutor {little.tutor_id}: 16.00 USD, not now: less than 20",
            f"tutor {waiting.tutor_id}: 36.00 USD, not now: another payout is open",
        ]
    )
    assert Payout.objects.count() == 1
    assert run("--dry-run", "--tutor", str(new.tutor_id)) == [f"tutor {new.tutor_id}: 36.00 USD"]
    assert len(run()) == 4  # exactly those that it said


def test_a_dry_run_says_so_where_nothing_is_due():
    EarningFactory(status="pending", available_at=timezone.now() + timedelta(hours=1))

    assert run("--dry-run") == ["Nothing is due"]


def test_it_pays_one_tutor_where_one_is_named():
    tutor, _ = EarningFactory().tutor, EarningFactory()

    run("--tutor", str(tutor.pk))

    assert Payout.objects.get().tutor == tutor


@pytest.mark.parametrize("option", [(), ("--dry-run",)])
def test_what_came_after_the_period_is_left_for_the_next(option):
    EarningFactory(available_at=timezone.now() - timedelta(hours=1))
    yesterday = (timezone.now() - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")

    assert run("--period-end", yesterday, *option) in (["Nothing is due"], ["0 payouts made"])
    assert len(run("--period-end", timezone.now().strftime("%Y-%m-%d %H:%M:%S"), *option)) in (1, 2)


@pytest.mark.parametrize("moment", ["tomorrow", "2026-13-45T00:00:00Z", ""])
def test_a_period_that_is_no_moment_is_refused(moment):
    with pytest.raises(CommandError, match="no moment"):
        run("--period-end", moment)

    assert not Payout.objects.filter(status=PayoutStatus.PAID).exists()
