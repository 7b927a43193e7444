"""The receipt of a payment, a PDF for who paid, who earned and admins."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from fpdf import FPDF

from accounts.models import User
from common.errors import Conflict, NotFound
from payments.models import Dispute, DisputeKind, DisputeStatus, Payment, RefundStatus
from payments.services.news import amount_in_words
from payments.services.receipt_text import MAIN, set_fonts, writable

SANDBOX_NOTE = "Sandbox: no money moved."
LABEL_WIDTH = 80  # millimetres


class Receipt(NamedTuple):
    """What stands on it: labels and their values, in order."""

    title: str
    rows: list[tuple[str, str]]
    note: str


def receipt_of(payment_id: int, *, viewer: User) -> tuple[str, bytes]:
    """Its file's name and the PDF. Raises NotFound, or Conflict for a payment of which nothing was taken."""
    payments = Payment.objects.visible_to(viewer).select_related("payer", "tutor__user")
    payment = payments.filter(pk=payment_id).first()
    if payment is None:
        raise NotFound("Payment not found")
    if not payment.captured_amount or payment.captured_at is None:
        raise Conflict("There is no receipt: nothing was taken for this payment.")
    return f"receipt-{payment.pk}.pdf", _pdf(_receipt(payment, payment.captured_at))


def _receipt(payment: Payment, paid_at: datetime) -> Receipt:
    """The platform's share is between the platform and the tutor: it is not on it."""
    back = list(_given_back(payment))
    kept = payment.captured_amount - sum((amount for _, amount in back), Decimal(0))
    rows = [
        ("Number", f"R-{payment.pk:08d}"),
        ("Date", _day(paid_at)),
        ("Paid by", payment.payer.display_name),
        ("Tutor", payment.tutor.user.display_name),
        ("For", payment.description),
        ("Amount paid", amount_in_words(payment.captured_amount, payment.currency)),
        *((label, f"- {amount_in_words(amount, payment.currency)}") for label, amount in back),
        ("Total", amount_in_words(kept, payment.currency)),
    ]
    note = SANDBOX_NOTE if payment.provider == "sandbox" else ""
    return Receipt("Receipt", [(label, writable(value)) for label, value in rows], note)


def _given_back(payment: Payment) -> Iterator[tuple[str, Decimal]]:
    """Refunds, also those on their way, and what the payer's bank took back."""
    for refund in payment.refunds.exclude(status=RefundStatus.FAILED).order_by("pk"):
        on_its_way = ", on its way" if refund.status == RefundStatus.PENDING else ""
        yield f"Refund of {_day(refund.created_at)}{on_its_way}", refund.amount
    chargebacks = Dispute.objects.filter(payment=payment, kind=DisputeKind.CHARGEBACK)
    for dispute in chargebacks.exclude(status=DisputeStatus.WON).order_by("pk"):
        yield f"Taken back by the bank on {_day(dispute.created_at)}", dispute.amount


def _pdf(receipt: Receipt) -> bytes:
    pdf = FPDF(format="A4")
    pdf.set_title(receipt.title)
    pdf.set_lang("en")
    set_fonts(pdf, receipt.title, receipt.note, *(text for row in receipt.rows for text in row))
    pdf.add_page()
    pdf.set_font(MAIN, size=22)
    pdf.cell(text=receipt.title, new_x="LMARGIN", new_y="NEXT", h=16)
    pdf.set_font(MAIN, size=11)
    for label, value in receipt.rows:
        pdf.multi_cell(LABEL_WIDTH, text=label, new_x="RIGHT", new_y="TOP", h=8, align="L")
        pdf.multi_cell(0, text=value, new_x="LMARGIN", new_y="NEXT", h=8, align="L")
    if receipt.note:
        pdf.multi_cell(0, text=receipt.note, new_x="LMARGIN", new_y="NEXT", h=12)
    return bytes(pdf.output())


def _day(moment: datetime) -> str:
    return f"{moment:%d %B %Y}"
