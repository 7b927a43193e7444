"""The ledger: double entry, append-only, each posting summing to zero in one currency (R-PAY-11)."""

from django.db import models
from django.db.models import Q

from accounts.models import TutorProfile
from audit.models import AppendOnlyModel
from audit.querysets import AppendOnlyQuerySet
from common.money import MoneyField
from payments.models.payment import Payment


class Account(models.TextChoices):
    """Whose money a line is about. A positive line is a debit: of the processor's account, money that we have there."""

    PROCESSOR = "processor"
    STUDENT_CREDIT = "student_credit"  # paid, and not earned yet: it is owed to the student
    TUTOR_PAYABLE = "tutor_payable"  # earned: it is owed to the tutor
    PLATFORM_REVENUE = "platform_revenue"
    REFUNDS = "refunds"  # on its way back to the payer
    FEES = "fees"  # kept by the provider, and borne by the platform
    DISPUTES = "disputes"  # taken back by a bank, and not decided yet who bears it


class Posting(AppendOnlyModel):
    """One movement of money. `key` names its cause: the same cause is posted once."""

    key = models.CharField(max_length=100, unique=True)
    kind = models.CharField(max_length=30, help_text="Such as capture, refund, earning, payout.")
    payment = models.ForeignKey(Payment, models.PROTECT, null=True, blank=True, related_name="postings")
    currency = models.CharField(max_length=3)
    created_at = models.DateTimeField()

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["payment", "id"], name="posting_by_payment")]

    def __str__(self) -> str:
        return self.key


class LedgerLine(AppendOnlyModel):
    """One side of a posting. All lines of a posting sum to zero."""

    posting = models.ForeignKey(Posting, models.PROTECT, related_name="lines")
    account = models.CharField(max_length=16, choices=Account)
    tutor = models.ForeignKey(TutorProfile, models.PROTECT, null=True, blank=True, related_name="+")
    amount = MoneyField()
    currency = models.CharField(max_length=3)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["account", "currency"], name="ledger_line_by_account")]
        constraints = [
            models.CheckConstraint(condition=Q(account__in=Account.values), name="ledger_account_known"),
            models.CheckConstraint(condition=~Q(amount=0), name="ledger_line_of_something"),
            models.UniqueConstraint(fields=["posting", "account"], name="ledger_line_once"),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.amount:+f} {self.currency}"
