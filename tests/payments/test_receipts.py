"""The receipt of a payment: what stands on it, and who may have it."""

import io
import re
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from pypdf import PdfReader

from common.errors import Conflict, NotFound
from payments.models import PaymentStatus
from payments.services import receipts
from payments.services.receipt_text import writable
from tests.factories import (
    AdminFactory,
    DisputeFactory,
    EarningFactory,
    PaymentFactory,
    RefundFactory,
    StudentFactory,
    TutorProfileFactory,
)

pytestmark = pytest.mark.django_db

# How names are written in scripts of their own; the font of each is embedded.
NAMES = [
    *("Zoë Żółć", "Ελένη Παπά", "Юлия Ёлкина", "محمد علي", "שלום כהן", "अनुष्का शर्मा", "สมชาย ใจดี"),
    *("Նարեկ Մարտիրոսյան", "ნინო ბერიძე", "አበበ ቢቂላ", "தமிழ்", "ស៊ីសុវត្ថិ", "ລາວ", "Nguyễn Thị Ánh"),
]


def text_of(pdf):
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def lines_of(payment):
    """As people read it: label, value."""
    name, pdf = receipts.receipt_of(payment.pk, viewer=payment.payer)
    assert name == f"receipt-{payment.pk}.pdf"
    assert pdf.startswith(b"%PDF-")
    return [re.sub(r"\s+", " ", line).strip() for line in text_of(pdf).splitlines()]


@pytest.fixture
def payment():
    return PaymentFactory(
        payer=StudentFactory(first_name="Ada", last_name="Love"),
        tutor=TutorProfileFactory(user__first_name="Tess", user__last_name="Tutor"),
        captured_at=datetime(2026, 6, 1, 12, tzinfo=UTC),
    )


def test_it_says_who_paid_whom_how_much_and_what_for(payment):
    lines = lines_of(payment)

    text = "\n".join(lines)
    assert lines[0] == "Receipt"
    for words in (
        f"R-{payment.pk:08d}", "01 June 2026", "Ada Love", "Tess Tutor", "the lesson with Tess Tutor", "45.00 USD"
    ):  # fmt: skip
        assert words in text
    assert text.count("45.00 USD") == 2  # the amount, and the same in total


def test_it_says_that_the_sandbox_moves_no_money_and_only_there(payment):
    assert "Sandbox: no money moved." in lines_of(payment)

    payment.provider = "stripe"
    payment.save()

    assert "Sandbox: no money moved." not in lines_of(payment)


def test_refunds_are_listed_and_what_is_left_is_the_total(payment):
    RefundFactory(payment=payment, amount=Decimal("10.00"))
    payment.refresh_from_db()
    failed = RefundFactory(payment=payment, amount=Decimal("5.00"))
    failed.status = "failed"
    failed.save()

    text = "\n".join(lines_of(payment))

    assert "- 10.00 USD" in text
    assert "on its way" in text
    assert "5.00 USD" not in text.replace("45.00 USD", "").replace("35.00 USD", "")
    assert "35.00 USD" in text


def test_what_the_bank_took_back_is_on_it_unless_it_came_back(payment):
    DisputeFactory(payment=payment, kind="chargeback", status="lost", amount=Decimal(45))
    DisputeFactory(payment=payment, kind="chargeback", status="won", amount=Decimal(20))

    text = "\n".join(lines_of(payment))

    assert "Taken back by the bank" in text
    assert "0.00 USD" in text
    assert "20.00 USD" not in text


def test_what_the_platform_keeps_is_nobodys_business_on_it(payment):
    EarningFactory(payment=payment, tutor=payment.tutor)

    text = "\n".join(lines_of(payment))

    assert "9.00" not in text
    assert "36.00" not in text
    assert "ommission" not in text


@pytest.mark.parametrize(
    ("amount", "currency", "shown"), [("4500", "JPY", "4500 JPY"), ("45.125", "KWD", "45.125 KWD")]
)
def test_amounts_have_the_currencys_own_digits(payment, amount, currency, shown):
    other = PaymentFactory(amount=Decimal(amount), currency=currency)

    assert shown in "\n".join(lines_of(other))


@pytest.mark.parametrize("name", NAMES)
def test_a_name_in_any_script_is_on_it_as_it_is_written(name):
    assert writable(name) == name
    payment = PaymentFactory(payer=StudentFactory(first_name=name, last_name="."))

    text = "".join(lines_of(payment))

    # A reader gives what is written from right to left, and signs that join, in an order of its own.
    assert set(name) - set(text) <= {" "}


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("山田太郎", "ShanTianTaiLang"),
        ("김철수", "GimCheolSu"),
        ("Ada 😀", "Ada :grinning:"),
        ("Ada 山 Юлия", "Ada Shan Юлия"),
        ("A\nd\ta\u202e\u200b", "A d a"),
        ("\U00012000", "?"),
        ("\ue000x", "x"),
        ("", ""),
    ],
)
def test_what_no_font_has_is_written_in_latin_letters_and_what_cannot_be_seen_left_out(name, shown):
    assert writable(name) == shown


def test_no_character_of_unicode_breaks_it():
    every = "".join(map(chr, range(0x20, 0x30000, 37)))

    shown = writable(every)
    payment = PaymentFactory(description=every[:200])

    assert shown
    assert lines_of(payment)[0] == "Receipt"


def test_a_long_word_goes_on_in_the_next_line():
    payment = PaymentFactory(description="q" * 200)

    assert "".join(lines_of(payment)).count("q") == 200


def test_who_paid_who_earns_and_admins_may_have_it(payment):
    people = [payment.payer, payment.tutor.user, AdminFactory()]

    assert {receipts.receipt_of(payment.pk, viewer=person)[0] for person in people} == {f"receipt-{payment.pk}.pdf"}


def test_for_others_there_is_no_such_payment(payment):
    for stranger in (StudentFactory(), TutorProfileFactory().user):
        with pytest.raises(NotFound):
            receipts.receipt_of(payment.pk, viewer=stranger)
    with pytest.raises(NotFound):
        receipts.receipt_of(0, viewer=payment.payer)


@pytest.mark.parametrize("status", [PaymentStatus.REQUIRES_PAYMENT, PaymentStatus.AUTHORIZED, PaymentStatus.CANCELED])
def test_there_is_none_where_nothing_was_taken(status):
    payment = PaymentFactory(status=status)

    with pytest.raises(Conflict, match="nothing was taken"):
        receipts.receipt_of(payment.pk, viewer=payment.payer)
