"""When a tutor can be booked: pure functions of hours, appointments and an instant that is called now.

`spans`: stretches of time; `hours`: wall-clock hours as instants; `offer`: which of them may be taken (R-SLOT-1 to 11).
No database, no clock; all arithmetic is in UTC, because that of local times is wrong across clock changes.
"""

from bookings.slots.hours import Hours
from bookings.slots.offer import Appointment, Limits, Offer, Reason, Rules, Slot
from bookings.slots.spans import Interval, Span, Window

__all__ = ["Appointment", "Hours", "Interval", "Limits", "Offer", "Reason", "Rules", "Slot", "Span", "Window"]
