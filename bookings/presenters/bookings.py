"""Bookings as data, in canonical form: what the document shows, and what its client reads besides."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet

from accounts.presenters.avatars import avatar_url
from accounts.presenters.tutors import displayed_rating
from bookings import cancellation
from bookings.cancellation import TIERS, Terms
from bookings.models import Booking, BookingEvent, BookingStatus, CancellationQuote, NoShowClaim, ProposedTime
from bookings.services.no_shows import CONTESTED_WITHIN
from common.compiled import compiled
from common.money import minor_units, round_money
from messaging.presenters.people import FORMER
from payments.services.earning import split

_OWN = (
    *("id", "session_id", "student_id", "tutor_id", "subject_id", "status", "starts_at", "ends_at", "lesson_type"),
    *("notes_student", "notes_tutor", "expires_at", "hourly_rate", "price", "currency", "commission_percent"),
    *("cancellation_policy", "tutor_timezone", "student_timezone", "purchase_id", "moves_by_student", "moves_by_tutor"),
    *("non_refundable", "free_cancel_until", "cancelled_by", "cancel_reason", "refund_percent", "refund_amount"),
    *("ended_at", "dispute_state", "uid", "sequence", "version", "created_at", "updated_at"),
)
_COLUMNS = (
    *_OWN,
    *(f"student__{name}" for name in ("first_name", "last_name", "avatar", "deleted_at")),
    *(f"tutor__user__{name}" for name in ("first_name", "last_name", "avatar", "deleted_at")),
    *("student__student_profile__grade_level", "tutor__user_id", "tutor__title"),
    *("tutor__photo", "tutor__rating_sum", "tutor__total_reviews", "subject__name", "session__status"),
)


def cards(page: QuerySet) -> list[dict[str, Any]]:
    """The bookings of one page (a sliced queryset): ids first, then only what the page shows."""
    rows = _rows_in_order(page.query.order_by, page=page.values("pk"))
    proposals = _open_requests(row["id"] for row in rows if row["status"] == BookingStatus.CONFIRMED)
    return [_card(row) | {"reschedule_request": proposals.get(row["id"])} for row in rows]


@compiled
def _rows_in_order(order: tuple[str, ...], *, page: Any) -> Any:
    return Booking.objects.filter(pk__within=page).order_by(*order).values(*_COLUMNS)


@compiled
def _row(*, pk: Any) -> Any:
    return Booking.objects.filter(pk=pk).order_by().values(*_COLUMNS)


def detail(booking_id: int) -> dict[str, Any]:
    """One booking, with its terms of cancellation in both zones (R-CAN-8) and what is said about its no-shows."""
    row = _row.first(pk=booking_id)
    request = _open_requests([booking_id]).get(booking_id) if row["status"] == BookingStatus.CONFIRMED else None
    return _card(row) | {
        "reschedule_request": request,
        "student_start_local": _local(row["starts_at"], row["student_timezone"]),
        "tutor_start_local": _local(row["starts_at"], row["tutor_timezone"]),
        "cancellation": _cancellation(row),
        "no_show_claims": _claims(booking_id) if row["status"] not in _BEFORE_ANY_CLAIM else [],
    }


def of_session(session_id: int) -> dict[str, Any]:
    """What a session's answer says of the booking that it belongs to, if it does: its id, and what is proposed."""
    booking_id = Booking.objects.filter(session=session_id).values_list("pk", flat=True).first()
    request = _open_requests([booking_id]).get(booking_id) if booking_id else None
    return {"booking_id": booking_id, "reschedule_request": request}


def history(booking: Booking) -> list[dict[str, Any]]:
    """What has happened to it, oldest first."""
    columns = ("id", "kind", "party", "actor_id", "from_status", "to_status", "data", "created_at")
    return list(BookingEvent.objects.filter(booking=booking).order_by("id").values(*columns))


def quote(booking: Booking, made: CancellationQuote) -> dict[str, Any]:
    """What cancelling would give back now."""
    paid = booking.price if booking.purchase_id is None else Decimal(0)
    return {
        "quote_id": str(made.pk),
        "booking_id": booking.pk,
        "policy": booking.cancellation_policy,
        "tier": "full" if made.refund_percent == 100 else "partial" if made.refund_percent else "none",
        "refund_percent": made.refund_percent,
        "refund_amount": cancellation.refund_of(paid, made.refund_percent, booking.currency),
        "currency": booking.currency,
        "credit": _credit_effect(booking, made),
        "valid_until": made.valid_until,
    }


# A claim is made after the start, and these end before it.
_BEFORE_ANY_CLAIM = (BookingStatus.PENDING, BookingStatus.DECLINED, BookingStatus.EXPIRED, BookingStatus.CANCELLED)


def _credit_effect(booking: Booking, made: CancellationQuote) -> str | None:
    if booking.purchase_id is None:
        return None
    return "released" if made.releases_credit else "consumed"


