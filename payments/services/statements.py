"""What a payout consists of (R-PO-4)."""

from typing import Any

from common.money import round_money
from payments.models import Payout


def lines_of(payout: Payout) -> list[dict[str, Any]]:
    """Every lesson, correction and adjustment of it, the oldest first, as it is kept with a payout that is paid."""
    return [
        {
            "earning_id": line.pk,
            "kind": line.kind,
            "source": line.source,
            "description": line.description,
            "gross": str(round_money(line.gross, line.currency)),
            "commission": str(round_money(line.commission, line.currency)),
            "net": str(round_money(line.net, line.currency)),
            "currency": line.currency,
        }
        for line in payout.lines.order_by("pk")
    ]
