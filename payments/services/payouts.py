"""What tutors have earned reaches them (R-PO-2 to R-PO-4).

Locks: a tutor's payout account, then payouts, then earnings in the order of their keys.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import TutorProfile, TutorStatus, User
from accounts.services.moderators import require_admin, require_no_party, require_reason
from audit.services import record
from common.errors import Conflict, InvalidTransition, NotFound
from common.work import NotNow
from notifications.services import notify
from payments.errors import DisputeOpen
from payments.gateways import gateway_of
from payments.gateways.base import GatewayRefused, TransferState
from payments.models import Account, Earning, EarningStatus, Payment, Payout, PayoutAccount, PayoutStatus
from payments.models.payout import OPEN_PAYOUTS, PAYOUT_TRANSITIONS
from payments.services import calls, ledger, news, payout_accounts, reversals, statements
from payments.services.ledger import Line

# How long a payout that is on hold sleeps before it is looked at again; letting it go wakes it at once.
HELD = timedelta(hours=1)
# How many lines become available in one transaction.
RELEASED_AT_ONCE = 2_000


@transaction.atomic
def release_earnings(*, now: datetime) -> int:
    """What is 72 hours old and undisputed may be paid out from now on; returns how many lines.

    What somebody is changing at this moment, and what is more than `RELEASED_AT_ONCE`, is left for the next time.
    """
    ripe = Earning.objects.filter(status=EarningStatus.PENDING, is_frozen=False, available_at__lte=now)
    free = ripe.select_for_update(skip_locked=True).order_by("pk").values_list("pk", flat=True)[:RELEASED_AT_ONCE]
    return Earning.objects.filter(pk__in=list(free)).update(status=EarningStatus.AVAILABLE, updated_at=now)


def run_payouts(
    *,
    actor: User | None,
    tutor_id: int | None = None,
    period_end: datetime | None = None,
    progress: Callable[[Payout], None] | None = None,
) -> list[Payout]:
    """Make a payout for each tutor and currency of what is available, or for one tutor; returns those that were made.

    Left for the next time is what is less than `settings.PAYOUT_MINIMUM`, a tutor who is suspended or has no account
    that is enabled, who has an open payout (R-PO-3), and the admin who asks (R-PO-5). `period_end`: only what was
    available before it, less what is owed. `progress` is told of each payout as soon as it stands. Raises Forbidden,
    also for a run for oneself.
    """
    require_admin(actor)
    if tutor_id is not None:
        require_no_party(actor, *TutorProfile.objects.filter(pk=tutor_id).values_list("user_id", flat=True))
    now = timezone.now()
    until = min(period_end or now, now)
    release_earnings(now=now)
    payout_accounts.make_in_sandbox(tutor_id)
    available = Earning.objects.filter(tutor=OuterRef("tutor"), status=EarningStatus.AVAILABLE)
    accounts = PayoutAccount.objects.filter(Exists(available), is_enabled=True).exclude(tutor__user=actor)
    if tutor_id is not None:
        accounts = accounts.filter(tutor=tutor_id)
    made = []
    for pk in accounts.order_by("pk").values_list("pk", flat=True):
        for payout in _pay_out(pk, until, actor=actor):
            made.append(payout)
            if progress is not None:
                progress(payout)
    return made


@transaction.atomic
def _pay_out(account_id: int, until: datetime, *, actor: User | None) -> list[Payout]:
    account = PayoutAccount.objects.select_for_update(of=("self",)).select_related("tutor").get(pk=account_id)
    if not account.is_enabled or account.tutor.status == TutorStatus.SUSPENDED:
        return []
    open_in = set(
        Payout.objects.filter(tutor=account.tutor, status__in=OPEN_PAYOUTS).values_list("currency", flat=True)
    )
    ready = _ready(account.tutor, until)
    currencies = list(ready.order_by("currency").values_list("currency", flat=True).distinct())
    made = [
        _make(account, ready.filter(currency=currency), currency, until, actor)
        for currency in currencies
        if currency not in open_in
    ]
    return [payout for payout in made if payout is not None]


def _ready(tutor: TutorProfile, until: datetime) -> QuerySet[Earning]:
    ready = Earning.objects.filter(
        in_period(until), tutor=tutor, status=EarningStatus.AVAILABLE, is_frozen=False, payout=None
    )
    return ready.exclude(reversals.waits())


def in_period(until: datetime) -> Q:
    """Of earnings: those that count for a run until then. What is owed always does, however new it is (R-PAY-9)."""
    return Q(available_at__lte=until) | Q(net__lt=0)


def _make(
    account: PayoutAccount, ready: QuerySet[Earning], currency: str, until: datetime, actor: User | None
) -> Payout | None:
    """With exactly the lines that are ready now: they are locked, and what the sum says is what they say."""
    lines = list(ready.select_for_update(of=("self",)).order_by("pk"))
    amount = sum((line.net for line in lines), Decimal(0))
    if amount < settings.PAYOUT_MINIMUM:
        return None
    payout = Payout.objects.create(
        tutor=account.tutor,
        amount=amount,
        currency=currency,
        period_end=until,
        provider=account.provider,
        requested_by=actor,
    )
    Earning.objects.filter(pk__in=[line.pk for line in lines]).update(
        payout=payout, status=EarningStatus.IN_PAYOUT, updated_at=timezone.now()
    )
    record("payout.made", actor=actor, obj=payout, after={"amount": amount, "currency": currency})
    calls.plan_transfer(payout)
    return payout


def send(payout_id: int, *, key: str) -> str:
    """Hand a payout to the provider; returns what came of it. Raises NotNow while it must wait."""
    payout, account = _begin(payout_id)
    if payout.status == PayoutStatus.ON_HOLD:
        raise NotNow(HELD, "on hold")
    if payout.status != PayoutStatus.PROCESSING:
        return payout.status
    try:
        state = gateway_of(payout.provider).transfer(
            account.provider_id, amount=payout.amount, currency=payout.currency, our_id=payout.pk, key=key
        )
    except GatewayRefused as refusal:
        state = TransferState("", PayoutStatus.FAILED, refusal.code)
    apply_transfer(payout_id, state)
    return state.status


@transaction.atomic
def _begin(payout_id: int) -> tuple[Payout, PayoutAccount]:
    """On its way from now on, unless something of it came to be disputed while it was made."""
    payout = _lock(payout_id)
    account = PayoutAccount.objects.get(tutor=payout.tutor_id)
    if payout.status == PayoutStatus.SCHEDULED:
        if payout.tutor.status == TutorStatus.SUSPENDED:
            raise NotNow(HELD, "the tutor is suspended")
        if not account.is_enabled:
            raise NotNow(HELD, "the account is not enabled")
        if _is_disputed(payout):
            _hold(payout, "A lesson of it is disputed.")
        else:
            _move(payout, PayoutStatus.PROCESSING)
    return payout, account


def refresh(payout: Payout) -> Payout:
    """Ask the provider how a payout stands, and apply that: its money may have come back.

    One whose transfer is not known yet stays as it is: its call is repeated until there is an answer. Raises
    GatewayUnavailable, or GatewayRefused where the provider does not know it.
    """
    if not payout.provider_id:
        return payout
    return apply_transfer(payout.pk, gateway_of(payout.provider).fetch_transfer(payout.provider_id))


@transaction.atomic
def apply_transfer(payout_id: int, state: TransferState) -> Payout:
    """Take over how the provider says that the payout stands. Safe to repeat, and in any order."""
    payout = _lock(payout_id)
    if state.id and not payout.provider_id:
        payout.provider_id = state.id
        payout.save(update_fields=["provider_id", "updated_at"])
    reversals.apply(payout, state.reversals)
    if state.status == payout.status or not payout.can_become(state.status):
        return payout
    if state.status == PayoutStatus.PAID:
        _paid(payout)
    elif state.status in (PayoutStatus.FAILED, PayoutStatus.RETURNED):
        _came_back(payout, state)
    return payout


@transaction.atomic
def hold(payout_id: int, *, actor: User, reason: str) -> Payout:
    """Keep a payout that has not been sent. Raises Forbidden (also for one's own), Invalid, NotFound or
    InvalidTransition.
    """
    payout = _lock_for(actor, payout_id, reason)
    _require(payout, PayoutStatus.ON_HOLD)
    _hold(payout, reason, by=actor)
    record("payout.held", actor=actor, obj=payout, reason=reason)
    return payout


@transaction.atomic
def let_go(payout_id: int, *, actor: User, reason: str) -> Payout:
    """Send a payout that was kept. Raises as `hold`, and DisputeOpen where a lesson of it is disputed."""
    payout = _lock_for(actor, payout_id, reason)
    _require(payout, PayoutStatus.SCHEDULED)
    if _is_disputed(payout):
        raise DisputeOpen("A lesson of this payout is disputed. Decide that first, or call the payout off.")
    _let_go(payout)
    record("payout.released", actor=actor, obj=payout, reason=reason)
    return payout


@transaction.atomic
def call_off(payout_id: int, *, actor: User, reason: str) -> Payout:
    """Give up a payout that has not been sent: what is not disputed of it goes into the next. Raises as `hold`."""
    payout = _lock_for(actor, payout_id, reason)
    if payout.status == PayoutStatus.PROCESSING:
        raise Conflict("This payout is on its way already.")
    _require(payout, PayoutStatus.FAILED)
    _give_lines_back(payout, PayoutStatus.FAILED, reason)
    record("payout.called_off", actor=actor, obj=payout, reason=reason)
    return payout


def hold_for(payment: Payment, *, reason: str) -> None:
    """Keep what has not been sent of a payment that somebody disputes."""
    for payout in lock_for(payment):
        if payout.status == PayoutStatus.SCHEDULED:
            _hold(payout, reason)


def let_go_for(payment: Payment) -> None:
    """Send what was kept because of a dispute, unless another line of it is still disputed.

    One of which a part was given back is not sent: its lines go into the next, which is smaller by that part.
    """
    gone = payment.earnings.filter(status=EarningStatus.AVAILABLE, payout=None, net__lt=0).exists()
    for payout in lock_for(payment):
        if payout.status != PayoutStatus.ON_HOLD or payout.held_by_id is not None or _is_disputed(payout):
            continue
        if gone:
            _give_lines_back(payout, PayoutStatus.FAILED, "A part of it was given back.")
            record("payout.called_off", actor=None, obj=payout, reason=payout.failure)
        else:
            _let_go(payout)


def lock_for(payment: Payment) -> list[Payout]:
    """The open payouts that hold a part of the payment, locked: before any of its earnings is."""
    mine = Payout.objects.filter(lines__payment=payment, status__in=OPEN_PAYOUTS).values("pk")
    rows = Payout.objects.select_for_update(of=("self",), no_key=True)
    return list(rows.filter(pk__in=mine, status__in=OPEN_PAYOUTS).order_by("pk"))


def _lock(payout_id: int) -> Payout:
    # Not against rows that only name it: a refund holds lines when it writes that one of them is to be taken back.
    rows = Payout.objects.select_for_update(of=("self",), no_key=True).select_related("tutor")
    found = rows.filter(pk=payout_id).first()
    if found is None:
        raise NotFound("Payout not found")
    return found


def _lock_for(actor: User, payout_id: int, reason: str) -> Payout:
    require_admin(actor)
    require_reason(reason)
    payout = _lock(payout_id)
    require_no_party(actor, payout.tutor.user_id)
    return payout


def _is_disputed(payout: Payout) -> bool:
    return payout.lines.filter(is_frozen=True).exists()


def _require(payout: Payout, status: PayoutStatus) -> None:
    if not payout.can_become(status):
        raise InvalidTransition(
            f"A payout that is {payout.get_status_display().lower()} cannot become {status.label.lower()}.",
            current=payout.status,
            allowed=sorted(PAYOUT_TRANSITIONS.get(payout.status, ())),
        )


def _move(payout: Payout, status: PayoutStatus, **changes: object) -> None:
    _require(payout, status)
    payout.status = status
    for name, value in changes.items():
        setattr(payout, name, value)
    payout.save(update_fields=["status", *changes, "updated_at"])


def _hold(payout: Payout, reason: str, *, by: User | None = None) -> None:
    _move(payout, PayoutStatus.ON_HOLD, hold_reason=reason[:500], held_by=by)


def _let_go(payout: Payout) -> None:
    _move(payout, PayoutStatus.SCHEDULED, hold_reason="", held_by=None)
    calls.wake_transfer(payout)


def _paid(payout: Payout) -> None:
    _move(payout, PayoutStatus.PAID, paid_at=timezone.now(), statement=statements.lines_of(payout))
    _change_lines(payout, status=EarningStatus.PAID)
    _post(payout, "payout", payout.amount)
    record("payout.paid", actor=None, obj=payout, after={"amount": payout.amount, "currency": payout.currency})
    notify([news.payout_paid(payout)])


def _came_back(payout: Payout, state: TransferState) -> None:
    """Its lines are available again; what had been booked as paid is owed again."""
    was_paid = payout.status == PayoutStatus.PAID
    _give_lines_back(payout, PayoutStatus(state.status), state.failure)
    if was_paid:  # what we took back of it ourselves has come already
        _post(payout, "payout_returned", reversals.reopen(payout) - payout.amount)
    record("payout.failed", actor=None, obj=payout, after={"status": payout.status, "failure": payout.failure})


def _give_lines_back(payout: Payout, status: PayoutStatus, why: str) -> None:
    _move(payout, status, failure=why[:500])
    _change_lines(payout, status=EarningStatus.AVAILABLE, payout=None)
    notify([news.payout_failed(payout)])


def _change_lines(payout: Payout, /, **changes: object) -> None:
    """In the order of their keys: a refund that changes several at the same time locks them in that order, too."""
    pks = list(payout.lines.select_for_update().order_by("pk").values_list("pk", flat=True))
    Earning.objects.filter(pk__in=pks).update(updated_at=timezone.now(), **changes)


def _post(payout: Payout, kind: str, amount: Decimal) -> None:
    lines = [Line(Account.TUTOR_PAYABLE, amount, payout.tutor), Line(Account.PROCESSOR, -amount)]
    ledger.post(kind, f"{kind}:{payout.pk}", payout.currency, lines)
