"""iCalendar files (RFC 5545, 5546), written by a library that knows folding and escaping."""

from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import parseaddr
from typing import Any

from django.conf import settings

from accounts.models import User
from bookings.calendar.entries import CANCELLED, Entry

REQUEST, CANCEL, PUBLISH = "REQUEST", "CANCEL", "PUBLISH"


def method_of(entry: Entry) -> str:
    """How an entry is sent: what is off is taken out of the calendar (R-ICS-3)."""
    return CANCEL if entry.status == CANCELLED else REQUEST


def invitation(entry: Entry, recipient: User, *, now: datetime) -> bytes:
    """The entry as it stands, for one person: nobody else is named in it but the organizer (R-ICS-5)."""
    from icalendar import vCalAddress, vText

    calendar = _calendar(method_of(entry))
    event = _event(entry, now=now)
    organizer = vCalAddress(f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}")
    organizer.params["CN"] = vText(entry.organizer)
    event.add("organizer", organizer)
    attendee = vCalAddress(f"mailto:{recipient.email}")
    attendee.params["CN"] = vText(recipient.display_name)
    attendee.params["PARTSTAT"] = vText("ACCEPTED")
    attendee.params["RSVP"] = vText("FALSE")
    event.add("attendee", attendee)
    calendar.add_component(event)
    return calendar.to_ical()


def feed(entries: Iterable[Entry], *, now: datetime, busy_only: bool) -> bytes:
    """All entries of one person. With `busy_only` only when, not what and with whom."""
    calendar = _calendar(PUBLISH)
    calendar.add("x-wr-calname", "PeerLearn")
    for entry in entries:
        calendar.add_component(_event(entry, now=now, busy_only=busy_only))
    return calendar.to_ical()


def _calendar(method: str) -> Any:
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", "-//PeerLearn//PeerLearn//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    return calendar


def _event(entry: Entry, *, now: datetime, busy_only: bool = False) -> Any:
    from icalendar import Event

    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", now.astimezone(UTC))
    event.add("last-modified", entry.changed_at.astimezone(UTC))
    event.add("dtstart", entry.starts_at.astimezone(UTC))
    event.add("dtend", entry.ends_at.astimezone(UTC))
    event.add("status", entry.status)
    event.add("transp", "TRANSPARENT" if entry.status == CANCELLED else "OPAQUE")
    event.add("summary", "Busy" if busy_only else _plain(entry.title))
    if not busy_only:
        event.add("description", _plain(f"{entry.description}\n\n{entry.link}".strip()))
        event.add("url", entry.link)
    return event


def _plain(text: str) -> str:
    """Without control characters, which no calendar can hold; lines may break."""
    return "".join(letter for letter in text.replace("\r\n", "\n") if letter >= " " or letter == "\n")
