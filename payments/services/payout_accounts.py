"""Where tutors' money is sent (R-PO-3).

In the sandbox every approved tutor has an account as soon as one is needed; with another provider an admin enters it.
"""

from django.conf import settings
from django.db import transaction

from accounts.models import TutorProfile, TutorStatus, User
from accounts.services.moderators import require_admin, require_no_party, require_reason
from audit.services import record
from common.errors import Conflict, Invalid, NotFound
from payments.models import Payout, PayoutAccount
from payments.models.payout import OPEN_PAYOUTS

LONGEST_ID = 100


def make_in_sandbox(tutor_id: int | None = None) -> None:
    """Give the approved tutors who have earned something and have no account one of the sandbox. Elsewhere nothing."""
    if settings.PAYMENT_PROVIDER != "sandbox":
        return
    lacking = TutorProfile.objects.filter(status=TutorStatus.APPROVED, payout_account=None, earnings__isnull=False)
    if tutor_id is not None:
        lacking = lacking.filter(pk=tutor_id)
    PayoutAccount.objects.bulk_create(
        [
            PayoutAccount(tutor_id=pk, provider="sandbox", provider_id=f"sandbox_acct_{pk}")
            for pk in lacking.order_by("pk").values_list("pk", flat=True).distinct()
        ],
        ignore_conflicts=True,
    )


@transaction.atomic
def enter(tutor_id: int, provider_id: str, *, actor: User) -> PayoutAccount:
    """An admin says where the current provider sends a tutor's money. Safe to repeat.

    Raises Forbidden, NotFound, Invalid, or Conflict while a payout is on its way to the account.
    """
    require_admin(actor)
    provider_id = provider_id.strip()
    if not provider_id or len(provider_id) > LONGEST_ID or not provider_id.isprintable():
        raise Invalid(errors={"provider_id": ["Give the id of the account at the provider."]})
    owner = TutorProfile.objects.filter(pk=tutor_id).values_list("user_id", flat=True).first()
    if owner is None:
        raise NotFound("Tutor not found")
    require_no_party(actor, owner)
    new = {"provider": settings.PAYMENT_PROVIDER, "provider_id": provider_id}
    account, is_new = PayoutAccount.objects.get_or_create(tutor_id=tutor_id, defaults=new)
    account = _lock(account.pk)
    before = {"provider": account.provider, "provider_id": account.provider_id}
    if not is_new and before == new:
        return account
    if Payout.objects.filter(tutor=tutor_id, status__in=OPEN_PAYOUTS).exists():
        raise Conflict("A payout is on its way to this account. Wait for it, or call it off.")
    account.provider, account.provider_id = new["provider"], new["provider_id"]
    account.save(update_fields=["provider", "provider_id", "updated_at"])
    record("payout_account.entered", actor=actor, obj=account, before={} if is_new else before, after=new)
    return account


@transaction.atomic
def enable(account_id: int, *, is_enabled: bool, actor: User, reason: str) -> PayoutAccount:
    """Whether anything is sent to it. Raises Forbidden (also for one's own), Invalid, NotFound, or Conflict where it is
    so already.
    """
    require_admin(actor)
    require_reason(reason)
    account = _lock(account_id)
    require_no_party(actor, account.tutor.user_id)
    if account.is_enabled == is_enabled:
        raise Conflict(f"This account is {'enabled' if is_enabled else 'disabled'} already.")
    account.is_enabled = is_enabled
    account.save(update_fields=["is_enabled", "updated_at"])
    record(f"payout_account.{'enabled' if is_enabled else 'disabled'}", actor=actor, obj=account, reason=reason)
    return account


def _lock(account_id: int) -> PayoutAccount:
    rows = PayoutAccount.objects.select_for_update(of=("self",)).select_related("tutor")
    found = rows.filter(pk=account_id).first()
    if found is None:
        raise NotFound("Payout account not found")
    return found