def _card(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": row["id"],
        "session_id": row["session_id"],
        "student_id": row["student_id"],
        "tutor_profile_id": row["tutor_id"],
        "tutor_name": _name(row, "tutor__user__"),
        "student_name": _name(row, "student__"),
        "start_time": row["starts_at"],
        "end_time": row["ends_at"],
        "start_at": row["starts_at"],
        "end_at": row["ends_at"],
        "duration_minutes": int((row["ends_at"] - row["starts_at"]).total_seconds() // 60),
        "status": row["status"],
        "session_status": row["session__status"],
        "cancelled_by": row["cancelled_by"] or None,
        "cancel_reason": row["cancel_reason"],
        "dispute_state": row["dispute_state"],
        "lesson_type": row["lesson_type"],
        "topic": row["subject__name"],
        "subject": {"id": row["subject_id"], "name": row["subject__name"]} if row["subject_id"] else None,
        "subject_name": row["subject__name"],
        "notes_student": row["notes_student"],
        "notes_tutor": row["notes_tutor"],
        "student_tz": row["student_timezone"],
        "tutor_tz": row["tutor_timezone"],
        "tutor": _tutor(row),
        "student": _student(row),
        "purchase_id": row["purchase_id"],
        "reschedule_count": row["moves_by_student"] + row["moves_by_tutor"],
        "expires_at": row["expires_at"],
        "ended_at": row["ended_at"],
        "uid": str(row["uid"]),
        "sequence": row["sequence"],
        "version": row["version"],
        "join_url": join_url(row["session_id"]) if row["status"] == BookingStatus.CONFIRMED else None,
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
    } | _money(row)


def join_url(session_id: int) -> str:
    """The lesson's room: a page of the front end that asks who comes in, and no secret (R-ICS-7)."""
    return f"{settings.FRONTEND_URL}/sessions/{session_id}/room"


def _money(row: dict[str, Any]) -> dict[str, Any]:
    """Amounts as the document has them, and in minor units for its client. The platform's share is rounded once."""
    currency = row["currency"]
    price = round_money(row["price"], currency)
    fee, kept = split(price, row["commission_percent"], currency)
    return {
        "price": price,
        "price_student": price,
        "hourly_rate": round_money(row["hourly_rate"], currency),
        "currency": currency,
        "rate_cents": minor_units(price, currency),
        "platform_fee_pct": row["commission_percent"],
        "platform_fee_cents": minor_units(fee, currency),
        "tutor_earnings_cents": minor_units(kept, currency),
        "refund_percent": row["refund_percent"],
        "refund_amount": row["refund_amount"] and round_money(row["refund_amount"], currency),
    }


def _tutor(row: dict[str, Any]) -> dict[str, Any]:
    is_gone = row["tutor__user__deleted_at"] is not None
    return {
        "id": row["tutor_id"],
        "user_id": row["tutor__user_id"],
        "name": _name(row, "tutor__user__"),
        "avatar_url": avatar_url("" if is_gone else row["tutor__photo"] or row["tutor__user__avatar"]),
        "rating_avg": displayed_rating(row["tutor__rating_sum"], row["tutor__total_reviews"]),
        "title": row["tutor__title"],
    }


def _student(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": row["student_id"],
        "name": _name(row, "student__"),
        "avatar_url": avatar_url("" if row["student__deleted_at"] else row["student__avatar"]),
        "level": row["student__student_profile__grade_level"] or None,
    }


def _name(row: dict[str, Any], prefix: str) -> str:
    """Of who has closed their account there is none any more (R-GDPR-1)."""
    if row[prefix + "deleted_at"] is not None:
        return FORMER
    return f"{row[prefix + 'first_name']} {row[prefix + 'last_name']}".strip()


def _open_requests(ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """The open proposal of each booking, in one query. Its options are numbered from 1."""
    wanted = list(ids)
    if not wanted:
        return {}
    requests: dict[int, dict[str, Any]] = {}
    for row in _open_options(bookings=wanted):
        request = requests.setdefault(
            row["proposal__booking_id"],
            {
                "id": row["proposal_id"],
                "proposed_by": row["proposal__proposed_by"],
                "reason": row["proposal__reason"],
                "lapses_at": row["proposal__lapses_at"],
                "created_at": row["proposal__created_at"],
                "options": [],
            },
        )
        number = len(request["options"]) + 1
        request["options"].append({"option": number, "start_time": row["starts_at"], "end_time": row["ends_at"]})
    return requests


@compiled
def _open_options(*, bookings: Any) -> Any:
    columns = ("proposed_by", "reason", "lapses_at", "created_at", "booking_id")
    return (
        ProposedTime.objects.filter(proposal__booking__any=bookings, proposal__state="open")
        .order_by("starts_at")
        .values("proposal_id", "starts_at", "ends_at", *(f"proposal__{name}" for name in columns))
    )


def _claims(booking_id: int) -> list[dict[str, Any]]:
    rows = NoShowClaim.objects.filter(booking=booking_id).values("absent", "state", "created_at", "decided_at")
    return [row | {"contest_until": (row["decided_at"] or row["created_at"]) + CONTESTED_WITHIN} for row in rows]


def _cancellation(row: dict[str, Any]) -> dict[str, Any]:
    """The policy as words and as deadlines. A deadline already has the grace of five minutes in it."""
    terms = Terms(
        policy=row["cancellation_policy"],
        is_confirmed=row["status"] == BookingStatus.CONFIRMED,
        created_at=row["created_at"],
        starts_at=row["starts_at"],
        non_refundable=row["non_refundable"],
        free_until=row["free_cancel_until"],
    )
    return {
        "policy": terms.policy,
        "text": cancellation.describe(terms.policy),
        "non_refundable": terms.non_refundable,
        "free_until": _deadline(cancellation.full_refund_until(terms), row),
        "tiers": [
            {"refund_percent": tier.percent} | _deadline(cancellation.deadline_of(tier, terms.starts_at), row)
            for tier in TIERS[terms.policy]
        ],
    }


def _deadline(moment: datetime | None, row: dict[str, Any]) -> dict[str, Any]:
    return {
        "until": moment,
        "student_local": moment and _local(moment, row["student_timezone"]),
        "tutor_local": moment and _local(moment, row["tutor_timezone"]),
    }


def _local(moment: datetime, zone: str) -> str:
    """The same instant on somebody's wall, with its offset."""
    return moment.astimezone(ZoneInfo(zone)).isoformat(timespec="seconds")
