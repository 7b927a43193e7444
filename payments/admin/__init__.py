"""Money in the back office: looked at with its totals, and moved through `payments.services` only."""

from payments.admin import adjustments, disputes, ledger, payments, payouts, provider

__all__ = ["adjustments", "disputes", "ledger", "payments", "payouts", "provider"]
