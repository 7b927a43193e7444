"""What was paid out and then given back to a student is taken back from the tutor's account, if it holds so much.

A refund of what was paid out is a line of less than nothing (R-PAY-9). Either the provider reverses as much of the
payout's transfer, and the line is settled; or it refuses, and the next payout is less by it: never both. Locks: the
payout, then the line.
"""

import logging
from collections.abc import Iterable
from contextlib import suppress
from decimal import Decimal

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from audit.services import record
from common.money import MoneySum
from notifications.services import notify
from payments.gateways import gateway_of
from payments.gateways.base import GatewayRefused, ReversalState
from payments.models import Account, Earning, EarningStatus, Payout, PayoutStatus, Reversal, ReversalStatus
from payments.services import calls, ledger, news
from payments.services.ledger import Line

log = logging.getLogger(__name__)


def plan(paid: Earning, line: Earning) -> None:
    """Have the provider take back what `line` takes of a locked line, if that was paid out by a transfer of which so
    much is left; otherwise `line` is carried forward. What is still on its way is carried forward, too.
    """
    payout = paid.payout
    if line.net >= 0 or payout is None or payout.status != PayoutStatus.PAID or not payout.provider_id:
        return
    if -line.net > payout.amount - _sum(payout, ReversalStatus.PENDING, ReversalStatus.SUCCEEDED):
        return
    calls.plan_reversal(Reversal.objects.create(payout=payout, earning=line, amount=-line.net))


def waits() -> Q:
    """Of earnings: those of which it is open whether the provider takes them back."""
    return Q(pk__in=Reversal.objects.filter(status=ReversalStatus.PENDING).values("earning"))


def send(reversal_id: int, *, key: str) -> str:
    """Have the provider take it back; returns what came of it. Raises GatewayUnavailable: then it is done again later.

    A refusal counts only once the provider does not know of the reversal either: an answer may have been lost.
    """
    from payments.services import payouts

    reversal = Reversal.objects.select_related("payout", "earning").get(pk=reversal_id)
    payout = reversal.payout
    if reversal.status != ReversalStatus.PENDING:
        return reversal.status
    if payout.status != PayoutStatus.PAID:
        return _fail(reversal, "the payout came back")
    if reversal.earning.payout_id is not None:  # by a version of this software that does not know of reversals
        return _fail(reversal, "another payout was less by it")
    try:
        state = gateway_of(payout.provider).reverse_transfer(
            payout.provider_id, amount=reversal.amount, currency=payout.currency, our_id=reversal.pk, key=key
        )
    except GatewayRefused as refusal:
        with suppress(GatewayRefused):
            payouts.refresh(payout)
        return _fail(reversal, refusal.code)
    payouts.apply_transfer(payout.pk, state)
    return "done"


def apply(payout: Payout, there: Iterable[ReversalState]) -> None:
    """Take over which of ours the provider has made of a locked payout. Safe to repeat, and in any order."""
    for state in there:
        if state.our_id is None:
            continue
        reversal = payout.reversals.select_for_update(of=("self",)).filter(pk=state.our_id).first()
        if reversal is not None and reversal.status != ReversalStatus.SUCCEEDED:
            _settle(payout, reversal, state)


def reopen(payout: Payout) -> Decimal:
    """The rest of a locked payout has come back: what was settled of it is owed again, like its lines. Returns how much
    we had taken back of it.
    """
    settled = Earning.objects.filter(reversal__payout=payout, reversal__status=ReversalStatus.SUCCEEDED)
    pks = list(settled.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
    Earning.objects.filter(pk__in=pks).update(status=EarningStatus.AVAILABLE, updated_at=timezone.now())
    return _sum(payout, ReversalStatus.SUCCEEDED)


def _settle(payout: Payout, reversal: Reversal, state: ReversalState) -> None:
    line = Earning.objects.select_for_update(of=("self",)).get(pk=reversal.earning_id)
    if line.payout_id is not None:  # made after it was refused, which no provider does: somebody has to look
        log.error("reversal_after_refusal", extra={"reversal": reversal.pk, "payout": payout.pk})
        return
    line.status = EarningStatus.PAID
    line.save(update_fields=["status", "updated_at"])
    reversal.status, reversal.provider_id, reversal.failure = ReversalStatus.SUCCEEDED, state.id, ""
    reversal.save(update_fields=["status", "provider_id", "failure", "updated_at"])
    lines = [Line(Account.PROCESSOR, reversal.amount), Line(Account.TUTOR_PAYABLE, -reversal.amount, payout.tutor)]
    ledger.post("payout_reversed", f"payout_reversed:{reversal.pk}", payout.currency, lines)
    after = {"reversal": reversal.pk, "amount": reversal.amount, "currency": payout.currency}
    record("payout.reversed", actor=None, obj=payout, after=after)
    notify([news.payout_reversed(reversal)])


@transaction.atomic
def _fail(seen: Reversal, why: str) -> str:
    """The line is carried forward, unless the provider has made it after all."""
    reversal = Reversal.objects.select_for_update(of=("self",)).select_related("payout").get(pk=seen.pk)
    if reversal.status != ReversalStatus.PENDING:
        return reversal.status
    reversal.status, reversal.failure = ReversalStatus.FAILED, why[:500]
    reversal.save(update_fields=["status", "failure", "updated_at"])
    after = {"reversal": reversal.pk, "amount": reversal.amount, "failure": reversal.failure}
    record("payout.reversal_failed", actor=None, obj=reversal.payout, after=after)
    return f"refused: {why}"


def _sum(payout: Payout, *statuses: ReversalStatus) -> Decimal:
    of_them = payout.reversals.filter(status__in=statuses)
    return of_them.aggregate(sum=MoneySum("amount"))["sum"] or Decimal(0)
