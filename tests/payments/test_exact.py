"""No amount is ever a floating-point number (goal R8)."""

import ast
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.db.models import DecimalField

from common.money import MoneyField, MoneySum
from payments.models import Account, LedgerLine, Posting
from payments.services import ledger

ROOT = Path(settings.BASE_DIR)
MONEY = [
    *(ROOT / "payments").rglob("*.py"),
    *(ROOT / "bookings" / "payables").rglob("*.py"),
    ROOT / "bookings/services/money.py",
]
# Seconds are no money.
SECONDS = {ROOT / "payments/gateways/stripe.py", ROOT / "payments/gateways/sandbox_events.py"}


@pytest.mark.parametrize("file", sorted(set(MONEY) - SECONDS), ids=str)
def test_code_about_money_has_no_floats(file):
    for node in ast.walk(ast.parse(file.read_text())):
        assert not (isinstance(node, ast.Constant) and isinstance(node.value, float)), (file, node.lineno)
        assert not (isinstance(node, ast.Name) and node.id == "float"), (file, node.lineno)


@pytest.mark.django_db
def test_a_sum_of_many_amounts_is_exact():
    """SQLite adds in floating point: ten times 0.1 are not 1 there."""
    for number in range(10):
        ledger.move(
            "test", f"test:{number}", "USD", Decimal("0.1"), debit=Account.PROCESSOR, credit=Account.STUDENT_CREDIT
        )

    assert Posting.objects.count() == 10
    assert ledger.balances()[Account.PROCESSOR, "USD"] == 1
    assert LedgerLine.objects.values("currency").annotate(sum=MoneySum("amount")).exclude(sum=0).count() == 0
    assert issubclass(MoneyField, DecimalField)


@pytest.mark.django_db
def test_a_posting_that_does_not_sum_to_zero_is_refused():
    with pytest.raises(ValueError, match="sum to zero"):
        ledger.post("test", "test:1", "USD", [ledger.Line(Account.PROCESSOR, Decimal(1))])

    assert not Posting.objects.exists()


@pytest.mark.django_db
def test_one_cause_is_posted_once():
    for _ in range(2):
        ledger.move("test", "test:1", "USD", Decimal(5), debit=Account.PROCESSOR, credit=Account.FEES)

    assert ledger.balances() == {(Account.PROCESSOR, "USD"): 5, (Account.FEES, "USD"): -5}
